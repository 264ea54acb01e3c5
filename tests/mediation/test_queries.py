"""What a case shows, in a counted number of queries."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from sqlalchemy import event
from sqlalchemy.orm import Session

from energymed.base.context import Context
from energymed.base.db import db
from energymed.mediation import queries
from energymed.mediation.acts import record_act, void_act
from energymed.mediation.aids import AidOpening, open_aid
from energymed.mediation.cheque import ChequeTalk, give_awareness
from energymed.mediation.plans import agree_plan, move_plan
from energymed.mediation.referrals import ReferralRequest, refer
from energymed.mediation.rules import PlanTerms
from tests.factories import MONDAY_MORNING as NOW
from tests.mediation.conftest import Desk

TERMS = PlanTerms(10_000, 4, date(2026, 12, 7))


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


def test_a_case_shows_everything_in_seven_queries(session: Session, desk: Desk) -> None:
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
    record_act(Context(session, actor, NOW), case_id, "info_given", {"topics": ["bill"]})
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
    assert len([text for text in said if text.startswith("SELECT")]) == 7
    assert (len(found.acts), names) == (9, {actor.name})
    assert (instalments, crossed, len(dated)) == ([4, 4], ["pcb"], 6)
