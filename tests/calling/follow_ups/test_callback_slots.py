"""The week by hours: what is promised, what is free, and never a time that cannot be kept."""

from datetime import date, timedelta

from energymed.base.context import Context
from energymed.calling.follow_ups.callback_slots import callback_week
from energymed.calling.follow_ups.service import add_follow_up
from energymed.cases.models import Case
from tests.calling.conftest import NOW, Desk, paris
from tests.factories import make_case, make_user


def promised(desk: Desk, case: Case, at: str) -> None:
    add_follow_up(Context(desk.session, desk.actor, NOW), case, "callback", paris(at))


def test_five_days_of_work_by_hours_of_the_rules(desk: Desk) -> None:
    seen = callback_week(Context(desk.session, desk.actor, NOW), desk.case())
    assert seen.days == [date(2026, 11, 23) + timedelta(days=n) for n in range(5)]
    assert [hour for hour, _slots in seen.lines] == [9, 10, 11, 12, 13, 14, 15, 16, 17, 18]
    first, ten = seen.lines[0][1], seen.lines[1][1]
    assert first[0] is None  # nine o'clock is over
    assert ten[0] is not None
    assert ten[0].at == NOW
    noon = seen.lines[3][1][1]
    assert noon is not None
    assert noon.at == paris("2026-11-24 12:00")  # the window ends at half past
    one = seen.lines[4][1][1]
    assert one is not None
    assert one.at == paris("2026-11-24 13:30")


def test_the_half_hour_that_runs_is_not_offered(desk: Desk) -> None:
    seen = callback_week(
        Context(desk.session, desk.actor, NOW + timedelta(minutes=10)), desk.case()
    )
    ten = dict(seen.lines)[10][0]
    assert ten is not None
    assert ten.at == paris("2026-11-23 10:30")


def test_a_day_that_is_over_gives_way_to_the_next(desk: Desk) -> None:
    evening = callback_week(
        Context(desk.session, desk.actor, paris("2026-11-27 18:45")), desk.case()
    )
    assert evening.days[0] == date(2026, 11, 30)


def test_own_promises_and_those_of_the_team_are_counted_and_the_free_half_is_offered(
    desk: Desk,
) -> None:
    case, other = desk.case(), desk.case(assigned_to=make_user(desk.session, site=desk.site))
    promised(desk, case, "2026-11-24 14:00")
    add_follow_up(
        Context(desk.session, desk.actor, NOW), other, "callback", paris("2026-11-24 14:15")
    )
    elsewhere = make_case(desk.session, assigned_to=make_user(desk.session))
    promised(desk, elsewhere, "2026-11-24 14:00")
    slot = dict(callback_week(Context(desk.session, desk.actor, NOW), case).lines)[14][1]
    assert slot is not None
    assert (slot.mine, slot.team) == (1, 2)
    assert slot.at == paris("2026-11-24 14:30")
