"""`/healthz`: whether this process answers. `/readyz`: whether it can do its work.

The first needs nothing but the process: whoever restarts what does not answer asks it. The second
is for whoever watches an installation, and tells in codes what is missing.
"""

from datetime import datetime
from enum import StrEnum

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from energymed.base.clock import now
from energymed.base.db import db
from energymed.base.errors import Unusable
from energymed.config import Settings
from energymed.operations.doctor.disk import disk_findings
from energymed.operations.doctor.findings import is_well
from energymed.operations.doctor.jobs import STOPPED_AFTER
from energymed.operations.doctor.schema import schema_findings
from energymed.operations.runs import last_runs
from energymed.web.shared.permissions import public
from energymed.web.watch.asked import Asked

KEPT_S = 2.0


class State(StrEnum):
    """How something that the work needs is."""

    OK = "ok"
    AWAY = "away"  # the database
    OTHER = "other"  # the schema is not this program's
    NONE = "none"  # no job has run yet
    STOPPED = "stopped"  # no job has run for long
    FULL = "full"  # the disk, or it is not there
    UNKNOWN = "unknown"  # cannot be told while the database is away


WELL = (State.OK, State.NONE)


def register(app: Flask) -> None:
    """Look whenever somebody asks, but not more often than every two seconds."""

    def look() -> dict[str, State]:
        with app.app_context():
            return {**_of_database(now()), "disk": _disk(app.extensions["energymed"])}

    app.extensions["energymed_readiness"] = Asked(look, KEPT_S)


@public
def healthz() -> tuple[dict[str, str], int]:
    """200 while the process answers, whatever the database does."""
    return {"status": "ok"}, 200


@public
def readyz() -> tuple[dict[str, str], int]:
    """200 when all is there that the work needs, else 503; each part with its code."""
    try:
        parts = current_app.extensions["energymed_readiness"].answer()
    except TimeoutError:
        parts = {**_AWAY, "disk": _disk(current_app.extensions["energymed"])}
    return parts, 200 if all(state in WELL for state in parts.values()) else 503


_AWAY = {"database": State.AWAY, "schema": State.UNKNOWN, "jobs": State.UNKNOWN}


def _of_database(at: datetime) -> dict[str, State]:
    try:
        with db.engine.connect() as connection:
            if not is_well(schema_findings(connection)):
                return {"database": State.OK, "schema": State.OTHER, "jobs": State.UNKNOWN}
            runs = last_runs(connection).values()
    except (SQLAlchemyError, Unusable):
        return dict(_AWAY)
    last = max((run.started_at for run in runs), default=None)
    jobs = State.NONE if last is None else State.STOPPED if at - last > STOPPED_AFTER else State.OK
    return {"database": State.OK, "schema": State.OK, "jobs": jobs}


def _disk(settings: Settings) -> State:
    return State.OK if is_well(disk_findings(settings)) else State.FULL
