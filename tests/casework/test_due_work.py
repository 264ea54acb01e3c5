"""Late instalments that nobody follows."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from energymed.base.context import Context
from energymed.calling.follow_ups.service import add_follow_up, finish_follow_up
from energymed.cases.models import Case
from energymed.casework.due_work import instalments_due
from energymed.mediation.codes import InstalmentState, PlanState
from energymed.mediation.instalments import note_word
from energymed.mediation.models import Instalment
from energymed.mediation.plans import agree_plan, move_plan
from energymed.mediation.rules import PlanTerms
from tests.calling.conftest import NOW, Desk, counted

TERMS = PlanTerms(10_000, 4, date(2026, 12, 7))
DUE = date(2026, 12, 15)  # the day after the last one on which the first instalment is in time
MORNING_AFTER = NOW + timedelta(days=22)


@pytest.fixture
def case(desk: Desk) -> Case:
    return desk.case()


def due(session: Session, day: date = DUE) -> list[Instalment]:
    return instalments_due(session, day)


def test_an_instalment_is_due_once_its_last_day_is_over(
    session: Session, desk: Desk, case: Case
) -> None:
    plan = agree_plan(Context(session, desk.actor, NOW), case.id, TERMS)
    assert due(session, DUE - timedelta(days=1)) == []
    assert due(session) == [plan.instalments[0]]
    note_word(Context(session, desk.actor, NOW), plan.instalments[0].id, "paid")
    assert plan.instalments[0].state == "due"  # the word alone; `hear_payments` draws the rest
    assert due(session) == []


def test_a_cancelled_plan_makes_nothing_due(session: Session, desk: Desk, case: Case) -> None:
    plan = agree_plan(Context(session, desk.actor, NOW), case.id, TERMS)
    move_plan(Context(session, desk.actor, NOW), plan.id, "cancelled")
    assert due(session) == []


def test_where_nothing_is_owed_nothing_is_due(session: Session, desk: Desk, case: Case) -> None:
    agree_plan(Context(session, desk.actor, NOW), case.id, TERMS)
    case.debt_cents = 0
    session.flush()
    assert due(session) == []


def test_a_plan_that_another_one_replaced_makes_nothing_due(
    session: Session, desk: Desk, case: Case
) -> None:
    broken = agree_plan(Context(session, desk.actor, NOW), case.id, TERMS)
    broken.state, broken.instalments[0].state = PlanState.BROKEN, InstalmentState.MISSED
    assert due(session) == [broken.instalments[0]]
    assert due(session, date(2027, 3, 1)) == [broken.instalments[0]]  # what broke it, alone
    agree_plan(Context(session, desk.actor, NOW), case.id, replace(TERMS, first_due_on=DUE))
    assert due(session) == []


def test_an_instalment_is_followed_by_one_person_at_a_time(
    session: Session, desk: Desk, case: Case
) -> None:
    plan = agree_plan(Context(session, desk.actor, NOW), case.id, TERMS)
    first = plan.instalments[0]
    follow_up = add_follow_up(
        Context(session, desk.actor, MORNING_AFTER),
        case,
        "instalment",
        MORNING_AFTER,
        instalment_id=first.id,
    )
    assert due(session) == []
    finish_follow_up(Context(session, desk.actor, MORNING_AFTER), follow_up.id, "done")
    assert due(session, DUE + timedelta(days=7)) == []
    assert due(session, DUE + timedelta(days=8)) == [first]


def test_many_instalments_due_are_two_queries(session: Session, desk: Desk) -> None:
    for case in (desk.case() for _turn in range(3)):
        agree_plan(Context(session, desk.actor, NOW), case.id, TERMS)
    session.commit()
    with counted() as said:
        assert len({each.plan.case.reference for each in due(session)}) == 3
    assert len([text for text in said if text.startswith("SELECT")]) == 3  # and two rules
