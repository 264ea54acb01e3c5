"""Pauses: until when, why not, how a case comes back, and what ends one early."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from energymed.base.clock import paris_date
from energymed.base.context import SYSTEM, Context
from energymed.base.errors import BadInput, Refused
from energymed.calling.codes import FollowUpState, PauseReason
from energymed.calling.follow_ups import service
from energymed.calling.follow_ups.pause_limits import last_pause_day
from energymed.calling.follow_ups.pauses import end_overtaken, pause_case
from energymed.calling.models import FollowUp
from energymed.calling.queue.claims import claim_case, give_back, put_in_queue
from energymed.calling.queue.due import surface_due
from energymed.cases import transitions
from energymed.cases.models import Case
from tests.calling.conftest import MINUTE, NOW, Desk, paris

UNTIL = date(2026, 12, 1)
MORNING = paris("2026-12-01 09:00")


def pause(desk: Desk, case: Case, until: date = UNTIL, *, drop: bool = False) -> FollowUp:
    ctx = Context(desk.session, desk.actor, desk.now)
    return pause_case(ctx, case.id, until, PauseReason.AWAY, drop_callback=drop)


def surfaced(desk: Desk, at: datetime) -> int:
    end_overtaken(Context(desk.session, SYSTEM, at))
    return surface_due(desk.session, now=at)


def test_a_paused_case_is_nobodys_until_the_morning_of_the_day(desk: Desk) -> None:
    case = desk.case()
    paused = pause(desk, case)
    assert (case.state, case.next_action_at) == ("waiting", MORNING)
    assert desk.claim_next() is None
    assert surfaced(desk, MORNING - MINUTE) == 0
    assert desk.claim_next(at=MORNING - MINUTE) is None
    assert surfaced(desk, MORNING) == 1
    assert (case.state, case.queue_reason) == ("queued", "follow_up")
    assert paused.state == FollowUpState.OPEN  # until somebody calls
    assert desk.claim_next(at=MORNING) == case


def test_nothing_else_that_falls_due_breaks_a_pause(desk: Desk) -> None:
    case = desk.case()
    desk.promise(case, "2026-11-25 10:00", "documents")
    pause(desk, case)
    assert surfaced(desk, paris("2026-11-25 11:00")) == 0
    assert case.state == "waiting"
    assert surfaced(desk, MORNING) >= 1
    assert case.state == "queued"


def test_by_hand_a_paused_case_may_be_called_and_a_call_ends_the_pause(desk: Desk) -> None:
    case = desk.case()
    paused = pause(desk, case)
    claim_case(Context(desk.session, desk.actor, NOW), case.id)
    give_back(Context(desk.session, SYSTEM, NOW + MINUTE), case)
    assert (case.state, case.next_action_at, paused.state) == ("waiting", MORNING, "open")
    desk.call(case, "no_answer")
    assert paused.state == FollowUpState.DONE
    assert case.next_action_at != MORNING


@pytest.mark.parametrize(
    ("until", "said"),
    [
        (date(2026, 11, 22), "au plus tôt demain"),
        (date(2026, 11, 23), "au plus tôt demain"),
        (date(2026, 11, 24), None),
        (date(2027, 2, 23), None),
        (date(2027, 2, 24), "finit le 23/02/2027 au plus tard"),
    ],
)
def test_a_pause_is_for_tomorrow_at_least_and_no_longer_than_the_rule_says(
    desk: Desk, until: date, said: str | None
) -> None:
    case = desk.case()
    assert last_pause_day(desk.session, case, paris_date(NOW)) == date(2027, 2, 23)
    if said is None:
        assert paris_date(pause(desk, case, until).due_at) == until
        return
    with pytest.raises(BadInput, match=re.escape(said)) as refused:
        pause(desk, case, until)
    assert refused.value.params["field"] == "until"
    assert case.state == "queued"


@pytest.mark.parametrize(("days", "allowed"), [(-1, True), (0, False), (1, False)])
def test_a_planned_intervention_wins(desk: Desk, days: int, allowed: bool) -> None:
    case = desk.case(campaign_kind="cutoff_notice", cutoff_date=date(2026, 12, 10))
    until = date(2026, 12, 10) + timedelta(days=days)
    if allowed:
        assert last_pause_day(desk.session, case, paris_date(NOW)) == until
        pause(desk, case, until)
        return
    with pytest.raises(BadInput, match="Une intervention est prévue"):
        pause(desk, case, until)


@pytest.mark.parametrize(("planned", "back"), [(UNTIL, True), (UNTIL + timedelta(days=1), False)])
def test_an_intervention_told_meanwhile_ends_the_pause(
    desk: Desk, planned: date, back: bool
) -> None:
    case = desk.case(campaign_kind="cutoff_notice")
    paused = pause(desk, case)
    case.cutoff_date = planned
    desk.session.flush()
    surfaced(desk, NOW + MINUTE)
    assert (case.state == "queued", paused.state == "done") == (back, back)


def test_whoever_is_never_called_is_not_paused(desk: Desk) -> None:
    case = desk.case()
    case.person.opposed_at = NOW
    desk.session.flush()
    with pytest.raises(Refused, match="s'oppose"):
        pause(desk, case)


def test_a_promised_call_is_asked_about(desk: Desk) -> None:
    case = desk.case()
    callback = desk.promise(case, "2026-11-25 15:00")
    with pytest.raises(BadInput, match="Un rappel est promis") as refused:
        pause(desk, case)
    assert refused.value.params["field"] == "drop_callback"
    assert refused.value.params["day"] == "25/11/2026"
    paused = pause(desk, case, drop=True)
    assert (callback.state, paused.state) == ("cancelled", "open")


@pytest.mark.parametrize("state", ["in_call", "closed", "to_assign"])
def test_only_a_case_that_is_to_be_called_is_paused(desk: Desk, state: str) -> None:
    case, ctx = desk.case(), Context(desk.session, desk.actor, NOW)
    if state == "in_call":
        claim_case(ctx, case.id)
    elif state == "closed":
        transitions.close(ctx, case, "informed_only")
    else:
        transitions.unassign(ctx, case)
    with pytest.raises(Refused, match="en file ou en attente"):
        pause(desk, case)


def test_a_pause_ends_early_and_the_case_is_back(desk: Desk) -> None:
    case, other, third = desk.case(), desk.case(), desk.case()
    ctx = Context(desk.session, desk.actor, NOW)
    service.finish_follow_up(ctx, pause(desk, case).id, FollowUpState.DONE)
    assert (case.state, case.queue_reason) == ("queued", "follow_up")
    paused = pause(desk, other)
    put_in_queue(ctx, other.id)
    assert (other.state, paused.state) == ("queued", "done")
    gone = pause(desk, third)
    transitions.unassign(ctx, third)
    surfaced(desk, NOW + MINUTE)
    assert (third.state, gone.state) == ("to_assign", "cancelled")


def test_another_pause_takes_the_place_of_the_first(desk: Desk) -> None:
    case = desk.case()
    first, second = pause(desk, case), pause(desk, case, UNTIL + timedelta(days=3))
    assert (first.state, second.state) == ("cancelled", "open")
    assert case.next_action_at == second.due_at


def test_a_pause_is_put_off_within_its_limits(desk: Desk) -> None:
    case = desk.case(campaign_kind="cutoff_notice", cutoff_date=date(2026, 12, 10))
    paused, ctx = pause(desk, case), Context(desk.session, desk.actor, NOW)
    with pytest.raises(BadInput, match="intervention"):
        service.postpone_follow_up(ctx, paused.id, paris("2026-12-10 09:00"))
    service.postpone_follow_up(replace(ctx, now=NOW), paused.id, paris("2026-12-09 09:00"))
    assert case.next_action_at == paris("2026-12-09 09:00")
