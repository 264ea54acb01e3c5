"""Help in a call: asked by who holds the case, seen on the site, ended by either or by the call."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from energymed.base.audit import AuditEvent
from energymed.base.context import Actor, Context
from energymed.base.errors import Conflict, NotFound, Refused
from energymed.calling.models import HelpRequest
from energymed.calling.presence.help_requests import (
    KEPT_FOR,
    ask_help,
    end_help,
    end_with_calls,
    forget_old_requests,
    help_asked,
    help_on,
)
from energymed.calling.queue.claims import claim_case, give_back
from energymed.cases.models import Case
from tests.calling.conftest import MINUTE, NOW, Desk
from tests.factories import make_case, make_user


@pytest.fixture
def lead(desk: Desk) -> Actor:
    return make_user(desk.session, "lead", site=desk.site).as_actor()


@pytest.fixture
def case(desk: Desk) -> Case:
    """A case that the mediator has in call since NOW."""
    return claim_case(at(desk), desk.case().id)


def at(desk: Desk, minutes: int = 0, actor: Actor | None = None) -> Context:
    return Context(desk.session, actor or desk.actor, NOW + minutes * MINUTE)


def test_the_lead_of_the_site_sees_who_asks(desk: Desk, case: Case, lead: Actor) -> None:
    asked = ask_help(at(desk, 1), case.id)
    elsewhere = make_user(desk.session, "lead").as_actor()
    assert help_asked(at(desk, 2, lead)) == [asked]
    assert help_asked(at(desk, 2, elsewhere)) == []
    assert help_on(at(desk, 2, lead), case.id) is asked
    assert asked.mediator is desk.user


def test_asked_twice_it_is_one_request(desk: Desk, case: Case) -> None:
    asked = ask_help(at(desk, 1), case.id)
    assert ask_help(at(desk, 2), case.id) is asked
    with pytest.raises(IntegrityError), desk.session.begin_nested():
        desk.session.execute(
            insert(HelpRequest).values(case_id=case.id, mediator_id=desk.user.id, asked_at=NOW)
        )


def test_only_who_holds_the_case_asks(desk: Desk, case: Case, lead: Actor) -> None:
    for other in (desk.colleague(), lead):
        with pytest.raises(Conflict):
            ask_help(at(desk, 1, other), case.id)
    with pytest.raises(Conflict):
        ask_help(at(desk, 1), desk.case().id)
    with pytest.raises(NotFound):
        ask_help(at(desk, 1), make_case(desk.session).id)


def test_somebody_in_formation_has_no_lead_here(desk: Desk) -> None:
    trainee = make_user(desk.session, "trainee")
    case = make_case(desk.session, assigned_to=trainee)
    claim_case(at(desk, 0, trainee.as_actor()), case.id)
    with pytest.raises(Refused):
        ask_help(at(desk, 1, trainee.as_actor()), case.id)


@pytest.mark.parametrize("who", ["mediator", "lead"])
def test_either_ends_it(desk: Desk, case: Case, lead: Actor, who: str) -> None:
    actor = desk.actor if who == "mediator" else lead
    asked = ask_help(at(desk, 1), case.id)
    end_help(at(desk, 2, actor), case.id)
    assert (asked.ended_at, asked.ended_by_id) == (NOW + 2 * MINUTE, actor.user_id)
    assert help_on(at(desk, 2), case.id) is None
    end_help(at(desk, 3, actor), case.id)
    assert asked.ended_at == NOW + 2 * MINUTE, "ended once"
    actions = desk.session.scalars(
        select(AuditEvent.action).where(AuditEvent.entity == "help_request").order_by(AuditEvent.id)
    )
    assert list(actions) == ["help.asked", "help.ended"]


def test_a_colleague_does_not_end_it(desk: Desk, case: Case) -> None:
    ask_help(at(desk, 1), case.id)
    with pytest.raises(Refused):
        end_help(at(desk, 2, desk.colleague()), case.id)


def test_it_stands_no_longer_than_the_call(desk: Desk, case: Case, lead: Actor) -> None:
    asked = ask_help(at(desk, 1), case.id)
    assert end_with_calls(desk.session, now=NOW + 2 * MINUTE) == 0
    give_back(at(desk, 3), case)
    assert help_asked(at(desk, 3, lead)) == [], "before the job comes"
    claim_case(at(desk, 4), case.id)
    assert help_asked(at(desk, 4, lead)) == [], "another call"
    again = ask_help(at(desk, 5), case.id)
    assert again is not asked
    assert (asked.ended_at, asked.ended_by_id) == (NOW + 5 * MINUTE, None)
    give_back(at(desk, 6), case)
    assert end_with_calls(desk.session, now=NOW + 7 * MINUTE) == 1
    assert (again.ended_at, again.ended_by_id) == (NOW + 7 * MINUTE, None)


def test_who_waits_longest_comes_first(desk: Desk, case: Case, lead: Actor) -> None:
    other = desk.colleague()
    theirs = desk.case()
    claim_case(at(desk, 0, other), theirs.id)
    second = ask_help(at(desk, 2), case.id)
    first = ask_help(at(desk, 1, other), theirs.id)
    assert help_asked(at(desk, 3, lead)) == [first, second]


def test_what_is_old_is_forgotten(desk: Desk, case: Case) -> None:
    ask_help(at(desk, 1), case.id)
    assert forget_old_requests(desk.session, NOW + 2 * KEPT_FOR) == 0, "one that stands is not old"
    end_help(at(desk, 2), case.id)
    end = NOW + 2 * MINUTE + KEPT_FOR
    assert forget_old_requests(desk.session, end) == 0
    assert forget_old_requests(desk.session, end + timedelta(seconds=1)) == 1
