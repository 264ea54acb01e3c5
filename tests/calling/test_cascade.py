"""The cascade: which way is proposed after how many calls in vain, and whom it leaves in peace."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from energymed.base.context import Context
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.calling.calls.record import record_contact
from energymed.calling.codes import STEPS, Channel, PauseReason
from energymed.calling.eligibility.cascade import Tried, next_way
from energymed.calling.follow_ups.pauses import pause_case
from energymed.calling.follow_ups.service import close_case
from energymed.calling.models import FollowUp
from energymed.calling.other_ways import plan_visit, planned_visits, proposal, proposals
from energymed.calling.queries import contacts_of
from energymed.cases.codes import NeedKind
from energymed.cases.models import Case
from energymed.cases.needs import NeedSaid, note_need
from energymed.cases.person_models import PersonNeed
from energymed.partners.cascade_rules import CascadeRules
from energymed.partners.codes import Closure
from energymed.partners.rule_changes import Scope, change_rule
from tests.calling.conftest import NOW, Desk
from tests.factories import make_user

RULES = CascadeRules(sms=1, letter=2, visit=3)
SMS, LETTER, VISIT = STEPS
HOME = {"address": "3 rue du Lac", "postal_code": "26000", "commune": "Valence"}
TODAY = date(2026, 11, 23)


def context(desk: Desk) -> Context:
    return Context(desk.session, desk.actor, NOW)


def proposed(desk: Desk, case: Case) -> str | None:
    """What is proposed on the case; the list of the tray says the same of an open one."""
    found = proposal(context(desk), case, contacts_of(desk.session, case.id))
    listed = [each for each in proposals(context(desk)) if each.case is case]
    assert case.state == "closed" or listed == ([found] if found else [])
    return found.way if found else None


def called(desk: Desk, case: Case, times: int, result: str = "no_answer") -> None:
    for day in range(times):
        desk.called(case, f"2026-11-{10 + day} 10:00", result)


@pytest.mark.parametrize(
    ("calls", "taken", "way"),
    [
        (0, (), None), (1, (), SMS), (9, (), SMS),
        (1, (SMS,), None), (2, (SMS,), LETTER),
        (2, (SMS, LETTER), None), (3, (SMS, LETTER), VISIT), (2, (LETTER,), None),
        (3, (LETTER,), VISIT), (9, (VISIT,), None), (9, STEPS, None),
    ],
)  # fmt: skip
def test_each_way_has_its_number_of_calls(
    calls: int, taken: tuple[Channel, ...], way: Channel | None
) -> None:
    assert next_way(RULES, Tried(calls, frozenset(taken)), STEPS) == way


def test_a_way_that_leads_nowhere_is_passed_over() -> None:
    assert next_way(RULES, Tried(1), (LETTER, VISIT)) is None
    assert next_way(RULES, Tried(2), (LETTER, VISIT)) == LETTER
    assert next_way(RULES, Tried(3), ()) is None


def test_zero_never_proposes() -> None:
    assert next_way(CascadeRules(0, 0, 2), Tried(1), STEPS) is None
    assert next_way(CascadeRules(0, 0, 2), Tried(2), STEPS) == VISIT
    assert next_way(CascadeRules(0, 0, 0), Tried(20), STEPS) is None


def test_calls_in_vain_lead_from_one_way_to_the_next(desk: Desk) -> None:
    case = desk.case(phones=("+33639980001",), **HOME)
    assert proposed(desk, case) is None
    called(desk, case, 1)
    assert proposed(desk, case) == "sms"
    record_contact(context(desk), case.id, "email", result="sent")
    assert proposed(desk, case) is None
    called(desk, case, 1, "busy")
    assert proposed(desk, case) == "letter"
    record_contact(context(desk), case.id, "letter", result="sent")
    assert proposed(desk, case) is None
    called(desk, case, 1, "voicemail_left")
    assert proposed(desk, case) == "visit"
    record_contact(context(desk), case.id, "visit", result="nobody_card_left")
    assert proposed(desk, case) is None


def test_whoever_answers_on_any_channel_begins_anew(desk: Desk) -> None:
    case = desk.case(**HOME)
    called(desk, case, 3)
    record_contact(context(desk), case.id, "letter", result="answered_holder")
    assert proposed(desk, case) is None
    other = desk.case(**HOME)
    called(desk, other, 3)
    desk.called(other, "2026-11-20 10:00", "callback_set")
    assert proposed(desk, other) is None


@pytest.mark.parametrize("result", ["technical", "reached_holder", "callback_set"])
def test_what_is_no_call_in_vain_proposes_nothing(desk: Desk, result: str) -> None:
    case = desk.case(**HOME)
    called(desk, case, 1, result)
    assert proposed(desk, case) is None


def test_stops_and_pauses_win(desk: Desk) -> None:
    opposed, dead, resting, rested, paused = (desk.case(**HOME) for _ in range(5))
    for case in (opposed, dead, resting, rested, paused):
        called(desk, case, 1)
        assert proposed(desk, case) == "sms"
    opposed.person.opposed_at = dead.person.deceased_at = NOW
    resting.person.rests_until, rested.person.rests_until = TODAY + timedelta(days=1), TODAY
    pause_case(context(desk), paused.id, TODAY + timedelta(days=1), PauseReason.AWAY)
    desk.session.flush()
    found = [proposed(desk, case) for case in (opposed, dead, resting, rested, paused)]
    assert found == [None, None, None, "sms", None]


def test_without_a_mobile_or_an_address_the_next_way_is_proposed(desk: Desk) -> None:
    landline = desk.case(phones=("+33475000001",), **HOME)
    nowhere = desk.case(phones=("+33475000002",), address=None)
    for case in (landline, nowhere):
        called(desk, case, 3)
        case.person.email = None
    desk.session.flush()
    assert proposed(desk, landline) == "letter"
    assert proposed(desk, nowhere) is None
    record_contact(context(desk), landline.id, "visit", result="wrong_address")
    desk.session.flush()
    assert proposed(desk, landline) is None


def test_whoever_is_left_no_message_is_visited(desk: Desk) -> None:
    """Neither text message nor letter is proposed: the door would be shut."""
    case, after = desk.case(phones=("+33639980001",), **HOME), desk.case(**HOME)
    for each in (case, after):
        called(desk, each, 2)
        note_need(context(desk), each.id, NeedSaid(NeedKind.NO_MESSAGE, agreed=True))
    for need in desk.session.scalars(select(PersonNeed).filter_by(case_id=after.id)):
        need.agreed_on = need.until = TODAY - timedelta(days=1)
    desk.session.flush()
    assert (proposed(desk, case), proposed(desk, after)) == (None, "sms")
    called(desk, case, 3)
    assert proposed(desk, case) == "visit"


def test_a_campaign_has_its_own_numbers_from_a_day_on(desk: Desk) -> None:
    case = desk.case(**HOME)
    called(desk, case, 1)
    scope = Scope(kind=case.campaign_kind)
    later = TODAY + timedelta(days=1)
    change_rule(context(desk), scope, "cascade_sms", 2, valid_from=later, source="essai")
    assert proposed(desk, case) == "sms"
    change_rule(context(desk), scope, "cascade_sms", 2, valid_from=TODAY, source="essai")
    assert proposed(desk, case) is None
    called(desk, case, 1)
    assert proposed(desk, case) == "sms"


def test_a_case_given_up_as_unreachable_still_proposes_on_its_page(desk: Desk) -> None:
    values = {"state": "closed", "queue_reason": None, "closed_at": NOW}
    given_up = desk.case(closure="unreachable", **values, **HOME)
    settled = desk.case(closure="settled", **values, **HOME)
    for case in (given_up, settled):
        called(desk, case, 4)
    assert (proposed(desk, given_up), proposed(desk, settled)) == ("sms", None)


def test_ones_own_or_the_sites(desk: Desk) -> None:
    mine, a_colleagues = desk.case(**HOME), desk.case(assigned_to=None, **HOME)
    for case in (mine, a_colleagues):
        called(desk, case, 1)
    assert [each.case for each in proposals(context(desk))] == [mine]
    everybody = [each.case for each in proposals(context(desk), everybody=True)]
    assert sorted(case.id for case in everybody) == [mine.id, a_colleagues.id]
    stranger = Context(desk.session, make_user(desk.session, "lead").as_actor(), NOW)
    assert proposals(stranger, everybody=True) == []


def test_a_planned_visit_is_in_the_round_until_it_is_made(desk: Desk) -> None:
    case = desk.case(**HOME)
    plan_visit(context(desk), case.id, TODAY + timedelta(days=2))
    again = plan_visit(context(desk), case.id, TODAY)
    assert planned_visits(context(desk)) == [again]
    called(desk, case, 9)
    assert proposed(desk, case) is None
    contact = record_contact(context(desk), case.id, "visit", result="no_access")
    assert planned_visits(context(desk)) == []
    assert (again.state, again.settled_by_contact_id) == ("done", contact.id)


def test_a_visit_outlives_a_case_that_nobody_could_call(desk: Desk) -> None:
    gone, paid = desk.case(**HOME), desk.case(**HOME)
    for case, closure in ((gone, Closure.UNREACHABLE), (paid, Closure.SETTLED)):
        plan_visit(context(desk), case.id, TODAY)
        close_case(context(desk), case, closure, for_good=False)
    assert [each.case for each in planned_visits(context(desk))] == [gone]
    gone.person.opposed_at = NOW
    desk.session.flush()
    assert planned_visits(context(desk)) == []


def test_a_visit_needs_a_day_to_come_an_address_and_nobody_who_is_stopped(desk: Desk) -> None:
    case, ctx = desk.case(**HOME), context(desk)
    for on in (None, TODAY - timedelta(days=1), TODAY + timedelta(days=400)):
        with pytest.raises(BadInput) as refused:
            plan_visit(ctx, case.id, on)
        assert refused.value.params["field"] == "on"
    record_contact(ctx, case.id, "visit", result="wrong_address")
    with pytest.raises(Refused, match="adresse"):
        plan_visit(ctx, case.id, TODAY)
    case.address, case.person.opposed_at = "5 rue du Lac", NOW
    desk.session.flush()
    with pytest.raises(Refused, match="s'oppose"):
        plan_visit(ctx, case.id, TODAY)
    with pytest.raises(NotFound):
        plan_visit(Context(desk.session, make_user(desk.session).as_actor(), NOW), case.id, TODAY)
    assert desk.session.scalars(select(FollowUp)).all() == []
