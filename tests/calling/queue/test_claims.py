"""Claims: one case, one mediator, one household, for the time of a lease."""

from datetime import timedelta

import pytest

from energymed.base.context import Context
from energymed.base.errors import Conflict, NotFound, Refused
from energymed.calling.calls.release_case import leave
from energymed.calling.queue import claims
from energymed.calling.queue.next_call import next_calls
from energymed.calling.queue.view import view_queue
from energymed.cases.models import Case, Household
from energymed.cases.transitions import assign
from tests.calling.conftest import MINUTE, NOW, Desk, counted, paris
from tests.factories import make_case, make_partner, make_user

WAITING = {"state": "waiting", "waiting_reason": "callback", "queue_reason": None}
FRIDAY = paris("2026-11-27 15:00")


def state(case: Case) -> tuple[str, str | None, int | None]:
    return case.state, case.queue_reason, case.claimed_by_id


def test_the_next_case_is_the_first_of_the_queue_for_fifteen_minutes(desk: Desk) -> None:
    desk.case()
    urgent = desk.case(queue_reason="instalment")
    case = desk.claim_next()
    assert case is urgent
    assert state(urgent) == ("in_call", "instalment", desk.user.id)
    assert urgent.claimed_until == NOW + 15 * MINUTE


def test_an_empty_queue_gives_nothing(desk: Desk) -> None:
    desk.called(desk.case(), "2026-11-23 09:10")
    assert desk.claim_next() is None


def test_who_holds_a_case_gets_it_back_and_not_a_second_one(desk: Desk) -> None:
    desk.case()
    desk.case()
    first = desk.claim_next()
    again = desk.claim_next(at=NOW + 5 * MINUTE)
    assert first is again
    assert first is not None
    assert first.claimed_until == NOW + 20 * MINUTE


def test_claiming_costs_the_same_whatever_the_length_of_the_queue(desk: Desk) -> None:
    counts = []
    for actor in (desk.actor, desk.colleague()):
        for _turn in range(2 if actor is desk.actor else 40):
            desk.case(assigned_to=desk.session.get_one(type(desk.user), actor.user_id))
        desk.session.commit()
        with counted() as sent:
            desk.claim_next(actor)
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 16


def home(desk: Desk) -> Household:
    household = Household(site_id=desk.site.id)
    desk.session.add(household)
    desk.session.flush()
    return household


def test_the_same_household_under_another_reference_is_held_back(desk: Desk) -> None:
    together = home(desk)
    colleague = make_user(desk.session, site=desk.site)
    desk.case(home=together)
    other = desk.case(home=together, assigned_to=colleague, partner=make_partner(desk.session))
    assert desk.claim_next() is not None
    assert desk.claim_next(colleague.as_actor()) is None
    with pytest.raises(Conflict, match="déjà en ligne avec ce foyer"):
        claims.claim_case(Context(desk.session, colleague.as_actor(), NOW), other.id)


def test_what_changed_since_the_queue_was_read_is_not_claimed(desk: Desk) -> None:
    handed_over, called, free = desk.case(), desk.case(), desk.case()
    offered = next_calls(Context(desk.session, desk.actor, NOW))
    assert [one.case_id for one in offered] == [handed_over.id, called.id, free.id]
    assign(Context(desk.session, desk.actor, NOW), handed_over, desk.colleague().user_id or 0)
    desk.called(called, "2026-11-23 09:59")
    assert claims.claim_first(Context(desk.session, desk.actor, NOW), offered) == free.id


def test_the_first_offer_is_the_head_of_the_queue(desk: Desk) -> None:
    """The order in SQL is the order in Python, whatever stands in the way of the first ones."""
    today = NOW.date()
    for turn in range(40):
        desk.called(desk.case(opened_at=NOW - timedelta(days=turn)), "2026-11-23 09:10")
    assert next_calls(Context(desk.session, desk.actor, NOW)) == []
    made = [desk.case(opened_at=NOW - timedelta(days=30))]
    made += [desk.case(due_date=today + timedelta(days=days)) for days in (9, 3)]
    made.append(desk.case(queue_reason="instalment"))
    made += [
        desk.case(cutoff_date=today + timedelta(days=days), cutoff_slot=slot)
        for days, slot in ((2, None), (1, "14h-16h"), (1, "9h-11h"))
    ]
    for moment in ("2026-11-23 09:50", "2026-11-23 09:40"):
        made.append(desk.case(queue_reason="callback"))
        desk.promise(made[-1], moment)
    for _turn in range(len(made)):
        queue = [one.case_id for one in view_queue(Context(desk.session, desk.actor, NOW)).ready]
        offered = [one.case_id for one in next_calls(Context(desk.session, desk.actor, NOW))]
        assert offered == queue[: len(offered)] != []
        first = desk.session.get_one(Case, queue[0])
        first.state, first.closure = "closed", "settled"
        desk.session.flush()


def test_two_mediators_on_one_case(desk: Desk) -> None:
    case, colleague = desk.case(), desk.colleague()
    claims.claim_case(Context(desk.session, desk.actor, NOW), case.id)
    with pytest.raises(Conflict):
        claims.claim_case(Context(desk.session, colleague, NOW), case.id)
    assert case.claimed_by_id == desk.user.id


