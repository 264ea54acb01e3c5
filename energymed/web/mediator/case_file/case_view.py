"""What a page shows of one case: cautions, numbers, money, history, gathered from the rooms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from energymed.base.clock import paris_date
from energymed.calling import queries as calling
from energymed.calling.codes import NoCallReason
from energymed.calling.eligibility.attempts import recent_attempts
from energymed.calling.eligibility.next_slot import rules_of
from energymed.calling.eligibility.rules import attempts_in_period, may_leave_voicemail
from energymed.calling.eligibility.stopped import dialable_numbers, stops_of
from energymed.calling.models import Contact, FollowUp
from energymed.cases.codes import REPAID, LedgerKind
from energymed.cases.ledger import LedgerSummary, read_ledger
from energymed.cases.models import Case, Phone
from energymed.mediation import queries as mediation
from energymed.messages.queries import messages_of
from energymed.partners.result_rules import ResultRule
from energymed.partners.rulebook import load_winter_truce
from energymed.web.mediator.case_file.cautions import Caution, Circumstances, cautions
from energymed.web.mediator.case_file.timeline import Event, timeline


@dataclass(frozen=True, slots=True)
class Number:
    """A phone of the person, with the last call to it.

    Not `dialable`: wrong, dead or opposed, or the person is not to be called today.
    """

    phone: Phone
    last: Contact | None
    dialable: bool


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

    `stop` is why nobody is to call or write today. `money` is None for a mission without a debt.
    `attempts` counts those of the last `period_days`, of which the rules allow `attempts_allowed`.
    `results` are the campaign's rules of the call results.
    """

    case: Case
    stop: NoCallReason | None
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
    stops, rules = stops_of(session, case.person), rules_of(session, case.campaign, now)
    stop = stops.contact_reason(today)
    numbers = [] if stop else dialable_numbers(session, case.person)
    attempts = recent_attempts(session, [case.person_id], now).get(case.person_id, ())
    about = Circumstances(
        case=case,
        found=found,
        protected_until=mediation.protection(found.aids, today),
        truce=load_winter_truce(session, today),
        today=today,
        stops=stops,
    )
    return CaseView(
        case=case,
        stop=stop,
        money=_money(debt),
        statement=debt,
        mediation=found,
        follow_ups=follow_ups,
        cautions=cautions(about),
        events=timeline(contacts, found, follow_ups, debt, messages_of(session, case.id)),
        numbers=_numbers(case, contacts, numbers),
        attempts=len(attempts_in_period(rules, attempts, today)),
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


def _numbers(case: Case, contacts: Sequence[Contact], dialable: Sequence[Phone]) -> list[Number]:
    last: dict[int, Contact] = {}
    for contact in contacts:  # newest first
        if contact.phone_id and contact.voided_at is None:
            last.setdefault(contact.phone_id, contact)
    return [Number(phone, last.get(phone.id), phone in dialable) for phone in case.person.phones]
