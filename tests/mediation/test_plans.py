"""Plans through the services: agreed, confirmed, cancelled."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.base.context import Context
from energymed.base.errors import BadInput, Conflict, DomainError, NotFound, Refused
from energymed.mediation.acts import record_act, void_act
from energymed.mediation.codes import PlanState
from energymed.mediation.instalments import confirm_instalment, note_word
from energymed.mediation.models import Act, Plan
from energymed.mediation.plans import agree_plan, move_plan, running_plan
from energymed.mediation.rules import PlanTerms
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_case
from tests.mediation.conftest import Desk

TERMS = PlanTerms(10_000, 4, date(2026, 12, 7))


def agreed(session: Session, desk: Desk, terms: PlanTerms = TERMS, key: str | None = None) -> Plan:
    return agree_plan(Context(session, desk.actor, NOW), desk.case.id, terms, request_key=key)


def test_a_plan_is_agreed_then_confirmed(session: Session, desk: Desk) -> None:
    plan = agreed(session, desk)
    assert (plan.state, plan.agreed_on, plan.confirmed_on) == ("agreed", date(2026, 11, 23), None)
    assert [i.amount_cents for i in plan.instalments] == [2_500] * 4
    move_plan(Context(session, desk.actor, NOW), plan.id, "confirmed")
    assert (plan.state, plan.confirmed_on) == ("confirmed", date(2026, 11, 23))
    actions = set(session.scalars(select(AuditEvent.action)))
    assert {"plan.agreed", "plan.confirmed"} <= actions


@pytest.mark.parametrize("state", ["kept", "broken", "completed"])
def test_nobody_says_by_a_click_that_a_plan_is_kept(
    session: Session, desk: Desk, state: str
) -> None:
    plan = agreed(session, desk)
    with pytest.raises(Refused):
        move_plan(Context(session, desk.actor, NOW), plan.id, state)


def test_a_plan_that_is_paid_before_the_supplier_confirms_stays_kept(
    session: Session, desk: Desk
) -> None:
    plan = agreed(session, desk)
    plan.state = PlanState.KEPT
    move_plan(Context(session, desk.actor, NOW), plan.id, "confirmed")
    assert (plan.state, plan.confirmed_on) == ("kept", date(2026, 11, 23))
    move_plan(Context(session, desk.actor, NOW), plan.id, "cancelled")
    assert (plan.state, plan.ended_on) == ("cancelled", date(2026, 11, 23))


def test_the_real_plan_of_the_field_is_kept_as_agreed(session: Session, desk: Desk) -> None:
    case = make_case(session, site=desk.case.site, debt_cents=172_075)
    terms = PlanTerms(172_075, 11, date(2026, 12, 7), down_payment_cents=14_335)
    plan = agree_plan(Context(session, desk.actor, NOW), case.id, terms)
    assert plan.down_payment_cents == 14_335
    assert [(i.number, i.amount_cents) for i in plan.instalments] == [
        (0, 14_335), *((number, 14_340) for number in range(1, 12)),
    ]  # fmt: skip
    assert plan.first_due_on == plan.instalments[1].due_on == date(2027, 1, 7)


def test_a_double_click_makes_one_plan(session: Session, desk: Desk) -> None:
    first = agreed(session, desk, key="k")
    assert agreed(session, desk, key="k").id == first.id
    assert session.scalar(select(func.count()).select_from(Plan)) == 1
    assert session.scalar(select(func.count()).select_from(Act)) == 1


def test_a_form_serves_one_case(session: Session, desk: Desk) -> None:
    agreed(session, desk, key="k")
    other = make_case(session, site=desk.case.site)
    with pytest.raises(Conflict):
        agree_plan(Context(session, desk.actor, NOW), other.id, TERMS, request_key="k")


def test_one_running_plan_at_a_time(session: Session, desk: Desk) -> None:
    plan = agreed(session, desk)
    with pytest.raises(Refused, match="court déjà"):
        agreed(session, desk)
    assert session.scalar(select(func.count()).select_from(Act)) == 1
    move_plan(Context(session, desk.actor, NOW), plan.id, "cancelled")
    assert running_plan(session, desk.case.id) is None
    assert agreed(session, desk).id != plan.id


def test_over_indebtedness_suspends_new_plans(session: Session, desk: Desk) -> None:
    record_act(
        Context(session, desk.actor, NOW), desk.case.id, "overindebtedness", {"stage": "admissible"}
    )
    with pytest.raises(Refused, match="surendettement"):
        agreed(session, desk)


@pytest.mark.parametrize(
    ("change", "error", "field"),
    [
        ({"amount_cents": 10_001}, Refused, "amount"),
        ({"method": "barter"}, BadInput, "method"),
        ({"first_due_on": date(2026, 11, 22)}, BadInput, "first_due_on"),
        (
            {"down_payment_cents": 2_000, "down_payment_on": date(2026, 11, 20)},
            BadInput,
            "down_payment_on",
        ),
        ({"instalment_count": 37}, BadInput, "count"),
    ],
)
def test_terms_that_the_case_does_not_bear(
    session: Session, desk: Desk, change: dict[str, Any], error: type[DomainError], field: str
) -> None:
    with pytest.raises(error) as refusal:
        agreed(session, desk, replace(TERMS, **change))
    assert refusal.value.params["field"] == field
    assert session.scalar(select(func.count()).select_from(Act)) == 0


def test_a_mission_without_a_debt_has_no_plan(session: Session, desk: Desk) -> None:
    notice = make_case(session, site=desk.case.site, debt_cents=None, campaign_kind="cutoff_notice")
    with pytest.raises(Refused, match="pas de dette"):
        agree_plan(Context(session, desk.actor, NOW), notice.id, TERMS)


def test_instalments_follow_the_households_holidays(session: Session, desk: Desk) -> None:
    alsace = make_case(session, site=desk.case.site, postal_code="67000")
    terms = PlanTerms(10_000, 1, date(2027, 3, 26))  # Good Friday, a holiday there alone
    there = agree_plan(Context(session, desk.actor, NOW), alsace.id, terms)
    here = agreed(session, desk, terms)
    assert here.instalments[0].due_on == date(2027, 3, 26)
    assert there.instalments[0].due_on == date(2027, 3, 30)


def test_a_cancelled_plan_does_not_move_again(session: Session, desk: Desk) -> None:
    plan = agreed(session, desk)
    move_plan(Context(session, desk.actor, NOW), plan.id, "cancelled")
    with pytest.raises(Refused):
        move_plan(Context(session, desk.actor, NOW), plan.id, "confirmed")
    with pytest.raises(Refused):
        note_word(Context(session, desk.actor, NOW), plan.instalments[0].id, "paid")
    with pytest.raises(Refused):
        confirm_instalment(
            Context(session, desk.actor, NOW), plan.instalments[0].id,
            paid_on=date(2026, 11, 23), source="courriel",
        )  # fmt: skip


def test_an_act_taken_back_cancels_its_plan(session: Session, desk: Desk) -> None:
    plan = agreed(session, desk)
    void_act(Context(session, desk.actor, NOW), plan.act_id)
    assert (plan.state, plan.act.voided_at) == ("cancelled", NOW)
    assert agreed(session, desk).state == "agreed"


def test_the_act_of_a_plan_paid_in_full_is_not_taken_back(session: Session, desk: Desk) -> None:
    plan = agreed(session, desk)
    plan.state = PlanState.COMPLETED
    with pytest.raises(Refused):
        void_act(Context(session, desk.actor, NOW), plan.act_id)
    assert plan.state == "completed"


def test_another_sites_plan_does_not_exist(session: Session, desk: Desk) -> None:
    plan = agreed(session, desk)
    with pytest.raises(NotFound):
        agree_plan(Context(session, desk.stranger, NOW), desk.case.id, TERMS)
    with pytest.raises(NotFound):
        move_plan(Context(session, desk.stranger, NOW), plan.id, "broken")
    with pytest.raises(NotFound):
        note_word(Context(session, desk.stranger, NOW), plan.instalments[0].id, "unpaid")
    with pytest.raises(NotFound):
        move_plan(Context(session, desk.actor, NOW), 999_999, "broken")
    with pytest.raises(NotFound):
        note_word(Context(session, desk.actor, NOW), 999_999, "unpaid")


def test_a_plan_may_begin_today_and_earlier_days_are_over(session: Session, desk: Desk) -> None:
    today = NOW.date()
    terms = PlanTerms(10_000, 2, date(2026, 12, 7), down_payment_cents=2_000, down_payment_on=today)
    with pytest.raises(BadInput) as refusal:
        agreed(session, desk, replace(terms, down_payment_on=today - timedelta(days=1)))
    assert refusal.value.params["field"] == "down_payment_on"
    plan = agreed(session, desk, terms)
    assert plan.instalments[0].due_on == today
    move_plan(Context(session, desk.actor, NOW), plan.id, PlanState.CANCELLED)
    first = agreed(session, desk, PlanTerms(10_000, 2, today)).instalments[0]
    assert first.due_on == today
