"""What the lead sees of the team: what needs somebody, and when people answer."""

from datetime import timedelta

import pytest

from energymed.base.context import Actor, Context
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.calling.assignment.handover_note import leave_word
from energymed.calling.team.answer_rates import ENOUGH, best_hours, reachability
from energymed.calling.team.dashboard import needs, team_board
from energymed.cases.cutoff import mark_told
from tests.calling.conftest import MINUTE, NOW, Desk
from tests.factories import make_case, make_user

TODAY = NOW.date()


@pytest.fixture
def lead(desk: Desk) -> Actor:
    return make_user(desk.session, "lead", site=desk.site).as_actor()


def test_a_promise_is_missed_half_an_hour_after_its_time(desk: Desk, lead: Actor) -> None:
    missed = desk.promise(desk.case(), "2026-11-23 09:29")
    desk.promise(desk.case(), "2026-11-23 09:31")
    desk.promise(desk.case(state="closed", closure="settled"), "2026-11-20 10:00")
    elsewhere = make_user(desk.session, "lead").as_actor()
    found = needs(Context(desk.session, lead, NOW))
    assert (list(found.late), found.late_count) == ([missed], 1)
    assert needs(Context(desk.session, elsewhere, NOW)).late_count == 0
    (line,) = team_board(Context(desk.session, lead, NOW))
    assert (line.callbacks_today, line.late) == (2, 1), "nobody calls for a closed case"


def test_a_cutoff_within_two_days_that_nobody_was_told_of(desk: Desk, lead: Actor) -> None:
    def notice(days: int, slot: str | None = None) -> object:
        return desk.case(
            campaign_kind="cutoff_notice", debt_cents=None, cutoff_slot=slot,
            cutoff_date=TODAY + timedelta(days=days),
        )  # fmt: skip

    late, soon = notice(2, "9h-10h"), notice(0, "14h-16h")
    notice(2, "11h-12h")  # in more than 48 hours
    notice(0, "8h-9h")  # over
    told = desk.case(campaign_kind="cutoff_notice", cutoff_date=TODAY + timedelta(days=1))
    mark_told(told, NOW)
    desk.session.flush()
    found = needs(Context(desk.session, lead, NOW))
    assert (list(found.untold), found.untold_count) == ([soon, late], 2)


def test_a_lease_about_to_lapse_is_told(desk: Desk, lead: Actor) -> None:
    case = desk.claim_next() or desk.case()
    case = desk.claim_next() or case
    (line,) = team_board(Context(desk.session, lead, NOW))
    assert (line.held, line.lapses) == (case, False)
    (line,) = team_board(Context(desk.session, lead, NOW + 13 * MINUTE))
    assert line.lapses


def test_hours_say_something_once_there_are_ten_calls(desk: Desk, lead: Actor) -> None:
    case = desk.case()
    for turn in range(ENOUGH):
        desk.called(case, f"2026-11-20 10:{turn:02d}", "reached_holder" if turn < 4 else "busy")
    for turn in range(ENOUGH - 1):
        desk.called(case, f"2026-11-19 17:{turn:02d}", "reached_holder")
    desk.called(case, "2026-11-19 17:30", "technical")
    desk.called(case, "2026-07-01 17:30")
    make_case(desk.session, assigned_to=make_user(desk.session))
    thursday, friday = reachability(Context(desk.session, lead, NOW))
    assert (thursday.weekday, thursday.hour, thursday.calls, thursday.percent) == (3, 17, 9, None)
    assert (friday.weekday, friday.hour, friday.percent, friday.step) == (4, 10, 40, 3)
    assert best_hours([thursday, friday]) == [friday]


def test_a_word_stays_until_it_is_done(desk: Desk, lead: Actor) -> None:
    case = desk.case()
    leave_word(Context(desk.session, desk.actor, NOW), case.id, "Rappeler avec\r\nl'assistante. ")
    assert case.handover_note == "Rappeler avec\nl'assistante."
    assert (case.handover_by_id, case.handover_at) == (desk.user.id, NOW)
    leave_word(Context(desk.session, lead, NOW), case.id, " ")
    assert (case.handover_note, case.handover_by_id, case.handover_at) == (None, None, None)
    with pytest.raises(BadInput, match="500"):
        leave_word(Context(desk.session, lead, NOW), case.id, "x" * 501)
    with pytest.raises(Refused):
        leave_word(Context(desk.session, lead, NOW), case.id, "2 84 05 88 157 008 27")
    with pytest.raises(NotFound):
        leave_word(Context(desk.session, make_user(desk.session).as_actor(), NOW), case.id, "x")
