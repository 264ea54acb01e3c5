"""What falls due: follow-ups and retries queue their case."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlalchemy.orm import Session, contains_eager

from energymed.base.context import SYSTEM, Context
from energymed.calling.codes import FollowUpKind, FollowUpState
from energymed.calling.follow_ups.pauses import paused
from energymed.calling.follow_ups.service import NOT_BY_CALL, queue_reason
from energymed.calling.models import FollowUp
from energymed.cases import transitions
from energymed.cases.codes import CaseState, QueueReason
from energymed.cases.models import Case
from energymed.cases.queries import sent_anew
from energymed.partners.codes import Closure

URGENCY = {QueueReason.FOLLOW_UP: 1, QueueReason.INSTALMENT: 2, QueueReason.CALLBACK: 3}


def due_cases(session: Session, *, now: datetime) -> list[int]:
    """Ids of the cases that `surface_due` would look at, those that wait longest first."""
    followed = session.scalars(_due(now).with_only_columns(Case.id, maintain_column_froms=True))
    waited = select(Case.id).where(_waited_enough(now)).order_by(Case.next_action_at, Case.id)
    return list(dict.fromkeys((*followed, *session.scalars(waited))))


def surface_due(session: Session, *, now: datetime, among: Collection[int] | None = None) -> int:
    """Put back into the queue what falls due; returns how many cases moved.

    Follow-ups whose time has come, retries whose wait is over. A case in call is left to its call
    and looked at again the next time.

    Args:
        among: ids of the cases to look at; all of them when None.
    """
    moved, of_these = 0, true() if among is None else Case.id.in_(among)
    due = (
        _due(now)
        .where(of_these)
        .options(contains_eager(FollowUp.case))
        .with_for_update(skip_locked=True, of=(FollowUp, Case))
        .execution_options(populate_existing=True)
    )
    for follow_up in session.scalars(due).all():
        moved += _surface(session, follow_up, now)
    waited = (
        select(Case)
        .where(_waited_enough(now), of_these)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    for case in session.scalars(waited).all():
        reason = QueueReason(case.waiting_reason or QueueReason.RETRY)
        transitions.enqueue(Context(session, SYSTEM, now), case, reason)
        moved += 1
    return moved


def _surface(session: Session, follow_up: FollowUp, now: datetime) -> bool:
    """Queue the case for this follow-up, unless something more urgent queued it already."""
    case = follow_up.case
    if case.state == CaseState.CLOSED and sent_anew(session, case):
        return False
    follow_up.surfaced_at = now
    reason = queue_reason(follow_up)
    queued_for = case.queue_reason if case.state == CaseState.QUEUED else None
    if queued_for is not None and URGENCY.get(queued_for, 0) >= URGENCY[reason]:
        return False
    transitions.enqueue(Context(session, SYSTEM, now), case, reason)
    return True


def _waited_enough(now: datetime) -> ColumnElement[bool]:
    return and_(Case.state == CaseState.WAITING, Case.next_action_at <= now)


def _due(now: datetime) -> Select[FollowUp]:
    """Follow-ups that can move their case."""
    instalment = and_(
        FollowUp.kind == FollowUpKind.INSTALMENT, Case.closure == Closure.PLAN_RUNNING
    )
    return (
        select(FollowUp)
        .join(FollowUp.case)
        .where(
            FollowUp.state == FollowUpState.OPEN,
            FollowUp.due_at <= now,
            FollowUp.surfaced_at.is_(None),
        )
        .where(FollowUp.kind.not_in(NOT_BY_CALL))
        .where(or_(FollowUp.kind == FollowUpKind.CALLBACK, ~paused(Case.id, now)))
        .where(or_(Case.state.in_((CaseState.WAITING, CaseState.QUEUED)), instalment))
        .order_by(FollowUp.due_at, FollowUp.id)
    )
