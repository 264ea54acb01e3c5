"""The queue: who is offered, in which order, and what waits and why."""

from datetime import date, timedelta

import pytest

from energymed.base.context import Context
from energymed.calling.eligibility.assess import verdict_on
from energymed.calling.queue.next_call import next_calls
from energymed.calling.queue.view import LOOKED_AT, Held, cases_shown, view_queue
from energymed.cases.models import Case, Household
from tests.calling.conftest import NOW, Desk, counted, paris
from tests.factories import make_case, make_partner, make_person, make_user

LATER = NOW + timedelta(days=2)


def ready(desk: Desk) -> list[int]:
    return [each.case_id for each in view_queue(Context(desk.session, desk.actor, desk.now)).ready]


def held(desk: Desk) -> dict[str, int]:
    return {
        each.reason: each.count
        for each in view_queue(Context(desk.session, desk.actor, desk.now)).held
    }


def test_an_empty_queue_is_empty(desk: Desk) -> None:
    view = view_queue(Context(desk.session, desk.actor, desk.now))
    assert (view.ready, view.held, view.later, view.opens_at) == ([], [], [], None)


def test_the_order_is_callback_cutoff_instalment_then_deadline_then_age(desk: Desk) -> None:
    older = desk.case(due_date=date(2026, 10, 20), opened_at=NOW - timedelta(days=9))
    younger = desk.case(due_date=date(2026, 10, 20), opened_at=NOW - timedelta(days=2))
    undated = desk.case(opened_at=NOW - timedelta(days=30))
    retried = desk.case(due_date=date(2026, 10, 1), queue_reason="retry")
    instalment = desk.case(queue_reason="instalment")
    cut_later = desk.case(cutoff_date=date(2026, 12, 1))
    cut_at_two = desk.case(cutoff_date=date(2026, 11, 24), cutoff_slot="14h-17h")
    cut_at_nine = desk.case(cutoff_date=date(2026, 11, 24), cutoff_slot="9h-12h")
    cut_past = desk.case(cutoff_date=date(2026, 11, 2), due_date=date(2026, 9, 1))
    second_callback = desk.case(queue_reason="callback")
    first_callback = desk.case(queue_reason="callback")
    desk.promise(second_callback, "2026-11-23 09:40")
    desk.promise(first_callback, "2026-11-23 09:20")
    expected = [
        first_callback, second_callback, cut_at_nine, cut_at_two, cut_later, instalment, cut_past,
        retried, older, younger, undated,
    ]  # fmt: skip
    assert ready(desk) == [case.id for case in expected]


def test_only_ones_own_cases_of_ones_own_site_are_offered(desk: Desk) -> None:
    mine = desk.case()
    make_case(desk.session, site=desk.site)  # to be assigned
    make_case(desk.session, assigned_to=make_user(desk.session, site=desk.site))
    elsewhere = make_user(desk.session)
    make_case(desk.session, site=elsewhere.site, assigned_to=desk.user)
    desk.case(state="closed", closure="settled", queue_reason=None)
    assert ready(desk) == [mine.id]


def test_a_wait_that_is_over_is_offered_before_the_job_has_passed(desk: Desk) -> None:
    waiting = {"state": "waiting", "waiting_reason": "retry", "queue_reason": None}
    over = desk.case(**waiting, next_action_at=NOW - timedelta(minutes=1))
    desk.case(**waiting, next_action_at=LATER)
    assert ready(desk) == [over.id]


def test_what_waits_says_why_and_when_it_opens(desk: Desk) -> None:
    desk.called(desk.case(), "2026-11-23 09:10")
    desk.called(desk.case(), "2026-11-23 09:15")
    desk.case(phones=())
    desk.case().person.rests_until = date(2026, 12, 7)
    waiting = {"state": "waiting", "waiting_reason": "callback", "queue_reason": None}
    desk.case(**waiting, next_action_at=LATER)
    desk.case(**waiting, next_action_at=LATER + timedelta(days=1))
    desk.session.flush()
    view = view_queue(Context(desk.session, desk.actor, desk.now))
    assert view.ready == []
    assert view.held == [
        Held("attempted_today", 2, paris("2026-11-24 09:00")),
        Held("no_phone", 1, None),
        Held("resting", 1, paris("2026-12-07 09:00")),
    ]
    assert view.later == [Held("callback", 2, LATER)]
    assert view.opens_at == paris("2026-11-24 09:00")


def test_outside_the_hours_nothing_is_offered(desk: Desk) -> None:
    desk.case()
    desk.now = paris("2026-11-23 12:45")
    view = view_queue(Context(desk.session, desk.actor, desk.now))
    assert view.held == [Held("outside_hours", 1, paris("2026-11-23 13:30"))]


def test_attempts_count_for_the_person_whatever_the_reference(desk: Desk) -> None:
    case = desk.case()
    other = desk.case(person=case.person)
    desk.called(case, "2026-11-23 09:10")
    assert ready(desk) == []
    assert verdict_on(desk.session, other.id, desk.now).reason == "attempted_today"


