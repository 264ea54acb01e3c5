"""The lines of a return: which cases, and what each line says, worked out by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event

from energymed.base.context import SYSTEM, Context
from energymed.base.db import db
from energymed.base.periods import parse_period
from energymed.base.spreadsheets import Kind
from energymed.cases import ledger
from energymed.mediation.acts import record_act, void_act
from energymed.reporting.lines import COLUMNS, ReturnLine, return_lines
from energymed.reporting.scope import Scope
from tests.factories import MONDAY_MORNING as NOW
from tests.reporting.makers import (
    AFTER,
    EARLIER,
    FIRST,
    INSTANT,
    NOVEMBER,
    World,
    aid,
    booked,
    contact,
    move,
    plan,
    referral,
)


def lines_of(world: World) -> list[ReturnLine]:
    """EDF's return of November 2026."""
    return return_lines(world.session, Scope(NOVEMBER, partner_id=world.edf.id))


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


def test_a_line_says_what_became_of_a_case(world: World) -> None:
    session = world.session
    case = world.case(reference="EDF-1", debt_cents=17_075)
    night = datetime(2026, 11, 9, 23, 30, tzinfo=UTC)  # past midnight in Paris
    contact(session, case, night, "letter")
    contact(session, case, NOW - timedelta(days=3))
    contact(session, case, NOW, result="reached_holder")
    plan(session, case, NOW)
    aid(session, case, NOW, "fsl_energy")
    aid(session, case, NOW, "ccas")
    referral(session, case, NOW)
    booked(session, case, -2_000, date(2026, 11, 12))
    booked(session, case, -1_000, date(2026, 11, 13), "aid_payment")
    booked(session, case, -75, date(2026, 11, 16), "reported_decrease")
    case.state, case.closure, case.closed_at = "closed", "plan_running", NOW
    session.flush()
    assert lines_of(world) == [
        ReturnLine(
            reference="EDF-1",
            mission="unpaid_bill",
            received_on=date(2026, 10, 5),
            first_contact_on=date(2026, 11, 10),
            last_contact_on=date(2026, 11, 23),
            call_attempts=2,
            last_result="reached_holder",
            state="closed",
            closure="plan_running",
            closed_on=date(2026, 11, 23),
            acts="plan_agreed|social_support",
            aids="social_support",
            plan_amount_cents=9_000,
            plan_instalments=3,
            plan_first_due_on=date(2027, 1, 4),
            plan_state="agreed",
            opening_cents=17_075,
            promised_cents=9_000,
            confirmed_cents=3_000,
            balance_cents=14_000,
        )
    ]


def test_a_case_nobody_called_and_without_a_debt_has_empty_cells(world: World) -> None:
    world.case(reference="LINKY", opened_at=NOW, campaign_kind="appointment", debt_cents=None)
    (line,) = lines_of(world)
    empty = {name for name, value in asdict(line).items() if value is None}
    assert empty == {
        "first_contact_on", "last_contact_on", "last_result", "closure", "closed_on",
        "plan_amount_cents", "plan_instalments", "plan_first_due_on", "plan_state",
        "opening_cents", "promised_cents", "balance_cents", "promised_on", "declared_paid_on",
        "hold_state", "hold_until", "dispute_state", "complaint_on", "complaint_answer_by",
        "complaint_mediator_by",
    }  # fmt: skip
    assert (line.call_attempts, line.acts, line.aids, line.confirmed_cents) == (0, "", "", 0)


def test_the_columns_are_the_lines_own_fields_in_order() -> None:
    kinds = {"on": Kind.DATE, "cents": Kind.CENTS, "attempts": Kind.COUNT,
             "instalments": Kind.COUNT, "until": Kind.DATE, "by": Kind.DATE}  # fmt: skip
    for field, column in zip(fields(ReturnLine), COLUMNS, strict=True):
        assert column.kind == kinds.get(field.name.rpartition("_")[2], Kind.TEXT), field.name


def test_a_return_holds_what_was_received_handled_or_closed_in_the_period(world: World) -> None:
    session = world.session
    edges = {"a-before": FIRST - INSTANT, "b-first": FIRST, "c-last": AFTER - INSTANT,
             "d-after": AFTER}  # fmt: skip
    for name, at in edges.items():
        world.case(reference=f"{name}-received", opened_at=at)
        world.case(reference=f"{name}-closed", state="closed", closure="settled", closed_at=at)
        contact(session, world.case(reference=f"{name}-called"), at)
    assert [line.reference for line in lines_of(world)] == [
        f"{name}-{what}" for name in ("b-first", "c-last") for what in ("called", "closed",
                                                                       "received")
    ]  # fmt: skip


