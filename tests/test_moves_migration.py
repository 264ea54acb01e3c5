"""The migration of moves: each state on file gets the moves that its days tell, and no others."""

from datetime import date, timedelta

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, text

from energymed.base.context import Context
from energymed.base.db import db, transaction
from energymed.calling.models import Contact
from energymed.cases import transitions
from energymed.cases.models import Case
from energymed.cases.told_models import CutoffTold
from energymed.mediation.acts import note_kept, record_act, void_act
from energymed.mediation.aids import AidOpening, AidStep, move_aid, open_aid
from energymed.mediation.codes import AidState, PlanState, VoidReason
from energymed.mediation.models import Act
from energymed.mediation.move_models import ActMove
from energymed.mediation.plans import agree_plan, move_plan
from energymed.mediation.request_codes import RequestState, WordKept
from energymed.mediation.request_models import PartnerRequest
from energymed.mediation.requests import move_request, note_avoided
from energymed.mediation.rules import PlanTerms
from energymed.partners import rulebook
from energymed.partners.codes import Closure
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_case, make_user, tell_customer
from tests.test_migrations import bare_app

__all__ = ["bare_app"]  # the fixture

pytestmark = pytest.mark.slow

BEFORE = "0040"
DAY = timedelta(days=1)
TODAY = NOW.date()
HOLD = {"subjects": ["reminders"], "asked_of": "supplier", "reason": "aid_pending"}
PROMISE = {"promised_on": TODAY, "amount_cents": 1_000, "method": "card"}


def worked() -> None:
    """Plans, aids, a hold, a complaint, a promise, a closure taken back, and a case told."""
    with transaction() as session:
        rulebook.seed(session)
        mediator = make_user(session)
        case = make_case(session, assigned_to=mediator, debt_cents=50_000)

        def at(days: int) -> Context:
            return Context(session, mediator.as_actor(), NOW + days * DAY)

        plan = agree_plan(at(0), case.id, PlanTerms(9_000, 3, date(2027, 1, 4)))
        move_plan(at(2), plan.id, PlanState.CONFIRMED)
        move_plan(at(8), plan.id, PlanState.CANCELLED)
        aid = open_aid(at(0), case.id, AidOpening("ccas", True, amount_requested_cents=5_000))
        for days, to in enumerate((AidState.COMPLETE, AidState.SUBMITTED), 1):
            move_aid(at(days), aid.id, to, AidStep())
        move_aid(at(5), aid.id, AidState.GRANTED_PARTIAL, AidStep(amount_cents=4_000))
        move_aid(at(9), aid.id, AidState.PAID_TO_SUPPLIER, AidStep(amount_cents=4_000))
        act = record_act(at(0), case.id, "hold_asked", HOLD)
        request = session.scalars(select(PartnerRequest)).one()
        move_request(at(3), request.id, RequestState.GRANTED)
        note_avoided(at(6), request.id, TODAY + 5 * DAY, "courriel")
        wrong = record_act(at(0), case.id, "dispute", {"subject": "amount", "reason": "Index",
                                                       "forwarded_to": "supplier"})  # fmt: skip
        note_kept(at(4), record_act(at(0), case.id, "pays_full", PROMISE).id, WordKept.KEPT)
        void_act(at(7), wrong.id, VoidReason.TYPING)
        act.corrects_id = wrong.id
        transitions.close(at(9), case, Closure.SETTLED)
        transitions.reopen(at(10), case)
        transitions.close(at(11), case, Closure.AID_PENDING)
        told = {"case_id": case.id, "person_id": case.person_id, "channel": "visit"}
        session.add(Contact(**told, started_at=NOW, ended_at=NOW + DAY))
        notice = make_case(session, campaign_kind="cutoff_notice", cutoff_date=TODAY + DAY)
        tell_customer(notice, NOW)


def moves() -> list[tuple[str, str, int, object]]:
    with transaction() as session:
        return [
            (move.kind, move.state, (move.on_date - TODAY).days, move.cents or move.until)
            for move in session.scalars(select(ActMove).order_by(ActMove.act_id, ActMove.id))
        ]


def test_what_is_on_file_gets_its_moves_there_and_back(bare_app: Flask) -> None:
    upgrade()
    worked()
    known = moves()
    downgrade(revision=BEFORE)
    upgrade()
    # a request for aid does not say on which day it was complete; nor what was done to a state
    told = [move for move in known if move[1] != "complete"]
    assert sorted(moves(), key=str) == sorted(told, key=str)
    with transaction() as session:
        acts = {act.kind: act for act in session.scalars(select(Act))}
        corrected = acts["hold_asked"].recorded_at - acts["hold_asked"].created_at
        assert (corrected, acts["pays_full"].recorded_at) == (7 * DAY, NOW)
        assert session.scalars(select(Contact.recorded_at)).one() == NOW + DAY
        told_of = session.scalars(select(CutoffTold)).one()
        assert (told_of.told_at, told_of.in_time, told_of.recorded_at) == (NOW, True, NOW)
        assert session.scalars(select(Case.state).order_by(Case.id)).first() == "closed"
    with db.engine.connect() as connection:
        closed = "SELECT closure FROM case_move WHERE to_state = 'closed' ORDER BY id"
        assert connection.scalars(text(closed)).all() == ["settled", "aid_pending"]
        recorded = connection.execute(text("SELECT min(recorded_at) FROM act_move")).scalar()
        assert "22 23:00" in str(recorded).replace("T", " ")  # midnight of the 23rd in Paris
