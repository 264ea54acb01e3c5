"""All that is known of one case, gathered from the rooms in a fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from energymed.accounts.scope import within_bounds
from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.zones import local_date
from energymed.calling import queries as calling
from energymed.calling.codes import NoCallReason
from energymed.calling.eligibility.attempts import recent_attempts
from energymed.calling.eligibility.next_slot import rules_of
from energymed.calling.eligibility.rules import attempts_in_period, may_leave_voicemail
from energymed.calling.eligibility.stopped import Stops, stops_and_numbers
from energymed.calling.models import Contact, FollowUp
from energymed.cases.codes import REPAID, LedgerKind, SupplyField
from energymed.cases.ledger import LedgerSummary, read_ledger
from energymed.cases.models import Case, Phone
from energymed.cases.needs import standing_needs
from energymed.cases.person_models import PersonNeed
from energymed.cases.repeats import Again, look_back, signal_of
from energymed.cases.supply import supply_words
from energymed.cases.supply_models import SupplyWord
from energymed.casework.case_procedure import CaseProcedure, case_procedure
from energymed.casework.person_running import PersonRunning, person_file
from energymed.casework.repeated_signals import closable
from energymed.mediation import queries as mediation
from energymed.mediation.cause_models import CaseCause
from energymed.mediation.causes import standing_causes
from energymed.messages.models import Message
from energymed.messages.service import messages_of
from energymed.partners.cheque_campaign_rows import load_cheque_campaigns
from energymed.partners.cheque_campaigns import ChequeCampaigns
from energymed.partners.result_rules import ResultRule
from energymed.partners.rulebook import load_case_rules


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
class CaseOverview:
    """Everything that the call desk and the case page show; contacts and messages newest first.

    `stop` is why nobody is to call or write today. `money` is None for a mission without a debt.
    `attempts` counts those of the last `period_days`, of which the rules allow `attempts_allowed`.
    `results` are the campaign's rules of the call results. `protected_until`: an aid request
    protects supply until then. `supply_words` are the fields of the supply that stand as the person
    said. `needs` are those that hold today, the gravest first; `no_message`: none is left for the
    person, by whichever way. `again` is what is known of the household; `opens_earlier` whether
    the earlier case is the actor's to see; `elsewhere` what mediation did on the person's other
    cases; `may_repeat` whether the case may close as repeated.
    """

    case: Case
    today: date
    stop: NoCallReason | None
    money: Money | None
    statement: LedgerSummary
    elsewhere: Sequence[tuple[Case, mediation.CaseMediation]]
    mediation: mediation.CaseMediation
    contacts: Sequence[Contact]
    messages: Sequence[Message]
    follow_ups: Sequence[FollowUp]
    running: PersonRunning
    stops: Stops
    needs: Sequence[PersonNeed]
    no_message: bool
    protected_until: date | None
    procedure: CaseProcedure
    campaigns: ChequeCampaigns
    causes: Sequence[CaseCause]
    supply_words: Mapping[SupplyField, SupplyWord]
    numbers: list[Number]
    attempts: int
    attempts_allowed: int
    period_days: int
    voicemail_allowed: bool
    voicemail_gap_days: int
    results: Mapping[str, ResultRule]
    again: Again
    opens_earlier: bool
    may_repeat: bool


def case_overview(ctx: Context, case: Case) -> CaseOverview:
    """Gather what is known of a case, in a fixed number of queries."""
    session, today = ctx.session, local_date(ctx.now, case.postal_code)
    person = person_file(ctx, case, today)
    found = person.mediation
    contacts = calling.contacts_of(session, case.id)
    debt = read_ledger(session, case)
    rules = rules_of(session, case.campaign, ctx.now)
    stops, dialable = stops_and_numbers(session, case.person)
    stop = stops.contact_reason(paris_date(ctx.now))
    procedure_rules, signal_rules = load_case_rules(
        session, today, partner_id=case.partner_id, kind=case.campaign_kind
    )
    signal = signal_of(case)
    (again,) = look_back(session, [signal], signal_rules)
    campaigns = load_cheque_campaigns(session)
    attempts = recent_attempts(session, [case.person_id], ctx.now).get(case.person_id, ())
    return CaseOverview(
        case=case,
        today=today,
        stop=stop,
        money=_money(debt),
        statement=debt,
        mediation=found,
        elsewhere=person.elsewhere,
        contacts=contacts,
        messages=messages_of(session, case.id),
        follow_ups=person.follow_ups,
        running=person.running,
        stops=stops,
        needs=standing_needs(session, case.person_id, paris_date(ctx.now)),
        no_message=stops.no_message_on(paris_date(ctx.now)),
        protected_until=mediation.protection(found.aids, today),
        procedure=case_procedure(ctx, case, contacts, procedure_rules, campaigns, today),
        campaigns=campaigns,
        causes=standing_causes(session, case.id),
        supply_words=supply_words(session, case),
        numbers=_numbers(case, contacts, [] if stop else dialable),
        attempts=len(attempts_in_period(rules, attempts, today, case.postal_code)),
        attempts_allowed=rules.attempts_per_period,
        period_days=rules.period_days,
        voicemail_allowed=may_leave_voicemail(rules, attempts, ctx.now),
        voicemail_gap_days=rules.voicemail_gap_days,
        results=rules.results,
        again=again,
        opens_earlier=_opens(ctx, again),
        may_repeat=closable(ctx, signal, again),
    )


def _opens(ctx: Context, again: Again) -> bool:
    earlier = again.earlier
    return earlier is not None and within_bounds(
        ctx.actor, site_id=earlier.site_id, partner_id=earlier.partner_id
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
