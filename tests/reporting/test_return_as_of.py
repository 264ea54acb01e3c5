"""A return of a month made much later tells it as it stood at its end, or as was known then."""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.base.context import SYSTEM, Context
from energymed.cases import ledger, transitions
from energymed.cases.as_of import told_as_of
from energymed.cases.cutoff import mark_told, tell_anew
from energymed.cases.models import Case, CaseMove
from energymed.casework.hear_payments import hear_of_payments
from energymed.mediation.acts import note_kept, record_act, void_act
from energymed.mediation.aids import AidStep, move_aid
from energymed.mediation.codes import PlanState, VoidReason
from energymed.mediation.plans import move_plan
from energymed.mediation.request_codes import RequestState, WordKept
from energymed.mediation.requests import move_request
from energymed.partners.codes import Closure
from energymed.reporting.lines import return_lines
from energymed.reporting.scope import Scope
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_user
from tests.reporting.makers import AFTER, NOVEMBER, World, aid, contact, hold, plan

DAY = timedelta(days=1)
LATER = AFTER + 40 * DAY
MUCH_LATER = AFTER + 200 * DAY
PROMISE = {"promised_on": date(2026, 12, 4), "amount_cents": 4_000, "method": "card"}


def told(world: World, as_of: datetime | None = None) -> dict[str, Any]:
    """The only line of EDF's return of November."""
    (line,) = return_lines(world.session, Scope(NOVEMBER, partner_id=world.edf.id), as_of)
    return asdict(line)


def ctx(world: World, at: datetime) -> Context:
    return Context(world.session, SYSTEM, at)


def a_november(world: World) -> tuple[Case, dict[str, Any]]:
    """A case with one of everything, and what its return says of it on the day after."""
    session, case = world.session, world.case(opened_at=NOW, debt_cents=30_000)
    contact(session, case, NOW, result="reached_holder")
    made = {"plan": plan(session, case, NOW), "aid": aid(session, case, NOW),
            "hold": hold(session, case, NOW)}  # fmt: skip
    made["word"] = record_act(ctx(world, NOW + DAY), case.id, "pays_full", PROMISE)
    transitions.close(ctx(world, NOW + 2 * DAY), case, Closure.PLAN_RUNNING)
    session.flush()
    return case, made


def test_what_moved_later_is_for_later_returns(world: World) -> None:
    case, made = a_november(world)
    line = told(world)
    move_plan(ctx(world, LATER), made["plan"].id, PlanState.CANCELLED)
    for state in ("complete", "submitted"):
        move_aid(ctx(world, LATER), made["aid"].id, state, AidStep())
    move_request(ctx(world, LATER), made["hold"].id, RequestState.GRANTED)
    note_kept(ctx(world, LATER), made["word"].id, WordKept.DROPPED)
    transitions.reopen(ctx(world, LATER), case)
    contact(world.session, case, LATER, "letter")
    world.session.flush()
    assert (line["plan_state"], line["promised_cents"]) == ("agreed", 13_000)
    assert (line["state"], line["closure"], line["hold_state"]) == (
        "closed", "plan_running", "asked",
    )  # fmt: skip
    assert told(world) == line
    assert told(world, AFTER) == line


def test_a_correction_noted_later_counts_now_and_was_not_known_then(world: World) -> None:
    _case, made = a_november(world)
    line = told(world)
    void_act(ctx(world, LATER), made["plan"].act_id, VoidReason.TYPING)
    void_act(ctx(world, LATER), made["word"].id, VoidReason.TYPING)
    now = told(world)
    assert (now["plan_state"], now["promised_cents"], now["acts"]) == (
        None, None, "hold_asked|social_support",
    )  # fmt: skip
    assert told(world, LATER) == line
    assert told(world, LATER + DAY) == now


def test_a_payment_told_late_counts_now_and_was_not_known_then(world: World) -> None:
    case, made = a_november(world)
    line = told(world)
    paid = ledger.Entry(case.id, "payment", -9_000, NOW.date() + 2 * DAY, "late")
    ledger.book(world.session, [paid], now=LATER)
    hear_of_payments(ctx(world, LATER), [case.id])
    assert made["plan"].state == "completed"
    now = told(world)
    assert (now["plan_state"], now["confirmed_cents"]) == ("completed", 9_000)
    assert told(world, LATER) == line
    (entry,) = [each for each in case.ledger if each.kind == "payment"]
    ledger.reverse(world.session, [entry], source="undone", now=MUCH_LATER)
    hear_of_payments(ctx(world, MUCH_LATER), [case.id])
    assert told(world) == line
    assert told(world, MUCH_LATER) == now


def test_a_visit_noted_later_was_not_known_then(world: World) -> None:
    case, _made = a_november(world)
    line = told(world)
    contact(world.session, case, NOW + 3 * DAY, "visit", "met_holder").recorded_at = LATER
    world.session.flush()
    assert told(world)["last_contact_on"] == NOW.date() + 3 * DAY
    assert told(world, LATER) == line


def test_a_case_in_call_stands_where_it_stood_before(world: World) -> None:
    session, case = world.session, world.case(opened_at=NOW)
    transitions.assign(ctx(world, NOW), case, _user(world))
    transitions.claim(ctx(world, NOW + DAY), case, _user(world), until=NOW + 2 * DAY)
    session.flush()
    assert told(world)["state"] == "queued"
    transitions.wait(ctx(world, NOW + 2 * DAY), case, "retry", NOW + 5 * DAY)
    session.flush()
    assert told(world)["state"] == "waiting"
    assert told(world, NOW + DAY + timedelta(hours=1))["state"] == "queued"
    assert told(world, NOW + timedelta(hours=1))["state"] == "queued"
    assert session.scalar(select(func.count(CaseMove.id))) == 3


@pytest.mark.parametrize(("moved_to", "in_time"), [(date(2026, 11, 22), False), (None, None)])
def test_whether_a_customer_was_told_in_time_is_known_as_it_was(
    session: Session, world: World, moved_to: date | None, in_time: bool | None
) -> None:
    case = world.case(campaign_kind="cutoff_notice", debt_cents=None, cutoff_date=date(2026, 12, 1))
    mark_told(ctx(world, NOW), case, NOW)
    case.cutoff_date = moved_to
    session.flush()
    tell_anew(session, [case.id], LATER)
    assert session.execute(told_as_of(LATER)).all() == [(case.id, NOW, True)]
    for as_of in (None, LATER + DAY):
        assert session.execute(told_as_of(as_of)).all() == [(case.id, NOW, in_time)]
    mark_told(ctx(world, MUCH_LATER), case, None)
    session.flush()
    assert session.execute(told_as_of()).all() == []
    assert session.execute(told_as_of(MUCH_LATER + DAY)).all() == []
    assert session.execute(told_as_of(NOW)).all() == []


def _user(world: World) -> int:
    return make_user(world.session, site=world.site).id
