"""The ledger of runs: whoever inserts the row (job, due time) runs the job, once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from traceback import extract_tb
from zlib import crc32

from sqlalchemy import delete, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql import func

from energymed.base.clock import now as clock_now
from energymed.base.db import db, transaction
from energymed.base.logs import Log, binding
from energymed.operations.codes import FailureSource, RunState
from energymed.operations.failing_jobs import begin_spell, end_spell
from energymed.operations.failures import note_failure
from energymed.operations.models import JobRun

KEPT = timedelta(days=30)
APART = timedelta(minutes=1)  # by which the clocks of two machines may differ
Work = Callable[[Session, datetime], int]
log = Log("energymed.jobs")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a call to `run_once`.

    `state` is that of the run, or "elsewhere" (another process has it); `count` is what the work
    counted, once done; `error` the kind of the failure.
    """

    state: str
    count: int | None = None
    error: str | None = None


def run_once(job: str, work: Work, due_at: datetime) -> Outcome:
    """Run `work` for this due time unless another process has it.

    A failure is noted by its kind and place alone, since messages may hold what a person typed;
    whatever the work had written is rolled back, and the next due time tries again.
    """

    def whole() -> int:
        with transaction() as session:
            _one_at_a_time(session, job)
            return work(session, due_at)

    return run_steps_once(job, whole, due_at)


def run_steps_once(job: str, steps: Callable[[], int], due_at: datetime) -> Outcome:
    """Like `run_once`, for work that opens its own transactions.

    It has to bear a second run beside it, and a stop after any of its steps.
    """
    run_id = _take(job, due_at)
    if run_id is None:
        return Outcome("elsewhere")
    with binding(job=job, run_id=run_id):
        try:
            count = steps()
        except Exception as error:
            kind = type(error).__name__
            log.error("job_failed", kind=kind, where=_where(error))
            _finish(run_id, RunState.FAILED, kind)
            note_failure(db.engine, FailureSource.JOB, job, error)
            return Outcome(RunState.FAILED, error=kind)
        _finish(run_id, RunState.DONE, str(count))
        return Outcome(RunState.DONE, count)


def _where(error: Exception) -> list[str]:
    """Files and lines of the failure, the innermost last, without any value."""
    frames = extract_tb(error.__traceback__)
    return [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames]


def forget_old_runs(session: Session, at: datetime) -> int:
    """Drop the runs of more than 30 days ago; returns how many."""
    old = session.scalars(select(JobRun.id).where(JobRun.due_at < at - KEPT)).all()
    session.execute(delete(JobRun).where(JobRun.due_at < at - KEPT))
    return len(old)


def _take(job: str, due_at: datetime) -> int | None:
    try:
        with transaction() as session:
            _forget_before_clock_went_back(session, job, due_at)
            run = JobRun(job=job, due_at=due_at, started_at=clock_now(), state=RunState.RUNNING)
            session.add(run)
            session.flush()
            return run.id
    except IntegrityError:
        return None


def _forget_before_clock_went_back(session: Session, job: str, due_at: datetime) -> None:
    """Drop the run of this due time when one after it is yet to come: it is due a second time.

    Else no job would run until a clock that was put back an hour is where it was.
    """
    later = aliased(JobRun)
    to_come = exists().where(
        later.job == job, later.id > JobRun.id, later.started_at > clock_now() + APART
    )
    session.execute(
        delete(JobRun)
        .where(JobRun.job == job, JobRun.due_at == due_at, JobRun.state != RunState.RUNNING)
        .where(to_come),
        execution_options={"synchronize_session": False},
    )


def _one_at_a_time(session: Session, job: str) -> None:
    """A slow run holds back the next one of the same job.

    SQLite has one writer anyway; PostgreSQL is asked for a lock named after the job.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(crc32(job.encode()))))


def _finish(run_id: int, state: RunState, detail: str) -> None:
    with transaction() as session:
        run = session.get_one(JobRun, run_id)
        run.state, run.detail, run.finished_at = state, detail, clock_now()
        if state == RunState.FAILED:
            begin_spell(session, run.job, detail, run.started_at)
        else:
            end_spell(session, run.job)
