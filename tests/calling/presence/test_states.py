"""What somebody does instead of calling: one state at a time, ended by a claim or with its day."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from energymed.accounts.models import User
from energymed.base.audit import AuditEvent
from energymed.base.context import Actor, Context
from energymed.base.errors import BadInput
from energymed.calling.codes import AWAY, PresenceState
from energymed.calling.models import Presence
from energymed.calling.presence.states import (
    KEPT_FOR,
    choose_state,
    end_forgotten,
    end_state_of,
    forget_old_states,
    resume_calls,
    state_of,
    states_of,
)
from energymed.calling.queue.claims import claim_case, release_lapsed, renew
from energymed.casework.leaving import close_account
from tests.calling.conftest import MINUTE, NOW, Desk, paris
from tests.factories import make_user

PAUSE, MEETING = PresenceState.PAUSE, PresenceState.MEETING


def at(desk: Desk, minutes: int = 0) -> Context:
    return Context(desk.session, desk.actor, NOW + minutes * MINUTE)


def rows(desk: Desk) -> list[tuple[str, int, int | None]]:
    """(state, minutes from NOW to its beginning, to its end) of every row."""
    found = desk.session.scalars(select(Presence).order_by(Presence.id))
    return [
        (row.state, (row.since - NOW) // MINUTE, (row.until - NOW) // MINUTE if row.until else None)
        for row in found
    ]


def test_nobody_begins_with_a_state(desk: Desk) -> None:
    assert state_of(at(desk)) is None
    choose_state(at(desk), PresenceState.CALLING)
    assert rows(desk) == []
    assert PresenceState.CALLING not in AWAY


@pytest.mark.parametrize("state", AWAY)
def test_a_state_stands_until_calls_go_on(desk: Desk, state: PresenceState) -> None:
    choose_state(at(desk), state)
    found = state_of(at(desk, 1))
    assert found is not None
    assert (found.state, found.since) == (state, NOW)
    choose_state(at(desk, 5), PresenceState.CALLING)
    assert state_of(at(desk, 5)) is None
    assert rows(desk) == [(state, 0, 5)]


def test_of_two_tabs_the_last_counts_and_the_same_changes_nothing(desk: Desk) -> None:
    choose_state(at(desk), PAUSE)
    choose_state(at(desk, 3), PAUSE)
    choose_state(at(desk, 4), MEETING)
    assert rows(desk) == [("pause", 0, 4), ("meeting", 4, None)]


def test_the_database_keeps_to_one_open_state(desk: Desk) -> None:
    choose_state(at(desk), PAUSE)
    with pytest.raises(IntegrityError), desk.session.begin_nested():
        desk.session.execute(
            insert(Presence).values(user_id=desk.user.id, state=MEETING, since=NOW)
        )


def test_what_is_no_state_is_refused(desk: Desk) -> None:
    with pytest.raises(BadInput):
        choose_state(at(desk), None)


def test_each_change_is_in_the_trail(desk: Desk) -> None:
    choose_state(at(desk), PAUSE)
    resume_calls(at(desk, 1))
    resume_calls(at(desk, 2))
    events = desk.session.scalars(select(AuditEvent).where(AuditEvent.entity == "presence")).all()
    assert [event.action for event in events] == ["presence.begun", "presence.ended"]


def test_a_case_taken_by_hand_ends_the_pause(desk: Desk) -> None:
    case = desk.case()
    choose_state(at(desk), PAUSE)
    claim_case(at(desk, 2), case.id)
    assert rows(desk) == [("pause", 0, 2)]


def test_a_case_held_in_pause_goes_back_after_the_usual_lease(desk: Desk) -> None:
    case = desk.case()
    claim_case(at(desk), case.id)
    until = case.claimed_until
    assert until is not None
    assert renew(at(desk, 1), case.id) == until + MINUTE
    choose_state(at(desk, 2), PAUSE)
    assert renew(at(desk, 3), case.id) == until + MINUTE, "not lengthened"
    assert release_lapsed(desk.session, now=until + MINUTE) == 0
    assert release_lapsed(desk.session, now=until + MINUTE + timedelta(seconds=1)) == 1
    assert case.state == "queued"


def test_a_state_ends_with_its_day(desk: Desk) -> None:
    late, midnight = paris("2026-11-23 23:59"), paris("2026-11-24 00:00")
    choose_state(Context(desk.session, desk.actor, NOW), PAUSE)
    assert end_forgotten(desk.session, now=late) == 0
    assert state_of(Context(desk.session, desk.actor, late)) is not None
    assert state_of(Context(desk.session, desk.actor, midnight)) is None, "before the job comes"
    assert end_forgotten(desk.session, now=midnight + 3 * MINUTE) == 1
    (row,) = desk.session.scalars(select(Presence))
    assert row.until == midnight


def test_one_of_yesterday_makes_room_for_todays(desk: Desk) -> None:
    choose_state(Context(desk.session, desk.actor, NOW), PAUSE)
    choose_state(Context(desk.session, desk.actor, paris("2026-11-24 09:00")), PAUSE)
    first, second = desk.session.scalars(select(Presence).order_by(Presence.id))
    assert first.until == paris("2026-11-24 00:00")
    assert second.until is None


def test_states_of_several_in_one_go(desk: Desk) -> None:
    other = desk.colleague()
    choose_state(Context(desk.session, other, NOW), MEETING)
    found = states_of(at(desk), [desk.user.id, other.user_id])
    assert {user_id: row.state for user_id, row in found.items()} == {other.user_id: MEETING}


def test_a_closed_account_is_in_no_state(desk: Desk) -> None:
    admin = make_user(desk.session, "admin").as_actor()
    make_user(desk.session, "admin")
    choose_state(at(desk), PAUSE)
    close_account(Context(desk.session, admin, NOW + MINUTE), desk.user.id)
    assert rows(desk) == [("pause", 0, 1)]
    end_state_of(at(desk), desk.user.id)


def test_what_is_old_is_forgotten(desk: Desk) -> None:
    choose_state(at(desk), PAUSE)
    choose_state(at(desk, 1), MEETING)
    assert forget_old_states(desk.session, NOW + MINUTE + KEPT_FOR) == 0
    assert forget_old_states(desk.session, NOW + 2 * MINUTE + KEPT_FOR) == 1
    assert rows(desk) == [("meeting", 1, None)], "one that goes on is not old"


def test_the_system_is_in_no_state(desk: Desk) -> None:
    nobody = Context(desk.session, Actor(None, "system"), NOW)
    resume_calls(nobody)
    assert state_of(nobody) is None
    assert desk.session.get(User, desk.user.id) is not None
