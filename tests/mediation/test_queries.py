"""What a case shows, and what falls due; the number of queries is counted."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from energymed.base.context import Context
from energymed.base.db import db
from energymed.calling.follow_ups.service import add_follow_up, finish_follow_up
from energymed.mediation import queries
from energymed.mediation.acts import record_act, void_act
from energymed.mediation.aids import AidOpening, AidStep, move_aid, open_aid
from energymed.mediation.cheque import ChequeTalk, give_awareness
from energymed.mediation.models import Instalment
from energymed.mediation.plans import agree_plan, mark_instalment, move_plan
from energymed.mediation.referrals import ReferralRequest, refer
from energymed.mediation.rules import PlanTerms
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_case
from tests.mediation.conftest import Desk

TERMS = PlanTerms(10_000, 4, date(2026, 12, 7))
DUE = date(2026, 12, 8)  # the day after the first instalment
MORNING_AFTER = NOW + timedelta(days=15)


@contextmanager
def counted() -> Iterator[list[str]]:
    said: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(db.engine, "before_cursor_execute", hear)


def test_a_case_shows_everything_in_six_queries(session: Session, desk: Desk) -> None:
    actor, case_id = desk.actor, desk.case.id
    for _turn in range(2):
        plan = agree_plan(Context(session, actor, NOW), case_id, TERMS)
        move_plan(Context(session, actor, NOW), plan.id, "cancelled")
        open_aid(Context(session, actor, NOW), case_id, AidOpening("ccas", consent=True))
    for body in ("ccas", "pcb"):
        request = ReferralRequest(body, "budget", "coordinates_given", consent=True)
        referral = refer(Context(session, actor, NOW), case_id, request)
    for year in (2025, 2026):
        give_awareness(Context(session, actor, NOW), case_id, ChequeTalk(year, "used", ("expiry",)))
    record_act(Context(session, actor, NOW), case_id, "refuses_solution", {})
    void_act(Context(session, actor, NOW), referral.act_id)
    session.commit()
    with counted() as said:
        found = queries.of_case(session, case_id)
        names = {act.user.name for act in found.acts if act.user}
        instalments = [len(plan.instalments) for plan in found.plans]
        crossed = [each.body for each in found.referrals if each.act.voided_at]
        dated = [aid.act.acted_on for aid in found.aids]
        dated += [cheque.act.acted_on for cheque in found.cheques]
        dated += [plan.act.acted_on for plan in found.plans]
    assert len([text for text in said if text.startswith("SELECT")]) == 6
    assert (len(found.acts), names) == (9, {actor.name})
    assert (instalments, crossed, len(dated)) == ([4, 4], ["pcb"], 6)


def due(session: Session, day: date = DUE) -> list[Instalment]:
    return queries.instalments_due(session, day)


def test_an_instalment_is_due_once_its_day_is_over(session: Session, desk: Desk) -> None:
    plan = agree_plan(Context(session, desk.actor, NOW), desk.case.id, TERMS)
    assert due(session, date(2026, 12, 7)) == []
    assert due(session) == [plan.instalments[0]]
    mark_instalment(Context(session, desk.actor, NOW), plan.instalments[0].id, "declared_paid")
    assert due(session) == []


@pytest.mark.parametrize("state", ["broken", "cancelled"])
def test_a_plan_that_ended_makes_nothing_due(session: Session, desk: Desk, state: str) -> None:
    plan = agree_plan(Context(session, desk.actor, NOW), desk.case.id, TERMS)
    move_plan(Context(session, desk.actor, NOW), plan.id, state)
    assert due(session) == []


def test_an_instalment_is_followed_by_one_person_at_a_time(session: Session, desk: Desk) -> None:
    plan = agree_plan(Context(session, desk.actor, NOW), desk.case.id, TERMS)
    first = plan.instalments[0]
    follow_up = add_follow_up(
        Context(session, desk.actor, MORNING_AFTER),
        desk.case,
        "instalment",
        MORNING_AFTER,
        instalment_id=first.id,
    )
    assert due(session) == []
    finish_follow_up(Context(session, desk.actor, MORNING_AFTER), follow_up.id, "done")
    assert due(session, DUE + timedelta(days=7)) == []
    assert due(session, DUE + timedelta(days=8)) == [first]


def test_many_instalments_due_are_one_query(session: Session, desk: Desk) -> None:
    for _case in range(3):
        case = make_case(session, site=desk.case.site)
        agree_plan(Context(session, desk.actor, NOW), case.id, TERMS)
    session.commit()
    with counted() as said:
        assert len({each.plan.case.reference for each in due(session)}) == 3
    assert len([text for text in said if text.startswith("SELECT")]) == 1


def test_papers_that_keep_being_missing_are_due_after_a_week(session: Session, desk: Desk) -> None:
    opening = AidOpening("ccas", consent=True, missing_documents=("bill",))
    aid = open_aid(Context(session, desk.actor, NOW), desk.case.id, opening)
    assert queries.papers_due(session, date(2026, 11, 29)) == []
    assert queries.papers_due(session, date(2026, 11, 30)) == [aid]
    add_follow_up(Context(session, desk.actor, NOW), desk.case, "documents", MORNING_AFTER)
    assert queries.papers_due(session, date(2026, 11, 30)) == []


def test_complete_papers_are_not_due(session: Session, desk: Desk) -> None:
    opening = AidOpening("ccas", consent=True, missing_documents=("bill",))
    aid = open_aid(Context(session, desk.actor, NOW), desk.case.id, opening)
    move_aid(Context(session, desk.actor, NOW), aid.id, "complete", AidStep())
    assert queries.papers_due(session, date(2026, 12, 30)) == []
