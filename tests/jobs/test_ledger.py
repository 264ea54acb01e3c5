"""Each run of a job happens once, however many processes ask; failures say nothing of people."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs
from time_machine import TimeMachineFixture

from energymed.accounts.models import Site
from energymed.base.db import db
from energymed.config import Settings
from energymed.jobs import schedule
from energymed.jobs.ledger import Outcome, forget_old_runs, run_once
from energymed.jobs.schedule import clock_of, due_slot, rhythm
from energymed.jobs.work import JOBS
from energymed.operations.models import JobRun
from tests.factories import MONDAY_MORNING as NOW

SLOTS, PROCESSES = 6, 3
# one line of readiness, one line to start, then every slot as fast as it can
CHILD = f"""
import json, sys
from datetime import datetime, timedelta
from energymed import create_app
from energymed.accounts.models import Site
from energymed.config import load_settings
from energymed.jobs import schedule
from energymed.jobs.ledger import run_once

def work(session, at):
    session.add(Site(code=at.isoformat()[:20], name="once"))
    return 1

with create_app(load_settings(), serving=False).app_context():
    print("ready", flush=True)
    first = datetime.fromisoformat(sys.stdin.readline().strip())
    slots = [first + timedelta(minutes=n) for n in range({SLOTS})]
    print(json.dumps([run_once("probe", work, slot).state for slot in slots]))
"""


@pytest.mark.slow
def test_three_processes_run_each_slot_once(session: Session, settings: Settings) -> None:
    environment = {
        **os.environ,
        "ENERGYMED_DATABASE_URL": db.engine.url.render_as_string(hide_password=False),
        "ENERGYMED_INSTANCE": str(settings.instance),
    }
    session.close()
    children = [
        subprocess.Popen(
            [sys.executable, "-c", CHILD], env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for _ in range(PROCESSES)
    ]  # fmt: skip
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write(NOW.isoformat() + "\n")
        child.stdin.flush()
    answers = [child.communicate(timeout=60) for child in children]
    assert [said for _out, said in answers] == [""] * PROCESSES
    states = [json.loads(out) for out, _said in answers]
    for slot in zip(*states, strict=True):
        assert sorted(slot) == ["done", "elsewhere", "elsewhere"]
    assert session.scalar(select(func.count(Site.id))) == SLOTS
    assert session.scalar(select(func.count(JobRun.id)).where(JobRun.state == "done")) == SLOTS


def test_a_run_keeps_what_it_counted(session: Session) -> None:
    assert run_once("probe", lambda _session, _at: 7, NOW) == Outcome("done", 7)
    assert run_once("probe", lambda _session, _at: 7, NOW) == Outcome("elsewhere")
    run = session.scalars(select(JobRun)).one()
    assert (run.job, run.due_at, run.state, run.detail) == ("probe", NOW, "done", "7")
    assert run.finished_at is not None


@pytest.mark.parametrize(("back_s", "state"), [(60, "elsewhere"), (61, "done")])
def test_a_clock_that_went_back_passes_its_slots_again_and_once(
    session: Session, time_machine: TimeMachineFixture, back_s: int, state: str
) -> None:
    later = NOW + timedelta(seconds=back_s)
    for at in (NOW, later):
        time_machine.move_to(at, tick=False)
        run_once("probe", lambda _session, _at: 1, at)
    time_machine.move_to(NOW, tick=False)
    assert run_once("probe", lambda _session, _at: 2, NOW).state == state
    assert run_once("probe", lambda _session, _at: 3, NOW).state == "elsewhere"
    runs = session.scalars(select(JobRun).where(JobRun.job == "probe", JobRun.due_at == NOW))
    assert runs.one().detail == ("2" if state == "done" else "1")


@pytest.mark.parametrize(("put_back", "seen"), [(59, False), (61, True), (-3_600, False)])
def test_a_clock_that_is_put_back_is_seen_once(
    monkeypatch: pytest.MonkeyPatch, put_back: int, seen: bool
) -> None:
    at = {"time": 1_000_000.0, "monotonic": 50.0}
    for name in at:
        monkeypatch.setattr(schedule, name, lambda name=name: at[name])
    clock = schedule.MachineClock()
    at["time"] += 10 - put_back
    at["monotonic"] += 10
    assert [clock.went_back(), clock.went_back()] == [seen, False]


def test_a_failure_leaves_nothing_behind_but_its_kind_and_place(session: Session) -> None:
    def work(session: Session, _at: object) -> int:
        session.add(Site(code="half", name="half-written"))
        session.flush()
        raise LookupError("Mme MOREAU, 06 39 98 00 01")

    with capture_logs() as said:
        assert run_once("probe", work, NOW) == Outcome("failed", error="LookupError")
    run = session.scalars(select(JobRun)).one()
    assert (run.state, run.detail) == ("failed", "LookupError")
    assert session.scalar(select(func.count(Site.id))) == 0
    (line,) = said
    assert (line["event"], line["job"], line["kind"]) == ("job_failed", "probe", "LookupError")
    assert line["where"][-1].startswith("test_ledger.py:")
    assert "MOREAU" not in repr(said)
    later = NOW + timedelta(minutes=1)
    assert run_once("probe", lambda _session, _at: 1, later).state == "done"


def test_old_runs_are_forgotten(session: Session) -> None:
    for days in (0, 29, 31, 90):
        run_once("probe", lambda _session, _at: 1, NOW - timedelta(days=days))
    assert forget_old_runs(session, NOW) == 2
    assert session.scalar(select(func.count(JobRun.id))) == 2


@pytest.mark.parametrize(
    ("every", "slot"), [(1, "09:07"), (5, "09:05"), (60, "09:00"), (1440, "00:00")]
)
def test_every_process_finds_the_same_slot(every: int, slot: str) -> None:
    at = NOW.replace(minute=7, second=42, microsecond=1)
    assert due_slot(at, every).strftime("%H:%M") == slot
    assert due_slot(at, every).second == 0


@pytest.mark.parametrize(
    ("every", "following"),
    [(1, "09:01"), (5, "09:05"), (60, "10:00"), (720, "12:00"), (1440, "00:00")],
)
def test_the_scheduler_wakes_at_the_slots_of_the_rhythm(every: int, following: str) -> None:
    trigger = CronTrigger(timezone="UTC", **rhythm(every))
    assert (
        trigger.get_next_fire_time(None, NOW + timedelta(seconds=1)).strftime("%H:%M") == following
    )


@pytest.mark.parametrize("shift_s", [0, 1, 124_200, -3_600, 86_400 * 40 + 59])
@pytest.mark.parametrize("every", [1, 5, 60, 1440])
def test_a_demos_scheduler_wakes_at_the_slots_of_its_own_clock(
    settings: Settings, shift_s: int, every: int
) -> None:
    zone = clock_of(replace(settings, clock_shift_s=shift_s))
    trigger = CronTrigger(timezone=zone, **rhythm(every))
    real = trigger.get_next_fire_time(None, datetime(2026, 11, 23, 10, 2, 7, tzinfo=UTC))
    at = real.astimezone(UTC) + timedelta(seconds=shift_s)
    assert due_slot(at, every) == at


def test_every_job_has_a_rhythm_that_the_scheduler_keeps() -> None:
    assert {"lapsed_claims", "due_work"} <= set(JOBS)
    assert all(CronTrigger(timezone="UTC", **rhythm(job.every_minutes)) for job in JOBS.values())
