"""The ledger of runs: whoever inserts the row (job, due time) runs the job, once."""

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from energymed.base.clock import now as clock_now
from energymed.base.db import transaction
from energymed.jobs.models import JobRun

Work = Callable[[Session, datetime], int]
log = structlog.get_logger("energymed.jobs")


def run_once(job: str, work: Work, due_at: datetime) -> int | None:
    """Run `work` for this due time unless another process has it.

    Returns:
        What the work counted, or None when the run belongs to somebody else or failed.
    """
    run_id = _take(job, due_at)
    if run_id is None:
        return None
    try:
        with transaction() as session:
            count = work(session, due_at)
    except Exception as error:
        _finish(run_id, "failed", type(error).__name__)
        log.exception("job_failed", job=job, kind=type(error).__name__)
        return None
    _finish(run_id, "done", str(count))
    return count


def _take(job: str, due_at: datetime) -> int | None:
    try:
        with transaction() as session:
            run = JobRun(job=job, due_at=due_at, started_at=clock_now(), state="running")
            session.add(run)
            session.flush()
            return run.id
    except IntegrityError:
        return None


def _finish(run_id: int, state: str, detail: str) -> None:
    with transaction() as session:
        run = session.get_one(JobRun, run_id)
        run.state, run.detail, run.finished_at = state, detail, clock_now()
