"""Writes drafts as rows, in bulk: people, files, cases, contacts, ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from energymed.base.clock import paris_date
from energymed.base.db.bulk import insert_rows, insert_with_ids
from energymed.base.invented_people import euros
from energymed.base.periods import week_of
from energymed.base.text.addresses import address_key
from energymed.base.text.references import bare_key
from energymed.calling.codes import REACHED, Channel, ExchangeResult, MessageLeft, Relation
from energymed.calling.models import Contact
from energymed.cases import search_index
from energymed.cases.codes import CaseState, LedgerKind, PhoneStatus
from energymed.cases.models import Case, Household, LedgerEntry, Person, Phone, ending
from energymed.cases.told_models import CutoffTold
from energymed.demo.columns import HEADERS, NAMES
from energymed.demo.draft import PAID_OFF, CaseDraft
from energymed.demo.moves import told_of
from energymed.intake.codes import BatchState, FileKind, RowOutcome
from energymed.intake.models import Batch, BatchRow
from energymed.mediation.codes import ActKind
from energymed.partners.codes import CampaignKind, Energy, ResultCode

CLOSED_AFTER = timedelta(minutes=15)  # the last call of a case closes it


@dataclass(frozen=True, slots=True)
class Entrusted:
    """Whose rows are written: a mission of a partner at a site, imported by its lead."""

    site_id: int
    partner_id: int
    partner: str
    lead_id: int
    kind: CampaignKind
    energy: Energy


@dataclass(frozen=True, slots=True)
class Written:
    """The ids of the cases, of their people and first phones, and of the decisive calls.

    All in the order of the drafts; no call (None) for a case where nobody called.
    """

    case_ids: Sequence[int]
    person_ids: Sequence[int]
    phone_ids: Sequence[int]
    contact_ids: Sequence[int | None]


class StretchWriter:
    """Writes the drafts of one stretch; the nth is that of the nth person of `known`, if given."""

    def __init__(
        self,
        session: Session,
        drafts: list[CaseDraft],
        entrusted: Entrusted,
        known: Written | None = None,
    ) -> None:
        self.session = session
        self.drafts = drafts
        self.entrusted = entrusted
        self.known = known
        self._case_ids: Sequence[int] = []
        self._contact_ids: list[int | None] = []
        self._batch_of_week: dict[int, int] = {}
        self._person_ids: Sequence[int] = []
        self._phone_ids: Sequence[int] = []

    def write(self) -> Written:
        """Write everything but the acts."""
        if self.known:
            self._person_ids = self.known.person_ids[: len(self.drafts)]
            self._phone_ids = self.known.phone_ids[: len(self.drafts)]
        else:
            self._people()
        self._batches()
        self._cases()
        self._lines()
        self._contacts()
        if self.entrusted.kind == CampaignKind.UNPAID_BILL:
            self._ledger()
        return Written(self._case_ids, self._person_ids, self._phone_ids, self._contact_ids)

    def _people(self) -> None:
        households = insert_with_ids(
            self.session, Household, [{"site_id": self.entrusted.site_id} for _ in self.drafts]
        )
        self._person_ids = insert_with_ids(
            self.session,
            Person,
            [
                {
                    "partner_id": self.entrusted.partner_id,
                    "site_id": self.entrusted.site_id,
                    "household_id": household,
                    "customer_reference": draft.person.customer_reference,
                    "civility": draft.person.civility,
                    "last_name": draft.person.last_name,
                    "first_name": draft.person.first_name,
                    "name_key": draft.person.name_key,
                    "created_at": draft.received_at,
                }
                for draft, household in zip(self.drafts, households, strict=True)
            ],
        )
        phones: list[dict[str, Any]] = [
            {
                "person_id": person,
                "e164": e164,
                "ending": ending(e164),
                "position": position,
                "status": _status_after(draft),
            }
            for draft, person in zip(self.drafts, self._person_ids, strict=True)
            for position, e164 in enumerate(draft.person.phones, 1)
        ]
        ids = insert_with_ids(self.session, Phone, phones)
        first: dict[int, int] = {}
        for phone, phone_id in zip(phones, ids, strict=True):
            first.setdefault(phone["person_id"], phone_id)
        self._phone_ids = [first[person] for person in self._person_ids]

    def _batches(self) -> None:
        weeks: dict[int, list[CaseDraft]] = {}
        for draft in self.drafts:
            weeks.setdefault(draft.week, []).append(draft)
        ids = insert_with_ids(self.session, Batch, [*map(self._batch, weeks.values())])
        self._batch_of_week = dict(zip(weeks, ids, strict=True))

    def _batch(self, drafts: list[CaseDraft]) -> dict[str, Any]:
        received = drafts[0].received_at
        kind = FileKind(self.entrusted.kind)
        lines = [";".join(HEADERS[kind]), *(_line(draft) for draft in drafts)]
        content = "\r\n".join(lines).encode("cp1252", "replace")
        return {
            **self._file(content, self._weekly_name(drafts[0]), received),
            "kind": kind,
            "headers": list(HEADERS[kind]),
            "week": week_of(paris_date(received)).code,
            "as_of": paris_date(received),
            "rows": len(drafts),
            "created": len(drafts),
            "total_cents": sum(draft.debt_cents for draft in drafts),
        }

    def _weekly_name(self, draft: CaseDraft) -> str:
        names = NAMES[FileKind(self.entrusted.kind)]
        return f"{self.entrusted.partner}-{names}-{draft.received_at.year}-S{draft.week:02d}.csv"

    def _file(self, content: bytes, name: str, received: datetime) -> dict[str, Any]:
        """What a batch row says of the file itself, whatever is in it."""
        return {
            "partner_id": self.entrusted.partner_id,
            "site_id": self.entrusted.site_id,
            "state": BatchState.COMMITTED,
            "file_name": name,
            "sha256": sha256(content).hexdigest(),
            "size_bytes": len(content),
            "encoding": "cp1252",
            "delimiter": ";",
            "mapping": {},
            "uploaded_by_id": self.entrusted.lead_id,
            "uploaded_at": received,
            "committed_at": received,
        }

    def _cases(self) -> None:
        people = [draft.person for draft in self.drafts]
        search_index.keep_names(self.session, (person.name_key for person in people))
        places = search_index.place_ids(self.session, map(search_index.place_of, people))
        rows = [
            self._case(draft, person, places[search_index.place_of(draft.person)])
            for draft, person in zip(self.drafts, self._person_ids, strict=True)
        ]
        self._case_ids = insert_with_ids(self.session, Case, rows)
        insert_rows(self.session, CutoffTold, [*told_of(self._case_ids, rows)])

    def _case(self, draft: CaseDraft, person_id: int, place_id: int | None) -> dict[str, Any]:
        of_debt = draft.kind == CampaignKind.UNPAID_BILL
        batch = self._batch_of_week[draft.week]
        told_at = draft.talk_at if ActKind.CUTOFF_INFORMED in draft.acts else None
        return {
            "partner_id": self.entrusted.partner_id,
            "site_id": self.entrusted.site_id,
            "campaign_kind": draft.kind,
            "reference": draft.reference,
            "bare_reference": bare_key(draft.reference),
            "person_id": person_id,
            "delivery_point": draft.delivery_point,
            "energy": self.entrusted.energy,
            "address": draft.person.address,
            "postal_code": draft.person.postal_code,
            "commune": draft.person.commune,
            "place_id": place_id,
            "address_key": address_key(*search_index.place_of(draft.person)),
            "due_date": paris_date(draft.received_at) - timedelta(days=75) if of_debt else None,
            "cutoff_date": draft.cutoff_on,
            "debt_cents": draft.debt_cents - draft.paid_cents if of_debt else None,
            "opening_debt_cents": draft.debt_cents if of_debt else None,
            "state": CaseState.CLOSED,
            "closure": draft.closure,
            "closed_at": draft.talk_at + CLOSED_AFTER,
            "assigned_to_id": draft.mediator_id,
            "opened_at": draft.received_at,
            "opened_batch_id": batch,
            "last_batch_id": batch,
            "told_at": told_at,
            "told_in_time": _in_time(draft) if told_at else None,
            "suspended": False,
            "version": 1,
        }

    def _lines(self) -> None:
        row_of_week = dict.fromkeys(self._batch_of_week, 1)  # the header
        rows = []
        for draft, case_id in zip(self.drafts, self._case_ids, strict=True):
            row_of_week[draft.week] += 1
            rows.append(
                {
                    "batch_id": self._batch_of_week[draft.week],
                    "row_number": row_of_week[draft.week],
                    "reference": draft.reference,
                    "outcome": RowOutcome.CREATED,
                    "case_id": case_id,
                }
            )
        insert_rows(self.session, BatchRow, rows)

    def _contacts(self) -> None:
        """Calls first, in order, then the rest; `contact_ids` keeps each case's last call."""
        calls: list[dict[str, Any]] = []
        last: list[int | None] = []
        for draft, *ids in zip(
            self.drafts, self._case_ids, self._person_ids, self._phone_ids, strict=True
        ):
            calls += [_call(draft, position, *ids) for position in range(len(draft.calls))]
            last.append(len(calls) - 1 if draft.calls else None)
        written = insert_with_ids(self.session, Contact, calls)
        self._contact_ids = [None if at is None else written[at] for at in last]
        others = [
            {
                "case_id": case_id,
                "person_id": person,
                "user_id": draft.mediator_id,
                "channel": channel,
                "exchange_result": _off_the_telephone(draft, channel),
                "details": {},
                "started_at": at,
                "ended_at": at,
                "recorded_at": at,
            }
            for draft, case_id, person in zip(
                self.drafts, self._case_ids, self._person_ids, strict=True
            )
            for channel, at in draft.others
        ]
        insert_rows(self.session, Contact, others)

    def _ledger(self) -> None:
        opening = [
            _entry(
                case_id,
                LedgerKind.OPENING,
                draft.debt_cents,
                paris_date(draft.received_at),
                draft.received_at,
                self._batch_of_week[draft.week],
                self._weekly_name(draft),
            )
            for draft, case_id in zip(self.drafts, self._case_ids, strict=True)
        ]
        insert_rows(self.session, LedgerEntry, opening)
        self._payments()

    def _payments(self) -> None:
        months: dict[int, list[tuple[CaseDraft, int]]] = {}
        for draft, case_id in zip(self.drafts, self._case_ids, strict=True):
            if draft.paid_on:
                months.setdefault(draft.paid_on.month, []).append((draft, case_id))
        for month, payers in sorted(months.items()):
            self._payments_file(month, payers)

    def _payments_file(self, month: int, payers: list[tuple[CaseDraft, int]]) -> None:
        last = max(draft.paid_on for draft, _ in payers if draft.paid_on)
        received = payers[0][0].received_at.replace(month=last.month, day=last.day)
        name = f"{self.entrusted.partner}-{NAMES[FileKind.PAYMENTS]}-{last.year}-{month:02d}.csv"
        content = "\r\n".join(
            f"{draft.reference};{draft.paid_on:%d/%m/%Y};{euros(draft.paid_cents)}"
            for draft, _ in payers
        ).encode("cp1252")
        batch = {
            **self._file(content, name, received),
            "kind": FileKind.PAYMENTS,
            "headers": list(HEADERS[FileKind.PAYMENTS]),
            "as_of": last,
            "rows": len(payers),
            "recorded": len(payers),
            "total_cents": sum(draft.paid_cents for draft, _ in payers),
        }
        (batch_id,) = insert_with_ids(self.session, Batch, [batch])
        entries, lines = [], []
        for position, (draft, case_id) in enumerate(payers, 2):
            by_fund = PAID_OFF & draft.acts == {ActKind.AID_OPENED}
            kind = LedgerKind.AID_PAYMENT if by_fund else LedgerKind.PAYMENT
            entry = _entry(
                case_id, kind, -draft.paid_cents, draft.paid_on or last, received, batch_id, name
            )
            entries.append({**entry, "payment_key": f"{draft.reference}-{draft.paid_on}"})
            lines.append(
                {
                    "batch_id": batch_id,
                    "row_number": position,
                    "reference": draft.reference,
                    "outcome": RowOutcome.RECORDED,
                    "case_id": case_id,
                }
            )
        insert_rows(self.session, LedgerEntry, entries)
        insert_rows(self.session, BatchRow, lines)


