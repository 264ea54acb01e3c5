"""Giving one case: a promise keeps its time, and who looks at an old page gives nothing twice."""

from datetime import timedelta

import pytest

from energymed.accounts.models import User
from energymed.base.context import Actor, Context
from energymed.calling.assignment import spread
from energymed.calling.assignment.unassigned import CaseFilter
from energymed.calling.calls.release_case import leave
from energymed.calling.queue.claims import claim_case, give_back
from energymed.calling.queue.due import surface_due
from energymed.cases.models import Case
from tests.calling.conftest import MINUTE, NOW, Desk, paris
from tests.factories import make_user, tell_customer

PROMISED = paris("2026-11-25 16:30")


@pytest.fixture
def lead(desk: Desk) -> Actor:
    return make_user(desk.session, "lead", site=desk.site).as_actor()


@pytest.fixture
def dora(desk: Desk) -> User:
    return make_user(desk.session, site=desk.site)


def promised(desk: Desk, moment: str = "2026-11-25 16:30") -> Case:
    """A case that waits for a promised call."""
    case = desk.case(
        state="waiting", waiting_reason="callback", next_action_at=paris(moment), queue_reason=None
    )
    desk.promise(case, moment)
    return case


@pytest.mark.parametrize("how", ["by hand", "spread", "opened"])
def test_a_promise_keeps_its_time_when_the_case_comes_back_and_is_given(
    desk: Desk, lead: Actor, dora: User, how: str
) -> None:
    case = promised(desk)
    spread.unassign_cases(Context(desk.session, lead, NOW), [case.id])
    assert (case.state, case.next_action_at) == ("to_assign", None)
    if how == "by hand":
        spread.assign_by_hand(Context(desk.session, lead, NOW), [case.id], dora.id)
    elif how == "spread":
        spread.apply_spread(Context(desk.session, lead, NOW), CaseFilter(), [dora.id])
    else:
        claim_case(Context(desk.session, dora.as_actor(), NOW), case.id)
        give_back(Context(desk.session, dora.as_actor(), NOW + MINUTE), case)
    desk.session.expire_all()
    assert (case.state, case.waiting_reason, case.next_action_at) == (
        "waiting", "callback", PROMISED,
    )  # fmt: skip
    assert case.assigned_to_id == dora.id
    assert desk.claim_next(dora.as_actor()) is None
    surface_due(desk.session, now=PROMISED)
    assert (case.state, case.queue_reason) == ("queued", "callback")
    assert desk.claim_next(dora.as_actor(), at=PROMISED) is case


def test_it_keeps_it_when_somebody_says_not_for_me(desk: Desk, lead: Actor, dora: User) -> None:
    case = promised(desk)
    claim_case(Context(desk.session, desk.actor, NOW), case.id)
    leave(Context(desk.session, desk.actor, NOW), case.id, "not_for_me")
    assert case.state == "to_assign"
    spread.assign_by_hand(Context(desk.session, lead, NOW), [case.id], dora.id)
    assert (case.state, case.next_action_at) == ("waiting", PROMISED)


@pytest.mark.parametrize("time", ["09:00", "10:00"])
def test_a_promise_whose_time_has_come_is_called_for(
    desk: Desk, lead: Actor, dora: User, time: str
) -> None:
    case = promised(desk, f"2026-11-23 {time}")
    spread.unassign_cases(Context(desk.session, lead, NOW), [case.id])
    spread.assign_by_hand(Context(desk.session, lead, NOW), [case.id], dora.id)
    assert (case.state, case.queue_reason) == ("queued", "callback")


def test_what_the_lead_has_to_do_stays_with_the_lead(desk: Desk, lead: Actor, dora: User) -> None:
    case = desk.case(assigned_to=None, state="to_assign")
    own = desk.promise(case, "2026-11-27 09:00", "documents")
    of_lead = desk.promise(case, "2026-11-27 09:00", "partner_answer")
    spread.assign_by_hand(Context(desk.session, lead, NOW), [case.id], dora.id)
    desk.session.expire_all()
    assert (own.assigned_to_id, of_lead.assigned_to_id) == (dora.id, desk.user.id)


def test_an_old_page_gives_nothing_that_somebody_else_gave(
    desk: Desk, lead: Actor, dora: User
) -> None:
    cases = [desk.case(assigned_to=None, state="to_assign") for _turn in range(3)]
    both = [case.id for case in cases]
    amina = make_user(desk.session, site=desk.site)
    assert spread.assign_by_hand(Context(desk.session, lead, NOW), both[:2], dora.id) == (2, 0)
    assert spread.assign_by_hand(Context(desk.session, lead, NOW), both, amina.id) == (1, 2)
    assert [case.assigned_to_id for case in cases] == [dora.id, dora.id, amina.id]


def test_a_missed_callback_is_given_once_and_only_while_it_is_missed(
    desk: Desk, lead: Actor, dora: User
) -> None:
    case = desk.case(queue_reason="callback")
    todo = desk.promise(case, "2026-11-23 09:00")

    def transfer(to: User, holder: int) -> bool:
        return spread.transfer_callback(Context(desk.session, lead, NOW), case.id, to.id, holder)

    todo.due_at = NOW - 30 * MINUTE
    assert not transfer(dora, desk.user.id), "not late yet"
    todo.due_at = NOW - timedelta(hours=1)
    todo.state, todo.done_at = "done", NOW
    assert not transfer(dora, desk.user.id), "made meanwhile"
    todo.state, todo.done_at = "open", None
    assert transfer(dora, desk.user.id)
    assert not transfer(desk.user, desk.user.id), "given to somebody else meanwhile"
    assert not transfer(dora, dora.id), "hers already"
    desk.session.refresh(todo)
    assert (case.assigned_to_id, todo.assigned_to_id) == (dora.id, dora.id)


def test_a_cutoff_that_nobody_was_told_of_is_given(desk: Desk, lead: Actor, dora: User) -> None:
    case = desk.case(
        assigned_to=None, state="to_assign", campaign_kind="cutoff_notice", debt_cents=None,
        cutoff_date=NOW.date(), cutoff_slot="14h-16h",
    )  # fmt: skip
    over = NOW + timedelta(hours=4)
    assert not spread.transfer_cutoff_notice(Context(desk.session, lead, over), case.id, dora.id, 0)
    assert spread.transfer_cutoff_notice(Context(desk.session, lead, NOW), case.id, dora.id, 0)
    assert (case.state, case.assigned_to_id) == ("queued", dora.id)
    tell_customer(case, NOW)
    holder = dora.id
    assert not spread.transfer_cutoff_notice(
        Context(desk.session, lead, NOW), case.id, desk.user.id, holder
    ), "told meanwhile"
