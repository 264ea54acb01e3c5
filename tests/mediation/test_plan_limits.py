"""What a partner lets a plan be: both sides of each bound, and of each level of agreement."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energymed.base.errors import BadInput
from energymed.mediation.comparison import LEAD, beside, counts_beside, usual_first_day
from energymed.mediation.plan_limits import Bounds, PlanLimits, check_limits
from energymed.mediation.rules import PlanTerms

LIMITS = PlanLimits(alone=Bounds(12, 12, 1_000), most=Bounds(36, 36, 100))
TERMS = PlanTerms(120_000, 12, date(2026, 12, 7))
BY_SIZE = replace(TERMS, instalment_count=0, instalment_cents=10_000)


@pytest.mark.parametrize(
    ("change", "needed"),
    [
        ({}, ""),
        ({"instalment_count": 13}, "13 échéances : le partenaire en prévoit 12 au plus."),
        ({"instalment_count": 36}, "36 échéances : le partenaire en prévoit 12 au plus."),
        ({"amount_cents": 12_000}, ""),
        ({"amount_cents": 11_999}, "Des échéances de moins de 10,00 €"),
        ({"amount_cents": 1_200}, "Des échéances de moins de 10,00 €"),
        # twelve months are twelve instalments from the 7th to the 7th of the eleventh month after
        ({"first_due_on": date(2027, 2, 28), "day_of_month": 31}, ""),
    ],
)
def test_what_the_mediator_grants_alone(change: dict[str, object], needed: str) -> None:
    found = check_limits(replace(TERMS, **change), LIMITS)
    assert (str(found) if found else "").startswith(needed)
    assert bool(found) == bool(needed)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"instalment_count": 37}, "count"),
        ({"amount_cents": 1_199}, "count"),
    ],
)
def test_what_no_partner_consents_to(change: dict[str, object], field: str) -> None:
    with pytest.raises(BadInput) as refusal:
        check_limits(replace(TERMS, **change), LIMITS)
    assert refusal.value.params["field"] == field


def test_months_are_counted_from_the_first_instalment_to_the_last() -> None:
    limits = PlanLimits(alone=Bounds(100, 3, 100), most=Bounds(100, 4, 100))
    assert check_limits(replace(TERMS, instalment_count=3), limits) is None
    four = check_limits(replace(TERMS, instalment_count=4), limits)
    assert str(four) == "Plus de 3 mois : le partenaire n'en prévoit pas davantage."
    with pytest.raises(BadInput, match="Plus de 4 mois"):
        check_limits(replace(TERMS, instalment_count=5), limits)
    weekly = replace(TERMS, frequency="weekly")
    assert check_limits(replace(weekly, instalment_count=13), limits) is None  # 84 days later
    assert check_limits(replace(weekly, instalment_count=14), limits) is not None  # 7 March
    with_first = replace(TERMS, instalment_count=3, down_payment_cents=5_000)
    assert check_limits(with_first, limits) is None  # the first payment is apart


def test_a_size_is_judged_as_the_number_that_it_makes() -> None:
    assert check_limits(BY_SIZE, LIMITS) is None
    beyond = check_limits(replace(BY_SIZE, instalment_cents=9_999), LIMITS)
    assert beyond is None  # the odd cents go to the last of the twelve
    beyond = check_limits(replace(BY_SIZE, instalment_cents=9_990), LIMITS)
    assert beyond is not None
    assert beyond.params["field"] == "size"


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(BadInput) as refusal:
        check_limits(PlanTerms(0, 99, date(2026, 12, 7)), LIMITS)
    told = [refusal.value.params["field"], *(each.params["field"] for each in refusal.value.more)]
    assert told == ["amount", "count"]


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, (2, 3, 6, 10)), (2, (2, 3, 6, 10)), (3, (2, 3, 6, 10)), (6, (2, 3, 6, 10)),
        (10, (2, 3, 6, 10)), (1, (1, 2, 3)), (4, (3, 4, 5, 6)), (7, (6, 7, 8, 10)),
        (12, (10, 12, 15, 18)),
        (36, (30, 36)), (40, (36, 40)),
    ],
)  # fmt: skip
def test_the_plans_side_by_side(count: int, expected: tuple[int, ...]) -> None:
    assert counts_beside(count) == expected
    assert [each.instalment_count for each in beside(replace(TERMS, instalment_count=count))] == [
        *expected
    ]


def test_a_size_stands_among_numbers() -> None:
    sizes = beside(replace(BY_SIZE, instalment_cents=30_000))
    assert [(each.instalment_count, each.instalment_cents) for each in sizes] == [
        (3, 0), (4, 0), (5, 0), (6, 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("today", "day", "expected"),
    [
        (date(2026, 11, 25), 0, date(2026, 12, 5)),  # ten days later
        (date(2026, 11, 26), 0, date(2027, 1, 5)),  # nine
        (date(2026, 11, 20), 31, date(2026, 11, 30)),
        (date(2026, 11, 21), 31, date(2026, 12, 31)),
        (date(2027, 2, 18), 31, date(2027, 2, 28)),
        (date(2027, 1, 30), 5, date(2027, 3, 5)),
    ],
)
def test_a_plan_begins_as_soon_as_can_be(today: date, day: int, expected: date) -> None:
    assert usual_first_day(today, day) == expected


def test_a_month_that_was_said_holds() -> None:
    assert usual_first_day(date(2026, 11, 23), 31, date(2027, 2, 1)) == date(2027, 2, 28)
    assert usual_first_day(date(2026, 11, 23), 0, date(2027, 2, 1)) == date(2027, 2, 5)


@given(st.dates(date(2024, 1, 1), date(2032, 12, 31)), st.integers(1, 31))
def test_the_first_day_is_far_enough_and_never_further_than_it_must_be(
    today: date, day: int
) -> None:
    first = usual_first_day(today, day)
    assert today + LEAD <= first <= today + LEAD + (date(2024, 3, 31) - date(2024, 2, 28))
