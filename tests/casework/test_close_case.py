"""A case closed by hand: by whom, as what its acts and exchanges bear, and open again after."""

import pytest

from energymed.base.context import Context
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.calling.codes import FollowUpKind, FollowUpState
from energymed.calling.follow_ups.service import add_follow_up
from energymed.calling.queue.claims import claim_case
from energymed.cases.codes import CaseState, ReopenReason
from energymed.casework.close_case import BY_HAND, NEEDS_EXCHANGE, close_by_hand
from energymed.casework.reopen_case import reopen_case
from energymed.mediation.referrals import ReferralRequest, refer
from energymed.partners.codes import Closure
from tests.calling.conftest import NOW, Desk
from tests.factories import make_user


def context(desk: Desk) -> Context:
    return Context(desk.session, desk.actor, NOW)


def test_it_closes_as_its_acts_say_and_opens_again(desk: Desk) -> None:
    case, ctx = desk.case(), context(desk)
    refer(ctx, case.id, ReferralRequest("ccas", "budget", "coordinates_given", True))
    promised = add_follow_up(ctx, case, FollowUpKind.CALLBACK, NOW)
    close_by_hand(ctx, case.id, Closure.REFERRED)
    assert (case.state, case.closure) == (CaseState.CLOSED, Closure.REFERRED)
    assert promised.state == FollowUpState.CANCELLED
    with pytest.raises(Refused):
        close_by_hand(ctx, case.id, Closure.REFERRED)
    reopen_case(ctx, case.id, next(iter(ReopenReason)))
    assert case.state == CaseState.QUEUED


@pytest.mark.parametrize("closure", [Closure.PLAN_RUNNING, Closure.SETTLED, Closure.DISPUTED])
def test_a_solution_that_is_not_there_closes_nothing(desk: Desk, closure: Closure) -> None:
    case = desk.case()
    with pytest.raises(Refused) as refusal:
        close_by_hand(context(desk), case.id, closure)
    assert refusal.value.params["field"] == "closure"
    assert case.state == CaseState.QUEUED


@pytest.mark.parametrize("closure", NEEDS_EXCHANGE)
def test_an_exchange_that_was_none_closes_nothing(desk: Desk, closure: Closure) -> None:
    case = desk.case()
    desk.called(case, "2026-11-20 10:00", "voicemail_none")
    with pytest.raises(Refused):
        close_by_hand(context(desk), case.id, closure)
    desk.called(case, "2026-11-20 15:00", "reached_holder")
    close_by_hand(context(desk), case.id, closure)
    assert case.closure == closure


@pytest.mark.parametrize("closure", [None, *sorted(set(Closure) - set(BY_HAND))])
def test_what_no_person_chooses_closes_nothing(desk: Desk, closure: Closure | None) -> None:
    with pytest.raises(BadInput):
        close_by_hand(context(desk), desk.case().id, closure)


def test_neither_a_case_in_call_nor_that_of_somebody_else(desk: Desk) -> None:
    held, other = desk.case(), desk.case(assigned_to=None)
    claim_case(context(desk), held.id)
    for case in (held, other):
        with pytest.raises(Refused):
            close_by_hand(context(desk), case.id, Closure.DUPLICATE)
    lead = make_user(desk.session, "lead", site=desk.site).as_actor()
    close_by_hand(Context(desk.session, lead, NOW), other.id, Closure.DUPLICATE)
    stranger = make_user(desk.session).as_actor()
    with pytest.raises(NotFound):
        close_by_hand(Context(desk.session, stranger, NOW), held.id, Closure.DUPLICATE)
