"""The jobs: leases that lapsed, and what falls due in either room."""

import hashlib
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from energymed.base.context import Context
from energymed.base.files import has_file
from energymed.base.progress import LongWork, WorkState
from energymed.calling.codes import PresenceState
from energymed.calling.models import FollowUp
from energymed.calling.presence.help_requests import ask_help
from energymed.calling.presence.states import choose_state
from energymed.calling.queue.claims import claim_case
from energymed.cases import transitions
from energymed.cases.models import Case
from energymed.casework import due_work as casework_due_work
from energymed.config import Settings
from energymed.intake.batches.uploads import keep_raw
from energymed.jobs.work import due_work, lapsed_claims, old_files, old_runs, running
from energymed.mediation.aids import AidOpening, open_aid
from energymed.mediation.plans import agree_plan
from energymed.mediation.rules import PlanTerms
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_case, make_user

TERMS = PlanTerms(9_000, 3, date(2026, 12, 7))
DAY_AFTER = NOW + timedelta(days=22)  # Tuesday 15 December, 10:00 in Paris


def in_queue(session: Session) -> Case:
    case = make_case(session, assigned_to=make_user(session))
    session.commit()
    return case


def fall_due(session: Session, settings: Settings, at: datetime) -> int:
    """What was done so far is committed: the job works in transactions of its own."""
    session.commit()
    running(settings, at)
    return due_work(settings, at)


def follow_ups(session: Session) -> list[FollowUp]:
    return list(session.scalars(select(FollowUp).order_by(FollowUp.id)))


def test_lapsed_claims_return_to_the_queue(session: Session) -> None:
    case = in_queue(session)
    assert case.assigned_to is not None
    claim_case(Context(session, case.assigned_to.as_actor(), NOW), case.id)
    assert lapsed_claims(session, NOW + timedelta(minutes=15)) == 0
    assert lapsed_claims(session, NOW + timedelta(minutes=15, seconds=1)) == 1
    assert case.state == "queued"


def test_an_instalment_that_nobody_paid_becomes_a_call(
    session: Session, settings: Settings
) -> None:
    case = in_queue(session)
    assert case.assigned_to is not None
    actor = case.assigned_to.as_actor()
    plan = agree_plan(Context(session, actor, NOW), case.id, TERMS)
    transitions.close(Context(session, actor, NOW), case, "plan_running")
    assert fall_due(session, settings, DAY_AFTER - timedelta(days=1)) == 0
    early = DAY_AFTER.replace(hour=4)  # five in the morning in Paris: the task waits for nine
    assert fall_due(session, settings, early) == 0
    assert fall_due(session, settings, DAY_AFTER) == 1
    assert fall_due(session, settings, DAY_AFTER + timedelta(minutes=1)) == 0
    (task,) = [each for each in follow_ups(session) if each.kind == "instalment"]
    assert task.instalment_id == plan.instalments[0].id
    assert (task.due_at, task.assigned_to_id) == (DAY_AFTER - timedelta(hours=1), actor.user_id)
    assert (case.state, case.queue_reason) == ("queued", "instalment")


def test_papers_still_missing_after_a_week_become_a_task(
    session: Session, settings: Settings
) -> None:
    case = in_queue(session)
    assert case.assigned_to is not None
    actor = case.assigned_to.as_actor()
    opening = AidOpening("ccas", consent=True, missing_documents=("bill",))
    open_aid(Context(session, actor, NOW), case.id, opening)
    transitions.close(Context(session, actor, NOW), case, "aid_pending")
    fall_due(session, settings, NOW + timedelta(days=6))
    assert follow_ups(session) == []
    fall_due(session, settings, NOW + timedelta(days=7))
    assert [task.kind for task in follow_ups(session)] == ["documents"]
    assert case.state == "closed"


def test_what_falls_due_at_one_hour_is_queued_a_few_at_a_time(
    session: Session, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody who saves a call at nine waits for all the retries of the morning."""
    user = make_user(session)
    at = {"state": "waiting", "waiting_reason": "retry", "queue_reason": None}
    waiting = [make_case(session, assigned_to=user, next_action_at=NOW, **at) for _ in range(7)]
    monkeypatch.setattr(casework_due_work, "AT_ONCE", 3)
    ended: list[int] = []

    def committed(_session: Session) -> None:
        ended.append(sum(case.state == "queued" for case in waiting))

    event.listen(session, "before_commit", committed)
    assert fall_due(session, settings, NOW) == 7
    event.remove(session, "before_commit", committed)
    assert ended == [0, 0, 3, 6, 7]


def test_files_go_at_the_end_of_their_term_and_old_work_with_them(session: Session) -> None:
    sha256 = hashlib.sha256(b"a;b").hexdigest()
    keep_raw(session, b"a;b", NOW)
    assert old_files(session, NOW + timedelta(days=30) - timedelta(seconds=1)) == 0
    assert has_file(session, sha256)
    session.add(
        LongWork(number=1, work="check", state=WorkState.DONE, done=1, total=1, started_at=NOW,
                 told_at=NOW, stop_asked=False)
    )  # fmt: skip
    assert old_files(session, NOW + timedelta(days=30)) == 2
    assert not has_file(session, sha256)
    assert session.scalars(select(LongWork)).all() == []


def test_what_stood_in_a_call_ends_with_it_and_a_state_with_its_day(session: Session) -> None:
    case = in_queue(session)
    assert case.assigned_to is not None
    ctx = Context(session, case.assigned_to.as_actor(), NOW)
    claim_case(ctx, case.id)
    ask_help(ctx, case.id)
    choose_state(ctx, PresenceState.PAUSE)
    over = NOW + timedelta(minutes=15, seconds=1)
    assert lapsed_claims(session, over) == 2, "the lease and the help"
    assert lapsed_claims(session, over + timedelta(days=1)) == 1
    later = over + timedelta(days=30, seconds=1)
    assert old_runs(session, later) == 1, "the state ended at midnight only"
    assert old_runs(session, later + timedelta(days=1)) == 1
