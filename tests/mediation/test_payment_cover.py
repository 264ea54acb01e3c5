"""Which payments cover which instalments: no euro twice, in whatever order they are told."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energymed.mediation.codes import InstalmentState, InstalmentWord, PlanState
from energymed.mediation.payment_cover import (
    Expected,
    Payment,
    Tolerance,
    cover,
    plan_state_of,
    state_of,
)

DAY = date(2026, 12, 7)
WEEK = Tolerance(days=7, cents=100)
DUE, DECLARED, CONFIRMED, MISSED = (
    InstalmentState.DUE, InstalmentState.DECLARED_PAID, InstalmentState.CONFIRMED,
    InstalmentState.MISSED,
)  # fmt: skip


def days_on(days: int) -> date:
    return DAY + timedelta(days=days)


def monthly(*cents: int, told: dict[int, date] | None = None) -> list[Expected]:
    return [
        Expected(days_on(30 * at), amount, WEEK, (told or {}).get(at))
        for at, amount in enumerate(cents)
    ]


def covered(expected: list[Expected], *paid: tuple[int, int]) -> list[tuple[int, date | None]]:
    """(cents, settled on) of each instalment, after payments of (day, cents)."""
    found = cover(expected, [Payment(days_on(day), cents) for day, cents in paid])
    return [(one.cents, one.settled_on) for one in found]


payments = st.lists(
    st.builds(Payment, st.integers(0, 90).map(days_on), st.integers(-30_000, 30_000)), max_size=12
)
plans = st.lists(
    st.builds(
        Expected,
        due_on=st.integers(0, 90).map(days_on),
        cents=st.integers(100, 20_000),
        tolerance=st.builds(Tolerance, st.integers(0, 20), st.integers(0, 500)),
        told_on=st.none() | st.integers(0, 90).map(days_on),
    ),
    min_size=1,
    max_size=6,
)


@given(plans, payments)
def test_no_euro_is_allocated_twice(expected: list[Expected], paid: list[Payment]) -> None:
    found = cover(expected, paid)
    assert sum(one.cents for one in found) <= max(0, sum(payment.cents for payment in paid))
    assert all(0 <= one.cents <= want.cents for want, one in zip(expected, found, strict=True))


@given(plans, payments, st.randoms())
def test_the_order_in_which_payments_are_told_does_not_matter(
    expected: list[Expected], paid: list[Payment], random: st.DataObject
) -> None:
    shuffled = list(paid)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert cover(expected, shuffled) == cover(expected, paid)


@given(plans, payments, st.data())
def test_a_payment_taken_back_is_as_if_it_never_was(
    expected: list[Expected], paid: list[Payment], data: st.DataObject
) -> None:
    one = Payment(data.draw(st.integers(0, 90).map(days_on)), data.draw(st.integers(1, 30_000)))
    back = Payment(one.on, -one.cents)
    assert cover(expected, [*paid, one, back]) == cover(expected, paid)


@given(plans, payments)
def test_what_is_settled_is_covered_or_told(expected: list[Expected], paid: list[Payment]) -> None:
    for want, one in zip(expected, cover(expected, paid), strict=True):
        short = want.cents - one.cents
        settled = want.told_on is not None or (one.cents > 0 and short <= want.tolerance.cents)
        assert (one.settled_on is not None) == settled


def test_the_oldest_is_paid_first() -> None:
    assert covered(monthly(2_500, 2_500), (40, 2_500)) == [(2_500, days_on(40)), (0, None)]
    both = covered(monthly(2_500, 2_500), (0, 1_000), (3, 4_000))
    assert both == [(2_500, days_on(3)), (2_500, days_on(3))]


def test_cents_on_both_sides_of_the_tolerance() -> None:
    assert covered(monthly(2_500), (0, 2_400)) == [(2_400, DAY)]
    assert covered(monthly(2_500), (0, 2_399)) == [(2_399, None)]
    # rounded down every month: it does not add up to an instalment that looks unpaid
    assert covered(monthly(14_340, 14_340), (0, 14_300), (30, 14_300)) == [
        (14_300, DAY), (14_300, days_on(30)),
    ]  # fmt: skip


def test_a_reversal_takes_the_last_payment_back() -> None:
    assert covered(monthly(2_500), (0, 2_500), (9, -2_500)) == [(0, None)]
    paid = (0, 2_500), (30, 2_500), (35, -2_500)
    assert covered(monthly(2_500, 2_500), *paid) == [(2_500, DAY), (0, None)]
    again = covered(monthly(2_500), (0, 2_500), (9, -2_500), (12, 2_500))
    assert again == [(2_500, days_on(12))]
    assert covered(monthly(2_500), (0, -2_500), (9, 2_500)) == [(0, None)]  # told before it came


def test_the_payment_that_the_partner_told_of_pays_nothing_else() -> None:
    expected = monthly(2_500, 2_500, told={0: DAY})
    assert covered(expected) == [(0, DAY), (0, None)]
    assert covered(expected, (7, 2_500)) == [(2_500, DAY), (0, None)]
    assert covered(expected, (8, 2_500)) == [(0, DAY), (2_500, days_on(8))]  # of another day


@pytest.mark.parametrize(
    ("said", "today", "known_until", "state"),
    [
        (None, 7, None, DUE),
        (None, 30, None, DUE),  # no file of payments: nobody knows
        (None, 30, 7, DUE),  # what was paid on the last day may come with the next file
        (None, 30, 8, MISSED),
        ("paid", 30, None, DECLARED),
        ("paid", 30, 8, MISSED),  # the person's word stands beside it
        ("unpaid", 7, None, DUE),
        ("unpaid", 8, None, MISSED),
    ],
)
def test_what_is_not_paid_is_missed_when_somebody_knows(
    said: str | None, today: int, known_until: int | None, state: str
) -> None:
    (expected,) = monthly(2_500)
    (nothing,) = cover([expected], [])
    known = None if known_until is None else days_on(known_until)
    word = InstalmentWord(said) if said else None
    assert state_of(expected, nothing, word, days_on(today), known) == state
    (paid,) = cover([expected], [Payment(days_on(20), 2_500)])
    assert state_of(expected, paid, word, days_on(today), known) == CONFIRMED


@pytest.mark.parametrize(
    ("before", "states", "late", "confirmed", "replaced", "after"),
    [
        ("agreed", (DUE, DUE), False, False, False, "agreed"),
        ("agreed", (DUE, DUE), False, True, False, "confirmed"),
        ("agreed", (CONFIRMED, DUE), False, False, False, "kept"),
        ("kept", (CONFIRMED, DUE), True, True, False, "confirmed"),  # nobody knows
        ("kept", (DECLARED, DUE), False, False, False, "agreed"),
        ("kept", (CONFIRMED, MISSED), True, True, False, "broken"),
        ("broken", (CONFIRMED, DUE), False, True, False, "kept"),
        ("broken", (CONFIRMED, DUE), False, True, True, "broken"),
        ("broken", (CONFIRMED, CONFIRMED), False, True, True, "completed"),
    ],
)
def test_kept_and_broken_follow(
    before: str,
    states: tuple[InstalmentState, ...],
    late: bool,
    confirmed: bool,
    replaced: bool,
    after: str,
) -> None:
    found = plan_state_of(
        PlanState(before), states, late=late, confirmed=confirmed, replaced=replaced
    )
    assert found == after
