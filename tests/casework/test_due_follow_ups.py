"""What runs and falls due makes one follow-up, once; what moved on ends it."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.clock import at_paris
from energymed.base.context import SYSTEM, Context
from energymed.calling.codes import FollowUpState, PauseReason
from energymed.calling.follow_ups.pauses import pause_case
from energymed.calling.follow_ups.service import finish_follow_up, postpone_follow_up
from energymed.calling.models import FollowUp
from energymed.calling.queue.due import surface_due
from energymed.cases.codes import ReopenReason
from energymed.cases.models import Case
from energymed.casework import correct_act
from energymed.casework.close_case import close_by_hand
from energymed.casework.due_follow_ups import FOLLOWED, cases_to_follow, follow_cases
from energymed.casework.due_work import AT_ONCE, follow_instalments, follow_running
from energymed.casework.move_on import Step as Move
from energymed.casework.move_on import move_on
from energymed.casework.reopen_case import reopen_case
from energymed.mediation.acts import record_act, void_act
from energymed.mediation.aids import AidOpening, AidStep, move_aid, open_aid
from energymed.mediation.codes import VoidReason
from energymed.mediation.models import Act
from energymed.mediation.next_dates import Step
from energymed.mediation.plans import agree_plan
from energymed.mediation.request_models import PartnerRequest
from energymed.mediation.rules import PlanTerms
from energymed.mediation.running import Running
from energymed.partners.codes import Closure
from tests.calling.conftest import NOW, Desk

DAY_0 = NOW.date()


def at(days: int) -> datetime:
    return at_paris(DAY_0 + timedelta(days=days), time(10))


def follow(session: Session, days: int) -> None:
    """What the job does on that day, within this transaction."""
    ctx = Context(session, SYSTEM, at(days))
    follow_instalments(ctx)
    follow_cases(ctx, cases_to_follow(session, DAY_0 + timedelta(days=days)))


def told(session: Session) -> list[tuple[str, str]]:
    rows = session.scalars(select(FollowUp).order_by(FollowUp.id))
    return [(each.kind, each.state) for each in rows]


@pytest.fixture
def case(desk: Desk) -> Case:
    return desk.case(debt_cents=60_000)


def aid(desk: Desk, case: Case, state: str) -> int:
    """A request that stands so since day 0."""
    ctx = Context(desk.session, desk.actor, NOW)
    papers = ("bill",) if state == "documents_pending" else ()
    opened = open_aid(ctx, case.id, AidOpening("ccas", consent=True, missing_documents=papers))
    if state == "submitted":
        for step in ("complete", "submitted"):
            move_aid(ctx, opened.id, step, AidStep(on=DAY_0))
    return opened.id


def act(kind: str, **details: object) -> Callable[[Desk, Case], int]:
    def made(desk: Desk, case: Case) -> int:
        return record_act(Context(desk.session, desk.actor, NOW), case.id, kind, details).id

    return made


WAITS: list[tuple[Callable[[Desk, Case], int], int, str]] = [
    (lambda desk, case: aid(desk, case, "documents_pending"), 7, "documents"),
    (lambda desk, case: aid(desk, case, "submitted"), 45, "aid_decision"),
    (
        act("pays_full", promised_on=date(2026, 11, 30), amount_cents=60_000, method="transfer"),
        10,
        "ask_person",
    ),
    (act("attestation_to_send", supplier="EDF"), 7, "ask_person"),
    (
        act("hold_asked", asked_of="supplier", subjects=["reminders"], reason="aid_pending"),
        3,
        "ask_others",
    ),
    (act("supplier_action", actions=["duplicate_bill", "self_reading"]), 10, "ask_others"),
    (
        act("dispute", subject="reading", complaint_on=date(2026, 11, 23), forwarded_to="supplier"),
        61,
        "ask_person",
    ),
]


@pytest.mark.parametrize(
    ("make", "days", "kind"), WAITS, ids=[each[2] + str(each[1]) for each in WAITS]
)
def test_each_wait_makes_its_follow_up_on_its_day_and_not_before(
    desk: Desk, case: Case, make: Callable[[Desk, Case], int], days: int, kind: str
) -> None:
    make(desk, case)
    follow(desk.session, days - 1)
    assert told(desk.session) == []
    follow(desk.session, days)
    follow(desk.session, days)
    follow(desk.session, days + 1)
    assert told(desk.session) == [(kind, "open")]


def test_done_it_is_told_again_after_the_usual_days_and_not_before(desk: Desk, case: Case) -> None:
    aid(desk, case, "submitted")
    follow(desk.session, 45)
    first = desk.session.scalars(select(FollowUp)).one()
    finish_follow_up(Context(desk.session, desk.actor, at(45)), first.id, FollowUpState.DONE)
    follow(desk.session, 52)
    assert told(desk.session) == [("aid_decision", "done")]
    follow(desk.session, 53)
    assert told(desk.session) == [("aid_decision", "done"), ("aid_decision", "open")]


def test_what_moved_on_ends_its_follow_up_and_its_case_leaves_the_queue(
    desk: Desk, case: Case
) -> None:
    request = aid(desk, case, "documents_pending")
    follow(desk.session, 7)
    assert told(desk.session) == [("documents", "open")]
    ctx = Context(desk.session, desk.actor, at(8))
    move_on(ctx, Move(Running.AID, request, "complete"))
    assert told(desk.session) == [("documents", "done")]
    follow(desk.session, 10)
    assert told(desk.session) == [("documents", "done")]
    follow(desk.session, 11)  # complete for three days, and not filed
    assert told(desk.session) == [("documents", "done"), ("ask_others", "open")]


def test_what_is_asked_anew_is_told_anew_within_the_usual_days(desk: Desk, case: Case) -> None:
    act("hold_asked", asked_of="supplier", subjects=["cut"], reason="aid_pending")(desk, case)
    hold = desk.session.scalars(select(PartnerRequest)).one()
    follow(desk.session, 3)
    assert told(desk.session) == [("ask_others", "open")]
    ctx = Context(desk.session, desk.actor, at(3))
    move_on(ctx, Move(Running.REQUEST, hold.id, "no_answer"))
    assert told(desk.session) == [("ask_others", "done")]
    follow(desk.session, 5)
    assert told(desk.session) == [("ask_others", "done")]
    follow(desk.session, 6)
    assert told(desk.session) == [("ask_others", "done"), ("ask_others", "open")]


def test_what_is_crossed_out_is_followed_no_more(desk: Desk, case: Case) -> None:
    act_id = act(
        "pays_full", promised_on=date(2026, 11, 24), amount_cents=60_000, method="transfer"
    )(desk, case)
    act("attestation_to_send", supplier="EDF")(desk, case)
    desk.session.flush()
    follow(desk.session, 7)
    assert told(desk.session) == [("ask_person", "open")] * 2
    void_act(Context(desk.session, desk.actor, NOW), act_id)
    follow(desk.session, 7)
    assert sorted(told(desk.session)) == [("ask_person", "cancelled"), ("ask_person", "open")]


def test_a_late_instalment_and_its_plan_are_told_once(desk: Desk, case: Case) -> None:
    terms = PlanTerms(10_000, 4, date(2026, 12, 7))
    plan = agree_plan(Context(desk.session, desk.actor, NOW), case.id, terms)
    follow(desk.session, 14)
    assert told(desk.session) == []
    follow(desk.session, 15)  # fifteen days without the supplier's word
    assert told(desk.session) == [("ask_others", "open")]
    follow(desk.session, 22)  # the first instalment is late: that comes first
    assert told(desk.session) == [("ask_others", "done"), ("instalment", "open")]
    last = desk.session.scalars(select(FollowUp).order_by(FollowUp.id.desc())).first()
    assert last is not None
    assert last.act_id == plan.act_id


def test_the_job_ends_and_makes_in_pieces(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert AT_ONCE == 50
    monkeypatch.setattr("energymed.casework.due_work.AT_ONCE", 2)
    for case in [desk.case(debt_cents=60_000) for _turn in range(5)]:
        act("attestation_to_send", supplier="EDF")(desk, case)
    desk.session.commit()
    assert follow_running(at(6)) == 0
    assert follow_running(at(7)) == 5
    assert follow_running(at(7)) == 0
    assert told(desk.session) == [("ask_person", "open")] * 5


def test_every_step_is_followed_or_is_seen_to_elsewhere() -> None:
    elsewhere = {Step.NEXT_INSTALMENT, Step.LATE_INSTALMENT, Step.PAYMENT_TO_COME}
    assert set(Step) - set(FOLLOWED) == elsewhere


@pytest.mark.parametrize("stop", ["opposed", "deceased"])
def test_nobody_turns_to_a_person_who_is_never_called_again(
    desk: Desk, case: Case, stop: str
) -> None:
    aid(desk, case, "documents_pending")
    ctx = Context(desk.session, desk.actor, NOW)
    hold = {"asked_of": "supplier", "subjects": ["reminders"], "reason": "aid_pending"}
    record_act(ctx, case.id, "hold_asked", hold)
    follow(desk.session, 60)
    assert sorted(told(desk.session)) == [("ask_others", "open"), ("documents", "open")]
    if stop == "opposed":
        case.person.opposed_at = NOW
    else:
        case.person.deceased_at = NOW
    desk.session.flush()
    for days in (61, 90, 120):
        follow(desk.session, days)
    assert sorted(told(desk.session)) == [("ask_others", "open"), ("documents", "cancelled")]
    assert cases_to_follow(desk.session, DAY_0 + timedelta(days=120)) == []


def test_a_case_that_a_person_opened_again_stays_open(desk: Desk, case: Case) -> None:
    moving = aid(desk, case, "documents_pending")
    close_by_hand(Context(desk.session, desk.actor, NOW), case.id, Closure.AID_PENDING)
    follow(desk.session, 10)
    reopen_case(Context(desk.session, desk.actor, at(10)), case.id, ReopenReason.CALLED_BACK)
    surface_due(desk.session, now=at(10))
    complete = Move(Running.AID, moving, "complete")
    move_on(Context(desk.session, desk.actor, at(10)), complete)
    assert told(desk.session) == [("documents", "done")]
    assert (case.state, case.closure) == ("queued", None)


def test_a_case_taken_up_from_its_pause_is_not_paused_by_what_moves_on(
    desk: Desk, case: Case
) -> None:
    moving = aid(desk, case, "documents_pending")
    ctx = Context(desk.session, desk.actor, at(9))
    until = DAY_0 + timedelta(days=30)
    pause = pause_case(ctx, case.id, until, PauseReason.AWAY)
    follow(desk.session, 10)
    later = Context(desk.session, desk.actor, at(10))
    finish_follow_up(later, pause.id, FollowUpState.DONE)
    surface_due(desk.session, now=at(10))
    move_on(later, Move(Running.AID, moving, "complete"))
    assert (case.state, case.next_action_at) == ("queued", None)


def test_one_opened_again_and_put_off_stays_open(desk: Desk, case: Case) -> None:
    moving = aid(desk, case, "documents_pending")
    close_by_hand(Context(desk.session, desk.actor, NOW), case.id, Closure.AID_PENDING)
    follow(desk.session, 10)
    later = Context(desk.session, desk.actor, at(10))
    reopen_case(later, case.id, ReopenReason.CALLED_BACK)
    surface_due(desk.session, now=at(10))
    follow_up = desk.session.scalars(select(FollowUp)).one()
    postpone_follow_up(later, follow_up.id, at(12))
    move_on(later, Move(Running.AID, moving, "complete"))
    assert (case.state, case.closure) == ("queued", None)


def test_nobody_is_asked_about_an_act_once_it_is_crossed_out(desk: Desk, case: Case) -> None:
    aid(desk, case, "documents_pending")
    follow(desk.session, 10)
    later = Context(desk.session, desk.actor, at(10))
    act = desk.session.scalars(select(Act)).one()
    correct_act.void_act(later, act.id, VoidReason.WRONG_CASE)
    assert told(desk.session) == [("documents", "cancelled")]
