"""How the runs of the jobs went: the last of each, and since when it fails."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, select, union_all
from sqlalchemy.orm import Session

from energymed.operations.codes import RunState
from energymed.operations.models import JobRun
from energymed.operations.plans import PLANS

_COLUMNS = (
    JobRun.job, JobRun.due_at, JobRun.started_at, JobRun.finished_at, JobRun.state, JobRun.detail,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a job; `detail` is what it counted, or the kind of its failure."""

    job: str
    due_at: datetime
    started_at: datetime
    finished_at: datetime | None
    state: RunState
    detail: str | None

    @property
    def seconds(self) -> float | None:
        """How long it took; None while it runs."""
        if self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()


def last_runs(connection: Connection | Session) -> Mapping[str, Run]:
    """The newest run of each job that ever ran."""
    return _newest(connection, *RunState)


def last_ended(connection: Connection | Session) -> Mapping[str, Run]:
    """The newest run of each job that came to an end, well or not."""
    return _newest(connection, RunState.DONE, RunState.FAILED)


def last_done(connection: Connection | Session) -> Mapping[str, Run]:
    """The newest run of each job that went well."""
    return _newest(connection, RunState.DONE)


def _newest(connection: Connection | Session, *states: RunState) -> dict[str, Run]:
    """By the index of (job, due time), one row each: a month has some hundred thousand runs."""
    each = union_all(*(_one(name, states) for name in PLANS))
    statement = select(*_COLUMNS).where(JobRun.id.in_(each))
    return {row.job: Run(*row) for row in connection.execute(statement)}


def _one(job: str, states: tuple[RunState, ...]) -> Select[tuple[int]]:
    newest = select(JobRun.id).where(JobRun.job == job).order_by(JobRun.due_at.desc()).limit(1)
    if len(states) < len(RunState):
        newest = newest.where(JobRun.state.in_(states))
    return select(newest.subquery().c.id)
