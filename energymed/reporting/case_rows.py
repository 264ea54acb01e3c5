"""One row for each case on which something happened in a period: what every figure is made of.

The measures of all facts stand side by side (`reporting.facts`), with what a figure needs of the
case itself. Each table is read once, whatever the number of figures.
"""

from sqlalchemy import (
    ColumnElement,
    Integer,
    Subquery,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)

from energymed.cases.ledger import repaid_sum
from energymed.cases.models import Case, LedgerEntry
from energymed.reporting.facts import FACTS, MEASURES
from energymed.reporting.handled import was_handled_before
from energymed.reporting.scope import Scope


def case_rows(scope: Scope) -> Subquery:
    """A row a case: `case_id`, its kind and opening debt, every measure, and

    * `handled`: 1 where an attempt, an exchange or an act fell into the period;
    * `was_handled`: 1 where one fell before it;
    * `first_of_person`: of the cases of a person to whom something went out, the first one;
    * `repaid_before`, `repaid_by_end`, `repaid_to_date`: what the partner confirmed as paid before
      the period, by its end, and up to now, in cents.
    """
    rows = _together(scope)
    of_case = rows.c.case_id == Case.id
    handled = case((rows.c.contacts + rows.c.acts > 0, 1), else_=0)
    first = func.min(case((rows.c.went_out > 0, rows.c.case_id)))
    owes = Case.opening_debt_cents.is_not(None)
    moved = and_(owes, or_(handled == 1, rows.c.repayments > 0))
    known = scope.known(LedgerEntry.recorded_at)
    start, end = scope.period.start, scope.period.end
    return (
        select(
            rows,
            Case.campaign_kind.label("kind"),
            Case.opening_debt_cents.label("opening_cents"),
            handled.label("handled"),
            case((and_(owes, was_handled_before(scope)), 1), else_=0).label("was_handled"),
            first.over(partition_by=Case.person_id).label("first_of_person"),
            _repaid(moved, known, LedgerEntry.on_date < start).label("repaid_before"),
            _repaid(moved, known, LedgerEntry.on_date <= end).label("repaid_by_end"),
            _repaid(moved, known).label("repaid_to_date"),
        )
        .join(Case, of_case)
        .where(scope.cases())
        .subquery("happened")
    )


def _together(scope: Scope) -> Subquery:
    """(case_id, every measure) of all facts, each case once."""
    parts = union_all(*(fact.by_case(scope, MEASURES) for fact in FACTS)).subquery("parts")
    sums = (func.sum(parts.c[name]).label(name) for name in MEASURES)
    return select(parts.c.case_id, *sums).group_by(parts.c.case_id).subquery("together")


def _repaid(asked: ColumnElement[bool], *bounds: ColumnElement[bool]) -> ColumnElement[int]:
    """What was confirmed as paid on the case within the bounds; 0 where it is not asked."""
    paid = select(repaid_sum()).where(LedgerEntry.case_id == Case.id, *bounds).scalar_subquery()
    return case((asked, paid), else_=literal(0, Integer))
