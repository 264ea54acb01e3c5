"""What a page shows of one case: cautions, numbers, money, history, gathered from the rooms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from energymed.base.clock import paris_date
from energymed.calling import queries as calling
from energymed.calling.eligibility.assess import recent_attempts
from energymed.calling.eligibility.rules import may_leave_voicemail
from energymed.calling.follow_ups.callbacks import never_called
from energymed.calling.models import Contact, FollowUp
from energymed.cases.codes import REPAID, LedgerKind
from energymed.cases.ledger import LedgerSummary, read_ledger
from energymed.cases.models import Case, Phone
from energymed.mediation import queries as mediation
from energymed.messages.queries import messages_of
from energymed.partners.result_rules import ResultRule
from energymed.partners.rulebook import load_calling_rules, load_winter_truce
from energymed.web.mediator.case_file.cautions import Caution, Circumstances, cautions
from energymed.web.mediator.case_file.timeline import Event, timeline


@dataclass(frozen=True, slots=True)
class Number:
    """A phone of the person, with the last call to it."""

    phone: Phone
    last: Contact | None
    stopped: bool = False

    @property
    def dialable(self) -> bool:
        """False for a wrong, dead or opposed number, and for people who are never called."""
        return self.phone.status == "ok" and not self.stopped


@dataclass(frozen=True, slots=True)
class Money:
    """The debt in one glance, in cents: what came in, what was added, what is confirmed."""

    opening: int
    charges: int
    decreases: int
    confirmed: int
    balance: int


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything that the call desk and the case page show.

    `money` is None for a mission without a debt. `attempts` counts those of the last
    `period_days`, of which the rules allow `attempts_allowed`. `results` are the campaign's rules
    of the call results.
    """

    case: Case
    money: Money | None
    statement: LedgerSummary
    mediation: mediation.CaseMediation
    follow_ups: Sequence[FollowUp]
    cautions: list[Caution]
    events: list[Event]
    numbers: list[Number]
    attempts: int
    attempts_allowed: int
    period_days: int
    voicemail_allowed: bool
    voicemail_gap_days: int
    results: Mapping[str, ResultRule]


def case_view(session: Session, case: Case, now: datetime) -> CaseView:
    """Gather what is known of a case, in a fixed number of queries."""
    today = paris_date(now)
    found = mediation.of_case(session, case.id)
    contacts = calling.contacts_of(session, case.id)
    follow_ups = calling.follow_ups_of(session, case.id)
    debt = read_ledger(session, case)
    stopped = never_called(session, case)
    rules = load_calling_rules(session, today, partner_id=case.partner_id, kind=case.campaign_kind)
    attempts = recent_attempts(session, [case.person_id], now).get(case.person_id, ())
    about = Circumstances(
        case=case,
        found=found,
        protected_until=mediation.protection(found.aids, today),
        truce=load_winter_truce(session, today),
        today=today,
        stopped=stopped,
    )
    return CaseView(
        case=case,
        money=_money(debt),
        statement=debt,
        mediation=found,
        follow_ups=follow_ups,
        cautions=cautions(about),
        events=timeline(contacts, found, follow_ups, debt, messages_of(session, case.id)),
        numbers=_numbers(case, contacts, stopped=stopped is not None),
        attempts=sum((today - paris_date(a.at)).days < rules.period_days for a in attempts),
        attempts_allowed=rules.attempts_per_period,
        period_days=rules.period_days,
        voicemail_allowed=may_leave_voicemail(rules, attempts, now),
        voicemail_gap_days=rules.voicemail_gap_days,
        results=rules.results,
    )


def _money(debt: LedgerSummary) -> Money | None:
    if debt.balance_cents is None:
        return None
    sums: dict[str, int] = {}
    for entry in debt.entries:
        sums[entry.kind] = sums.get(entry.kind, 0) + entry.amount_cents
    opening, charges = sums.pop(LedgerKind.OPENING, 0), sums.pop(LedgerKind.NEW_CHARGE, 0)
    others = sum(cents for kind, cents in sums.items() if kind not in REPAID)
    return Money(opening, charges, others, debt.repaid_cents, debt.balance_cents)


def _numbers(case: Case, contacts: Sequence[Contact], *, stopped: bool) -> list[Number]:
    last: dict[int, Contact] = {}
    for contact in contacts:  # newest first
        if contact.phone_id and contact.voided_at is None:
            last.setdefault(contact.phone_id, contact)
    return [Number(phone, last.get(phone.id), stopped) for phone in case.person.phones]
