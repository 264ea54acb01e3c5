"""The queue of a mediator: what may be called now, in which order and why, and what waits and why.

Only the head of a long queue is judged (`LOOKED_AT` cases, in the order in which they are given):
what a page costs is the same however many cases wait.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from energymed.accounts.scope import scoped
from energymed.base.context import Context
from energymed.base.db import read_rows
from energymed.calling.codes import NoCallReason
from energymed.calling.eligibility.assess import CaseRow, assess, case_rows
from energymed.calling.eligibility.rules import Verdict
from energymed.calling.queue.order import in_order, queue_of
from energymed.calling.queue.why import Why, why_now
from energymed.cases.codes import CaseState, QueueReason, WaitingReason
from energymed.cases.models import Case

LOOKED_AT = 200  # cases of a queue whose rules are asked


@dataclass(frozen=True, slots=True)
class Ready:
    """A case that may be called now; `reason` is why it is in the queue, `why` why at its place."""

    case_id: int
    household_id: int
    reason: QueueReason
    why: Why


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
    `WaitingReason`; both tell when the first of them opens. `goes_on`: there are cases beyond
    those looked at, of which nothing is said.
    """

    ready: list[Ready]
    held: list[Held]
    later: list[Held]
    goes_on: bool = False

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
    """The queue of `actor` at `now`: four queries, whatever it holds."""
    ready, held = [], []
    values = {**queue_of(ctx), "start": 0, "size": LOOKED_AT + 1}
    rows = [CaseRow._make(row) for row in read_rows(ctx.session, _head(ctx.actor.role), values)]
    for found in list(assess(ctx.session, rows, ctx.now))[:LOOKED_AT]:
        row = found.case
        if found.verdict.allowed:
            ready.append(Ready(row.id, row.household_id, row.reason, why_now(row, ctx.now)))
        else:
            held.append(found.verdict)
    return QueueView(ready, _grouped(held), _later(ctx), len(rows) > LOOKED_AT)


def cases_shown(ctx: Context, ready: Sequence[Ready]) -> list[tuple[Case, Why]]:
    """These cases with their people and partners, and why each comes now, in one query."""
    wanted = [each.case_id for each in ready]
    statement = (
        select(Case)
        .where(Case.id.in_(wanted))
        .options(joinedload(Case.person, innerjoin=True), joinedload(Case.partner, innerjoin=True))
    )
    found = {case.id: case for case in ctx.session.scalars(statement)} if wanted else {}
    return [(found[each.case_id], each.why) for each in ready if each.case_id in found]


@cache
def _head(role: str) -> Select[*tuple[Any, ...]]:
    piece = in_order(role).subquery()
    return case_rows().join(piece, piece.c.id == Case.id)


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
