"""What falls due: follow-ups and retries queue their case."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlalchemy.orm import Session, contains_eager

from energymed.base.context import SYSTEM, Context
from energymed.calling.follow_ups.service import OF_THE_LEAD, QUEUE_REASON
from energymed.calling.models import FollowUp
from energymed.cases import transitions
from energymed.cases.codes import QueueReason
from energymed.cases.models import Case

URGENCY = {"follow_up": 1, "instalment": 2, "callback": 3}


def due_cases(session: Session, *, now: datetime) -> list[int]:
    """Ids of the cases that `surface_due` would look at, those that wait longest first."""
    followed = session.scalars(_due(now).with_only_columns(Case.id, maintain_column_froms=True))
    over = session.scalars(select(Case.id).where(_over(now)).order_by(Case.next_action_at, Case.id))
    return list(dict.fromkeys((*followed, *over)))


def surface_due(session: Session, *, now: datetime, among: Collection[int] | None = None) -> int:
    """Put back into the queue what falls due; returns how many cases moved.

    Follow-ups whose time has come, retries whose wait is over. A case in call is left to its call
    and looked at again the next time.

    Args:
        among: ids of the cases to look at; all of them when None.
    """
    moved, these = 0, true() if among is None else Case.id.in_(among)
    due = (
        _due(now)
        .where(these)
        .options(contains_eager(FollowUp.case))
        .with_for_update(skip_locked=True, of=(FollowUp, Case))
        .execution_options(populate_existing=True)
    )
    for follow_up in session.scalars(due).all():
        moved += _surface(session, follow_up, now)
    over = (
        select(Case)
        .where(_over(now), these)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    for case in session.scalars(over).all():
        reason = QueueReason(case.waiting_reason or QueueReason.RETRY)
        transitions.enqueue(Context(session, SYSTEM, now), case, reason)
        moved += 1
    return moved


def _surface(session: Session, follow_up: FollowUp, now: datetime) -> bool:
    """Queue the case for this follow-up, unless something more urgent queued it already."""
    case = follow_up.case
    if case.state == "closed" and not _may_reopen(session, follow_up):
        return False
    follow_up.surfaced_at = now
    reason = QueueReason(QUEUE_REASON.get(follow_up.kind, QueueReason.FOLLOW_UP))
    if case.state == "queued" and URGENCY.get(str(case.queue_reason), 0) >= URGENCY[reason]:
        return False
    transitions.enqueue(Context(session, SYSTEM, now), case, reason)
    return True


def _over(now: datetime) -> ColumnElement[bool]:
    return and_(Case.state == "waiting", Case.next_action_at <= now)


def _due(now: datetime) -> Select[FollowUp]:
    """Follow-ups that can move their case."""
    instalment = and_(FollowUp.kind == "instalment", Case.closure == "plan_running")
    return (
        select(FollowUp)
        .join(FollowUp.case)
        .where(FollowUp.state == "open", FollowUp.due_at <= now, FollowUp.surfaced_at.is_(None))
        .where(FollowUp.kind.not_in(OF_THE_LEAD))
        .where(or_(Case.state.in_(("waiting", "queued")), instalment))
        .order_by(FollowUp.due_at, FollowUp.id)
    )


def _may_reopen(session: Session, follow_up: FollowUp) -> bool:
    """A missed instalment calls again on a case that was closed on its running plan.

    Not when the partner has sent the reference anew: that case is the one to work on.
    """
    case = follow_up.case
    newer = select(Case.id).where(
        Case.partner_id == case.partner_id,
        Case.campaign_kind == case.campaign_kind,
        Case.reference == case.reference,
        Case.state != "closed",
    )
    return session.scalar(newer) is None
