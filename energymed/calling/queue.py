"""The queue of a mediator: what may be called now, in which order, and what waits and why."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from energymed.accounts.actor import Actor
from energymed.accounts.scope import scoped, within
from energymed.calling.facts import calling_order, facts, judged, reason_of
from energymed.calling.rules import Verdict
from energymed.cases.models import Case


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


def view_queue(session: Session, actor: Actor, now: datetime) -> QueueView:
    """The queue of `actor` at `now`: three queries and one for each campaign in it."""
    ready, held = [], []
    known = judged(session, facts().where(callable_by(actor, now)), now)
    for one in sorted(known, key=lambda one: calling_order(one.row, now)):
        if one.verdict.allowed:
            ready.append(Ready(one.row.id, one.row.household_id, reason_of(one.row)))
        else:
            held.append(one.verdict)
    return QueueView(ready, _grouped(held), _later(session, actor, now))


def callable_by(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """The actor's queued cases, those whose time to wait is over, and those for whoever is free."""
    active = Case.state.in_(("queued", "waiting"))  # as the partial index says
    over = and_(Case.state == "waiting", Case.next_action_at <= now)
    mine = and_(active, Case.assigned_to_id == actor.user_id, or_(Case.state == "queued", over))
    return within(or_(mine, and_(Case.for_anyone, over)), Case, actor)


def _later(session: Session, actor: Actor, now: datetime) -> list[Held]:
    """The actor's cases whose time has not come, by what they wait for."""
    statement = (
        select(Case.waiting_reason, func.count(), func.min(Case.next_action_at))
        .where(Case.state == "waiting", Case.next_action_at > now)
        .where(Case.assigned_to_id == actor.user_id)
        .group_by(Case.waiting_reason)
        .order_by(func.min(Case.next_action_at))
    )
    rows = session.execute(scoped(statement, Case, actor))
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
