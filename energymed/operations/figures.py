"""What an installation's rows say of it at this moment, for who watches it from outside.

Counted in the database, so that every node of an installation tells the same, by indexes and
within bounds: what grows without end is counted over the last day. Nothing names a site or a
person; the practice is left out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from energymed.accounts.models import Site
from energymed.cases.codes import CaseState
from energymed.cases.models import IN_CALL, Case
from energymed.intake.codes import BatchState
from energymed.intake.models import Batch
from energymed.messages.codes import MessageState
from energymed.messages.models import Message
from energymed.operations.codes import RunState
from energymed.operations.models import JobRun
from energymed.operations.plans import PLANS
from energymed.operations.runs import last_ended

A_DAY = timedelta(days=1)
FILES_OF = timedelta(days=60)  # a file is imported or given up within that time
WAITING = (MessageState.QUEUED, MessageState.SENDING)
OUTCOMES = ("created", "updated", "unchanged", "recorded", "rejected", "held", "duplicates")


@dataclass(frozen=True, slots=True)
class Figure:
    """One number: its name (with the unit, as Prometheus wants), what it is, and its labels."""

    name: str
    told: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


def row_figures(session: Session, at: datetime) -> Iterator[Figure]:
    """Cases, claims, files, messages and jobs; six statements."""
    yield from _cases(session)
    yield from _claims(session, at)
    yield from _files(session, at)
    yield from _messages(session, at)
    yield from _jobs(session, at)


def _cases(session: Session) -> Iterator[Figure]:
    """Open cases by state. Site by site, since that is how the index of a queue begins."""
    states = [state for state in CaseState if state != CaseState.CLOSED]
    found = session.execute(
        select(Case.state, func.count())
        .join(Site, Site.id == Case.site_id)
        .where(Case.state.in_(states), ~Site.practice)
        .group_by(Case.state)
    )
    counts = {state: count for state, count in found}
    for state in states:
        yield Figure("energymed_cases", "Open cases.", counts.get(state, 0), {"state": state})


def _claims(session: Session, at: datetime) -> Iterator[Figure]:
    lapsed = func.count().filter(Case.claimed_until < at)
    held, over = session.execute(select(func.count(), lapsed).where(Case.state == IN_CALL)).one()
    told = "Cases that somebody has claimed, by whether the lease still runs."
    yield Figure("energymed_claims", told, held - over, {"lease": "running"})
    yield Figure("energymed_claims", told, over, {"lease": "lapsed"})


def _files(session: Session, at: datetime) -> Iterator[Figure]:
    """Files of partners by state, and the lines of those imported since yesterday."""
    lines = [
        func.sum(getattr(Batch, name)).filter(Batch.committed_at >= at - A_DAY)
        for name in OUTCOMES
    ]  # fmt: skip
    found = session.execute(
        select(Batch.state, func.count(), *lines)
        .join(Site, Site.id == Batch.site_id)
        .where(Batch.uploaded_at >= at - FILES_OF, ~Site.practice)
        .group_by(Batch.state)
    )
    rows = {row[0]: row for row in found}
    for state in BatchState:
        count = rows[state][1] if state in rows else 0
        yield Figure("energymed_files", "Files of the last 60 days.", count, {"state": state})
    imported = rows.get(BatchState.COMMITTED)
    for number, name in enumerate(OUTCOMES, start=2):
        count = (imported[number] or 0) if imported else 0
        told = "Lines of the files imported in the last 24 hours."
        yield Figure("energymed_import_rows", told, count, {"outcome": name})


def _messages(session: Session, at: datetime) -> Iterator[Figure]:
    found = session.execute(
        select(Message.state, func.count())
        .where(
            or_(
                Message.state.in_(WAITING),
                Message.state.not_in(WAITING) & (Message.next_try_at >= at - A_DAY),
            )
        )
        .group_by(Message.state)
    )
    counts = {state: count for state, count in found}
    told = "Messages that wait, and those of the last 24 hours that do not any more."
    for state in MessageState:
        yield Figure("energymed_messages", told, counts.get(state, 0), {"state": state})


def _jobs(session: Session, at: datetime) -> Iterator[Figure]:
    """When each job ran last, whichever node ran it, how it went, and how often it failed."""
    for job, run in last_ended(session).items():
        of = {"job": job}
        yield Figure("energymed_job_last_start_timestamp_seconds", "When the job last ran.",
                     run.started_at.timestamp(), of)  # fmt: skip
        yield Figure("energymed_job_last_duration_seconds", "How long the job's last run took.",
                     run.seconds or 0, of)  # fmt: skip
        yield Figure("energymed_job_last_failed", "1 when the job's last run failed.",
                     int(run.state == RunState.FAILED), of)  # fmt: skip
    failures = session.execute(
        select(JobRun.job, func.count())
        .where(JobRun.job.in_(PLANS), JobRun.due_at >= at - A_DAY)
        .where(JobRun.state == RunState.FAILED)
        .group_by(JobRun.job)
    )
    counts = {job: count for job, count in failures}
    for job in PLANS:
        told = "Runs of the last 24 hours that failed."
        yield Figure("energymed_job_failures", told, counts.get(job, 0), {"job": job})
