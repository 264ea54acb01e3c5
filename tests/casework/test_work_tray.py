"""The work tray: groups, boundary days, whose it is, told once, a fixed number of statements."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from energymed.base.clock import at_paris
from energymed.base.context import SYSTEM, Context
from energymed.calling.codes import FollowUpState, PauseReason
from energymed.calling.follow_ups.pauses import pause_case
from energymed.calling.follow_ups.service import finish_follow_up, postpone_follow_up
from energymed.cases.models import Case
from energymed.casework.due_follow_ups import follow_cases
from energymed.casework.due_work import follow_instalments
from energymed.casework.tray_lines import tray_lines
from energymed.casework.work_tray import Group, TrayFilter, tray
from energymed.mediation.acts import record_act
from energymed.mediation.aids import AidOpening, AidStep, move_aid, open_aid
from energymed.mediation.next_dates import Awaited
from energymed.mediation.plans import agree_plan
from energymed.mediation.referrals import ReferralRequest, refer
from energymed.mediation.rules import PlanTerms
from tests.calling.conftest import NOW, Desk, counted
from tests.factories import make_site, make_user

DAY_0 = NOW.date()
CCAS = ReferralRequest("ccas", "budget", "coordinates_given", consent=True)
HOLD: dict[str, Any] = {"asked_of": "supplier", "subjects": ["cut"], "reason": "aid_pending"}


def at(days: int) -> datetime:
    return at_paris(DAY_0 + timedelta(days=days), time(10))


def groups(desk: Desk, days: int = 0, **asked: Any) -> list[Group]:
    ctx = Context(desk.session, desk.actor, at(days))
    return [entry.group for entry in tray(ctx, TrayFilter(**asked)).entries]


def on_day_0(desk: Desk) -> Context:
    return Context(desk.session, desk.actor, NOW)


def filed(desk: Desk, case: Case) -> None:
    aid = open_aid(on_day_0(desk), case.id, AidOpening("ccas", consent=True))
    for step in ("complete", "submitted"):
        move_aid(on_day_0(desk), aid.id, step, AidStep(on=DAY_0))


def planned(desk: Desk, case: Case) -> None:
    agree_plan(on_day_0(desk), case.id, PlanTerms(10_000, 1, DAY_0 + timedelta(days=14)))


def referred(desk: Desk, case: Case) -> None:
    refer(on_day_0(desk), case.id, CCAS)


def held(desk: Desk, case: Case) -> None:
    record_act(on_day_0(desk), case.id, "hold_asked", HOLD)


WAITS: list[tuple[Callable[[Desk, Case], None], int, Group]] = [
    (filed, 45, Group.FUND),
    (planned, 14, Group.PERSON),
    (referred, 21, Group.BODY),
    (held, 3, Group.SUPPLIER),
]


@pytest.mark.parametrize(("make", "days", "group"), WAITS, ids=[each[2] for each in WAITS])
def test_what_is_awaited_is_due_on_its_day_and_late_after_it(
    desk: Desk, make: Callable[[Desk, Case], None], days: int, group: Group
) -> None:
    make(desk, desk.case(debt_cents=60_000))
    assert groups(desk) == [group]
    assert groups(desk, days - 1) == [group]
    assert groups(desk, days) == [Group.TODAY]
    if make is not planned:  # an instalment is late once its tolerance is over
        assert groups(desk, days + 1) == [Group.LATE]


def test_an_instalment_within_its_tolerance_is_not_late(desk: Desk) -> None:
    planned(desk, desk.case(debt_cents=60_000))
    due = 14
    found = {days: groups(desk, due + days)[0] for days in (1, 7, 8, 9)}
    # the supplier's word has been due since day 15
    assert found == {1: Group.TODAY, 7: Group.LATE, 8: Group.TODAY, 9: Group.LATE}


def test_a_pause_is_a_group_of_its_own_until_its_day(desk: Desk) -> None:
    case = desk.case()
    pause_case(on_day_0(desk), case.id, date(2026, 12, 1), PauseReason.PAPER)
    assert groups(desk, 7) == [Group.PAUSED]
    assert groups(desk, 8) == [Group.LATE]  # at ten: it came back at nine


def test_what_runs_and_its_follow_up_are_one_line(desk: Desk) -> None:
    case = desk.case(debt_cents=60_000)
    planned(desk, case)
    referred(desk, case)
    job = Context(desk.session, SYSTEM, at(30))
    follow_instalments(job)
    follow_cases(job, [case.id])
    entries = tray(Context(desk.session, desk.actor, at(30)), TrayFilter()).entries
    assert sorted((each.kind, each.follow_up.kind) for each in entries) == [
        ("plan", "instalment"), ("referral", "ask_person"),
    ]  # fmt: skip


def test_put_off_or_done_it_is_not_late_any_more(desk: Desk) -> None:
    case = desk.case()
    referred(desk, case)
    follow_cases(Context(desk.session, SYSTEM, at(21)), [case.id])
    ctx = Context(desk.session, desk.actor, at(22))
    (entry,) = tray(ctx, TrayFilter()).entries
    assert entry.group == Group.LATE
    postpone_follow_up(ctx, entry.follow_up.id, at(25))
    assert groups(desk, 24) == [Group.BODY]
    assert groups(desk, 25) == [Group.TODAY]
    finish_follow_up(ctx, entry.follow_up.id, FollowUpState.DONE)
    assert groups(desk, 22) == [Group.BODY]
    assert groups(desk, 29) == [Group.BODY]
    assert groups(desk, 30) == [Group.TODAY]


def test_it_is_ones_own_or_the_sites_and_never_anothers(desk: Desk, session: Session) -> None:
    colleague = session.get_one(type(desk.user), desk.colleague().user_id)
    referred(desk, desk.case())
    theirs = desk.case(assigned_to=colleague)
    held(desk, theirs)
    desk.promise(theirs, "2026-11-25 15:00")  # promised to them
    assert groups(desk) == [Group.BODY]
    assert sorted(groups(desk, everybody=True)) == ["body", "supplier", "us"]
    elsewhere = make_user(session, site=make_site(session)).as_actor()
    assert groups(replace(desk, actor=elsewhere), everybody=True) == []


def test_filters_narrow_and_counts_stay(desk: Desk) -> None:
    referred(desk, desk.case())
    held(desk, desk.case())
    assert groups(desk, awaited=Awaited.BODY) == [Group.BODY]
    assert groups(desk, kind="request") == [Group.SUPPLIER]
    assert groups(desk, due="today") == []
    assert groups(desk, 3, due="today") == [Group.TODAY]
    assert groups(desk, 4, due="late") == [Group.LATE]
    assert groups(desk, 4, due="later") == [Group.BODY]
    assert groups(desk, sort="-on") == [Group.BODY, Group.SUPPLIER]
    assert groups(desk, sort="on") == [Group.SUPPLIER, Group.BODY]
    found = tray(on_day_0(desk), TrayFilter(group=Group.BODY))
    assert [each.group for each in found.entries] == [Group.BODY]
    assert found.counts == {Group.BODY: 1, Group.SUPPLIER: 1}


def test_the_statements_do_not_grow_with_the_lines(desk: Desk, session: Session) -> None:
    def sent() -> int:
        session.commit()
        session.expire_all()
        ctx = Context(session, desk.actor, at(30))
        with counted() as said:
            lines = tray_lines(ctx, tray(ctx, TrayFilter()).entries)
        assert all(line.running is not None for line in lines)
        return len(said)

    def more() -> None:
        case = desk.case(debt_cents=60_000)
        for make in (filed, planned, referred, held):
            make(desk, case)

    more()
    few = sent()
    for _turn in range(4):
        more()
    assert sent() == few
    assert few <= 32


def test_who_is_never_called_is_not_offered_for_a_call(desk: Desk) -> None:
    may, opposed = desk.case(), desk.case()
    opposed.person.opposed_at = NOW
    for case in (may, opposed):
        referred(desk, case)
    ctx = on_day_0(desk)
    lines = tray_lines(ctx, tray(ctx, TrayFilter()).entries)
    assert {line.case.id: line.may_call for line in lines} == {may.id: True, opposed.id: False}
