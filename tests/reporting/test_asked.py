"""What a return tells of promises and of what a partner was asked for, at the end of its period."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from energymed.base.context import SYSTEM, Context
from energymed.base.periods import parse_period
from energymed.cases import ledger
from energymed.cases.models import Case
from energymed.mediation.acts import note_kept, record_act, void_act
from energymed.mediation.models import Act
from energymed.mediation.request_codes import RequestState, WordKept
from energymed.mediation.request_models import PartnerRequest
from energymed.mediation.requests import RequestStep, move_request
from energymed.partners.disclosure import withheld_topics
from energymed.reporting.lines import ReturnLine, return_lines
from energymed.reporting.scope import Scope
from tests.factories import MONDAY_MORNING as NOW
from tests.reporting.makers import (
    AFTER,
    FIRST,
    INSTANT,
    NOVEMBER,
    World,
    booked,
    hold,
    plan,
)

PROMISE = {"promised_on": date(2026, 12, 4), "amount_cents": 4_000, "method": "card"}
COMPLAINT = {
    "subject": "amount", "complaint_on": date(2026, 11, 2), "forwarded_to": "supplier",
    "reason": "Deux fois la même facture",
}  # fmt: skip
DECEMBER = parse_period("2026-12")


def line_of(world: World, period: Any = NOVEMBER) -> ReturnLine:
    (line,) = return_lines(world.session, Scope(period, partner_id=world.edf.id))
    return line


def act(world: World, case: Case, kind: str, at: datetime = NOW, **details: Any) -> Act:
    return record_act(Context(world.session, SYSTEM, at), case.id, kind, details)


def test_a_payment_announced_is_promised_and_never_repaid(world: World) -> None:
    case = world.case()
    act(world, case, "pays_full", **PROMISE)
    line = line_of(world)
    assert (line.promised_cents, line.promised_on) == (4_000, date(2026, 12, 4))
    assert (line.confirmed_cents, line.balance_cents) == (0, 10_000)
    assert line.acts == "pays_full"


def test_a_plan_and_a_later_promise_are_both_promised(world: World) -> None:
    case = world.case()
    act(world, case, "pays_full", **PROMISE)
    plan(world.session, case, NOW)
    assert line_of(world).promised_cents == 9_000  # the plan answers the earlier word
    assert line_of(world).promised_on is None
    act(world, case, "pays_full", NOW + timedelta(hours=1), **{**PROMISE, "amount_cents": 1_000})
    assert line_of(world).promised_cents == 10_000


def test_the_latest_word_is_told(world: World) -> None:
    case = world.case()
    for cents in (4_000, 2_500):
        act(world, case, "pays_full", **{**PROMISE, "amount_cents": cents})
    assert line_of(world).promised_cents == 2_500
    act(world, case, "paid_already", declared_on=date(2026, 11, 20))
    line = line_of(world)
    assert (line.promised_cents, line.promised_on) == (None, None)
    assert line.declared_paid_on == date(2026, 11, 20)


@pytest.mark.parametrize(("cents", "promised"), [(-3_999, 4_000), (-4_000, None)])
def test_a_promise_that_was_paid_stands_no_more(
    world: World, cents: int, promised: int | None
) -> None:
    case = world.case()
    act(world, case, "pays_full", **PROMISE)
    booked(world.session, case, cents, date(2026, 11, 25))
    line = line_of(world)
    assert (line.promised_cents, line.confirmed_cents) == (promised, -cents)


def test_what_was_paid_before_the_promise_does_not_answer_it(world: World) -> None:
    case = world.case()
    booked(world.session, case, -5_000, date(2026, 11, 22))
    act(world, case, "pays_full", **PROMISE)
    assert line_of(world).promised_cents == 4_000


def test_what_came_of_a_promise_after_the_period_is_for_the_next_return(world: World) -> None:
    session, case = world.session, world.case()
    told = act(world, case, "pays_full", **PROMISE)
    paid = ledger.Entry(case.id, "payment", -4_000, date(2026, 12, 4), "file")
    ledger.book(session, [paid], now=AFTER + timedelta(days=5))
    note_kept(Context(session, SYSTEM, AFTER + timedelta(days=6)), told.id, WordKept.KEPT)
    assert line_of(world).promised_cents == 4_000
    record_act(
        Context(session, SYSTEM, AFTER + timedelta(days=6)), case.id, "info_given",
        {"topics": ["bill"]},
    )  # fmt: skip
    assert line_of(world, DECEMBER).promised_cents is None


@pytest.mark.parametrize("kept", list(WordKept))
def test_a_promise_that_was_kept_or_not_stands_no_more(world: World, kept: WordKept) -> None:
    told = act(world, world.case(), "pays_full", **PROMISE)
    note_kept(Context(world.session, SYSTEM, NOW), told.id, kept)
    assert line_of(world).promised_cents is None


def test_a_mission_without_a_debt_tells_the_day_alone(world: World) -> None:
    case = world.case(campaign_kind="cutoff_notice", debt_cents=None)
    act(world, case, "pays_full", promised_on=date(2026, 12, 4), method="card")
    line = line_of(world)
    assert (line.promised_on, line.promised_cents, line.balance_cents) == (
        date(2026, 12, 4), None, None,
    )  # fmt: skip


def test_a_hold_is_told_with_its_state_and_end(world: World) -> None:
    session, case = world.session, world.case()
    hold(session, case, NOW)
    line = line_of(world)
    assert (line.hold_state, line.hold_until) == ("asked", date(2026, 12, 23))
    later = hold(session, case, NOW)
    step = RequestStep(until=date(2027, 1, 15))
    move_request(Context(session, SYSTEM, NOW), later.id, RequestState.GRANTED, step)
    line = line_of(world)
    assert (line.hold_state, line.hold_until) == ("granted", date(2027, 1, 15))


@pytest.mark.parametrize(("at", "state"), [(AFTER - INSTANT, "granted"), (AFTER, "asked")])
def test_a_hold_answered_after_the_period_was_asked_at_its_end(
    world: World, at: datetime, state: str
) -> None:
    asked = hold(world.session, world.case(), NOW)
    move_request(Context(world.session, SYSTEM, at), asked.id, RequestState.GRANTED)
    assert line_of(world).hold_state == state


def test_each_action_is_told_with_its_answer(world: World) -> None:
    case = world.case()
    told = act(world, case, "supplier_action", actions=["power", "debit_date"])
    assert line_of(world).supplier_actions == "power:asked|debit_date:asked"
    requests = sorted(_requests(world, told), key=lambda each: each.id)
    ctx = Context(world.session, SYSTEM, NOW)
    move_request(ctx, requests[1].id, RequestState.REFUSED)
    assert line_of(world).supplier_actions == "power:asked|debit_date:refused"


def test_a_complaint_is_told_with_its_three_dates_and_no_word(world: World) -> None:
    act(world, world.case(), "dispute", **COMPLAINT)
    line = line_of(world)
    assert line.dispute_state == "asked"
    assert (line.complaint_on, line.complaint_answer_by, line.complaint_mediator_by) == (
        date(2026, 11, 2), date(2027, 1, 2), date(2027, 11, 2),
    )  # fmt: skip
    assert "facture" not in str(line)


def test_a_complaint_to_write_has_no_dates(world: World) -> None:
    told = act(world, world.case(), "dispute", **{**COMPLAINT, "complaint_on": None})
    line = line_of(world)
    assert (line.dispute_state, line.complaint_on) == ("to_write", None)
    (request,) = _requests(world, told)
    move_request(Context(world.session, SYSTEM, AFTER), request.id, RequestState.ASKED)
    line = line_of(world)
    assert (line.dispute_state, line.complaint_on) == ("to_write", None)


def test_what_was_crossed_out_is_not_told(world: World) -> None:
    case = world.case(opened_at=NOW)
    for told in (
        act(world, case, "pays_full", **PROMISE),
        act(world, case, "dispute", **COMPLAINT),
        act(world, case, "supplier_action", actions=["power"]),
        hold(world.session, case, NOW).act,
    ):
        void_act(Context(world.session, SYSTEM, NOW), told.id)
    line = line_of(world)
    assert (line.promised_cents, line.hold_state, line.supplier_actions) == (None, None, "")
    assert line.dispute_state is None


def test_hold_dispute_and_promise_are_told_to_who_is_told_least(world: World) -> None:
    assert withheld_topics(world.session, world.edf.id)
    case = world.case()
    hold(world.session, case, FIRST)
    act(world, case, "dispute", FIRST + timedelta(days=3), **COMPLAINT)
    act(world, case, "pays_full", FIRST, **{**PROMISE, "promised_on": date(2026, 11, 20)})
    line = line_of(world)
    assert line.acts == "dispute|hold_asked|pays_full"
    assert None not in (line.hold_state, line.dispute_state, line.promised_on)


def _requests(world: World, told: Act) -> list[PartnerRequest]:
    return list(
        world.session.scalars(select(PartnerRequest).where(PartnerRequest.act_id == told.id))
    )
