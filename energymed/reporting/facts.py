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
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute

from energymed.calling.codes import Channel
from energymed.calling.eligibility.attempts import is_call
from energymed.calling.models import Contact
from energymed.calling.reached import goes_out, was_reached
from energymed.cases.codes import REPAID
from energymed.cases.models import Case, LedgerEntry
from energymed.mediation.codes import AidState, PlanState
from energymed.mediation.models import Act, AidRequest, ChequeAwareness, Plan, Referral
from energymed.mediation.request_codes import RequestKind
from energymed.mediation.request_models import PartnerRequest
from energymed.reporting.scope import Scope

GRANTED = (
    AidState.GRANTED_FULL,
    AidState.GRANTED_PARTIAL,
    AidState.GRANTED_LOAN,
    AidState.PAID_TO_SUPPLIER,
    AidState.NEVER_PAID,
)
_NONE = literal_column("0", Integer)
Measures = Mapping[str, ColumnElement[Any]]


@dataclass(frozen=True, slots=True)
class Fact:
    """One table: the column of its case, its rows in a period, its measures by name."""

    case_id: InstrumentedAttribute[int]
    rows: Callable[[Scope], Select[*tuple[Any, ...]]]
    measures: Callable[[Scope], Measures]

    def by_case(self, scope: Scope, names: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
        """(case_id, one column for each of `names`): zero where this fact has no such measure."""
        own = self.measures(scope)
        columns = (own.get(name, _NONE).label(name) for name in names)
        rows = self.rows(scope).with_only_columns(self.case_id.label("case_id"), *columns)
        return rows.group_by(self.case_id)


def number_of(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    """How many rows of a case fulfil the conditions."""
    return func.sum(case((and_(*conditions), 1), else_=0))


def _acts_of(table: type[Any], scope: Scope, *days: InstrumentedAttribute[Any]) -> Select[Any]:
    """The rows of a table of acts with one of the days in the period."""
    standing = select(table.case_id).join(Act, Act.id == table.act_id)
    return standing.where(Act.voided_at.is_(None), or_(*(scope.days(day) for day in days)))


def _contacts(scope: Scope) -> Select[Any]:
    return select(Contact.case_id).where(scope.contacts())


def _contact_measures(_scope: Scope) -> Measures:
    once = Contact.call_of_id.is_(None)  # one call about several cases is one call
    written = Contact.channel.in_((Channel.EMAIL, Channel.LETTER))
    return {
        "contacts": func.count(),
        "calls_out": number_of(is_call()),
        "contacts_out": number_of(goes_out(), once),
        "mails_letters": number_of(goes_out(), once, written),
        "visits": number_of(goes_out(), once, Contact.channel == Channel.VISIT),
        "went_out": number_of(goes_out()),
        "exchanges": number_of(was_reached()),
    }


def _acted_contacts(scope: Scope) -> Select[Any]:
    acted = select(Contact.case_id).join(Act, Act.contact_id == Contact.id)
    return acted.where(scope.contacts(), Act.voided_at.is_(None))


def _acts(scope: Scope) -> Select[Any]:
    return select(Act.case_id).where(Act.voided_at.is_(None), scope.days(Act.acted_on))


def _plan_measures(scope: Scope) -> Measures:
    ended = scope.days(Plan.ended_on)
    return {
        "plans_negotiated": number_of(scope.days(Plan.agreed_on)),
        "plans_confirmed": number_of(scope.days(Plan.confirmed_on)),
        "plans_kept": number_of(ended, Plan.state.in_((PlanState.KEPT, PlanState.COMPLETED))),
        "plans_broken": number_of(ended, Plan.state == PlanState.BROKEN),
    }


def _aid_measures(scope: Scope) -> Measures:
    granted = and_(AidRequest.state.in_(GRANTED), scope.days(AidRequest.decision_on))
    cents = func.coalesce(AidRequest.amount_granted_cents, 0)
    return {
        "aids_created": number_of(scope.days(AidRequest.opened_on)),
        "aids_granted": number_of(granted),
        "aids_granted_cents": func.sum(case((granted, cents), else_=0)),
    }


def _holds(scope: Scope) -> Select[Any]:
    rows = _acts_of(PartnerRequest, scope, PartnerRequest.avoided_on)
    return rows.where(PartnerRequest.kind == RequestKind.HOLD)


def _opened(scope: Scope) -> Select[Any]:
    return select(Case.id).where(Case.opened_batch_id.is_not(None), scope.times(Case.opened_at))


def _told(scope: Scope) -> Select[Any]:
    return select(Case.id).where(Case.told_in_time.is_(True), scope.times(Case.told_at))


def _repaid(scope: Scope) -> Select[Any]:
    in_period = scope.days(LedgerEntry.on_date)
    return select(LedgerEntry.case_id).where(LedgerEntry.kind.in_(REPAID), in_period)


def _counted(name: str) -> Callable[[Scope], Measures]:
    return lambda _scope: {name: func.count()}


FACTS = (
    Fact(Contact.case_id, _contacts, _contact_measures),
    Fact(
        Contact.case_id,
        _acted_contacts,
        lambda _scope: {"acted_contacts": func.count(distinct(Contact.id))},
    ),
    Fact(Act.case_id, _acts, _counted("acts")),
    Fact(
        Plan.case_id,
        lambda scope: _acts_of(Plan, scope, Plan.agreed_on, Plan.confirmed_on, Plan.ended_on),
        _plan_measures,
    ),
    Fact(
        AidRequest.case_id,
        lambda scope: _acts_of(AidRequest, scope, AidRequest.opened_on, AidRequest.decision_on),
        _aid_measures,
    ),
    Fact(
        Referral.case_id,
        lambda scope: _acts_of(Referral, scope, Referral.referred_on),
        _counted("referrals"),
    ),
    Fact(
        ChequeAwareness.case_id,
        lambda scope: _acts_of(ChequeAwareness, scope, ChequeAwareness.given_on),
        _counted("cheque_awareness"),
    ),
    Fact(PartnerRequest.case_id, _holds, _counted("interventions_avoided")),
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