def test_what_came_after_the_period_is_for_the_next_return(world: World) -> None:
    session, case = world.session, world.case(opened_at=NOW)
    contact(session, case, AFTER - INSTANT)
    contact(session, case, AFTER, result="reached_holder")
    plan(session, case, AFTER)
    aid(session, case, AFTER)
    (line,) = lines_of(world)
    assert (line.call_attempts, line.last_result) == (1, "no_answer")
    assert line.last_contact_on == date(2026, 11, 30)
    assert (line.acts, line.aids, line.plan_state, line.promised_cents) == ("", "", None, None)


def test_money_and_closure_of_after_the_period_are_for_the_next_return(world: World) -> None:
    session, case = world.session, world.case(opened_at=NOW, debt_cents=10_000)
    ledger.book(
        session,
        [
            ledger.Entry(case.id, "payment", -1_000, date(2026, 11, 30), "told in December"),
            ledger.Entry(case.id, "payment", -9_000, date(2026, 12, 1), "paid in December"),
        ],
        now=AFTER + timedelta(days=3),
    )
    session.refresh(case)
    case.state, case.closure, case.closed_at = "closed", "settled", AFTER
    session.flush()
    (line,) = lines_of(world)
    assert (line.confirmed_cents, line.balance_cents) == (1_000, 9_000)
    assert (line.state, line.closure, line.closed_on) == ("waiting", None, None)
    (later,) = return_lines(session, Scope(parse_period("2026-12"), partner_id=world.edf.id))
    assert (later.confirmed_cents, later.balance_cents, later.closure) == (10_000, 0, "settled")


def test_a_payment_dated_ahead_counts_once_it_is_known(world: World) -> None:
    case = world.case(opened_at=NOW, debt_cents=10_000)
    booked(world.session, case, -4_000, date(2026, 12, 5))
    (line,) = lines_of(world)
    assert (line.confirmed_cents, line.balance_cents) == (4_000, 6_000)


def test_what_was_crossed_out_is_not_told(world: World) -> None:
    session, case = world.session, world.case(opened_at=NOW)
    contact(session, case, NOW, result="refused").voided_at = NOW
    for made in (plan(session, case, NOW), aid(session, case, NOW)):
        void_act(Context(session, SYSTEM, NOW), made.act_id)
    told = record_act(Context(session, SYSTEM, NOW), case.id, "info_given", {"topics": ["bill"]})
    void_act(Context(session, SYSTEM, NOW), told.id)
    (line,) = lines_of(world)
    assert (line.call_attempts, line.last_result, line.first_contact_on) == (0, None, None)
    assert (line.acts, line.aids, line.plan_state) == ("", "", None)


def test_a_technical_incident_is_neither_an_attempt_nor_a_result(world: World) -> None:
    session, case = world.session, world.case(opened_at=NOW)
    contact(session, case, NOW, result="no_answer")
    contact(session, case, NOW + timedelta(days=1), result="technical")
    (line,) = lines_of(world)
    assert (line.call_attempts, line.last_result) == (1, "no_answer")
    assert line.last_contact_on == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("state", "promised"),
    [("confirmed", 9_000), ("kept", 9_000), ("broken", None), ("cancelled", None)],
)
def test_only_a_running_plan_is_promised_money(
    world: World, state: str, promised: int | None
) -> None:
    case = world.case(opened_at=NOW)
    move(world.session, plan(world.session, case, NOW), state, NOW)
    (line,) = lines_of(world)
    assert (line.plan_state, line.promised_cents, line.confirmed_cents) == (state, promised, 0)


def test_the_last_plan_is_the_one_that_is_told(world: World) -> None:
    session, case = world.session, world.case(opened_at=NOW)
    for state in ("cancelled", "confirmed"):
        move(session, plan(session, case, NOW), state, NOW)
    (line,) = lines_of(world)
    assert (line.plan_state, line.acts) == ("confirmed", "plan_agreed")


def test_a_return_takes_ten_queries_for_any_number_of_cases(world: World) -> None:
    for _turn in range(4):
        case = world.case(opened_at=NOW)
        contact(world.session, case, NOW)
        plan(world.session, case, NOW)
        aid(world.session, case, NOW)
    booked(world.session, case, -100, date(2026, 11, 12))
    scope = Scope(NOVEMBER, partner_id=world.edf.id)
    with counted() as said:
        assert len(return_lines(world.session, scope)) == 4
    assert len([text for text in said if text.startswith("SELECT")]) == 10


def test_a_reference_that_came_back_is_two_lines(world: World) -> None:
    world.case(reference="R1", opened_at=EARLIER, state="closed", closure="settled", closed_at=NOW)
    world.case(reference="R1", opened_at=NOW)
    assert [line.state for line in lines_of(world)] == ["closed", "to_assign"]
