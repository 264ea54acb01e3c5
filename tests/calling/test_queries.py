"""Reads for the desks: one's own day, callbacks promised, the team's board, a case's contacts."""

from energymed.base.context import Context
from energymed.calling import queries
from tests.calling.conftest import NOW, Desk


def test_ones_own_day_counts_calls_and_people_reached(desk: Desk) -> None:
    case = desk.case()
    desk.called(case, "2026-11-23 09:05")
    desk.called(case, "2026-11-23 09:25", "reached_holder")
    desk.called(case, "2026-11-23 09:45", "reached_mandated").voided_at = NOW
    desk.called(case, "2026-11-22 23:59")
    desk.called(case, "2026-11-24 00:00")
    desk.session.flush()
    assert queries.my_day(Context(desk.session, desk.actor, NOW)) == queries.Day(calls=2, reached=1)
    assert queries.my_day(Context(desk.session, desk.colleague(), NOW)) == queries.Day(0, 0)


def test_callbacks_of_today_are_those_due_until_tonight(desk: Desk) -> None:
    evening = desk.promise(desk.case(), "2026-11-23 18:30")
    overdue = desk.promise(desk.case(), "2026-11-20 10:00")
    desk.promise(desk.case(), "2026-11-24 09:00")
    desk.promise(desk.case(), "2026-11-23 11:00", "documents")
    found = queries.callbacks_of_today(Context(desk.session, desk.actor, NOW))
    assert list(found) == [overdue, evening]


def test_a_cases_contacts_and_follow_ups_newest_first(desk: Desk) -> None:
    case = desk.case()
    first, second = desk.called(case, "2026-11-20 10:00"), desk.called(case, "2026-11-23 09:00")
    soon, late = desk.promise(case, "2026-11-24 10:00"), desk.promise(case, "2026-11-30 10:00")
    desk.called(desk.case(), "2026-11-23 09:00")
    assert list(queries.contacts_of(desk.session, case.id)) == [second, first]
    assert list(queries.follow_ups_of(desk.session, [case.id])) == [late, soon]
