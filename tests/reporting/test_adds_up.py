"""Figures that add up do so over months; those about the cases handled in a period say they do not.

A year of calls, acts, payments and reversals on a few cases, in any order.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from energymed.base.context import SYSTEM, Context
from energymed.base.periods import latest_months, parse_period
from energymed.mediation.acts import record_act
from energymed.partners.models import Partner
from energymed.reporting.definitions import INDICATORS
from energymed.reporting.indicators import totals
from energymed.reporting.scope import Scope
from tests.factories import make_partner
from tests.reporting.makers import World, booked, contact

YEAR, MONTHS = parse_period("2027"), latest_months(date(2027, 12, 1), 12)
NEW_YEAR = datetime(2027, 1, 1, 12, tzinfo=UTC)
ADDED = [code for code, indicator in INDICATORS.items() if not indicator.of_cohort]
numbers = count(1)
Event = tuple[int, int, str, int]  # case, day of the year, what, cents

events = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.integers(-40, 364),
        st.sampled_from(["call", "letter", "act", "payment", "reversal"]),
        st.integers(1, 9_000),
    ),
    min_size=1,
    max_size=12,
)


def happen(world: World, partner: Partner, told: Sequence[Event]) -> None:
    """Each event on its case of 100 €."""
    cases = [world.case(partner=partner) for _turn in range(3)]
    for number, day, what, cents in told:
        case, at = cases[number], NEW_YEAR + timedelta(days=day)
        if what in ("call", "letter"):
            contact(world.session, case, at, "call_out" if what == "call" else "letter")
        elif what == "act":
            told_of = {"topics": ["bill"]}
            record_act(Context(world.session, SYSTEM, at), case.id, "info_given", told_of)
        elif what in ("payment", "reversal"):
            signed = -cents if what == "payment" else cents
            booked(world.session, case, signed, at.date(), what)


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@example([(0, -20, "call", 1), (0, 12, "payment", 4_000)])  # called in December, paid in January
@example([(0, 3, "payment", 4_000), (0, 45, "call", 1), (0, 200, "payment", 9_000)])
@example([(0, 3, "call", 1), (0, 45, "payment", 9_000), (0, 80, "reversal", 9_000)])
@given(events)
def test_months_add_up_to_the_year(world: World, told: list[Event]) -> None:
    partner = make_partner(world.session, f"p{next(numbers)}")
    happen(world, partner, told)
    year, *months = (
        totals(world.session, ADDED, Scope(period, partner_id=partner.id))
        for period in (YEAR, *MONTHS)
    )
    assert year == {code: sum(month[code] for month in months) for code in ADDED}


@pytest.mark.parametrize(
    ("called", "paid", "counted"),
    [
        (date(2026, 12, 10), date(2027, 1, 12), "2027-01"),  # after the year of the call
        (date(2027, 2, 10), date(2027, 1, 12), "2027-02"),  # before anybody called: then
        (date(2027, 2, 10), date(2027, 2, 1), "2027-02"),
    ],
)
def test_a_payment_counts_once_in_the_month_that_knows_call_and_payment(
    world: World, called: date, paid: date, counted: str
) -> None:
    case = world.case()
    contact(world.session, case, datetime(called.year, called.month, called.day, 9, tzinfo=UTC))
    booked(world.session, case, -4_000, paid)
    code = "payments_confirmed_cents"
    months = {each.code: totals(world.session, (code,), Scope(each))[code] for each in MONTHS}
    assert {month: cents for month, cents in months.items() if cents} == {counted: 4_000}


def test_what_is_paid_beyond_the_debt_never_counts_in_any_month(
    session: Session, world: World
) -> None:
    case = world.case(debt_cents=10_000)
    contact(session, case, NEW_YEAR)
    for month in (1, 2, 3):
        booked(session, case, -6_000, date(2027, month, 20))
    code = "payments_confirmed_cents"
    found = [totals(session, (code,), Scope(month))[code] for month in reversed(MONTHS)]
    assert found[:4] == [6_000, 4_000, 0, 0]
    assert totals(session, (code,), Scope(YEAR))[code] == 10_000