@pytest.mark.parametrize("result", ["technical", "wrong_number", "invalid_number"])
def test_a_call_that_did_not_reach_the_persons_phone_is_no_attempt(desk: Desk, result: str) -> None:
    case = desk.case()
    desk.called(case, "2026-11-23 09:10", result)
    assert ready(desk) == [case.id]


def test_a_crossed_out_call_is_no_attempt(desk: Desk) -> None:
    case = desk.case()
    desk.called(case, "2026-11-23 09:10").voided_at = NOW
    desk.session.flush()
    assert ready(desk) == [case.id]


def test_a_household_in_call_holds_its_other_cases_back(desk: Desk) -> None:
    home = Household(site_id=desk.site.id)
    desk.session.add(home)
    desk.session.flush()
    desk.case(home=home)
    colleague = make_user(desk.session, site=desk.site)
    desk.case(
        home=home, assigned_to=colleague, state="in_call", claimed_by_id=colleague.id,
        claimed_until=LATER,
    )  # fmt: skip
    assert held(desk) == {"household_in_call": 1}


def test_the_household_of_a_deceased_person_is_never_called_again(desk: Desk) -> None:
    home = Household(site_id=desk.site.id)
    desk.session.add(home)
    desk.session.flush()
    desk.case(home=home)
    make_person(desk.session, desk.site, desk.partner, household=home, deceased_at=NOW)
    assert held(desk) == {"deceased": 1}


def test_a_number_that_somebody_closed_is_closed_for_all(desk: Desk) -> None:
    number = "+33639980001"
    desk.case(phones=(number,))
    elsewhere = make_person(desk.session, desk.site, make_partner(desk.session), phones=(number,))
    elsewhere.phones[0].status = "opposed"
    desk.session.flush()
    assert held(desk) == {"no_phone": 1}


def test_a_cutoff_notice_is_not_offered_once_the_intervention_may_have_begun(desk: Desk) -> None:
    today = {"campaign_kind": "cutoff_notice", "debt_cents": None, "cutoff_date": NOW.date()}
    afternoon = desk.case(**today, cutoff_slot="13h30-17h")
    desk.case(**today, cutoff_slot="8h-12h")
    desk.case(**today)  # no slot: from eight o'clock on
    assert ready(desk) == [afternoon.id]
    assert held(desk) == {"too_late": 2}


def test_a_promise_passes_over_the_count_only_from_its_time_on(desk: Desk) -> None:
    case = desk.case(queue_reason="callback")
    desk.called(case, "2026-11-23 09:10")
    desk.promise(case, "2026-11-23 10:30")
    assert ready(desk) == []
    desk.now = paris("2026-11-23 10:30")
    assert ready(desk) == [case.id]


def fill(desk: Desk, count: int) -> None:
    for turn in range(count):
        case: Case = desk.case()
        desk.called(case, f"2026-11-{1 + turn % 20:02d} 10:00")


@pytest.mark.slow
def test_a_long_queue_costs_as_many_queries_as_a_short_one(desk: Desk) -> None:
    fill(desk, 3)
    desk.session.commit()
    view_queue(Context(desk.session, desk.actor, desk.now))
    with counted() as few:
        view_queue(Context(desk.session, desk.actor, desk.now))
    desk.partner = make_partner(desk.session)  # another campaign
    fill(desk, 497)
    desk.session.commit()
    ctx = Context(desk.session, desk.actor, desk.now)
    with counted() as many:
        view = view_queue(ctx)
        cases_shown(ctx, view.ready[:5])
    assert len(view.ready) == LOOKED_AT
    assert view.goes_on
    # the cases, their attempts, the rules of their campaigns, what waits for a time
    assert len(few) == 4
    assert len(many) == 5  # and those that are shown


@pytest.mark.parametrize(("count", "ready"), [(2, 2), (3, 3), (4, 3)])
def test_only_the_head_of_a_long_queue_is_looked_at(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, count: int, ready: int
) -> None:
    monkeypatch.setattr("energymed.calling.queue.view.LOOKED_AT", 3)
    cases = [desk.case() for _turn in range(count)]
    view = view_queue(Context(desk.session, desk.actor, desk.now))
    assert [each.case_id for each in view.ready] == [case.id for case in cases[:ready]]
    assert view.goes_on is (count > ready)


def test_the_first_shown_is_the_first_given(desk: Desk) -> None:
    for day in (3, 1, 2):
        desk.case(cutoff_date=date(2026, 12, day))
    ctx = Context(desk.session, desk.actor, desk.now)
    shown = cases_shown(ctx, view_queue(ctx).ready)
    assert [case.cutoff_date.day for case, _why in shown if case.cutoff_date] == [1, 2, 3]
    assert shown[0][0].id == next_calls(ctx)[0].case_id
