"""Which cases are in a queue, and in which order, in SQL; `assess.calling_order` in Python.

Interventions of one day are in the order of their age here: SQL does not know their hours.
"""

from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    text,
    union_all,
)

from energymed.accounts.scope import named, scoped, unnamed
from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.db import UTCDateTime
from energymed.calling.eligibility.assess import Place
from energymed.calling.follow_ups.callbacks import callback_at
from energymed.cases.codes import CaseState, QueueReason
from energymed.cases.models import READY, Case

AT = bindparam("at", type_=UTCDateTime())
ORDER = (
    Case.id, Case.queue_reason, Case.waiting_reason, Case.cutoff_date, Case.due_date,
    Case.opened_at,
)  # fmt: skip


@cache
def callable_cases(role: str, *columns: Any) -> CompoundSelect[*tuple[Any, ...]]:
    """Columns of the actor's queued cases, those whose time to wait is over, and those for whoever
    is free; each case once. Whose they are and the time are told by `queue_of`.
    """
    actor = unnamed(role)
    over = and_(Case.state == CaseState.WAITING, Case.next_action_at <= AT)
    open_now = or_(Case.state == CaseState.QUEUED, over)
    mine = select(*columns).where(text(f"case_file.{READY}"), Case.assigned_to_id == actor.user_id)
    anyone = select(*columns).where(Case.for_anyone, open_now)
    return union_all(  # each by an index of its own
        scoped(mine.where(open_now), Case, actor),
        scoped(anyone.where(Case.assigned_to_id.is_distinct_from(actor.user_id)), Case, actor),
    )


def queue_of(ctx: Context) -> dict[str, object]:
    """The parameters of `callable_cases` and `in_order`: whose queue, and when."""
    return {**named(ctx.actor), "at": ctx.now, "today": paris_date(ctx.now)}


def in_order(role: str) -> Select[int, int]:
    """(case, place) of a piece of the queue: `size` of them from `start` on, in calling order."""
    placed = _placed(role).subquery().c
    promised: ColumnElement[Any] = case(
        (placed.place == Place.CALLBACK, func.coalesce(callback_at(placed.id), AT))
    )
    cutoff = case((placed.place == Place.CUTOFF, placed.cutoff_date))
    due = case((placed.place > Place.CUTOFF, placed.due_date))
    return (
        select(placed.id, placed.place)
        .order_by(placed.place, promised, cutoff, due.is_(None), due, placed.opened_at, placed.id)
        .offset(bindparam("start", type_=Integer()))
        .limit(bindparam("size", type_=Integer()))
    )


def _placed(role: str) -> Select[*tuple[Any, ...]]:
    """What may be called, with its place in the calling order."""
    ready = callable_cases(role, *ORDER).subquery()
    reason = func.coalesce(ready.c.queue_reason, ready.c.waiting_reason)
    place = case(
        (reason == QueueReason.CALLBACK, int(Place.CALLBACK)),
        (ready.c.cutoff_date >= bindparam("today", type_=Date()), int(Place.CUTOFF)),
        (reason == QueueReason.INSTALMENT, int(Place.INSTALMENT)),
        else_=int(Place.OTHER),
    )
    return select(*ready.c, place.label("place"))
