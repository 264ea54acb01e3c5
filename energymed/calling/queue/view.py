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
from energymed.base.context import Actor, Context
from energymed.base.db import UTCDateTime, read_rows
from energymed.calling.eligibility.assess import facts, judged, reason_of
from energymed.calling.eligibility.rules import Verdict
from energymed.cases.models import READY, Case

AT = bindparam("at", type_=UTCDateTime())


@dataclass(frozen=True, slots=True)
class Ready:
    """A case that may be called now; `reason` is why it is in the queue."""

    case_id: int
    household_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Held:
    """Cases that wait for one reason, and when the first of them opens (None: never)."""

    reason: str
    count: int
    opens_at: datetime | None


@dataclass(frozen=True, slots=True)
class QueueView:
    """A mediator's queue: ready in calling order, held back by reason, and waiting for a time.

    The reasons of `held` are those of `rules.REASONS`, the reasons of `later` those of
    `codes.WAITING_REASONS`; both tell when the first of them opens.
    """

    ready: list[Ready]
    held: list[Held]
    later: list[Held]

    @property
    def ready_by_reason(self) -> dict[str, int]:
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
    known = read_rows(ctx.session, _callable_facts(ctx.actor.role), asked_by(ctx.actor, ctx.now))
    for one in judged(ctx.session, known, ctx.now):
        if one.verdict.allowed:
            ready.append(Ready(one.row.id, one.row.household_id, reason_of(one.row)))
        else:
            held.append(one.verdict)
    return QueueView(ready, _grouped(held), _later(ctx))


@cache
def callable_cases(role: str, *columns: Any) -> CompoundSelect[*tuple[Any, ...]]:
    """Columns of the actor's queued cases, those whose time to wait is over, and those for whoever
    is free; each case once. Whose they are and the time are told by `asked_by`.
    """
    actor = unnamed(role)
    over = and_(Case.state == "waiting", Case.next_action_at <= AT)
    open_now = or_(Case.state == "queued", over)
    mine = select(*columns).where(text(f"case_file.{READY}"), Case.assigned_to_id == actor.user_id)
    anyone = select(*columns).where(Case.for_anyone, open_now)
    return union_all(  # each by an index of its own
        scoped(mine.where(open_now), Case, actor),
        scoped(anyone.where(Case.assigned_to_id.is_distinct_from(actor.user_id)), Case, actor),
    )


def asked_by(actor: Actor, now: datetime) -> dict[str, object]:
    """What `callable_cases` leaves open."""
    return {**named(actor), "at": now}


@cache
def _callable_facts(role: str) -> Select[*tuple[object, ...]]:
    return facts().where(Case.id.in_(callable_cases(role, Case.id)))


def _later(ctx: Context) -> list[Held]:
    """The actor's cases whose time has not come, by what they wait for."""
    statement = (
        select(Case.waiting_reason, func.count(), func.min(Case.next_action_at))
        .where(Case.state == "waiting")
        .where(or_(Case.next_action_at > ctx.now, Case.next_action_at.is_(None)))
        .where(Case.assigned_to_id == ctx.actor.user_id)
        .group_by(Case.waiting_reason)
        .order_by(func.min(Case.next_action_at))
    )
    rows = ctx.session.execute(scoped(statement, Case, ctx.actor))
    return [Held(str(reason), count, opens_at) for reason, count, opens_at in rows]


def _grouped(verdicts: list[Verdict]) -> list[Held]:
    counts = Counter(verdict.reason for verdict in verdicts)
    return [
        Held(
            str(reason),
            count,
            min((v.opens_at for v in verdicts if v.reason == reason and v.opens_at), default=None),
        )
        for reason, count in counts.most_common()
    ]
