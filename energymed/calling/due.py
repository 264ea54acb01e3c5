"""What falls due: follow-ups and retries queue their case."""

from datetime import datetime

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, contains_eager

from energymed.accounts.actor import SYSTEM
from energymed.calling.followups import OF_THE_LEAD, QUEUE_REASON
from energymed.calling.models import FollowUp
from energymed.cases import moves
from energymed.cases.models import Case

URGENCY = {"follow_up": 1, "instalment": 2, "callback": 3}


def surface_due(session: Session, *, now: datetime) -> int:
    """Put back into the queue what falls due; returns how many cases moved.

    Follow-ups whose time has come, retries whose wait is over. A case in call is left to its call
    and looked at again the next time.
    """
    moved = 0
    for follow_up in session.scalars(_due(now)).all():
        moved += _surface(session, follow_up, now)
    over = (
        select(Case)
        .where(Case.state == "waiting", Case.next_action_at <= now)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    for case in session.scalars(over).all():
        moves.enqueue(session, SYSTEM, case, case.waiting_reason or "retry", now=now)
        moved += 1
    return moved


def _surface(session: Session, follow_up: FollowUp, now: datetime) -> bool:
    """Queue the case for this follow-up, unless something more urgent queued it already."""
    case = follow_up.case
    if case.state == "closed" and not _may_reopen(session, follow_up):
        return False
    follow_up.surfaced_at = now
    reason = QUEUE_REASON.get(follow_up.kind, "follow_up")
    if case.state == "queued" and URGENCY.get(str(case.queue_reason), 0) >= URGENCY[reason]:
        return False
    moves.enqueue(session, SYSTEM, case, reason, now=now)
    return True


def _due(now: datetime) -> Select[FollowUp]:
    """Follow-ups that can move their case, each locked with it."""
    instalment = and_(FollowUp.kind == "instalment", Case.closure == "plan_running")
    return (
        select(FollowUp)
        .join(FollowUp.case)
        .options(contains_eager(FollowUp.case))
        .where(FollowUp.state == "open", FollowUp.due_at <= now, FollowUp.surfaced_at.is_(None))
        .where(FollowUp.kind.not_in(OF_THE_LEAD))
        .where(or_(Case.state.in_(("waiting", "queued")), instalment))
        .order_by(FollowUp.due_at, FollowUp.id)
        .with_for_update(skip_locked=True, of=(FollowUp, Case))
        .execution_options(populate_existing=True)
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
