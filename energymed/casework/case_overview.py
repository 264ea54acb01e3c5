"""All that is known of one case, gathered from the rooms in a fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.calling import queries as calling
from energymed.calling.eligibility.assess import recent_attempts
from energymed.calling.eligibility.rules import may_leave_voicemail
from energymed.calling.follow_ups.callbacks import never_called
from energymed.calling.models import Contact, FollowUp
from energymed.cases.codes import LedgerKind, PhoneStatus
from energymed.cases.ledger import Statement, statement
from energymed.cases.models import Case, Phone
from energymed.mediation import queries as mediation
from energymed.messages.models import Message
from energymed.messages.queries import messages_of
from energymed.partners.result_rules import ResultRule
from energymed.partners.rulebook import WinterTruce, load_calling_rules, load_winter_truce


@dataclass(frozen=True, slots=True)
class Number:
    """A phone of the person, with the last call to it."""

    phone: Phone
    last: Contact | None
    stopped: bool = False

    @property
    def dialable(self) -> bool:
        """False for a wrong, dead or opposed number, and for people who are never called."""
        return self.phone.status == PhoneStatus.OK and not self.stopped


@dataclass(frozen=True, slots=True)
class Money:
    """The debt in one glance, in cents: what came in, what was added, what is confirmed."""

    opening: int
    charges: int
    decreases: int
    confirmed: int
    balance: int


@dataclass(frozen=True, slots=True)
class CaseOverview:
    """Everything that the call desk and the case page show; contacts and messages newest first.

    `money` is None for a mission without a debt. `attempts` counts those of the last
    `period_days`, of which the rules allow `attempts_allowed`. `results` are the campaign's rules
    of the call results. `stopped` says why nobody calls any more, `protected_until` until when an
    aid request protects supply.
    """

    case: Case
    today: date
    money: Money | None
    statement: Statement
    mediation: mediation.CaseMediation
    contacts: Sequence[Contact]
    messages: Sequence[Message]
    follow_ups: Sequence[FollowUp]
    stopped: str | None
    protected_until: date | None
    truce: WinterTruce
    numbers: list[Number]
    attempts: int
    attempts_allowed: int
    period_days: int
    voicemail_allowed: bool
    voicemail_gap_days: int
    results: Mapping[str, ResultRule]


def case_overview(ctx: Context, case: Case) -> CaseOverview:
    """Gather what is known of a case, in a fixed number of queries."""
    session, today = ctx.session, paris_date(ctx.now)
    found = mediation.of_case(session, case.id)
    contacts = calling.contacts_of(session, case.id)
    debt = statement(session, case)
    stopped = never_called(session, case)
    rules = load_calling_rules(session, today, partner_id=case.partner_id, kind=case.campaign_kind)
    attempts = recent_attempts(session, [case.person_id], ctx.now).get(case.person_id, ())
    return CaseOverview(
        case=case,
        today=today,
        money=_money(debt),
        statement=debt,
        mediation=found,
        contacts=contacts,
        messages=messages_of(session, case.id),
        follow_ups=calling.follow_ups_of(session, case.id),
        stopped=stopped,
        protected_until=mediation.protection(found.aids, today),
        truce=load_winter_truce(session, today),
        numbers=_numbers(case, contacts, stopped=stopped is not None),
        attempts=sum((today - paris_date(a.at)).days < rules.period_days for a in attempts),
        attempts_allowed=rules.attempts_per_period,
        period_days=rules.period_days,
        voicemail_allowed=may_leave_voicemail(rules, attempts, ctx.now),
        voicemail_gap_days=rules.voicemail_gap_days,
        results=rules.results,
    )


def _money(debt: Statement) -> Money | None:
    if debt.balance_cents is None:
        return None
    sums: dict[str, int] = {}
    for entry in debt.entries:
        sums[entry.kind] = sums.get(entry.kind, 0) + entry.amount_cents
    confirmed = sums.pop(LedgerKind.PAYMENT, 0) + sums.pop(LedgerKind.AID_PAYMENT, 0)
    opening, charges = sums.pop(LedgerKind.OPENING, 0), sums.pop(LedgerKind.NEW_CHARGE, 0)
    return Money(opening, charges, sum(sums.values()), -confirmed, debt.balance_cents)


def _numbers(case: Case, contacts: Sequence[Contact], *, stopped: bool) -> list[Number]:
    last: dict[int, Contact] = {}
    for contact in contacts:  # newest first
        if contact.phone_id and contact.voided_at is None:
            last.setdefault(contact.phone_id, contact)
    return [Number(phone, last.get(phone.id), stopped) for phone in case.person.phones]
