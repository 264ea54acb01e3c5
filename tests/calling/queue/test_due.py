"""What falls due: callbacks, instalments, retries, follow-ups."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from energymed.base.context import Context
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.calling.codes import FollowUpKind, FollowUpState
from energymed.calling.follow_ups import service
from energymed.calling.queue.due import surface_due
from energymed.cases.models import Case
from energymed.cases.queries import get_case
from tests.calling.conftest import MINUTE, NOW, Desk, paris
from tests.factories import make_case

TEN_PAST = "2026-11-23 10:10"


def waiting(desk: Desk, reason: str, moment: str) -> Case:
    return desk.case(
        state="waiting", waiting_reason=reason, next_action_at=paris(moment), queue_reason=None
    )


def stands(case: Case) -> tuple[str, str | None]:
    return case.state, case.queue_reason


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("callback", "callback"),
        ("instalment", "instalment"),
        ("documents", "follow_up"),
        ("aid_decision", "follow_up"),
        ("interpreter", "follow_up"),
        ("other", "follow_up"),
    ],
)
def test_a_follow_up_queues_its_case_when_its_time_comes(
    desk: Desk, kind: str, reason: str
) -> None:
    case = waiting(desk, "callback" if kind == "callback" else "follow_up", TEN_PAST)
    follow_up = desk.promise(case, TEN_PAST, kind)
    assert surface_due(desk.session, now=NOW + 9 * MINUTE) == 0
    assert surface_due(desk.session, now=NOW + 10 * MINUTE) == 1
    assert stands(case) == ("queued", reason)
    assert follow_up.surfaced_at == NOW + 10 * MINUTE
    assert surface_due(desk.session, now=NOW + 11 * MINUTE) == 0


def test_a_retry_is_queued_when_its_wait_is_over(desk: Desk) -> None:
    case, later = waiting(desk, "retry", TEN_PAST), waiting(desk, "retry", "2026-11-24 13:30")
    assert surface_due(desk.session, now=NOW + 10 * MINUTE) == 1
    assert (stands(case), later.state) == (("queued", "retry"), "waiting")


@pytest.mark.parametrize("kinds", [("callback", "documents"), ("documents", "callback")])
def test_the_most_urgent_reason_stays(desk: Desk, kinds: tuple[str, str]) -> None:
    case = waiting(desk, "callback", TEN_PAST)
    for kind in kinds:
        desk.promise(case, TEN_PAST, kind)
    surface_due(desk.session, now=NOW + 10 * MINUTE)
    desk.promise(case, "2026-11-23 10:12", "other")
    surface_due(desk.session, now=NOW + 12 * MINUTE)
    assert stands(case) == ("queued", "callback")


def test_a_case_in_call_is_left_to_its_call(desk: Desk) -> None:
    case = desk.case(
        state="in_call", claimed_by_id=desk.user.id, claimed_until=NOW + timedelta(hours=1)
    )
    follow_up = desk.promise(case, TEN_PAST)
    assert surface_due(desk.session, now=NOW + 10 * MINUTE) == 0
    assert follow_up.surfaced_at is None


def test_a_missed_instalment_calls_again_on_a_closed_plan(desk: Desk) -> None:
    case = desk.case(state="closed", closure="plan_running", closed_at=NOW, queue_reason=None)
    desk.promise(case, TEN_PAST, "instalment")
    assert surface_due(desk.session, now=NOW + 10 * MINUTE) == 1
    assert stands(case) == ("queued", "instalment")
    assert case.closure is None


def test_not_when_the_partner_sent_the_reference_anew(desk: Desk) -> None:
    case = desk.case(
        reference="R1", state="closed", closure="plan_running", closed_at=NOW, queue_reason=None
    )
    desk.promise(case, TEN_PAST, "instalment")
    desk.case(reference="R1", person=case.person)
    assert surface_due(desk.session, now=NOW + 10 * MINUTE) == 0
    assert case.state == "closed"


def test_nothing_else_reopens_a_closed_case(desk: Desk) -> None:
    for closure, kind in (("settled", "instalment"), ("aid_pending", "documents")):
        case = desk.case(state="closed", closure=closure, closed_at=NOW, queue_reason=None)
        desk.promise(case, TEN_PAST, kind)
    assert surface_due(desk.session, now=NOW + 10 * MINUTE) == 0


def test_a_follow_up_is_done_or_cancelled_once(desk: Desk) -> None:
    follow_up = desk.promise(desk.case(), TEN_PAST)
    finish = service.finish_follow_up
    finish(Context(desk.session, desk.actor, NOW), follow_up.id, "done")
    finish(Context(desk.session, desk.actor, NOW + MINUTE), follow_up.id, "cancelled")
    assert (follow_up.state, follow_up.done_at) == ("done", NOW)


def test_a_promise_that_is_no_more_is_not_waited_for(desk: Desk) -> None:
    case = waiting(desk, "callback", TEN_PAST)
    promise = desk.promise(case, TEN_PAST)
    service.finish_follow_up(Context(desk.session, desk.actor, NOW), promise.id, "cancelled")
    assert (case.state, case.waiting_reason) == ("waiting", "retry")
    assert case.next_action_at == promise.due_at


def test_postponing_moves_the_case_that_waits_for_it(desk: Desk) -> None:
    case = waiting(desk, "callback", TEN_PAST)
    follow_up = desk.promise(case, TEN_PAST)
    thursday = paris("2026-11-26 10:00")
    service.postpone_follow_up(Context(desk.session, desk.actor, NOW), follow_up.id, thursday)
    assert (case.next_action_at, follow_up.due_at) == (thursday, thursday)
    surface_due(desk.session, now=thursday)
    assert stands(case) == ("queued", "callback")
    friday = paris("2026-11-27 10:00")
    service.postpone_follow_up(Context(desk.session, desk.actor, thursday), follow_up.id, friday)
    assert (case.state, case.waiting_reason, case.next_action_at) == ("waiting", "callback", friday)
    assert follow_up.surfaced_at is None


def test_postponing_papers_leaves_a_new_case_in_the_queue(desk: Desk) -> None:
    case = desk.case()
    papers = desk.promise(case, TEN_PAST, "documents")
    later = paris("2026-12-01 10:00")
    service.postpone_follow_up(Context(desk.session, desk.actor, NOW), papers.id, later)
    assert stands(case) == ("queued", "new")


def test_what_cannot_be_postponed(desk: Desk) -> None:
    follow_up = desk.promise(desk.case(), TEN_PAST)
    postpone = service.postpone_follow_up
    with pytest.raises(BadInput):
        postpone(Context(desk.session, desk.actor, NOW), follow_up.id, NOW)
    service.finish_follow_up(Context(desk.session, desk.actor, NOW), follow_up.id, "done")
    with pytest.raises(Refused, match="terminé"):
        postpone(Context(desk.session, desk.actor, NOW), follow_up.id, NOW + MINUTE)


def test_a_note_of_a_follow_up_is_checked(desk: Desk) -> None:
    case = desk.case()
    for note in ("x" * 501, "FR76 3000 6000 0112 3456 7890 189"):
        with pytest.raises((BadInput, Refused)) as refusal:
            service.add_follow_up(
                Context(desk.session, desk.actor, NOW), case, "other", NOW, note=note
            )
        assert refusal.value.params["field"] == "follow_up_note"


def test_another_sites_follow_up_does_not_exist(desk: Desk) -> None:
    elsewhere = make_case(desk.session)
    follow_up = desk.promise(elsewhere, TEN_PAST)
    for follow_up_id in (follow_up.id, 999_999):
        with pytest.raises(NotFound):
            service.get_follow_up(Context(desk.session, desk.actor), follow_up_id)
    with pytest.raises(NotFound):
        get_case(Context(desk.session, desk.actor), elsewhere.id)


def test_what_is_done_is_ones_own_or_the_sites_latest_first(desk: Desk) -> None:
    ctx = Context(desk.session, desk.actor, desk.now)
    first = desk.promise(desk.case(), "2026-11-24 10:00")
    second = desk.promise(desk.case(), "2026-11-23 12:00", "documents")
    colleague = desk.session.get_one(type(desk.user), desk.colleague().user_id)
    theirs = desk.promise(desk.case(assigned_to=colleague), "2026-11-25 10:00")
    desk.promise(desk.case(), "2026-11-25 10:00")
    elsewhere = desk.promise(make_case(desk.session), "2026-11-25 10:00")
    elsewhere.state = FollowUpState.DONE
    for minutes, each in enumerate((first, second, theirs)):
        at = desk.now + timedelta(minutes=minutes)
        service.finish_follow_up(replace(ctx, now=at), each.id, FollowUpState.DONE)

    def listed(**wanted: Any) -> list[int]:
        rows = desk.session.scalars(service.ended_tasks(ctx, FollowUpState.DONE, **wanted))
        return [row.id for row in rows]

    assert listed() == [second.id, first.id]
    assert listed(mine=False) == [theirs.id, second.id, first.id]
    assert listed(kind=FollowUpKind.DOCUMENTS) == [second.id]


def test_what_is_done_by_writing_queues_no_call(desk: Desk) -> None:
    case = desk.case(state="waiting", waiting_reason="retry")
    desk.promise(case, "2026-11-23 10:30", "ask_others")
    assert surface_due(desk.session, now=paris("2026-11-23 11:00")) == 0
    assert case.state == "waiting"
