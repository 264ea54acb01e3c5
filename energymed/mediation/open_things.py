"""What runs on many cases at once, each with its next date: a few columns, and no record is loaded.

The same rules as `running` (a test compares them), for lists and for the job that reminds: a site
has twenty thousand cases. A statement for each kind of record, one for each campaign's rules.

A broken plan of a case that closed for another reason is no more work.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from energymed.cases.codes import PAID_BY_HOUSEHOLD
from energymed.cases.models import Case, LedgerEntry
from energymed.mediation import next_dates
from energymed.mediation.codes import ActKind, AidState, InstalmentState, PlanState
from energymed.mediation.directory_models import AidFund
from energymed.mediation.given_words import is_paid
from energymed.mediation.models import Act, AidRequest, Instalment, Plan, Referral
from energymed.mediation.next_dates import OF_MONEY, WAITING_ACTS, NextDate
from energymed.mediation.request_models import PartnerRequest
from energymed.mediation.requests import OPEN_STATES
from energymed.mediation.running import Running
from energymed.mediation.states import NO_MORE_OPEN
from energymed.partners.codes import Closure
from energymed.partners.rulebook import DaysOf, load_instalment_days, load_waiting_rules
from energymed.partners.waiting_rules import WaitingRules

Within = Sequence[ColumnElement[bool]]  # conditions on `Case`
_OVER = (PlanState.COMPLETED, PlanState.CANCELLED, PlanState.RENEGOTIATED)
_OPEN_REQUESTS = {state for states in OPEN_STATES.values() for state in states}
_STANDS = Act.voided_at.is_(None)
_FOR_ITS_PLAN = Case.closure == Closure.PLAN_RUNNING
_OWED = or_(Case.debt_cents.is_(None), Case.debt_cents > 0)
_CASE = (Case.id.label("case_id"), Case.partner_id, Case.campaign_kind)


@dataclass(frozen=True, slots=True)
class OpenThing:
    """One thing that runs: its record, case and act, what is next, and since when it stands so."""

    kind: Running
    record_id: int
    case_id: int
    act_id: int
    next: NextDate
    since: date


def open_things(session: Session, today: date, within: Within = ()) -> list[OpenThing]:
    """What runs on the cases that fulfil these conditions (all cases without any), unordered."""
    rules = _Rules(session, today)
    return [
        *_plans(session, rules, within, today),
        *_aids(session, rules, within, today),
        *_referrals(session, rules, within),
        *_requests(session, rules, within),
        *_words(session, rules, within),
    ]


class _Rules:
    """The rules of each campaign, read once."""

    def __init__(self, session: Session, today: date) -> None:
        self.session, self.today = session, today
        self._waiting: dict[tuple[int, str], WaitingRules] = {}
        self._days: dict[tuple[int, str], DaysOf] = {}

    def waiting(self, row: Any) -> WaitingRules:
        """How long one waits on a case of the campaign."""
        key = (row.partner_id, row.campaign_kind)
        if key not in self._waiting:
            self._waiting[key] = load_waiting_rules(
                self.session, self.today, partner_id=key[0], kind=key[1]
            )
        return self._waiting[key]

    def tolerance(self, row: Any, on: date) -> int:
        """How many days late an instalment of the campaign due on that day may be paid."""
        key = (row.partner_id, row.campaign_kind)
        if key not in self._days:
            self._days[key] = load_instalment_days(self.session, partner_id=key[0], kind=key[1])
        return self._days[key](on)


class _OpenPlan(NamedTuple):
    """A plan as `next_dates.of_plan` asks for it."""

    state: PlanState
    agreed_on: date | None
    confirmed_on: date | None
    ended_on: date | None
    instalments: Sequence[Any]


def _plans(session: Session, rules: _Rules, within: Within, today: date) -> Iterator[OpenThing]:
    open_plans = (
        select(
            Plan.id, Plan.act_id, Plan.state, Plan.agreed_on, Plan.confirmed_on, Plan.ended_on,
            Act.acted_on, *_CASE,
        )
        .join(Plan.act)
        .join(Case, Case.id == Plan.case_id)
        .where(_STANDS, Plan.state.not_in(_OVER), _OWED, *within)
        .where(or_(Plan.state != PlanState.BROKEN, Case.closure.is_(None), _FOR_ITS_PLAN))
    )  # fmt: skip
    rows = session.execute(open_plans).all()
    unpaid = _unpaid(session, within) if rows else {}
    for row in rows:
        instalments = unpaid.get(row.id, [])
        days = rules.tolerance(row, instalments[0].due_on) if instalments else 0
        plan = _OpenPlan(row.state, row.agreed_on, row.confirmed_on, row.ended_on, instalments)
        after = next_dates.of_plan(plan, rules.waiting(row), days, today)
        since = row.ended_on or row.confirmed_on or row.agreed_on or row.acted_on
        if after is not None:
            yield OpenThing(Running.PLAN, row.id, row.case_id, row.act_id, after, since)


def _unpaid(session: Session, within: Within) -> dict[int, list[Any]]:
    """{plan: its instalments that nobody has confirmed as paid, the first first}.

    Of those that stand alike the first alone: it is the next of them.
    """
    first = func.min(Instalment.due_on).label("due_on")
    statement = (
        select(Instalment.plan_id, first, Instalment.state, Instalment.said)
        .join(Instalment.plan)
        .join(Case, Case.id == Plan.case_id)
        .where(Instalment.state != InstalmentState.CONFIRMED)
        .where(Plan.state.not_in((*_OVER, PlanState.BROKEN)), _OWED, *within)
        .group_by(Instalment.plan_id, Instalment.state, Instalment.said)
        .order_by(first)
    )
    found: dict[int, list[Any]] = {}
    for row in session.execute(statement):
        found.setdefault(row.plan_id, []).append(row)
    return found


def _of(model: Any, within: Within, *columns: Any) -> Select[*tuple[Any, ...]]:
    """Select of records of acts that stand, with what names their campaign."""
    return (
        select(model.id, model.act_id, *columns, *_CASE)
        .join(model.act)
        .join(Case, Case.id == model.case_id)
        .where(_STANDS, *within)
    )


def _aids(session: Session, rules: _Rules, within: Within, today: date) -> Iterator[OpenThing]:
    """Requests that are open, and those refused of which nobody noted what was done."""
    unanswered = and_(AidRequest.state == AidState.REFUSED, AidRequest.after_refusal.is_(None))
    statement = (
        _of(
            AidRequest, within, AidRequest.state, AidRequest.moved_on, AidRequest.protects_until,
            AidRequest.decision_on, AidRequest.after_refusal, AidFund.filed_by,
        )
        .outerjoin(AidFund, AidFund.id == AidRequest.fund_id)
        .where(or_(AidRequest.state.not_in(NO_MORE_OPEN), unanswered))
    )  # fmt: skip
    for row in session.execute(statement):
        after = next_dates.of_aid(row, rules.waiting(row), today, row.filed_by)
        if after is not None:
            yield OpenThing(Running.AID, row.id, row.case_id, row.act_id, after, row.moved_on)


def _referrals(session: Session, rules: _Rules, within: Within) -> Iterator[OpenThing]:
    statement = _of(
        Referral, within, Referral.news, Referral.news_on, Referral.no_news_count,
        Referral.referred_on, Referral.appointment_on, Referral.consent,
    )  # fmt: skip
    for row in session.execute(statement):
        after = next_dates.of_referral(row, rules.waiting(row))
        since = row.news_on or row.referred_on
        if after is not None:
            yield OpenThing(Running.REFERRAL, row.id, row.case_id, row.act_id, after, since)


def _requests(session: Session, rules: _Rules, within: Within) -> Iterator[OpenThing]:
    statement = _of(
        PartnerRequest, within, PartnerRequest.kind, PartnerRequest.state,
        PartnerRequest.state_on, PartnerRequest.asked_on, PartnerRequest.until,
    )  # fmt: skip
    for row in session.execute(statement.where(PartnerRequest.state.in_(_OPEN_REQUESTS))):
        after = next_dates.of_request(row, rules.waiting(row), rules.today)
        if after is not None:
            yield OpenThing(Running.REQUEST, row.id, row.case_id, row.act_id, after, row.state_on)


def _words(session: Session, rules: _Rules, within: Within) -> Iterator[OpenThing]:
    """Of money, the latest word alone, and none once a later plan or nothing owed answers it."""
    paid = (
        select(func.sum(-LedgerEntry.amount_cents))
        .where(LedgerEntry.case_id == Act.case_id, LedgerEntry.on_date >= Act.acted_on)
        .where(LedgerEntry.kind.in_(PAID_BY_HOUSEHOLD))
        .scalar_subquery()
    )
    later = aliased(Act)
    answered = exists().where(
        later.case_id == Act.case_id, later.id > Act.id, later.voided_at.is_(None),
        later.kind.in_((*OF_MONEY, ActKind.PLAN_AGREED)),
    )  # fmt: skip
    statement = (
        select(
            Act.id, Act.kind, Act.details, Act.acted_on, Act.kept, Act.voided_at,
            paid.label("paid"), *_CASE,
        )
        .join(Case, Case.id == Act.case_id)
        .where(_STANDS, Act.kind.in_(WAITING_ACTS), Act.kept.is_(None), *within)
        .where(or_(Act.kind.not_in(OF_MONEY), _OWED & ~answered))
    )  # fmt: skip
    for row in session.execute(statement):
        paid_enough = row.kind in OF_MONEY and is_paid(row, row.paid or 0)
        after = next_dates.of_act(row, rules.waiting(row), paid=paid_enough)
        if after is not None:
            yield OpenThing(Running.WORD, row.id, row.case_id, row.id, after, row.acted_on)
