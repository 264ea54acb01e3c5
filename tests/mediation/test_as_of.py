"""The journal of acts: the last move noted says how it was on a day, and what was known when."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.context import Context
from energymed.base.db.as_of import stands
from energymed.casework.agreed_acts import AgreedAct
from energymed.casework.correct_act import correct_act
from energymed.mediation.acts import note_kept, record_act, void_act
from energymed.mediation.aids import AidOpening, AidStep, move_aid, open_aid
from energymed.mediation.as_of import reached, state_as_of
from energymed.mediation.codes import ActKind, AidState, PlanState, VoidReason
from energymed.mediation.models import Act
from energymed.mediation.move_models import ActMove, Avoidance, MoveKind
from energymed.mediation.moves import set_plan_state
from energymed.mediation.payment_cover import holds_from
from energymed.mediation.plan_withdrawal import withdraw_plan
from energymed.mediation.plans import agree_plan, move_plan
from energymed.mediation.request_codes import RequestState, WordKept
from energymed.mediation.request_models import PartnerRequest
from energymed.mediation.requests import RequestStep, forget_avoided, move_request, note_avoided
from energymed.mediation.rules import PlanTerms
from tests.factories import MONDAY_MORNING as NOW
from tests.mediation.conftest import Desk

TERMS = PlanTerms(9_000, 3, date(2027, 1, 4))
DAY = timedelta(days=1)
TODAY = NOW.date()


def at(session: Session, desk: Desk, days: int = 0) -> Context:
    return Context(session, desk.actor, NOW + days * DAY)


def state(
    session: Session,
    kind: MoveKind,
    *,
    until: int | None = None,
    as_of: datetime | None = None,
) -> str | None:
    """Of the only record, at the end of so many days from now, as was known at an instant."""
    day = None if until is None else TODAY + until * DAY
    moves = session.scalars(state_as_of(kind, as_of=as_of, until=day)).all()
    return moves[-1].state if moves else None


def test_a_state_holds_from_its_day_and_is_known_from_its_instant(
    session: Session, desk: Desk
) -> None:
    aid = open_aid(at(session, desk), desk.case.id, AidOpening("ccas", consent=True))
    move_aid(at(session, desk, 1), aid.id, AidState.COMPLETE, AidStep())
    late = at(session, desk, 9)
    move_aid(late, aid.id, AidState.SUBMITTED, AidStep(on=TODAY + 4 * DAY))
    found = [state(session, MoveKind.AID, until=days) for days in (-1, 0, 1, 3, 4)]
    assert found == [None, "consent_given", "complete", "complete", "submitted"]
    assert state(session, MoveKind.AID, until=4, as_of=late.now) == "complete"
    assert state(session, MoveKind.AID, until=4, as_of=late.now + DAY) == "submitted"


def test_what_a_fund_granted_and_paid_is_kept_with_its_day(session: Session, desk: Desk) -> None:
    aid = open_aid(at(session, desk), desk.case.id, AidOpening("ccas", consent=True))
    for to in (AidState.COMPLETE, AidState.SUBMITTED):
        move_aid(at(session, desk), aid.id, to, AidStep())
    move_aid(at(session, desk, 5), aid.id, AidState.GRANTED_FULL, AidStep(amount_cents=4_000))
    move_aid(at(session, desk, 9), aid.id, AidState.PAID_TO_SUPPLIER, AidStep(amount_cents=3_500))
    decided = session.scalars(reached(MoveKind.AID, [AidState.GRANTED_FULL])).one()
    assert (decided.on_date, decided.cents) == (TODAY + 5 * DAY, 4_000)
    paid = session.scalars(reached(MoveKind.AID, [AidState.PAID_TO_SUPPLIER])).one()
    assert (paid.on_date, paid.cents) == (TODAY + 9 * DAY, 3_500)


def test_a_plan_that_is_kept_is_confirmed_on_its_day_and_stays_kept(
    session: Session, desk: Desk
) -> None:
    plan = agree_plan(at(session, desk), desk.case.id, TERMS)
    set_plan_state(at(session, desk, 1), plan, PlanState.KEPT, TODAY + DAY)
    move_plan(at(session, desk, 2), plan.id, PlanState.CONFIRMED)
    assert state(session, MoveKind.PLAN) == plan.state == "kept"
    confirmed = session.scalars(reached(MoveKind.PLAN, [PlanState.CONFIRMED])).one()
    assert confirmed.on_date == TODAY + 2 * DAY


def test_a_renegotiation_that_is_taken_back_never_was(session: Session, desk: Desk) -> None:
    former = agree_plan(at(session, desk), desk.case.id, TERMS)
    new = agree_plan(at(session, desk, 5), desk.case.id, PlanTerms(6_000, 2, date(2027, 1, 4),
                                                                   replaces=True))  # fmt: skip
    withdrawn = at(session, desk, 30)
    withdraw_plan(withdrawn, new.act)
    moves = state_as_of(MoveKind.PLAN, ActMove.act_id == former.act_id, until=TODAY + 6 * DAY)
    assert session.scalars(moves).one().state == "agreed"
    then = state_as_of(
        MoveKind.PLAN, ActMove.act_id == former.act_id, until=TODAY + 6 * DAY, as_of=withdrawn.now
    )
    assert session.scalars(then).one().state == "renegotiated"
    ended = reached(MoveKind.PLAN, [PlanState.RENEGOTIATED])
    assert session.scalars(ended.where(ActMove.act_id == former.act_id)).all() == []


MAY, JUNE, TODAY_OF_PLAN = date(2026, 5, 10), date(2026, 6, 5), date(2026, 6, 20)


@pytest.mark.parametrize(
    ("to", "moved", "since"),
    [
        (PlanState.COMPLETED, [(MAY, MAY), (None, JUNE)], JUNE),  # a late file
        (PlanState.BROKEN, [(None, MAY), (None, None)], TODAY_OF_PLAN),
        (PlanState.CONFIRMED, [(MAY, MAY), (None, None)], TODAY_OF_PLAN),  # time has passed
        (PlanState.KEPT, [(MAY, MAY), (JUNE, None)], JUNE),  # a file that is undone
        (PlanState.CONFIRMED, [(MAY, None), (JUNE, None)], MAY),
        (PlanState.KEPT, [(MAY, JUNE), (JUNE, None)], MAY),
        (PlanState.COMPLETED, [(None, date(2026, 7, 1))], TODAY_OF_PLAN),  # dated ahead
    ],
)
def test_since_when_payments_have_led_a_plan_where_it_stands(
    to: PlanState, moved: list[tuple[date | None, date | None]], since: date
) -> None:
    assert holds_from(to, moved, TODAY_OF_PLAN) == since


def test_a_correction_went_through_the_same_steps_and_was_not_known_before(
    session: Session, desk: Desk
) -> None:
    aid = open_aid(at(session, desk), desk.case.id, AidOpening("ccas", consent=True))
    for days, to in ((1, AidState.COMPLETE), (2, AidState.SUBMITTED), (9, AidState.ADJOURNED)):
        move_aid(at(session, desk, days), aid.id, to, AidStep())
    later = at(session, desk, 20)
    right = AgreedAct(ActKind.AID_OPENED, AidOpening("caf", consent=True))
    made = correct_act(later, aid.act_id, right, VoidReason.TYPING)
    moves = session.scalars(select(ActMove).where(ActMove.act_id == made.id)).all()
    assert [(move.state, (move.on_date - TODAY).days) for move in moves] == [
        ("consent_given", 0), ("complete", 1), ("submitted", 2), ("adjourned", 9),
    ]  # fmt: skip
    assert {move.recorded_at for move in moves} == {later.now}
    assert made.created_at == NOW
    of_then = session.scalars(select(Act).where(stands(Act, later.now))).all()
    of_now = session.scalars(select(Act).where(stands(Act))).all()
    assert ([act.id for act in of_then], [act.id for act in of_now]) == ([aid.act_id], [made.id])


def test_a_request_keeps_until_when_it_was_asked_and_granted(session: Session, desk: Desk) -> None:
    details = {"subjects": ["reminders"], "asked_of": "supplier", "reason": "aid_pending"}
    act = record_act(at(session, desk), desk.case.id, "hold_asked", details)
    request = session.scalars(select(PartnerRequest).where(PartnerRequest.act_id == act.id)).one()
    step = RequestStep(until=TODAY + 60 * DAY)
    move_request(at(session, desk, 3), request.id, RequestState.GRANTED, step)
    void_act(at(session, desk, 4), act.id, VoidReason.TYPING)
    moves = session.scalars(select(ActMove).order_by(ActMove.id)).all()
    assert [(move.state, move.until) for move in moves] == [
        ("asked", TODAY + 30 * DAY), ("granted", TODAY + 60 * DAY), ("ended", TODAY + 60 * DAY),
    ]  # fmt: skip


def test_words_kept_and_interventions_avoided_are_taken_back(session: Session, desk: Desk) -> None:
    details = {"subjects": ["reminders"], "asked_of": "supplier", "reason": "aid_pending"}
    record_act(at(session, desk), desk.case.id, "hold_asked", details)
    request = session.scalars(select(PartnerRequest)).one()
    note_avoided(at(session, desk, 3), request.id, TODAY + 2 * DAY, "courriel")
    note_avoided(at(session, desk, 4), request.id, TODAY + DAY, "courriel")
    said = session.scalars(state_as_of(MoveKind.INTERVENTION)).all()
    assert [(move.state, move.on_date) for move in said] == [(Avoidance.AVOIDED, TODAY + DAY)]
    forget_avoided(at(session, desk, 5), request.id)
    assert state(session, MoveKind.INTERVENTION) == "not_avoided"
    promise = {"promised_on": TODAY + 9 * DAY, "amount_cents": 4_000, "method": "card"}
    word = record_act(at(session, desk), desk.case.id, "pays_full", promise)
    for days, kept in ((9, WordKept.NOT_KEPT), (12, WordKept.KEPT)):
        note_kept(at(session, desk, days), word.id, kept)
    found = [state(session, MoveKind.WORD, until=days) for days in (8, 9, 11, 12)]
    assert found == [None, "not_kept", "not_kept", "kept"]
