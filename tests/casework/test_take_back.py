"""Whose act may be taken back: its author's or a lead's; one rule, every door."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from energymed.accounts.scope import may_take_back
from energymed.base.context import SYSTEM, Actor, Context
from energymed.base.errors import Refused
from energymed.calling.calls.contacts import why_not_corrected
from energymed.calling.codes import FollowUpKind, FollowUpState
from energymed.calling.follow_ups.service import add_follow_up, finish_follow_up
from energymed.cases.models import Case
from energymed.mediation.acts import record_act, void_act
from tests.calling.conftest import NOW, Desk
from tests.factories import make_user
from tests.mediation.test_acts import INFO

Door = Callable[[Desk, Case], Callable[[Context], object]]


def an_act(desk: Desk, case: Case) -> Callable[[Context], object]:
    ctx = Context(desk.session, desk.actor, NOW)
    act = record_act(ctx, case.id, "info_given", INFO)
    return lambda ctx: void_act(ctx, act.id)


def a_follow_up(desk: Desk, case: Case) -> Callable[[Context], object]:
    at = NOW + timedelta(days=1)
    made = add_follow_up(Context(desk.session, desk.actor, NOW), case, FollowUpKind.CALLBACK, at)
    return lambda ctx: finish_follow_up(ctx, made.id, FollowUpState.CANCELLED)


def a_call(desk: Desk, case: Case) -> Callable[[Context], object]:
    contact = desk.called(case, "2026-11-23 09:30")
    desk.session.flush()

    def correct(ctx: Context) -> None:
        if (why := why_not_corrected(ctx, contact, contact.id)) is not None:
            raise Refused(why)

    return correct


DOORS = [an_act, a_follow_up, a_call]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(("who", "may"), [("author", True), ("lead", True), ("colleague", False)])
def test_only_its_author_or_a_lead(desk: Desk, door: Door, who: str, may: bool) -> None:
    actors = {
        "author": desk.actor,
        "lead": make_user(desk.session, "lead", site=desk.site).as_actor(),
        "colleague": desk.colleague(),
    }
    take_back = door(desk, desk.case())
    ctx = Context(desk.session, actors[who], NOW)
    if may:
        take_back(ctx)
    else:
        with pytest.raises(Refused, match="par qui l'a"):
            take_back(ctx)


def test_a_colleague_may_do_what_is_to_be_done(desk: Desk) -> None:
    case, at = desk.case(), NOW + timedelta(days=1)
    made = add_follow_up(Context(desk.session, desk.actor, NOW), case, FollowUpKind.CALLBACK, at)
    colleague = Context(desk.session, desk.colleague(), NOW)
    assert finish_follow_up(colleague, made.id, FollowUpState.DONE).state == FollowUpState.DONE


def test_who_has_a_follow_up_now_may_cancel_it(desk: Desk) -> None:
    case, at = desk.case(), NOW + timedelta(days=1)
    made = add_follow_up(Context(desk.session, desk.actor, NOW), case, FollowUpKind.CALLBACK, at)
    heir = desk.colleague()
    made.assigned_to_id = heir.user_id
    finish_follow_up(Context(desk.session, heir, NOW), made.id, FollowUpState.CANCELLED)
    assert made.state == FollowUpState.CANCELLED


def test_the_system_and_a_mediator_without_an_id() -> None:
    assert may_take_back(SYSTEM, 1)
    assert not may_take_back(Actor(1, "mediator"), None, 2)
    assert may_take_back(Actor(1, "mediator"), None, 1)
