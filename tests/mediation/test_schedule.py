"""Payment plans as arithmetic: exact cents, working days, order."""

import itertools
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energymed.base.dates import is_working_day
from energymed.base.errors import BadInput
from energymed.mediation.rules import PlanTerms, schedule

amounts = st.integers(min_value=5_000, max_value=1_000_000)
days = st.dates(min_value=date(2024, 1, 1), max_value=date(2030, 12, 31))
frequencies = st.sampled_from(["weekly", "fortnightly", "monthly"])


@given(amounts, st.integers(1, 36), days, frequencies, st.sampled_from(["26000", "57000", "67000"]))
def test_cents_sum_exactly_and_dates_are_working_days(
    amount: int, count: int, first: date, frequency: str, postal_code: str
) -> None:
    payments = schedule(PlanTerms(amount, count, first, frequency), postal_code)
    assert sum(p.amount_cents for p in payments) == amount
    assert [p.number for p in payments] == list(range(1, count + 1))
    assert all(is_working_day(p.due_on, postal_code) for p in payments)
    assert all(a.due_on < b.due_on for a, b in itertools.pairwise(payments))
    assert all(p.amount_cents > 0 for p in payments)
    assert len({p.amount_cents for p in payments[1:]}) <= 1


@given(amounts, st.integers(1, 30), st.integers(1, 20), days, frequencies)
def test_a_first_payment_takes_the_odd_cents_and_comes_first(
    amount: int, count: int, percentage: int, first: date, frequency: str
) -> None:
    down = amount * percentage // 100
    payments = schedule(PlanTerms(amount, count, first, frequency, down_payment_cents=down))
    assert sum(p.amount_cents for p in payments) == amount
    assert [p.number for p in payments] == list(range(count + 1))
    assert 0 <= payments[0].amount_cents - down < count
    assert len({p.amount_cents for p in payments[1:]}) == 1
    assert all(a.due_on < b.due_on for a, b in itertools.pairwise(payments))


def test_a_first_payment_without_a_day_of_its_own_opens_the_plan() -> None:
    terms = PlanTerms(10_000, 2, date(2026, 12, 7), down_payment_cents=4_000)
    days = [p.due_on for p in schedule(terms)]
    assert days == [date(2026, 12, 7), date(2027, 1, 7), date(2027, 2, 8)]


def test_a_first_payment_with_its_day_precedes_the_first_instalment() -> None:
    terms = PlanTerms(
        10_000, 2, date(2026, 12, 7), down_payment_cents=4_000, down_payment_on=date(2026, 11, 28)
    )
    days = [p.due_on for p in schedule(terms)]
    assert days == [date(2026, 11, 30), date(2026, 12, 7), date(2027, 1, 7)]


def test_two_payments_moved_to_the_same_working_day_are_refused() -> None:
    saturday, sunday = date(2026, 12, 5), date(2026, 12, 6)
    terms = PlanTerms(10_000, 2, sunday, down_payment_cents=4_000, down_payment_on=saturday)
    with pytest.raises(BadInput) as refusal:
        schedule(terms)
    assert refusal.value.params["field"] == "down_payment_on"


def test_moved_days_do_not_add_up() -> None:
    terms = PlanTerms(40_000, 4, date(2026, 12, 25), frequency="weekly")
    days = [p.due_on for p in schedule(terms)]
    assert days == [date(2026, 12, 28), date(2027, 1, 4), date(2027, 1, 8), date(2027, 1, 15)]


def test_without_a_first_payment_the_first_instalment_takes_the_odd_cents() -> None:
    assert [p.amount_cents for p in schedule(PlanTerms(10_001, 3, date(2026, 12, 7)))] == [
        3_335, 3_333, 3_333,
    ]  # fmt: skip


def test_the_real_plan_of_the_field() -> None:
    terms = PlanTerms(172_075, 11, date(2026, 12, 7), down_payment_cents=14_335)
    payments = schedule(terms)
    assert payments[0].amount_cents == 14_335
    assert [p.amount_cents for p in payments[1:]] == [14_340] * 11


def test_the_last_day_of_the_month_stays_the_last_day() -> None:
    days = [p.due_on for p in schedule(PlanTerms(40_000, 4, date(2026, 12, 31)))]
    assert days == [date(2026, 12, 31), date(2027, 2, 1), date(2027, 3, 1), date(2027, 3, 31)]


def test_a_holiday_moves_to_the_next_working_day() -> None:
    (payment,) = schedule(PlanTerms(10_000, 1, date(2026, 12, 25)))
    assert payment.due_on == date(2026, 12, 28)
    (alsace,) = schedule(PlanTerms(10_000, 1, date(2025, 12, 26)), "67000")
    assert alsace.due_on == date(2025, 12, 29)


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (PlanTerms(0, 3, date(2026, 12, 7)), "amount"),
        (PlanTerms(10_000, 0, date(2026, 12, 7)), "count"),
        (PlanTerms(10_000, 37, date(2026, 12, 7)), "count"),
        (PlanTerms(500, 10, date(2026, 12, 7)), "count"),
        (PlanTerms(999, 10, date(2026, 12, 7)), "count"),
        (PlanTerms(10_000, 3, date(9999, 12, 7)), "first_due_on"),
        (PlanTerms(10_000, 3, date(2026, 12, 7), down_payment_cents=10_000), "down_payment"),
        (PlanTerms(10_000, 3, date(2026, 12, 7), frequency="daily"), "frequency"),
        (
            PlanTerms(10_000, 3, date(2026, 12, 7), down_payment_cents=1_000,
                      down_payment_on=date(2026, 12, 7)),
            "down_payment_on",
        ),
    ],
)  # fmt: skip
def test_terms_that_make_no_plan_name_their_field(terms: PlanTerms, field: str) -> None:
    with pytest.raises(BadInput) as refusal:
        schedule(terms)
    assert refusal.value.params["field"] == field


def test_an_instalment_of_one_euro_is_the_smallest() -> None:
    payments = schedule(PlanTerms(1_000, 10, date(2026, 12, 7)))
    assert {payment.amount_cents for payment in payments} == {100}
