"""Somebody is away: their cases go to others in one step, and what was promised is kept."""

import pytest

from energymed.base.context import Context
from energymed.base.errors import Conflict, Refused
from energymed.calling.assignment import cover, spread
from energymed.calling.assignment.spread import MediatorShare
from tests.calling.assignment.conftest import ids, sizes, team
from tests.calling.conftest import NOW, Desk, paris


def test_cover_keeps_every_promise(lead: Desk) -> None:
    users = team(lead, 35, 35)
    queued = [lead.case() for _ in range(3)]
    at = paris("2026-11-25 15:00")
    waiting = lead.case(state="waiting", waiting_reason="callback", next_action_at=at,
                        queue_reason=None)  # fmt: skip
    callback = lead.promise(waiting, "2026-11-25 15:00")
    paid = lead.case(state="closed", closure="settled", queue_reason=None)
    running = lead.case(state="closed", closure="plan_running", queue_reason=None)
    instalment = lead.promise(running, "2026-12-25 10:00", "instalment")
    in_call = lead.case(state="in_call", claimed_by_id=lead.user.id)
    shares = cover.cover_absence(Context(lead.session, lead.actor, NOW), lead.user.id, ids(users))
    lead.session.expire_all()
    moved = [*queued, waiting, running]
    assert sum(sizes(shares).values()) == 5
    assert {case.assigned_to_id for case in moved} == set(ids(users))
    assert (waiting.state, waiting.next_action_at) == ("waiting", at)
    assert callback.assigned_to_id == waiting.assigned_to_id
    assert instalment.assigned_to_id == running.assigned_to_id
    assert (running.state, running.closure) == ("closed", "plan_running")
    assert {paid.assigned_to_id, in_call.assigned_to_id} == {lead.user.id}


def test_what_is_to_be_covered_is_told_before_and_is_what_is_given(lead: Desk) -> None:
    users = team(lead, 35, 35)
    lead.case()
    running = lead.case(state="closed", closure="plan_running", queue_reason=None)
    lead.promise(running, "2026-12-25 10:00", "instalment")
    asked = lead.case(state="closed", closure="settled", queue_reason=None)
    lead.promise(asked, "2026-12-01 10:00", "partner_answer")  # the lead's own
    told = cover.count_cases_to_cover(Context(lead.session, lead.actor), lead.user.id)
    assert (told.waiting, told.followed, told.total) == (1, 1, 2)

    def preview() -> list[MediatorShare]:
        return cover.preview_cover(Context(lead.session, lead.actor), lead.user.id, ids(users))

    def press(seen: str) -> list[MediatorShare]:
        away = lead.user.id
        return cover.cover_absence(
            Context(lead.session, lead.actor, NOW), away, ids(users), seen_version=seen
        )

    seen = spread.version_of(preview())
    lead.case()
    with pytest.raises(Conflict, match="a changé"):
        press(seen)
    fresh = preview()
    assert sizes(press(spread.version_of(fresh))) == sizes(fresh)
    assert sum(sizes(fresh).values()) == 3
    assert asked.assigned_to_id == lead.user.id
    assert sum(sizes(press(seen)).values()) == 0, "nothing is left: that is told, not refused"


def test_who_is_away_does_not_take_over(lead: Desk) -> None:
    with pytest.raises(Refused, match="personne absente"):
        cover.cover_absence(Context(lead.session, lead.actor, NOW), lead.user.id, [lead.user.id])
