"""Writes the drafted year as rows, in bulk: people, files, cases, contacts, ledger."""

from collections.abc import Sequence
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
from energymed.calling.codes import REACHED, Channel, MessageLeft, Relation
from energymed.calling.models import Contact
from energymed.cases import search_index
from energymed.cases.codes import CaseState, Energy, LedgerKind, PhoneStatus
from energymed.cases.models import Case, Household, LedgerEntry, Person, Phone, ending
from energymed.demo.draft import CASES_A_WEEK, PAID_OFF, CaseDraft
from energymed.intake.codes import BatchState, FileKind, RowOutcome
from energymed.intake.models import Batch, BatchRow
from energymed.mediation.codes import ActKind
from energymed.partners.codes import CampaignKind, ResultCode

HEADERS = (
    "Référence dossier", "Référence client", "Nom", "Prénom", "Téléphone 1", "Montant dette TTC",
)  # fmt: skip


class YearWriter:
    """Writes one drafted year for one site and partner; `case_ids` follows the drafts' order."""

    def __init__(
        self, session: Session, drafts: list[CaseDraft], site_id: int, partner_id: int, lead_id: int
    ) -> None:
        self.session = session
        self.drafts = drafts
        self.site_id = site_id
        self.partner_id = partner_id
        self.lead_id = lead_id
        self.case_ids: Sequence[int] = []
        self.contact_ids: list[int] = []
        self._batch_of_week: dict[int, int] = {}
        self._person_ids: Sequence[int] = []
        self._phone_ids: list[int] = []

    def write(self) -> None:
        """Write everything but the acts."""
        self._people()
        self._batches()
        self._cases()
        self._lines()
        self._contacts()
        self._ledger()

    def _people(self) -> None:
        households = insert_with_ids(
            self.session, Household, [{"site_id": self.site_id} for _ in self.drafts]
        )
        self._person_ids = insert_with_ids(
            self.session,
            Person,
            [
                {
                    "partner_id": self.partner_id,
                    "site_id": self.site_id,
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
        lines = [";".join(HEADERS), *(_line(draft) for draft in drafts)]
        content = "\r\n".join(lines).encode("cp1252", "replace")
        return {
            **self._file(content, _weekly_name(drafts[0]), received),
            "kind": FileKind.UNPAID_BILL,
            "headers": list(HEADERS),
            "week": week_of(paris_date(received)).code,
            "as_of": paris_date(received),
            "rows": len(drafts),
            "created": len(drafts),
            "total_cents": sum(draft.debt_cents for draft in drafts),
        }

    def _file(self, content: bytes, name: str, received: datetime) -> dict[str, Any]:
        """What a batch row says of the file itself, whatever is in it."""
        return {
            "partner_id": self.partner_id,
            "site_id": self.site_id,
            "state": BatchState.COMMITTED,
            "file_name": name,
            "sha256": sha256(content).hexdigest(),
            "size_bytes": len(content),
            "encoding": "cp1252",
            "delimiter": ";",
            "mapping": {},
            "uploaded_by_id": self.lead_id,
            "uploaded_at": received,
            "committed_at": received,
        }

    def _cases(self) -> None:
        people = [draft.person for draft in self.drafts]
        search_index.keep_names(self.session, (person.name_key for person in people))
        places = search_index.place_ids(self.session, map(search_index.place_of, people))
        self.case_ids = insert_with_ids(
            self.session,
            Case,
            [
                {
                    "partner_id": self.partner_id,
                    "site_id": self.site_id,
                    "campaign_kind": CampaignKind.UNPAID_BILL,
                    "reference": draft.reference,
                    "bare_reference": bare_key(draft.reference),
                    "person_id": person,
                    "energy": Energy.ELECTRICITY,
                    "address": draft.person.address,
                    "postal_code": draft.person.postal_code,
                    "commune": draft.person.commune,
                    "place_id": places[search_index.place_of(draft.person)],
                    "address_key": address_key(*search_index.place_of(draft.person)),
                    "due_date": paris_date(draft.received_at) - timedelta(days=75),
                    "debt_cents": draft.debt_cents - draft.paid_cents,
                    "opening_debt_cents": draft.debt_cents,
                    "state": CaseState.CLOSED,
                    "closure": draft.closure,
                    "closed_at": draft.talk_at + timedelta(days=45),
                    "assigned_to_id": draft.mediator_id,
                    "opened_at": draft.received_at,
                    "opened_batch_id": self._batch_of_week[draft.week],
                    "last_batch_id": self._batch_of_week[draft.week],
                    "suspended": False,
                    "version": 1,
                }
                for draft, person in zip(self.drafts, self._person_ids, strict=True)
            ],
        )

    def _lines(self) -> None:
        rows = [
            {
                "batch_id": self._batch_of_week[draft.week],
                "row_number": 2 + position % CASES_A_WEEK,
                "reference": draft.reference,
                "outcome": RowOutcome.CREATED,
                "case_id": case_id,
            }
            for position, (draft, case_id) in enumerate(
                zip(self.drafts, self.case_ids, strict=True)
            )
        ]
        insert_rows(self.session, BatchRow, rows)

    def _contacts(self) -> None:
        """Calls first, in order, then the rest; `contact_ids` keeps each case's last call."""
        calls, last = [], []
        for draft, *ids in zip(
            self.drafts, self.case_ids, self._person_ids, self._phone_ids, strict=True
        ):
            calls += [_call(draft, position, *ids) for position in range(len(draft.calls))]
            last.append(len(calls) - 1)
        written = insert_with_ids(self.session, Contact, calls)
        self.contact_ids = [written[position] for position in last]
        others = [
            {
                "case_id": case_id,
                "person_id": person,
                "user_id": draft.mediator_id,
                "channel": channel,
                "details": {},
                "started_at": at,
                "ended_at": at,
            }
            for draft, case_id, person in zip(
                self.drafts, self.case_ids, self._person_ids, strict=True
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
                _weekly_name(draft),
            )
            for draft, case_id in zip(self.drafts, self.case_ids, strict=True)
        ]
        insert_rows(self.session, LedgerEntry, opening)
        self._payments()

    def _payments(self) -> None:
        months: dict[int, list[tuple[CaseDraft, int]]] = {}
        for draft, case_id in zip(self.drafts, self.case_ids, strict=True):
            if draft.paid_on:
                months.setdefault(draft.paid_on.month, []).append((draft, case_id))
        for month, payers in sorted(months.items()):
            self._payments_file(month, payers)

    def _payments_file(self, month: int, payers: list[tuple[CaseDraft, int]]) -> None:
        last = max(draft.paid_on for draft, _ in payers if draft.paid_on)
        received = payers[0][0].received_at.replace(month=last.month, day=last.day)
        name = f"edf-reglements-{last.year}-{month:02d}.csv"
        content = "\r\n".join(
            f"{draft.reference};{draft.paid_on:%d/%m/%Y};{euros(draft.paid_cents)}"
            for draft, _ in payers
        ).encode("cp1252")
        batch = {
            **self._file(content, name, received),
            "kind": FileKind.PAYMENTS,
            "headers": ["Référence dossier", "Date règlement", "Montant réglé"],
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


def _status_after(draft: CaseDraft) -> PhoneStatus:
    wrong = draft.calls[-1].result == ResultCode.WRONG_NUMBER
    return PhoneStatus.WRONG if wrong else PhoneStatus.OK


def _weekly_name(draft: CaseDraft) -> str:
    return f"edf-impayes-{draft.received_at.year}-S{draft.week:02d}.csv"


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
