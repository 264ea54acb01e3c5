"""Cut-off notices: the soonest comes first, and the time itself ends the mission."""

from datetime import date, timedelta

from energymed.base.context import Context
from energymed.calling.queue.automatic_closures import close_past_cutoffs
from energymed.calling.queue.claims import claim_case
from energymed.calling.queue.view import view_queue
from energymed.cases.cutoff import tell_anew
from energymed.cases.models import Case
from tests.calling.conftest import NOW, Desk
from tests.factories import tell_customer

TODAY = NOW.date()
NOTICE = {"campaign_kind": "cutoff_notice", "debt_cents": None}


def notice(desk: Desk, day: date, slot: str | None = None) -> Case:
    return desk.case(**NOTICE, cutoff_date=day, cutoff_slot=slot)


def test_when_the_time_has_come_the_mission_is_over(desk: Desk) -> None:
    past, told = notice(desk, TODAY, "8h-10h"), notice(desk, TODAY, "9h-12h")
    tell_customer(told, NOW - timedelta(hours=3))
    later, tomorrow = notice(desk, TODAY, "14h-17h"), notice(desk, TODAY + timedelta(days=1))
    bill = desk.case(cutoff_date=TODAY - timedelta(days=1))
    assert close_past_cutoffs(desk.session, now=NOW) == 2
    assert (past.closure, told.closure) == ("too_late", "informed_only")
    assert {one.state for one in (later, tomorrow, bill)} == {"queued"}
    assert close_past_cutoffs(desk.session, now=NOW) == 0


def test_what_was_to_follow_is_called_off(desk: Desk) -> None:
    unassigned = notice(desk, TODAY - timedelta(days=1))
    unassigned.state, unassigned.assigned_to_id, unassigned.queue_reason = "to_assign", None, None
    chase = desk.promise(notice(desk, TODAY, "8h-10h"), "2026-11-25 10:00", "other")
    assert close_past_cutoffs(desk.session, now=NOW) == 2
    assert (unassigned.closure, chase.state) == ("too_late", "cancelled")


def test_told_too_late_is_too_late(desk: Desk) -> None:
    case = notice(desk, TODAY, "8h-10h")
    tell_customer(case, NOW)
    close_past_cutoffs(desk.session, now=NOW)
    assert (case.told_in_time, case.closure) == (False, "too_late")


def test_whoever_is_talking_is_not_cut_short(desk: Desk) -> None:
    case = notice(desk, TODAY, "11h-12h")
    claim_case(Context(desk.session, desk.actor, NOW), case.id)
    assert close_past_cutoffs(desk.session, now=NOW + timedelta(hours=2)) == 0
    assert case.state == "in_call"


def test_the_soonest_intervention_is_called_first_of_all(desk: Desk) -> None:
    far = notice(desk, TODAY + timedelta(days=6))
    bill = desk.case(due_date=TODAY - timedelta(days=3))
    soon = notice(desk, TODAY + timedelta(days=2), "8h-10h")
    order = [ready.case_id for ready in view_queue(Context(desk.session, desk.actor, NOW)).ready]
    assert order == [soon.id, far.id, bill.id]


def test_an_intervention_that_moves_is_judged_anew(desk: Desk) -> None:
    case = notice(desk, TODAY + timedelta(days=1))
    tell_customer(case, NOW)
    desk.session.flush()
    assert case.told_in_time
    case.cutoff_date = TODAY
    desk.session.flush()
    tell_anew(desk.session, [case.id], NOW)
    assert case.told_in_time is False
