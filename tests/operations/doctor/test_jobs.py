"""Jobs that fail, that are late, and a scheduler that does not run."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from energymed.operations.codes import RunState
from energymed.operations.doctor.codes import Health
from energymed.operations.doctor.findings import Finding
from energymed.operations.doctor.jobs import job_findings
from energymed.operations.models import JobRun
from energymed.operations.plans import PLANS
from energymed.operations.runs import last_runs
from tests.factories import MONDAY_MORNING as NOW

MINUTE = timedelta(minutes=1)


def ran(
    session: Session, job: str, at: datetime, state: RunState = RunState.DONE, detail: str = "0"
) -> None:
    ended = None if state == RunState.RUNNING else at
    session.add(
        JobRun(job=job, due_at=at, started_at=at, finished_at=ended, state=state, detail=detail)
    )


@pytest.fixture
def all_ran(session: Session) -> None:
    """Every job went well just now."""
    for name in PLANS:
        ran(session, name, NOW)
    session.flush()


def found(session: Session, at: datetime) -> list[Finding]:
    session.flush()
    return job_findings(session.connection(), at)


def test_before_the_first_run_it_is_said_how_to_start(session: Session) -> None:
    (one,) = found(session, NOW)
    assert one.health == Health.WARNING
    assert "energymed serve" in one.advised


@pytest.mark.usefixtures("all_ran")
def test_jobs_that_run_are_well(session: Session) -> None:
    (one,) = found(session, NOW + 10 * MINUTE)
    assert one.health == Health.OK
    assert "23/11/2026" in str(one)


@pytest.mark.usefixtures("all_ran")
def test_a_scheduler_without_a_sign_of_life_is_wrong(session: Session) -> None:
    (one,) = found(session, NOW + 10 * MINUTE + timedelta(seconds=1))
    assert one.health == Health.WRONG
    assert "planificateur" in str(one)


@pytest.mark.usefixtures("all_ran")
def test_a_job_whose_last_run_failed_is_wrong_until_it_goes_well(session: Session) -> None:
    ran(session, "due_work", NOW + MINUTE, RunState.FAILED, "LookupError")
    ran(session, "due_work", NOW + 2 * MINUTE, RunState.RUNNING)
    (one,) = found(session, NOW + 3 * MINUTE)
    assert one.health == Health.WRONG
    assert "(due_work) échoue : LookupError" in str(one)
    ran(session, "due_work", NOW + 3 * MINUTE)
    (one,) = found(session, NOW + 4 * MINUTE)
    assert one.health == Health.OK


@pytest.mark.usefixtures("all_ran")
@pytest.mark.parametrize(("minutes", "health"), [(30, Health.OK), (31, Health.WARNING)])
def test_a_job_that_missed_two_of_its_times_is_late(
    session: Session, minutes: int, health: Health
) -> None:
    for name, plan in PLANS.items():
        if plan.every_minutes < 60 and name != "table_sizes":
            ran(session, name, NOW + minutes * MINUTE)
    (one,) = found(session, NOW + minutes * MINUTE)
    assert one.health == health
    assert ("table_sizes" in str(one)) == (health == Health.WARNING)


def test_the_last_run_knows_how_long_it_took(session: Session) -> None:
    ran(session, "paid", NOW)
    ran(session, "paid", NOW + MINUTE, RunState.RUNNING)
    session.flush()
    last = last_runs(session)["paid"]
    assert (last.due_at, last.seconds) == (NOW + MINUTE, None)
