"""Follow-ups: something to do on a case at a time; when it falls due the case is queued again."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from energymed.accounts.actor import SYSTEM, Actor
from energymed.accounts.scope import scoped
from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.errors import BadInput, NotFound
from energymed.base.i18n import N_
from energymed.calling.models import FollowUp
from energymed.cases import moves
from energymed.cases.models import Case
from energymed.cases.queries import get_case

QUEUE_REASON = {"callback": "callback", "instalment": "instalment"}


def add_follow_up(
    session: Session,
    actor: Actor,
    case: Case,
    kind: str,
    due_at: datetime,
    *,
    now: datetime,
    note: str | None = None,
    instalment_id: int | None = None,
) -> FollowUp:
    """Add something to do on the case, for its mediator."""
    follow_up = FollowUp(
        case_id=case.id,
        kind=kind,
        due_at=due_at,
        assigned_to_id=case.assigned_to_id or actor.user_id,
        note=note or None,
        instalment_id=instalment_id,
        created_at=now,
    )
    session.add(follow_up)
    audit.record(
        session, actor, "follow_up.added", follow_up, now=now,
        after={"kind": kind, "due_at": due_at.isoformat()},
    )  # fmt: skip
    session.flush()
    return follow_up


def get_follow_up(session: Session, actor: Actor, follow_up_id: int) -> FollowUp:
    """The follow-up, when its case is the actor's to see, its case locked.

    Raises:
        NotFound: unknown or of another site.
    """
    follow_up = session.get(FollowUp, follow_up_id)
    if follow_up is None:
        raise NotFound(N_("Ce suivi n'existe pas."))
    get_case(session, actor, follow_up.case_id, lock=True)
    return follow_up


def finish_follow_up(
    session: Session, actor: Actor, follow_up_id: int, state: str, *, now: datetime
) -> FollowUp:
    """Mark a follow-up `done` or `cancelled`; a second time changes nothing."""
    follow_up = get_follow_up(session, actor, follow_up_id)
    if follow_up.state == "open":
        follow_up.state, follow_up.done_at = state, now
        audit.record(
            session, actor, f"follow_up.{state}", follow_up, now=now, before={"state": "open"}
        )
        session.flush()
    return follow_up


def postpone_follow_up(
    session: Session, actor: Actor, follow_up_id: int, due_at: datetime, *, now: datetime
) -> FollowUp:
    """Move a follow-up to a later time.

    Raises:
        BadInput: a time that has passed.
    """
    if due_at <= now:
        raise BadInput(N_("Ce moment est déjà passé."), field="due_at")
    follow_up = get_follow_up(session, actor, follow_up_id)
    before, follow_up.due_at = follow_up.due_at, due_at
    follow_up.surfaced_at = None
    audit.record(
        session, actor, "follow_up.postponed", follow_up, now=now,
        before={"due_at": before.isoformat()}, after={"due_at": due_at.isoformat()},
    )  # fmt: skip
    case = session.get_one(Case, follow_up.case_id)
    if case.state in ("queued", "waiting"):
        reason = "callback" if follow_up.kind == "callback" else "follow_up"
        moves.wait(session, actor, case, reason, due_at, now=now)
    return follow_up


def close_open_follow_ups(
    session: Session, actor: Actor, case: Case, *, now: datetime, kinds: tuple[str, ...]
) -> None:
    """Finish the follow-ups of these kinds that a call has just answered."""
    statement = select(FollowUp).where(
        FollowUp.case_id == case.id,
        FollowUp.state == "open",
        FollowUp.kind.in_(kinds),
        FollowUp.due_at <= now,
    )
    for follow_up in session.scalars(statement):
        finish_follow_up(session, actor, follow_up.id, "done", now=now)


def tasks(
    actor: Actor,
    *,
    mine: bool = True,
    state: str = "open",
    kind: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Select[FollowUp]:
    """Select of the follow-ups that the actor may see, soonest first.

    Args:
        since: only those due at this instant or later.
        until: only those due before this instant.
    """
    statement = (
        select(FollowUp)
        .join(Case, Case.id == FollowUp.case_id)
        .options(
            joinedload(FollowUp.case).joinedload(Case.person),
            joinedload(FollowUp.case).joinedload(Case.partner),
            joinedload(FollowUp.assigned_to),
        )
        .where(FollowUp.state == state)
        .order_by(FollowUp.due_at, FollowUp.id)
    )
    if mine:
        statement = statement.where(FollowUp.assigned_to_id == actor.user_id)
    if kind:
        statement = statement.where(FollowUp.kind == kind)
    if since is not None:
        statement = statement.where(FollowUp.due_at >= since)
    if until is not None:
        statement = statement.where(FollowUp.due_at < until)
    return scoped(statement, Case, actor)


def surface_due(session: Session, *, now: datetime) -> int:
    """Put back into the queue what falls due; returns how many cases moved.

    Follow-ups whose time has come, retries whose wait is over; cut-off notices whose day has
    passed close as too late.
    """
    moved = 0
    for follow_up in session.scalars(_due(now)):
        follow_up.surfaced_at = now
        case = follow_up.case
        if case.state in ("waiting", "queued") or _may_reopen(session, follow_up):
            reason = QUEUE_REASON.get(follow_up.kind, "follow_up")
            moves.enqueue(session, SYSTEM, case, reason, now=now)
            moved += 1
    retries = (
        select(Case)
        .where(Case.state == "waiting", Case.next_action_at <= now)
        .with_for_update(skip_locked=True)
    )
    for case in session.scalars(retries):
        moves.enqueue(session, SYSTEM, case, case.waiting_reason or "retry", now=now)
        moved += 1
    return moved + _close_too_late(session, now)


def _due(now: datetime) -> Select[FollowUp]:
    return (
        select(FollowUp)
        .where(FollowUp.state == "open", FollowUp.due_at <= now, FollowUp.surfaced_at.is_(None))
        .options(joinedload(FollowUp.case, innerjoin=True))
        .with_for_update(skip_locked=True, of=FollowUp)
    )


def _may_reopen(session: Session, follow_up: FollowUp) -> bool:
    """A missed instalment calls again on a case that was closed on its running plan.

    Not when the partner has sent the reference anew: that case is the one to work on.
    """
    case = follow_up.case
    if follow_up.kind != "instalment" or case.closure != "plan_running":
        return False
    newer = select(Case.id).where(
        Case.partner_id == case.partner_id,
        Case.campaign_kind == case.campaign_kind,
        Case.reference == case.reference,
        Case.state != "closed",
    )
    return session.scalar(newer) is None


def _close_too_late(session: Session, now: datetime) -> int:
    late = session.scalars(
        select(Case)
        .where(Case.campaign_kind == "cutoff_notice", Case.cutoff_date < paris_date(now))
        .where(Case.state.in_(("to_assign", "queued", "waiting")))
        .with_for_update(skip_locked=True)
    ).all()
    for case in late:
        moves.close(session, SYSTEM, case, "too_late", now=now)
    return len(late)
