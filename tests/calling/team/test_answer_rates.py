"""When people answer: by weekday and hour, once there are enough calls."""

from energymed.base.context import Context
from energymed.calling.team.answer_rates import MIN_CALLS, answer_rates, best_hours
from tests.calling.conftest import NOW, Desk
from tests.factories import make_case, make_user


def test_hours_say_something_once_there_are_ten_calls(desk: Desk) -> None:
    lead = make_user(desk.session, "lead", site=desk.site).as_actor()
    case = desk.case()
    for turn in range(MIN_CALLS):
        desk.called(case, f"2026-11-20 10:{turn:02d}", "reached_holder" if turn < 4 else "busy")
    for turn in range(MIN_CALLS - 1):
        desk.called(case, f"2026-11-19 17:{turn:02d}", "reached_holder")
    desk.called(case, "2026-11-19 17:30", "technical")
    desk.called(case, "2026-07-01 17:30")
    make_case(desk.session, assigned_to=make_user(desk.session))
    thursday, friday = answer_rates(Context(desk.session, lead, NOW))
    assert (thursday.weekday, thursday.hour, thursday.calls, thursday.percent) == (3, 17, 9, None)
    assert (friday.weekday, friday.hour, friday.percent, friday.step) == (4, 10, 40, 3)
    assert best_hours([thursday, friday]) == [friday]
