"""How much the administrators are to look at: one small reading for each of their pages."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.operations.models import Examination, FailingJob


def count_troubles(session: Session) -> int:
    """Jobs that fail just now, and what was wrong at the last examination, jobs aside."""
    failing = select(func.count(FailingJob.job)).scalar_subquery()
    newest = select(Examination.wrong).order_by(Examination.id.desc()).limit(1).scalar_subquery()
    return session.scalar(select(failing + func.coalesce(newest, 0))) or 0
