"""The queue of a mediator: what may be called now, in which order, and what waits and why."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
    text,
    union_all,
)

from energymed.accounts.scope import named, scoped, unnamed
from energymed.base.context import Context
from energymed.base.db import UTCDateTime, read_rows
from energymed.calling.codes import NoCallReason
from energymed.calling.eligibility.assess import CaseRow, assess, case_rows
from energymed.calling.eligibility.rules import Verdict
from energymed.cases.codes import CaseState, QueueReason, WaitingReason
from energymed.cases.models import READY, Case

AT = bindparam("at", type_=UTCDateTime())


@dataclass(frozen=True, slots=True)
class Ready:
    """A case that may be called now; `reason` is why it is in the queue."""

    case_id: int
    household_id: int
    reason: QueueReason


@dataclass(frozen=True, slots=True)
class Held:
    """Cases that wait for one reason, and when the first of them opens (None: never)."""

    reason: NoCallReason | WaitingReason
    count: int
    opens_at: datetime | None


@dataclass(frozen=True, slots=True)
class QueueView:
    """A mediator's queue: ready in calling order, held back by reason, and waiting for a time.

    The reasons of `held` are those of `NoCallReason`, the reasons of `later` those of
    `WaitingReason`; both tell when the first of them opens.
    """

    ready: list[Ready]
    held: list[Held]
    later: list[Held]

    @property
    def ready_by_reason(self) -> dict[QueueReason, int]:
        """How many are ready, by why they are in the queue."""
        return dict(Counter(ready.reason for ready in self.ready))

    @property
    def opens_at(self) -> datetime | None:
        """When the next held or waiting case opens."""
        return min(
            (each.opens_at for each in self.held + self.later if each.opens_at), default=None
        )


def view_queue(ctx: Context) -> QueueView:
    """The queue of `actor` at `now`: three queries and one for each campaign in it."""
    ready, held = [], []
    rows = read_rows(ctx.session, _callable_rows(ctx.actor.role), queue_of(ctx))
    for found in assess(ctx.session, [CaseRow._make(row) for row in rows], ctx.now):
        if found.verdict.allowed:
            ready.append(Ready(found.case.id, found.case.household_id, found.case.reason))
        else:
            held.append(found.verdict)
    return QueueView(ready, _grouped(held), _later(ctx))


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
    """The parameters of `callable_cases`: whose queue, and when."""
    return {**named(ctx.actor), "at": ctx.now}


@cache
def _callable_rows(role: str) -> Select[*tuple[Any, ...]]:
    return case_rows().where(Case.id.in_(callable_cases(role, Case.id)))


def _later(ctx: Context) -> list[Held]:
    """The actor's cases whose time has not come, by what they wait for."""
    statement = (
        select(Case.waiting_reason, func.count(), func.min(Case.next_action_at))
        .where(Case.state == CaseState.WAITING)
        .where(or_(Case.next_action_at > ctx.now, Case.next_action_at.is_(None)))
        .where(Case.assigned_to_id == ctx.actor.user_id)
        .group_by(Case.waiting_reason)
        .order_by(func.min(Case.next_action_at))
    )
    rows = ctx.session.execute(scoped(statement, Case, ctx.actor))
    return [Held(reason, count, opens_at) for reason, count, opens_at in rows if reason]


def _grouped(verdicts: list[Verdict]) -> list[Held]:
    counts = Counter(verdict.reason for verdict in verdicts if verdict.reason)
    return [
        Held(
            reason,
            count,
            min((v.opens_at for v in verdicts if v.reason == reason and v.opens_at), default=None),
        )
        for reason, count in counts.most_common()
    ]
