"""Why a case comes at its place in the queue: one code and what it says, for every page. Pure."""

from dataclasses import dataclass
from datetime import date, datetime

from energymed.calling.codes import WhyNow
from energymed.calling.eligibility.assess import CaseRow, Place, place_of
from energymed.cases.codes import CaseState, QueueReason
from energymed.cases.models import Case

OTHERS = {QueueReason.FOLLOW_UP: WhyNow.FOLLOW_UP, QueueReason.RETRY: WhyNow.RETRY}


@dataclass(frozen=True, slots=True)
class Why:
    """`at`: the time that was promised; `on`: the day of the cut-off, or that a bill was due."""

    code: WhyNow
    at: datetime | None = None
    on: date | None = None


def why_now(row: CaseRow, now: datetime) -> Why:
    """Why a case of the queue comes where it does, by the rule that orders it."""
    place = place_of(row, now)
    if place == Place.CALLBACK:
        return Why(WhyNow.CALLBACK, at=row.callback_at)
    if place == Place.CUTOFF:
        return Why(WhyNow.CUTOFF, on=row.cutoff_date)
    if place == Place.INSTALMENT:
        return Why(WhyNow.INSTALMENT)
    return Why(OTHERS.get(row.reason, WhyNow.NEW), on=row.due_date)


def in_queue(case: Case, now: datetime) -> bool:
    """Whether a case is in the queue: put there, or its time to wait is over."""
    if case.state == CaseState.WAITING:
        return case.next_action_at is not None and case.next_action_at <= now
    return case.state == CaseState.QUEUED
