"""Pauses: a case is left in peace until a day, for a coded reason, and comes back by itself.

A pause is a follow-up of its own kind, for which the case waits: `queue.due` brings it back on the
day. Nobody is given the case meanwhile; by hand it may be opened, and any call ends the pause.
"""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, contains_eager

from energymed.base.clock import at_paris, paris_date
from energymed.base.context import Context
from energymed.base.errors import Refused
from energymed.base.i18n import N_
from energymed.calling.codes import FollowUpKind, FollowUpState, PauseReason
from energymed.calling.follow_ups.callbacks import OPEN_CALLBACK
from energymed.calling.follow_ups.pause_limits import check_no_promise, check_pause
from energymed.calling.follow_ups.service import add_follow_up, settle_follow_ups
from energymed.calling.models import FollowUp
from energymed.cases import transitions
from energymed.cases.codes import CaseState, QueueReason, WaitingReason
from energymed.cases.models import Case
from energymed.cases.queries import get_case

MORNING = time(9, 0)
OPEN_PAUSE = and_(FollowUp.kind == FollowUpKind.PAUSE, FollowUp.state == FollowUpState.OPEN)


def pause_case(
    ctx: Context, case_id: int, until: date, reason: PauseReason, *, drop_callback: bool = False
) -> FollowUp:
    """Leave a case in peace until the morning of a day; another pause of it ends.

    Args:
        drop_callback: a call that was promised is not made.

    Raises:
        BadInput: the day (`pause_limits.check_pause`), or a promised call that nobody dropped.
        Refused: the case is in call, closed or nobody's; the person is never called.
        NotFound: unknown or of another site.
    """
    case = get_case(ctx, case_id, lock=True)
    if case.state not in (CaseState.QUEUED, CaseState.WAITING):
        raise Refused(N_("Seul un dossier en file ou en attente se met en pause."))
    check_pause(ctx.session, case, until, paris_date(ctx.now), "until")
    if not drop_callback:
        check_no_promise(_promised(ctx, case), "drop_callback")
    settled = (FollowUpKind.PAUSE, FollowUpKind.CALLBACK)
    settle_follow_ups(ctx, case, settled, FollowUpState.CANCELLED)
    at = at_paris(until, MORNING)
    pause = add_follow_up(ctx, case, FollowUpKind.PAUSE, at, pause_reason=reason)
    transitions.wait(ctx, case, WaitingReason.FOLLOW_UP, at)
    return pause


def paused(case_id: Any, now: datetime) -> ColumnElement[bool]:
    """Condition: the case is paused at `now`."""
    pause = aliased(FollowUp)
    return exists().where(
        pause.case_id == case_id,
        pause.kind == FollowUpKind.PAUSE,
        pause.state == FollowUpState.OPEN,
        pause.due_at > now,
    )


def end_overtaken(ctx: Context) -> int:
    """End the pauses that an intervention will overtake, and those of cases that went on.

    The first put their case back into the queue at once. Returns how many ended.
    """
    stays = and_(Case.state == CaseState.WAITING, Case.next_action_at == FollowUp.due_at)
    statement = (
        select(FollowUp)
        .join(FollowUp.case)
        .options(contains_eager(FollowUp.case))
        .where(OPEN_PAUSE, FollowUp.due_at > ctx.now)
        .where(Case.state != CaseState.IN_CALL)
        .where(or_(~stays, Case.cutoff_date >= paris_date(ctx.now)))
        .with_for_update(skip_locked=True, of=(FollowUp, Case))
    )
    ended = 0
    for pause in ctx.session.scalars(statement).all():
        ended += _end_overtaken(ctx, pause)
    return ended


def _end_overtaken(ctx: Context, pause: FollowUp) -> bool:
    case, one = pause.case, (FollowUpKind.PAUSE,)
    if case.state != CaseState.WAITING or case.next_action_at != pause.due_at:
        settle_follow_ups(ctx, case, one, FollowUpState.CANCELLED)
        return True
    if case.cutoff_date is None or case.cutoff_date > paris_date(pause.due_at):
        return False
    settle_follow_ups(ctx, case, one, FollowUpState.DONE)
    transitions.enqueue(ctx, case, QueueReason.FOLLOW_UP)
    return True


def _promised(ctx: Context, case: Case) -> list[date]:
    due = ctx.session.scalar(
        select(func.min(FollowUp.due_at)).where(FollowUp.case_id == case.id, OPEN_CALLBACK)
    )
    return [paris_date(due)] if due else []
