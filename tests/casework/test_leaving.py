"""Somebody leaves: sessions end at once, and everything that waits is somebody else's."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from energymed.accounts.edits import edit_of
from energymed.accounts.models import User
from energymed.base.context import SYSTEM, Context
from energymed.base.db import transaction
from energymed.base.errors import BadInput, Conflict
from energymed.calling.codes import FollowUpKind
from energymed.calling.follow_ups.service import add_follow_up
from energymed.calling.models import FollowUp
from energymed.calling.queue.due import surface_due
from energymed.cases import transitions
from energymed.cases.codes import CaseState, WaitingReason
from energymed.cases.models import Case
from energymed.casework import leaving
from energymed.casework.leaving import Heir
from energymed.partners.codes import Closure
from tests.calling.conftest import NOW, Desk
from tests.factories import make_site, make_user

TOMORROW = NOW + timedelta(days=1)


class Left:
    """A queue with one of everything."""

    def __init__(self, desk: Desk, ctx: Context) -> None:
        self.queued, self.waiting, self.closed, self.held = (desk.case() for _ in range(4))
        transitions.wait(ctx, self.waiting, WaitingReason.CALLBACK, TOMORROW)
        self.callback = add_follow_up(ctx, self.waiting, FollowUpKind.CALLBACK, TOMORROW)
        transitions.close(ctx, self.closed, Closure.PLAN_RUNNING)
        self.check = add_follow_up(ctx, self.closed, FollowUpKind.INSTALMENT, TOMORROW)
        transitions.claim(ctx, self.held, desk.user.id, until=NOW + timedelta(minutes=15))

    @property
    def cases(self) -> list[Case]:
        return [self.queued, self.waiting, self.closed, self.held]

    @property
    def follow_ups(self) -> list[FollowUp]:
        return [self.callback, self.check]


@pytest.fixture
def ctx(session: Session) -> Context:
    return Context(session, SYSTEM, NOW)


@pytest.fixture
def left(desk: Desk, ctx: Context) -> Left:
    return Left(desk, ctx)


def holders(session: Session, left: Left) -> set[int | None]:
    session.flush()
    for row in (*left.cases, *left.follow_ups):
        session.refresh(row)
    return {row.assigned_to_id for row in (*left.cases, *left.follow_ups)}


def test_the_preview_counts_everything(ctx: Context, desk: Desk, left: Left) -> None:
    told = leaving.left_behind(ctx, desk.user.id)
    assert (told.waiting, told.followed, told.callbacks, told.in_call) == (2, 1, 1, 1)
    assert told.total == 4


def test_to_the_lead_everything_is_to_be_assigned(
    session: Session, ctx: Context, desk: Desk, left: Left
) -> None:
    session_id = desk.user.fs_uniquifier
    leaving.close_account(ctx, desk.user.id)
    assert (desk.user.active, desk.user.fs_uniquifier == session_id) == (False, False)
    assert holders(session, left) == {None}
    states = [case.state for case in left.cases]
    assert states == ["to_assign", "to_assign", "closed", "to_assign"]
    assert left.held.claimed_by_id is None
    assert left.callback.due_at == TOMORROW


def test_a_closed_case_that_comes_up_again_is_to_be_assigned(
    session: Session, ctx: Context, desk: Desk, left: Left
) -> None:
    leaving.close_account(ctx, desk.user.id)
    surface_due(session, now=TOMORROW, among=[left.closed.id])
    session.refresh(left.closed)
    assert left.closed.state == CaseState.TO_ASSIGN


def test_to_a_colleague_with_the_promised_time(
    session: Session, ctx: Context, desk: Desk, left: Left
) -> None:
    colleague = desk.colleague()
    desk.colleague()
    leaving.close_account(ctx, desk.user.id, Heir.COLLEAGUE, colleague.user_id)
    assert holders(session, left) == {colleague.user_id}
    assert (left.waiting.state, left.waiting.next_action_at) == ("waiting", TOMORROW)


def test_to_the_team(session: Session, ctx: Context, desk: Desk, left: Left) -> None:
    team = {desk.colleague().user_id, desk.colleague().user_id}
    make_user(session, site=desk.site, ends_on=NOW.date() - timedelta(days=1))
    make_user(session)
    leaving.close_account(ctx, desk.user.id, Heir.TEAM)
    assert holders(session, left) == team


@pytest.mark.parametrize("heir", [Heir.TEAM, Heir.COLLEAGUE])
def test_without_anybody_to_take_over_nothing_is_done(
    session: Session, ctx: Context, desk: Desk, left: Left, heir: Heir
) -> None:
    elsewhere = make_user(session)
    with pytest.raises(BadInput):
        leaving.close_account(ctx, desk.user.id, heir, elsewhere.id)
    assert desk.user.active
    assert holders(session, left) == {desk.user.id}


def test_an_empty_queue_needs_nobody(ctx: Context, desk: Desk) -> None:
    assert leaving.close_account(ctx, desk.user.id, Heir.TEAM).total == 0
    assert not desk.user.active


def test_what_was_not_seen_is_not_passed_on(ctx: Context, desk: Desk, left: Left) -> None:
    seen = leaving.left_behind(ctx, desk.user.id).version
    desk.case()
    with pytest.raises(Conflict):
        leaving.close_account(ctx, desk.user.id, seen_version=seen)
    assert desk.user.active


@pytest.mark.parametrize("change", ["site", "role", "hours"])
def test_who_calls_here_no_longer_leaves_the_queue(
    session: Session, ctx: Context, desk: Desk, left: Left, change: str
) -> None:
    edit = edit_of(desk.user)
    changed = {
        "site": replace(edit, site_id=make_site(session).id),
        "role": replace(edit, role="admin"),
        "hours": replace(edit, weekly_hours=20),
    }[change]
    told = leaving.change_account(ctx, desk.user.id, changed)
    stays = change == "hours"
    assert (told is None) == stays
    assert holders(session, left) == {desk.user.id if stays else None}


def test_the_day_after_the_last_one_the_job_closes(
    session: Session, ctx: Context, desk: Desk
) -> None:
    case, stays = desk.case(), make_user(session, ends_on=NOW.date())
    desk.user.ends_on = NOW.date() - timedelta(days=1)
    session.commit()
    assert leaving.end_accounts(NOW) == 1
    with transaction() as fresh:
        assert fresh.get_one(User, desk.user.id).active is False
        assert fresh.get_one(User, stays.id).active is True
        assert fresh.get_one(Case, case.id).state == CaseState.TO_ASSIGN
    assert leaving.end_accounts(NOW) == 0
    assert leaving.end_accounts(TOMORROW) == 1
