"""Payment plans as arithmetic: exact cents, working days, order."""

import itertools
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from energymed.base.dates import is_working_day
from energymed.base.errors import BadInput
from energymed.mediation.rules import (
    END_OF_MONTH,
    LEAST_REST_CENTS,
    MOST_PAYMENTS,
    PlanTerms,
    agreed_day,
    count_of,
    day_in_month,
    schedule,
)

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
        (PlanTerms(10_000, MOST_PAYMENTS + 1, date(2026, 12, 7)), "count"),
        (PlanTerms(9, 10, date(2026, 12, 7)), "count"),
        (PlanTerms(10_000, 0, date(2026, 12, 7), instalment_cents=-1), "size"),
        (PlanTerms(10_000, 3, date(2026, 12, 7), instalment_cents=4_000), "size"),
        (PlanTerms(10_000, 0, date(2026, 12, 7), instalment_cents=1), "size"),
        (PlanTerms(10_000, 3, date(2026, 12, 7), day_of_month=32), "first_due_on"),
        (PlanTerms(10_000, 3, date(2026, 12, 7), day_of_month=8), "first_due_on"),
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


def test_an_instalment_is_a_cent_at_least() -> None:
    payments = schedule(PlanTerms(10, 10, date(2026, 12, 7)))
    assert {payment.amount_cents for payment in payments} == {1}


@pytest.mark.parametrize(
    ("amount", "size", "expected"),
    [
        (10_000, 3_000, [3_000, 3_000, 3_000, 1_000]),
        (10_000, 2_500, [2_500] * 4),
        (10_000, 10_000, [10_000]),
        (10_000, 10_001, [10_000]),
        (9_100, 3_000, [3_000, 3_000, 3_000, 100]),  # one euro is left: an instalment of its own
        (9_099, 3_000, [3_000, 3_000, 3_099]),  # a cent less: the last one takes it
        (99, 50, [99]),
    ],
)
def test_by_size_the_last_one_takes_the_rest(amount: int, size: int, expected: list[int]) -> None:
    terms = PlanTerms(amount, 0, date(2026, 12, 7), instalment_cents=size)
    assert [payment.amount_cents for payment in schedule(terms)] == expected
    assert count_of(terms) == len(expected)


@given(amounts, st.integers(100, 200_000), st.integers(0, 20), days, frequencies)
def test_by_size_the_cents_sum_exactly_and_the_days_follow(
    amount: int, size: int, percentage: int, first: date, frequency: str
) -> None:
    down = amount * percentage // 100
    terms = PlanTerms(amount, 0, first, frequency, down_payment_cents=down, instalment_cents=size)
    assume(count_of(terms) <= MOST_PAYMENTS)
    payments = schedule(terms)
    own = [payment.amount_cents for payment in payments if payment.number]
    assert sum(payment.amount_cents for payment in payments) == amount
    assert set(own[:-1]) <= {size}
    assert 0 < own[-1] < size + LEAST_REST_CENTS
    assert all(a.due_on < b.due_on for a, b in itertools.pairwise(payments))
    if down:
        assert payments[0].amount_cents == down


@given(st.integers(100, 50_000), st.integers(1, 36), days, frequencies)
def test_a_size_and_the_number_that_it_makes_are_one_plan(
    size: int, count: int, first: date, frequency: str
) -> None:
    by_number = PlanTerms(size * count, count, first, frequency)
    by_size = replace(by_number, instalment_count=0, instalment_cents=size)
    assert count_of(by_size) == count
    assert schedule(by_size) == schedule(by_number)


def agreed_days(first: date, day: int, count: int) -> list[date]:
    terms = PlanTerms(100_000, count, first, day_of_month=day)
    return [agreed_day(terms, number) for number in range(1, count + 1)]


@given(days, st.integers(1, 31), st.integers(2, 36))
def test_the_day_of_the_month_holds_through_short_months(start: date, day: int, count: int) -> None:
    first = day_in_month(start, day)
    for due in agreed_days(first, day, count):
        last = (date(due.year + due.month // 12, due.month % 12 + 1, 1) - timedelta(days=1)).day
        assert due.day == min(day, last)


def test_the_end_of_the_month_is_agreed_on_a_short_one() -> None:
    assert agreed_days(date(2027, 2, 28), END_OF_MONTH, 4) == [
        date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30), date(2027, 5, 31),
    ]  # fmt: skip
    assert agreed_days(date(2028, 2, 29), END_OF_MONTH, 2)[1] == date(2028, 3, 31)
    assert agreed_days(date(2027, 2, 28), 0, 2)[1] == date(2027, 3, 28)
