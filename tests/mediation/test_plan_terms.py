"""The terms that are worked out from a plan's payments make the same payments again."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from energymed.mediation.codes import Frequency
from energymed.mediation.models import Instalment, Plan
from energymed.mediation.plan_terms import terms_of
from energymed.mediation.rules import PlanTerms, count_of, schedule

DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))


def as_plan(terms: PlanTerms) -> Plan:
    payments = schedule(terms, "26000")
    count = count_of(terms)
    return Plan(
        amount_cents=terms.amount_cents,
        down_payment_cents=payments[0].amount_cents if payments[0].number == 0 else 0,
        instalment_count=count,
        frequency=terms.frequency,
        first_due_on=payments[-count].due_on,
        method=terms.method,
        instalments=[
            Instalment(number=each.number, due_on=each.due_on, amount_cents=each.amount_cents)
            for each in payments
        ],
    )


@given(
    amount=st.integers(10_000, 300_000),
    count=st.integers(1, 14),
    size=st.integers(2_000, 9_000) | st.just(0),
    first=DAYS,
    down=st.integers(100, 5_000) | st.just(0),
    days_before=st.integers(8, 40),
    frequency=st.sampled_from(Frequency),
)
def test_the_same_payments_come_of_them(
    amount: int, count: int, size: int, first: date, down: int, days_before: int,
    frequency: Frequency,
) -> None:  # fmt: skip
    down_on = first - timedelta(days=days_before) if down else None
    terms = PlanTerms(
        amount, 0 if size else count, first, frequency,
        down_payment_cents=down, down_payment_on=down_on, instalment_cents=size,
    )  # fmt: skip
    assert schedule(terms_of(as_plan(terms), "26000"), "26000") == schedule(terms, "26000")


def test_the_day_that_was_agreed_is_found_behind_a_week_end() -> None:
    terms = PlanTerms(60_000, 6, date(2026, 12, 5))  # a Saturday
    plan = as_plan(terms)
    assert plan.first_due_on == date(2026, 12, 7)
    assert terms_of(plan, "26000") == terms
