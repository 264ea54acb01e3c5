"""Failures of ours, counted for the administrator: where, what kind, how often. Nothing of people.

A failure is noted after the rollback of what failed, in a transaction of its own; where the
database is away or held by somebody, nothing is noted and nothing else fails: the log has it too.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from traceback import extract_tb

from sqlalchemy import Engine, delete, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from energymed.base.clock import now
from energymed.base.db.adding import inserting
from energymed.base.db.at_once import write_at_once
from energymed.base.logs import Log, bound
from energymed.config import ROOT
from energymed.operations.codes import FailureSource
from energymed.operations.models import Failure

KEPT_FOR = timedelta(days=90)
MOST = 500  # kinds of failure; each is a fault of ours, so there are few
PATIENCE_MS = 1_000  # somebody waits for the page that says that it failed
_OURS = ROOT / "energymed"
log = Log("energymed.failures")


def note_failure(engine: Engine, source: FailureSource, place: str, error: BaseException) -> None:
    """Count a failure. It raises nothing."""
    at, kind, spot = now(), type(error).__name__[:80], _spot(error)
    adding = inserting(engine, Failure).values(
        fingerprint=_fingerprint(source, place, kind, spot), source=source, place=place[:80],
        kind=kind, spot=spot, request_id=_request_id(), first_at=at, last_at=at, count=1,
    )  # fmt: skip
    again = {
        "count": Failure.count + 1,
        "last_at": adding.excluded.last_at,
        "request_id": adding.excluded.request_id,
    }
    counting = adding.on_conflict_do_update(index_elements=["fingerprint"], set_=again)
    try:
        noted = write_at_once(engine, counting.returning(Failure.id), wait_ms=PATIENCE_MS)
    except SQLAlchemyError:  # before `init`, or no connection left
        noted = None
    if noted is None:
        log.warning("failure_not_noted", place=place, kind=kind)


def last_failures(session: Session, most: int = 10) -> Sequence[Failure]:
    """The kinds of failure seen last."""
    newest = select(Failure).order_by(Failure.last_at.desc(), Failure.id.desc()).limit(most)
    return session.scalars(newest).all()


def count_failures(session: Session) -> int:
    """How often anything failed, as far as it is remembered."""
    return session.scalar(select(func.coalesce(func.sum(Failure.count), 0))) or 0


def forget_old_failures(session: Session, at: datetime) -> int:
    """Drop what was not seen for long, and what is beyond the newest; returns how many."""
    newest = select(Failure.id).order_by(Failure.last_at.desc(), Failure.id.desc()).limit(MOST)
    over = (Failure.last_at < at - KEPT_FOR) | Failure.id.not_in(newest)
    return len(session.scalars(delete(Failure).where(over).returning(Failure.id)).all())


def _spot(error: BaseException) -> str:
    """The innermost line of ours on the way to the error: energymed/cases/queries.py:31."""
    ours = [
        f"{Path(frame.filename).relative_to(ROOT).as_posix()}:{frame.lineno}"
        for frame in extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(_OURS)
    ]
    return ours[-1][-120:] if ours else ""


def _fingerprint(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()[:16]


def _request_id() -> str | None:
    found = bound("request_id")
    return str(found)[:40] if found else None