def _off_the_telephone(draft: CaseDraft, channel: Channel) -> ExchangeResult:
    """What came of a visit, as what was agreed in it says; what is written went out."""
    if channel != Channel.VISIT:
        return ExchangeResult.SENT
    return ExchangeResult.MET_HOLDER if draft.acts else ExchangeResult.NOBODY_CARD_LEFT


def _status_after(draft: CaseDraft) -> PhoneStatus:
    wrong = draft.result == ResultCode.WRONG_NUMBER
    return PhoneStatus.WRONG if wrong else PhoneStatus.OK


def _in_time(draft: CaseDraft) -> bool:
    """Whether the person was told before the day of the intervention."""
    return draft.cutoff_on is not None and paris_date(draft.talk_at) < draft.cutoff_on


def _line(draft: CaseDraft) -> str:
    person = draft.person
    name = (person.last_name, person.first_name, person.phones[0])
    return ";".join((draft.reference, person.customer_reference, *name, euros(draft.debt_cents)))


def _call(
    draft: CaseDraft, position: int, case_id: int, person_id: int, phone_id: int
) -> dict[str, Any]:
    call = draft.calls[position]
    details: dict[str, Any] = {}
    if call.result in REACHED:
        details["identity_checked"] = True
    if call.result == ResultCode.REACHED_MANDATED:
        details["relation"] = Relation.SPOUSE
    if call.result == ResultCode.THIRD_PARTY:
        details["message_left"] = MessageLeft.CALLBACK_ONLY
    return {
        "case_id": case_id,
        "person_id": person_id,
        "user_id": draft.mediator_id,
        "phone_id": phone_id,
        "channel": Channel.CALL_OUT,
        "result": call.result,
        "details": details,
        "started_at": call.at,
        "ended_at": call.at + timedelta(seconds=call.seconds),
        "recorded_at": call.at + timedelta(seconds=call.seconds),
    }


def _entry(
    case_id: int,
    kind: LedgerKind,
    cents: int,
    on: date,
    recorded_at: datetime,
    batch_id: int,
    source: str,
) -> dict[str, Any]:
    return {
        "case_id": case_id,
        "kind": kind,
        "amount_cents": cents,
        "on_date": on,
        "recorded_at": recorded_at,
        "source": source,
        "batch_id": batch_id,
    }
