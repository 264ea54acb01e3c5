"""What a mediator says they are doing: a pause, a meeting, a formation, a moment after a call.

Nobody is judged by it: no list is in its order and nothing adds it up by person. A case that is
held meanwhile goes back to the queue at the end of its lease (`queue.claims.renew`); taking a case
ends the state. What was forgotten ends with its day.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from energymed.base import audit
from energymed.base.clock import day_bounds, paris_date
from energymed.base.context import SYSTEM, Context
from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.calling.codes import PresenceState
from energymed.calling.models import Presence
from energymed.calling.one_press import one_press_at_a_time

KEPT_FOR = timedelta(days=30)  # as long as the runs of the jobs


def choose_state(ctx: Context, state: PresenceState | None) -> None:
    """Say what the actor does from now on; of two tabs the last one counts.

    Raises:
        BadInput: no such state.
    """
    if state is None or ctx.actor.user_id is None:
        raise BadInput(N_("Dites ce que vous faites : aux appels, en pause, en réunion…"))
    one_press_at_a_time(ctx)
    open_row = _open_row(ctx.session, ctx.actor.user_id)
    if open_row is not None:
        if open_row.state == state and _is_of_today(open_row, ctx.now):
            return
        _end(ctx, open_row)
    if state == PresenceState.CALLING:
        return
    row = Presence(user_id=ctx.actor.user_id, state=state, since=ctx.now)
    ctx.session.add(row)
    audit.record(ctx, "presence.begun", row, after={"state": state})
    ctx.session.flush()


def resume_calls(ctx: Context) -> None:
    """The actor takes a case, and so is there for calls."""
    if ctx.actor.user_id is None:
        return
    open_row = _open_row(ctx.session, ctx.actor.user_id)
    if open_row is not None:
        _end(ctx, open_row)


def state_of(ctx: Context) -> Presence | None:
    """What the actor does now; None: there for calls."""
    if ctx.actor.user_id is None:
        return None
    return states_of(ctx, [ctx.actor.user_id]).get(ctx.actor.user_id)


def states_of(ctx: Context, user_ids: Iterable[int | None]) -> dict[int, Presence]:
    """What each of these people does now, by their id; who is there for calls is not in it."""
    since_midnight, _end_of_day = day_bounds(paris_date(ctx.now))
    rows = ctx.session.scalars(
        select(Presence)
        .where(Presence.user_id.in_(list(user_ids)), Presence.until.is_(None))
        .where(Presence.since >= since_midnight)
    )
    return {row.user_id: row for row in rows}


def end_state_of(ctx: Context, user_id: int) -> None:
    """Somebody leaves, or calls no more: what they did just now is over."""
    open_row = _open_row(ctx.session, user_id)
    if open_row is not None:
        _end(ctx, open_row)


def end_forgotten(session: Session, *, now: datetime) -> int:
    """End what was begun on an earlier day; returns how many."""
    since_midnight, _end_of_day = day_bounds(paris_date(now))
    forgotten = session.scalars(
        select(Presence)
        .where(Presence.until.is_(None), Presence.since < since_midnight)
        .with_for_update(skip_locked=True)
    ).all()
    for row in forgotten:
        _end(Context(session, SYSTEM, now), row)
    return len(forgotten)


def forget_old_states(session: Session, at: datetime) -> int:
    """Drop what ended more than 30 days ago; returns how many."""
    old = delete(Presence).where(Presence.until < at - KEPT_FOR).returning(Presence.id)
    return len(session.scalars(old).all())


def _open_row(session: Session, user_id: int) -> Presence | None:
    return session.scalar(
        select(Presence).where(Presence.user_id == user_id, Presence.until.is_(None))
    )


def _is_of_today(row: Presence, now: datetime) -> bool:
    return paris_date(row.since) == paris_date(now)


def _end(ctx: Context, row: Presence) -> None:
    """End a state now, or with its day."""
    _midnight, end_of_day = day_bounds(paris_date(row.since))
    row.until = max(row.since, min(ctx.now, end_of_day))
    audit.record(ctx, "presence.ended", row, before={"state": row.state})
    ctx.session.flush()
