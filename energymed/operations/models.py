"""Tables: the ledger of job runs, what failed, the jobs that fail just now, and examinations."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from energymed.base.db import Model
from energymed.base.db.code_columns import CodeType, code_check
from energymed.operations.codes import FailureSource, RunState


class JobRun(Model):
    """One run of a job at one due time, whichever process took it.

    The unique (job, due_at) makes each run happen once.
    """

    __tablename__ = "job_run"
    __table_args__ = (
        UniqueConstraint("job", "due_at"),
        code_check("state", RunState),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str] = mapped_column(String(60))
    due_at: Mapped[datetime]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    state: Mapped[RunState] = mapped_column(CodeType(RunState, 10))
    detail: Mapped[str | None] = mapped_column(String(300))


class Failure(Model):
    """One kind of failure of ours at one place: how often, and when it was seen first and last.

    Nothing of what was asked or typed is here: `place` is a route's, a job's or a command's name,
    `kind` the class of the error, `spot` the file and line of ours that it came from.
    """

    __tablename__ = "failure"
    __table_args__ = (
        code_check("source", FailureSource),
        CheckConstraint("count > 0", name="count"),
        Index("ix_failure_last_at", "last_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(16), unique=True)
    source: Mapped[FailureSource] = mapped_column(CodeType(FailureSource, 8))
    place: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(80))
    spot: Mapped[str] = mapped_column(String(120))
    request_id: Mapped[str | None] = mapped_column(String(40))  # of the last one
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    count: Mapped[int]


class FailingJob(Model):
    """A job that fails just now: since when, and when its administrators were written to.

    The row goes with the next run that ends well.
    """

    __tablename__ = "failing_job"

    job: Mapped[str] = mapped_column(String(60), primary_key=True)
    since: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(80))
    told_at: Mapped[datetime | None]


class Examination(Model):
    """What the doctor found at one moment: {"check", "health", "message", "params", "advice"}.

    `wrong` is how much of it is to be put right, jobs aside: those that fail are known by now.
    """

    __tablename__ = "examination"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    milliseconds: Mapped[int]
    wrong: Mapped[int]
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
