"""Table: the ledger of job runs. The unique (job, due_at) makes each run happen once."""

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from energymed.base.db import Model
from energymed.base.db.code_columns import CodeType, code_check
from energymed.operations.codes import RunState


class JobRun(Model):
    """One run of a job at one due time, whichever process took it."""

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
