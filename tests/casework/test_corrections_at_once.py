"""Two people correct the same act, or open the same case again, at the same moment."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.context import Context
from energymed.base.db import transaction
from energymed.base.errors import Refused
from energymed.cases import transitions
from energymed.cases.codes import ReopenReason
from energymed.cases.models import CaseMove
from energymed.casework.agreed_acts import AgreedAct
from energymed.casework.correct_act import correct_act
from energymed.casework.reopen_case import reopen_case
from energymed.mediation.codes import ActKind, VoidReason
from energymed.mediation.models import Act, Plan
from energymed.mediation.plans import agree_plan
from energymed.mediation.rules import PlanTerms
from energymed.partners.codes import Closure
from tests.calling.queue.test_claims_at_once import at_once
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_case, make_user
from tests.mediation.test_plans import TERMS

PEOPLE = 4


def tries(app: Flask, do: Callable[[Session], Any]) -> list[bool]:
    """Whether each of those who press at once got it done."""

    def one() -> bool:
        try:
            with transaction() as session:
                do(session)
        except Refused:
            return False
        return True

    return at_once(app, [one] * PEOPLE)


def test_a_plan_is_corrected_once(app: Flask, session: Session) -> None:
    mediator = make_user(session)
    case = make_case(session, assigned_to=mediator)
    actor = mediator.as_actor()
    act_id = agree_plan(Context(session, actor, NOW), case.id, TERMS).act_id
    session.commit()
    right = AgreedAct(ActKind.PLAN_AGREED, PlanTerms(8_000, 4, TERMS.first_due_on))

    def correct(mine: Session) -> None:
        correct_act(Context(mine, actor, NOW), act_id, right, VoidReason.TYPING)

    assert tries(app, correct).count(True) == 1
    session.expire_all()
    assert len(session.scalars(select(Act).where(Act.voided_at.is_(None))).all()) == 1
    assert sorted(session.scalars(select(Plan.state))) == ["agreed", "cancelled"]


def test_a_case_is_opened_again_once(app: Flask, session: Session) -> None:
    mediator = make_user(session)
    case = make_case(session, assigned_to=mediator)
    actor, case_id = mediator.as_actor(), case.id
    transitions.close(Context(session, actor, NOW), case, Closure.ADVISED)
    session.commit()

    def reopen(mine: Session) -> None:
        reopen_case(Context(mine, actor, NOW), case_id, ReopenReason.CALLED_BACK)

    assert tries(app, reopen).count(True) == 1
    session.expire_all()
    moves = select(CaseMove).where(CaseMove.reopen_reason.is_not(None))
    assert len(session.scalars(moves).all()) == 1
