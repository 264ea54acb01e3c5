"""What is counted: of each table the rows that a period holds, and what they add up to on a case.

A fact is one table, read once: its rows of the period, grouped by case, and its *measures*, which
are sums over those rows. `reporting.case_rows` puts the facts of a case side by side. What was
crossed out never counts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    distinct,
    exists,
    func,
    literal_column,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from energymed.calling.codes import Channel
from energymed.calling.eligibility.attempts import is_call
from energymed.calling.models import Contact
from energymed.calling.reached import goes_out, was_reached
from energymed.cases.as_of import told_as_of
from energymed.cases.codes import REPAID
from energymed.cases.models import Case, LedgerEntry
from energymed.mediation.as_of import reached, state_as_of
from energymed.mediation.codes import ActKind, AidState, PlanState
from energymed.mediation.models import Act, Plan
from energymed.mediation.move_models import ActMove, Avoidance, MoveKind
from energymed.reporting.scope import Scope

GRANTED = (AidState.GRANTED_FULL, AidState.GRANTED_PARTIAL, AidState.GRANTED_LOAN)
DECIDED = (*GRANTED, AidState.REFUSED)
_NONE = literal_column("0", Integer)
Rows = Select[*tuple[Any, ...]]
Measures = Mapping[str, ColumnElement[Any]]


@dataclass(frozen=True, slots=True)
class Fact:
    """One table: the column of its case, its rows in a period, its measures by name."""

    case_id: InstrumentedAttribute[int]
    rows: Callable[[Scope], Rows]
    measures: Callable[[Scope], Measures]

    def by_case(self, scope: Scope, names: tuple[str, ...]) -> Rows:
        """(case_id, one column for each of `names`): zero where this fact has no such measure."""
        own = self.measures(scope)
        columns = (own.get(name, _NONE).label(name) for name in names)
        rows = self.rows(scope).with_only_columns(self.case_id.label("case_id"), *columns)
        return rows.group_by(self.case_id)


def number_of(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    """How many rows of a case fulfil the conditions."""
    return func.sum(case((and_(*conditions), 1), else_=0))


def _contacts(scope: Scope) -> Rows:
    return select(Contact.case_id).where(scope.contacts())


def _contact_measures(scope: Scope) -> Measures:
    once = Contact.call_of_id.is_(None)  # one call about several cases is one call
    written = Contact.channel.in_((Channel.EMAIL, Channel.LETTER))
    return {
        "contacts": func.count(),
        "calls_out": number_of(is_call(scope.as_of)),
        "contacts_out": number_of(goes_out(), once),
        "mails_letters": number_of(goes_out(), once, written),
        "visits": number_of(goes_out(), once, Contact.channel == Channel.VISIT),
        "went_out": number_of(goes_out()),
        "exchanges": number_of(was_reached(scope.as_of)),
    }


def _acted_contacts(scope: Scope) -> Rows:
    acted = select(Contact.case_id).join(Act, Act.contact_id == Contact.id)
    return acted.where(scope.contacts(), scope.stands(Act))


def _acted_measures(_scope: Scope) -> Measures:
    return {"acted_contacts": func.count(distinct(Contact.id))}


def _acts(scope: Scope) -> Rows:
    return select(Act.case_id).where(scope.stands(Act), scope.days(Act.acted_on))


def _act_measures(_scope: Scope) -> Measures:
    """A body or a campaign has one act that stands for each case: the schema sees to it."""
    return {
        "acts": func.count(),
        "referrals": number_of(Act.kind == ActKind.REFERRAL),
        "cheque_awareness": number_of(Act.kind == ActKind.ENERGY_CHEQUE_AWARENESS),
        "aids_created": number_of(Act.kind == ActKind.AID_OPENED),
    }


def _agreed(scope: Scope) -> Rows:
    agreed = select(Plan.case_id).join(Act, Act.id == Plan.act_id)
    return agreed.where(scope.stands(Act), scope.days(Plan.agreed_on))


def _moves(moves: Select[ActMove], scope: Scope) -> Rows:
    """Moves of acts that stand, dated in the period."""
    of_acts = moves.join(Act, Act.id == ActMove.act_id)
    return of_acts.where(scope.stands(Act), scope.days(ActMove.on_date))


def _plan_moves(scope: Scope) -> Rows:
    states = (PlanState.CONFIRMED, PlanState.COMPLETED, PlanState.BROKEN)
    return _moves(reached(MoveKind.PLAN, states, as_of=scope.as_of), scope)


def _plan_measures(_scope: Scope) -> Measures:
    earlier = aliased(ActMove)  # a plan comes back to this state when a payment is taken back
    once = ~exists().where(
        earlier.act_id == ActMove.act_id,
        earlier.kind == MoveKind.PLAN,
        earlier.state == PlanState.CONFIRMED,
        earlier.id < ActMove.id,
    )
    return {
        "plans_confirmed": number_of(ActMove.state == PlanState.CONFIRMED, once),
        "plans_kept": number_of(ActMove.state == PlanState.COMPLETED),
        "plans_broken": number_of(ActMove.state == PlanState.BROKEN),
    }


def _grants(scope: Scope) -> Rows:
    """The last decision of each request, where it is favourable."""
    decided = ActMove.state.in_([str(state) for state in DECIDED])
    last = state_as_of(MoveKind.AID, decided, as_of=scope.as_of)
    return _moves(last.where(ActMove.state.in_([str(state) for state in GRANTED])), scope)


def _grant_measures(_scope: Scope) -> Measures:
    cents = func.sum(func.coalesce(ActMove.cents, 0))
    return {"aids_granted": func.count(), "aids_granted_cents": cents}


def _avoided(scope: Scope) -> Rows:
    said = state_as_of(MoveKind.INTERVENTION, as_of=scope.as_of)
    return _moves(said.where(ActMove.state == Avoidance.AVOIDED), scope)


def _opened(scope: Scope) -> Rows:
    by_file = Case.opened_batch_id.is_not(None)
    return select(Case.id).where(by_file, scope.known(Case.opened_at), scope.times(Case.opened_at))


def _told(scope: Scope) -> Rows:
    told = told_as_of(scope.as_of).subquery()
    in_time = select(Case.id).join(told, told.c.case_id == Case.id)
    return in_time.where(told.c.in_time.is_(True), scope.times(told.c.told_at))


def _repaid(scope: Scope) -> Rows:
    known = scope.known(LedgerEntry.recorded_at)
    in_period = scope.days(LedgerEntry.on_date)
    return select(LedgerEntry.case_id).where(LedgerEntry.kind.in_(REPAID), known, in_period)


def _counted(name: str) -> Callable[[Scope], Measures]:
    return lambda _scope: {name: func.count()}


FACTS = (
    Fact(Contact.case_id, _contacts, _contact_measures),
    Fact(Contact.case_id, _acted_contacts, _acted_measures),
    Fact(Act.case_id, _acts, _act_measures),
    Fact(Plan.case_id, _agreed, _counted("plans_negotiated")),
    Fact(Act.case_id, _plan_moves, _plan_measures),
    Fact(Act.case_id, _grants, _grant_measures),
    Fact(Act.case_id, _avoided, _counted("interventions_avoided")),
    Fact(Case.id, _opened, _counted("received")),
    Fact(Case.id, _told, _counted("told_in_time")),
    Fact(LedgerEntry.case_id, _repaid, _counted("repayments")),
)
MEASURES = (
    "contacts", "calls_out", "contacts_out", "mails_letters", "visits", "went_out", "exchanges",
    "acted_contacts", "acts", "plans_negotiated", "plans_confirmed", "plans_kept", "plans_broken",
    "aids_created", "aids_granted", "aids_granted_cents", "referrals", "cheque_awareness",
    "interventions_avoided", "received", "told_in_time", "repayments",
)  # fmt: skip
