"""What the lead sees of the team: counts by state, and what needs somebody."""

from datetime import timedelta

import pytest

from energymed.base.context import Actor, Context
from energymed.calling.codes import PresenceState
from energymed.calling.presence.states import choose_state
from energymed.calling.queue.claims import claim_case
from energymed.calling.team.dashboard import team_alerts, team_dashboard
from energymed.cases.models import Case
from tests.calling.conftest import MINUTE, NOW, Desk, counted, paris
from tests.factories import make_case, make_user, tell_customer

TODAY = NOW.date()


@pytest.fixture
def lead(desk: Desk) -> Actor:
    return make_user(desk.session, "lead", site=desk.site).as_actor()


def test_a_promise_is_missed_half_an_hour_after_its_time(desk: Desk, lead: Actor) -> None:
    missed = desk.promise(desk.case(), "2026-11-23 09:29")
    desk.promise(desk.case(), "2026-11-23 09:31")
    desk.promise(desk.case(state="closed", closure="settled"), "2026-11-20 10:00")
    elsewhere = make_user(desk.session, "lead").as_actor()
    found = team_alerts(Context(desk.session, lead, NOW))
    assert (list(found.late), found.late_count) == ([missed], 1)
    assert team_alerts(Context(desk.session, elsewhere, NOW)).late_count == 0
    (line,) = team_dashboard(Context(desk.session, lead, NOW))
    assert (line.callbacks_today, line.late) == (2, 1), "nobody calls for a closed case"


def test_a_cutoff_within_two_days_that_nobody_was_told_of(desk: Desk, lead: Actor) -> None:
    def notice(days: int, slot: str | None = None) -> object:
        return desk.case(
            campaign_kind="cutoff_notice", debt_cents=None, cutoff_slot=slot,
            cutoff_date=TODAY + timedelta(days=days),
        )  # fmt: skip

    late, soon = notice(2, "10h-11h"), notice(0, "14h-16h")
    notice(2, "11h-12h")  # in more than 48 hours
    notice(0, "10h-12h")  # begins at this moment
    told = desk.case(campaign_kind="cutoff_notice", cutoff_date=TODAY + timedelta(days=1))
    tell_customer(told, NOW)
    desk.session.flush()
    found = team_alerts(Context(desk.session, lead, NOW))
    assert (list(found.untold), found.untold_count) == ([soon, late], 2)


def test_a_lease_about_to_lapse_is_told(desk: Desk, lead: Actor) -> None:
    case = desk.claim_next() or desk.case()
    case = desk.claim_next() or case
    (line,) = team_dashboard(Context(desk.session, lead, NOW))
    assert (line.held, line.lapses) == (case, False)
    (line,) = team_dashboard(Context(desk.session, lead, NOW + 12 * MINUTE))
    assert not line.lapses
    (line,) = team_dashboard(Context(desk.session, lead, NOW + 13 * MINUTE))
    assert line.lapses


def test_the_dashboard_counts_cases_by_state_and_never_money(desk: Desk, lead: Actor) -> None:
    colleague = make_user(desk.session, site=desk.site)
    make_case(desk.session, assigned_to=make_user(desk.session))  # another site
    desk.case()
    desk.case(state="closed", closure="settled", queue_reason=None)
    held: Case = desk.case(
        assigned_to=colleague, state="in_call", claimed_by_id=colleague.id, claimed_at=NOW
    )
    desk.called(held, "2026-11-23 09:30")
    desk.promise(desk.case(), "2026-11-23 15:00")
    desk.session.commit()
    with counted() as sent:
        found = team_dashboard(Context(desk.session, lead, NOW))
    assert len(sent) == 6
    members = {member.user.id: member for member in found}
    assert set(members) == {desk.user.id, colleague.id}
    mine, theirs = members[desk.user.id], members[colleague.id]
    assert (mine.states, mine.calls_today, mine.callbacks_today) == ({"queued": 2}, 1, 1)
    assert (theirs.states, theirs.held) == ({"in_call": 1}, held)


def test_who_is_available_is_told_and_who_is_not_here_is_not(desk: Desk, lead: Actor) -> None:
    yesterday = paris("2026-11-22 23:59")
    here = {"last_sign_in_at": paris("2026-11-23 00:00")}
    people = {
        "free": desk.colleague(**here),
        "away": desk.colleague(**here),
        "called": desk.colleague(**here),
        "gone": desk.colleague(last_sign_in_at=yesterday),
    }
    choose_state(Context(desk.session, people["away"], NOW), PresenceState.MEETING)
    held = desk.case()
    claim_case(Context(desk.session, people["called"], NOW), held.id)
    found = {line.user.id: line for line in team_dashboard(Context(desk.session, lead, NOW))}
    lines = {name: found[actor.user_id or 0] for name, actor in people.items()}
    assert {name for name, line in lines.items() if line.available} == {"free"}
    assert lines["away"].presence is not None
    assert not lines["gone"].here
    assert not found[desk.user.id].here, "never signed in"
    desk.called(held, "2026-11-23 09:30")
    found = {line.user.id: line for line in team_dashboard(Context(desk.session, lead, NOW))}
    assert found[desk.user.id].available, "who called today is here"


def test_the_board_is_by_name_whatever_anybody_does(desk: Desk, lead: Actor) -> None:
    names = ["Zoé", "Ada", "Mona"]
    for minute, name in enumerate(names):
        actor = desk.colleague(name=name)
        choose_state(Context(desk.session, actor, NOW + minute * MINUTE), PresenceState.PAUSE)
    later = Context(desk.session, lead, NOW + 9 * MINUTE)
    told = [line.user.name for line in team_dashboard(later)]
    assert told == sorted(told)
