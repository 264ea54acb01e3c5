"""What follows a result is told before it is saved, and is what happens when it is."""

from datetime import date, datetime, time

import pytest

from energymed.base.context import Context
from energymed.base.errors import BadInput, Refused
from energymed.calling.calls.next_step import Call, NextStep, next_step_of
from energymed.calling.codes import RESULTS
from energymed.calling.eligibility.availability import Availability
from energymed.calling.follow_ups.callback_slots import callback_week
from energymed.calling.follow_ups.callbacks import check_callback
from energymed.cases.models import Case, Household
from energymed.partners.rulebook import load_calling_rules
from tests.calling.conftest import NOW, Desk, paris
from tests.factories import make_person

SAID_BY_THE_MEDIATOR = ("reached_holder", "reached_mandated", "callback_set")
TOLD = sorted(set(RESULTS) - set(SAID_BY_THE_MEDIATOR))
NOTICE = {"campaign_kind": "cutoff_notice", "debt_cents": None}


def told(desk: Desk, case: Case, result: str, at: datetime = NOW) -> NextStep | None:
    rules = load_calling_rules(
        desk.session, at.date(), partner_id=case.partner_id, kind=case.campaign_kind
    )
    phone = case.person.phones[0].id
    return next_step_of(desk.session, Call(case, rules, result, at, phone_id=phone), now=at)


@pytest.mark.parametrize("result", TOLD)
@pytest.mark.parametrize("earlier", [0, 1, 3])
def test_what_is_told_is_what_happens(desk: Desk, result: str, earlier: int) -> None:
    person = make_person(desk.session, desk.site, desk.partner, phones=("+33639982001",))
    person.availability = Availability(weekdays=frozenset({1, 3})).kept()
    case = desk.case(person=person)
    for day in range(earlier):
        desk.called(
            case, f"2026-11-{10 + day} 15:00", "hung_up" if result == "hung_up" else "no_answer"
        )
    follows = told(desk, case, result)
    assert follows is not None
    desk.call(case, result, started_at=NOW)
    assert case.closure == follows.closure
    if follows.closure is None:
        assert (case.state, case.next_action_at) == ("waiting", follows.at)


@pytest.mark.parametrize("result", SAID_BY_THE_MEDIATOR)
def test_after_a_conversation_the_mediator_says_what_follows(desk: Desk, result: str) -> None:
    assert told(desk, desk.case(), result) is None


def test_every_reason_is_told(desk: Desk) -> None:
    case = desk.case()
    assert told(desk, case, "no_answer") == NextStep(
        paris("2026-11-24 13:30"), why="other_half_day"
    )
    assert told(desk, case, "busy") == NextStep(paris("2026-11-23 10:45"), why="same_day")
    late = paris("2026-11-23 18:50")
    assert told(desk, case, "busy", late) == NextStep(
        paris("2026-11-24 09:00"), why="other_half_day"
    )
    case.person.availability = Availability(not_before=time(17)).kept()
    assert told(desk, case, "no_answer") == NextStep(
        paris("2026-11-24 17:00"), why="other_half_day"
    )
    promise = desk.promise(case, "2026-11-27 09:00")
    assert told(desk, case, "no_answer") == NextStep(paris("2026-11-27 09:00"), why="promised")
    for day in (16, 17, 18):
        desk.called(case, f"2026-11-{day} 15:00")
    assert told(desk, case, "no_answer") == NextStep(paris("2026-11-27 09:00"), why="promised")
    promise.state = "cancelled"
    assert told(desk, case, "no_answer") == NextStep(closure="unreachable", why="attempts")


def test_another_number_may_be_dialled_at_once(desk: Desk) -> None:
    two = make_person(
        desk.session, desk.site, desk.partner, phones=("+33639982001", "+33639982002")
    )
    assert told(desk, desk.case(person=two), "wrong_number") == NextStep(NOW)
    two.phones[1].status = "invalid"
    follows = told(desk, desk.case(person=two), "wrong_number")
    assert follows == NextStep(closure="wrong_data", why="no_number")


def test_no_attempt_is_left_before_an_intervention(desk: Desk) -> None:
    case = desk.case(**NOTICE, cutoff_date=date(2026, 11, 24), cutoff_slot="8h-12h")
    follows = told(desk, case, "no_answer")
    assert follows is not None
    assert follows.why == "too_late"


def test_nothing_is_promised_after_an_intervention(desk: Desk) -> None:
    case = desk.case(**NOTICE, cutoff_date=date(2026, 11, 24), cutoff_slot="13h-17h")
    with pytest.raises(BadInput, match="aura déjà commencé"):
        check_callback(desk.session, case, paris("2026-11-24 15:00"), "callback_at")
    check_callback(desk.session, case, paris("2026-11-24 12:00"), "callback_at")
    week = callback_week(Context(desk.session, desk.actor, NOW), case)
    offered = [slot.at for _hour, slots in week.lines for slot in slots if slot]
    assert max(offered) == paris("2026-11-24 12:00")


@pytest.mark.parametrize("stop", ["opposed_at", "deceased_at"])
def test_nothing_is_promised_to_a_household_that_is_never_called(desk: Desk, stop: str) -> None:
    case = desk.case()
    home = desk.session.get_one(Household, case.person.household_id)
    spouse = make_person(desk.session, desk.site, desk.partner, household=home)
    setattr(case.person if stop == "opposed_at" else spouse, stop, NOW)
    desk.session.flush()
    with pytest.raises(Refused, match="plus jamais"):
        check_callback(desk.session, case, paris("2026-11-24 12:00"), "callback_at")


def test_whoever_was_reached_once_is_lost_and_not_unreachable(desk: Desk) -> None:
    case = desk.case()
    desk.called(case, "2026-11-02 10:00", "reached_holder")
    for day in range(3):
        desk.called(case, f"2026-11-{10 + day} 15:00", "no_answer")
    assert told(desk, case, "no_answer") == NextStep(closure="lost_after_contact", why="attempts")
    desk.call(case, "no_answer", started_at=NOW)
    assert case.closure == "lost_after_contact"