def test_a_case_is_opened_by_hand_whatever_the_hour_and_the_count(desk: Desk) -> None:
    case = desk.case()
    desk.called(case, "2026-11-23 09:10")
    evening = paris("2026-11-23 19:30")
    assert claims.claim_case(Context(desk.session, desk.actor, evening), case.id) is case


def test_a_lead_steps_in_and_takes_an_unassigned_case(desk: Desk) -> None:
    lead = make_user(desk.session, "lead", site=desk.site).as_actor()
    case = make_case(desk.session, site=desk.site)
    claims.claim_case(Context(desk.session, lead, NOW), case.id)
    assert (case.assigned_to_id, case.claimed_by_id) == (lead.user_id, lead.user_id)


def test_opening_a_second_case_by_hand_is_refused(desk: Desk) -> None:
    first, second = desk.case(), desk.case()
    claims.claim_case(Context(desk.session, desk.actor, NOW), first.id)
    assert claims.claim_case(Context(desk.session, desk.actor, NOW), first.id) is first
    with pytest.raises(Refused, match="Terminez d'abord"):
        claims.claim_case(Context(desk.session, desk.actor, NOW), second.id)


def test_a_stop_binds_everybody(desk: Desk) -> None:
    opposed, deceased, closed = desk.case(), desk.case(), desk.case()
    opposed.person.opposed_at = deceased.person.deceased_at = NOW
    closed.state, closed.closure = "closed", "settled"
    desk.session.flush()
    for case, sentence in (
        (opposed, "s'oppose"), (deceased, "Décès déclaré"), (closed, "clos"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=sentence):
            claims.claim_case(Context(desk.session, desk.actor, NOW), case.id)


def test_a_case_of_another_site_does_not_exist(desk: Desk) -> None:
    elsewhere = make_case(desk.session)
    for act in (claims.claim_case, claims.renew):
        with pytest.raises(NotFound):
            act(Context(desk.session, desk.actor, NOW), elsewhere.id)


def test_a_lease_is_renewed_while_the_page_is_open(desk: Desk) -> None:
    case = desk.case()
    claims.claim_case(Context(desk.session, desk.actor, NOW), case.id)
    until = claims.renew(Context(desk.session, desk.actor, NOW + 10 * MINUTE), case.id)
    assert until == case.claimed_until == NOW + 25 * MINUTE


def test_a_lapsed_lease_returns_the_case_and_cannot_be_renewed(desk: Desk) -> None:
    case, kept = (
        desk.case(queue_reason="retry"),
        desk.case(assigned_to=make_user(desk.session, site=desk.site)),
    )
    claims.claim_case(Context(desk.session, desk.actor, NOW), case.id)
    assert kept.assigned_to is not None
    claims.claim_case(Context(desk.session, kept.assigned_to.as_actor(), NOW + 5 * MINUTE), kept.id)
    assert claims.release_lapsed(desk.session, now=NOW + 15 * MINUTE) == 0
    assert claims.release_lapsed(desk.session, now=NOW + 16 * MINUTE) == 1
    assert state(case) == ("queued", "retry", None)
    assert kept.state == "in_call"
    with pytest.raises(Conflict, match="Votre saisie est conservée"):
        claims.renew(Context(desk.session, desk.actor, NOW + 16 * MINUTE), case.id)


def test_giving_a_case_back_by_somebody_else_does_nothing(desk: Desk) -> None:
    case = desk.case()
    claims.claim_case(Context(desk.session, desk.actor, NOW), case.id)
    leave(Context(desk.session, desk.colleague(), NOW), case.id, "mistake")
    assert case.state == "in_call"
    leave(Context(desk.session, desk.actor, NOW), case.id, "mistake")
    assert state(case) == ("queued", "new", None)


@pytest.mark.parametrize("lapsed", [False, True])
def test_a_case_that_waits_for_friday_waits_on_when_given_back(desk: Desk, lapsed: bool) -> None:
    case = desk.case(**WAITING, next_action_at=FRIDAY)
    claims.claim_case(Context(desk.session, desk.actor, NOW), case.id)
    assert case.queue_reason == "callback"
    if lapsed:
        claims.release_lapsed(desk.session, now=NOW + 16 * MINUTE)
    else:
        leave(Context(desk.session, desk.actor, NOW), case.id, "mistake")
    assert (case.state, case.waiting_reason, case.next_action_at) == ("waiting", "callback", FRIDAY)


def test_a_wait_that_ended_during_the_call_goes_to_the_queue(desk: Desk) -> None:
    case = desk.case(**WAITING, next_action_at=NOW + 5 * MINUTE)
    claims.claim_case(Context(desk.session, desk.actor, NOW), case.id)
    leave(Context(desk.session, desk.actor, NOW + timedelta(minutes=6)), case.id, "mistake")
    assert state(case) == ("queued", "callback", None)


def test_putting_a_waiting_case_into_the_queue_by_hand(desk: Desk) -> None:
    case = desk.case(**WAITING, next_action_at=FRIDAY)
    claims.put_in_queue(Context(desk.session, desk.actor, NOW), case.id)
    assert state(case) == ("queued", "callback", None)
    with pytest.raises(Refused, match="n'attend pas"):
        claims.put_in_queue(Context(desk.session, desk.actor, NOW), case.id)
