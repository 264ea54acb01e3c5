"""Moments to come obey the rules of their own day; what was promised is kept, or said not to be."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.context import SYSTEM, Context
from energymed.base.errors import BadInput
from energymed.calling.calls.record import correct_call, record_call
from energymed.calling.calls.release_case import leave
from energymed.calling.eligibility.assess import verdict_on
from energymed.calling.eligibility.availability import Availability
from energymed.calling.follow_ups.callback_slots import callback_week
from energymed.calling.follow_ups.callbacks import check_callback
from energymed.calling.follow_ups.service import postpone_follow_up
from energymed.calling.models import FollowUp
from energymed.calling.queue.claims import claim_case, give_back
from energymed.calling.queue.due import surface_due
from energymed.calling.queue.view import Held, view_queue
from energymed.calling.team.dashboard import team_alerts
from energymed.cases.models import Case
from energymed.partners.models import Campaign
from energymed.partners.result_rules import RESULT_RULES, as_value
from energymed.partners.rule_changes import Scope, change_rule
from tests.calling.conftest import MINUTE, NOW, Desk, paris
from tests.factories import make_partner, make_person, make_user

TOMORROW = date(2026, 11, 24)


def change(desk: Desk, code: str, value: object, day: date = TOMORROW) -> None:
    change_rule(
        Context(desk.session, SYSTEM, NOW), Scope(), code, value, valid_from=day, source="essai"
    )


def test_a_promise_is_checked_by_the_hours_of_its_day(desk: Desk) -> None:
    change(desk, "calling_windows", [["09:00", "12:00"]], date(2026, 12, 1))
    case = desk.case()
    check_callback(desk.session, case, paris("2026-11-30 15:00"), "callback_at")
    with pytest.raises(BadInput, match="hors des heures"):
        check_callback(desk.session, case, paris("2026-12-02 15:00"), "callback_at")


def test_the_week_offers_the_days_of_the_coming_rules(desk: Desk) -> None:
    change(desk, "calling_weekdays", [0, 1])
    week = callback_week(Context(desk.session, desk.actor, NOW), desk.case())
    assert [day.day for day in week.days] == [23, 24, 30, 1, 7]


def test_the_next_attempt_is_one_that_its_day_allows(desk: Desk) -> None:
    change(desk, "calling_windows", [["09:00", "12:00"], ["16:00", "17:00"]])
    case = desk.case()
    desk.call(case, "no_answer")
    assert case.next_action_at == paris("2026-11-24 16:00")
    assert verdict_on(desk.session, case.id, case.next_action_at).allowed
    other = desk.case()
    claim_case(Context(desk.session, desk.actor, NOW + MINUTE), other.id)
    late = paris("2026-11-23 18:30")
    leave(Context(desk.session, desk.actor, late), other.id, "not_now")
    assert other.next_action_at == paris("2026-11-24 09:00")


@pytest.mark.parametrize("result", ["no_answer", "callback_set"])
def test_a_call_for_whoever_is_free_stays_theirs_once_it_is_due(
    desk: Desk, session: Session, result: str
) -> None:
    case, colleague = desk.case(), desk.colleague()
    campaign = session.scalars(
        select(Campaign).where(
            Campaign.partner_id == desk.partner.id, Campaign.kind == case.campaign_kind
        )
    ).one()
    anyone = {**as_value(RESULT_RULES[result]), "by": "anyone"}
    change_rule(
        Context(session, SYSTEM, NOW),
        Scope(campaign_id=campaign.id),
        f"result.{result}",
        anyone,
        valid_from=NOW.date(),
        source="essai",
    )
    desk.call(case, result)
    due = case.next_action_at
    assert due is not None
    surface_due(session, now=due)
    assert case.state == "queued"
    assert desk.claim_next(colleague, at=due) is case
    assert (case.assigned_to_id, case.for_anyone) == (colleague.user_id, False)


def test_the_last_attempt_allowed_does_not_break_a_promise(desk: Desk) -> None:
    case = desk.case()
    for day in (16, 17):
        desk.called(case, f"2026-11-{day} 15:00")
    desk.call(case, "callback_set", callback_at=paris("2026-11-26 15:00"))
    desk.call(case, "no_answer", at=paris("2026-11-25 10:00"))
    assert (case.state, case.waiting_reason, case.next_action_at) == (
        "waiting", "callback", paris("2026-11-26 15:00"),
    )  # fmt: skip


def test_nothing_is_promised_to_somebody_who_rests(desk: Desk) -> None:
    case = desk.case()
    case.person.rests_until = date(2026, 12, 31)
    claim_case(Context(desk.session, desk.actor, NOW), case.id, incoming=True)
    with pytest.raises(BadInput, match="en repos ce jour-là"):
        record_call(
            Context(desk.session, desk.actor, NOW),
            case.id,
            desk.report("callback_set", incoming=True),
        )
    check_callback(desk.session, case, paris("2026-12-31 10:00"), "callback_at")


def test_a_refusal_takes_back_what_was_promised_on_other_cases(
    desk: Desk, session: Session
) -> None:
    case, partner = desk.case(), make_partner(session)
    person = case.person
    same = make_person(
        session, desk.site, partner, name_key=person.name_key, phones=(person.phones[0].e164,)
    )
    other = desk.case(person=same, partner=partner)
    desk.call(other, "callback_set", callback_at=paris("2026-11-25 15:00"))
    refusal = desk.call(case, "refused", at=paris("2026-11-24 10:00"))
    promise = session.scalars(select(FollowUp).where(FollowUp.case_id == other.id)).one()
    assert (promise.state, other.state, other.waiting_reason) == ("cancelled", "waiting", "retry")
    lead = make_user(session, "lead", site=desk.site).as_actor()
    assert team_alerts(Context(session, lead, paris("2026-11-25 16:00"))).late == []
    correct_call(
        Context(session, desk.actor, desk.now + MINUTE), refusal.id, desk.report("no_answer")
    )
    assert promise.state == "open"
    surface_due(session, now=paris("2026-11-25 15:00"))
    assert other.queue_reason == "callback"


def test_a_case_without_any_moment_left_is_counted_and_told_to_the_lead(
    desk: Desk, session: Session
) -> None:
    case = desk.case()
    case.person.availability = Availability(weekdays=frozenset({5})).kept()
    claim_case(Context(session, desk.actor, NOW), case.id)
    leave(Context(session, desk.actor, NOW), case.id, "not_now")
    assert (case.state, case.next_action_at) == ("waiting", None)
    assert Held("retry", 1, None) in view_queue(Context(session, desk.actor, NOW)).later
    lead = make_user(session, "lead", site=desk.site).as_actor()
    told = team_alerts(Context(session, lead, NOW))
    assert (told.never, told.never_count) == ([case], 1)
    stranger = make_user(session, "lead").as_actor()
    assert team_alerts(Context(session, stranger, NOW)).never_count == 0


def test_a_callback_postponed_while_its_case_is_open_waits_once_it_is_given_back(
    desk: Desk, session: Session
) -> None:
    case: Case = desk.case()
    desk.call(case, "callback_set", callback_at=paris("2026-11-25 09:30"))
    now = paris("2026-11-25 10:00")
    surface_due(session, now=now)
    assert desk.claim_next(at=now) is case
    promise = session.scalars(select(FollowUp).where(FollowUp.case_id == case.id)).one()
    later = paris("2026-11-25 16:00")
    postpone_follow_up(Context(session, desk.actor, now), promise.id, later)
    give_back(Context(session, desk.actor, now + timedelta(minutes=2)), case)
    assert (case.state, case.waiting_reason, case.next_action_at) == ("waiting", "callback", later)
