"""Promised calls: a promise is made to be kept, whatever the counts say meanwhile."""

from typing import Any

import pytest

from energymed.base.context import Context
from energymed.calling.follow_ups.callbacks import callbacks_by_case, next_callback
from energymed.calling.follow_ups.service import finish_follow_up
from energymed.cases.models import Case
from tests.calling.conftest import NOW, Desk, paris

PROMISED = "2026-11-25 15:00"
EARLIER = ("2026-11-16 10:00", "2026-11-17 15:00", "2026-11-18 10:00")


def at_the_last_attempt(desk: Desk, **values: Any) -> Case:
    """One call more, and the case closes as unreachable."""
    case = desk.case(**values)
    for moment in EARLIER:
        desk.called(case, moment)
    return case


def test_a_promise_holds_back_the_closure_at_the_last_attempt(desk: Desk) -> None:
    case = at_the_last_attempt(desk)
    desk.promise(case, PROMISED)
    desk.call(case, "no_answer", at=paris("2026-11-23 15:00"))
    assert (case.state, case.waiting_reason) == ("waiting", "callback")
    assert case.next_action_at == paris(PROMISED)


def test_a_promise_holds_back_the_closure_of_a_result_that_comes_too_often(desk: Desk) -> None:
    """Hung up a second time: closed as refused, but for the promise."""
    case = desk.case()
    desk.called(case, "2026-11-20 15:00", "hung_up")
    desk.promise(case, PROMISED)
    desk.call(case, "hung_up", at=NOW)
    assert (case.state, case.waiting_reason) == ("waiting", "callback")
    assert case.next_action_at == paris(PROMISED)


@pytest.mark.parametrize("end", ["none", "cancelled", "done", "over"])
def test_nothing_is_held_back_without_an_open_promise_to_come(desk: Desk, end: str) -> None:
    case, twice = at_the_last_attempt(desk), desk.case()
    desk.called(twice, "2026-11-20 15:00", "hung_up")
    for each in (case, twice):
        if end != "none":
            promise = desk.promise(each, "2026-11-23 14:00" if end == "over" else PROMISED)
            if end != "over":
                finish_follow_up(Context(desk.session, desk.actor, NOW), promise.id, end)
        assert next_callback(desk.session, each, paris("2026-11-23 15:00")) is None
    desk.call(case, "no_answer", at=paris("2026-11-23 15:00"))
    desk.call(twice, "hung_up", at=paris("2026-11-23 15:00"))
    assert (case.closure, twice.closure) == ("unreachable", "refused")


def test_only_what_was_promised_and_is_to_be_made_counts(desk: Desk) -> None:
    case, other = desk.case(), desk.case()
    desk.promise(case, "2026-11-24 10:00", kind="other")
    cancelled = desk.promise(case, "2026-11-24 11:00")
    finish_follow_up(Context(desk.session, desk.actor, NOW), cancelled.id, "cancelled")
    desk.promise(case, "2026-11-26 15:00")
    desk.promise(case, PROMISED)
    assert callbacks_by_case(desk.session, [case.id, other.id]) == {
        case.id: paris(PROMISED), other.id: None,
    }  # fmt: skip
