"""Calls a day: once in ten working days, sooner where an intervention comes sooner."""

from datetime import date

import pytest

from energymed.base.context import Context
from energymed.calling.assignment.workload import (
    calls_per_day,
    urgent_days_by_mediator,
    urgent_days_left,
    working_days_left,
)
from tests.calling.conftest import NOW, Desk
from tests.factories import tell_customer

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("day", "slot", "expected"),
    [
        (MONDAY, "14h-16h", 1),
        (MONDAY, "8h-10h", 1),  # too late already: as urgent as can be
        (date(2026, 11, 24), "8h-10h", 1),
        (date(2026, 11, 24), "14h-16h", 2),
        (date(2026, 11, 25), None, 2),
        (date(2026, 11, 30), "8h-10h", 5),  # not on Saturday nor Sunday
        (date(2027, 3, 1), None, 10),
    ],
)
def test_working_days_left_before_an_intervention(
    day: date, slot: str | None, expected: int
) -> None:
    assert working_days_left(day, slot, None, NOW) == expected


@pytest.mark.parametrize(
    ("cases", "before", "expected"),
    [(0, [], 0), (1, [], 1), (10, [], 1), (11, [], 2), (6, [1] * 6, 6), (26, [2] * 6, 5)],
)
def test_calls_a_day(cases: int, before: list[int], expected: int) -> None:
    assert calls_per_day(cases, before) == expected


def test_only_notices_that_nobody_was_told_of_hurry(desk: Desk) -> None:
    notice = {"campaign_kind": "cutoff_notice", "debt_cents": None}
    soon = desk.case(**notice, cutoff_date=date(2026, 11, 25))
    told = desk.case(**notice, cutoff_date=date(2026, 11, 25))
    tell_customer(told, NOW)
    over = desk.case(**notice, cutoff_date=date(2026, 11, 20))
    today = desk.case(**notice, cutoff_date=MONDAY, cutoff_slot="14h-16h")
    bill = desk.case(cutoff_date=date(2026, 11, 25))
    desk.session.flush()
    assert urgent_days_left([soon, told, over, today, bill], NOW) == [2, 1]
    found = urgent_days_by_mediator(Context(desk.session, desk.actor, NOW))
    assert {user: sorted(days) for user, days in found.items()} == {desk.user.id: [1, 2]}
