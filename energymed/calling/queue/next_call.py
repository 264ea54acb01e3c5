"""Who may be called next: the head of a mediator's queue, read without holding anybody up.

The queue is read in calling order in growing pieces, since its head nearly always holds somebody
whom the rules allow. What was read is told again when the case is claimed (`queue.claims`): a
claim succeeds only when nothing of it has changed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, Row, Select, bindparam, case, func, select
from sqlalchemy.orm import aliased

from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.db import read_rows
from energymed.calling.eligibility.assess import Judged, facts, judged, promised_at
from energymed.calling.models import Contact
from energymed.calling.queue.view import AT, asked_by, callable_cases
from energymed.cases.codes import CaseState, QueueReason
from energymed.cases.models import Case, Person

FIRST_PIECE, GROWTH = 5, 6
ALTERNATIVES = 3
CUTOFF = 1  # place in the calling order
ORDER = (
    Case.id, Case.queue_reason, Case.waiting_reason, Case.cutoff_date, Case.due_date,
    Case.opened_at,
)  # fmt: skip

Rows = Sequence[Row[*tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Offer:
    """A case that may be called, as it was read: `calls` are all calls ever to its household."""

    case_id: int
    household_id: int
    version: int
    calls: int
    state: CaseState
    queue_reason: QueueReason
    assigned_to_id: int | None
    lease_minutes: int


def calls_to(household_id: Any) -> Any:
    """How many calls were ever made to people of a household (a scalar subquery)."""
    called = aliased(Person)
    return (
        select(func.count(Contact.id))
        .join(called, called.id == Contact.person_id)
        .where(called.household_id == household_id, Contact.channel == "call_out")
        .scalar_subquery()
    )


def offers(ctx: Context) -> list[Offer]:
    """Cases at the head of the actor's queue that the rules allow now; empty when there are none.

    The first is the next one; the others are there in case a colleague takes it meanwhile.
    """
    for rows in _pieces(ctx):
        allowed = (_offer(one) for one in judged(ctx.session, rows, ctx.now) if one.verdict.allowed)
        offered = list(islice(allowed, ALTERNATIVES))
        if offered:
            return offered
    return []


def _offer(one: Judged) -> Offer:
    row: Any = one.row
    return Offer(
        case_id=row.id,
        household_id=row.household_id,
        version=row.version,
        calls=row.calls,
        state=row.state,
        queue_reason=QueueReason(row.waiting_reason or row.queue_reason or QueueReason.NEW),
        assigned_to_id=row.assigned_to_id,
        lease_minutes=one.rules.lease_minutes,
    )


def _pieces(ctx: Context) -> Iterator[Rows]:
    """Facts of the queue in calling order. Interventions of a day stay together: SQL does not know
    their hours, by which they are sorted afterwards."""
    asked = {**asked_by(ctx.actor, ctx.now), "today": paris_date(ctx.now)}
    start, size = 0, FIRST_PIECE
    while rows := read_rows(
        ctx.session, _head(ctx.actor.role), {**asked, "start": start, "size": size}
    ):
        if len(rows) == size and max(row.place for row in rows) == CUTOFF:
            size *= GROWTH
            continue
        yield rows
        if len(rows) < size:
            return
        start, size = start + size, size * GROWTH


@cache
def _head(role: str) -> Select[*tuple[object, ...]]:
    """`facts` of a piece of the queue, in no order."""
    piece = _in_order(role).subquery()
    calls = calls_to(Person.household_id).label("calls")
    told = facts().add_columns(Case.version, Case.state, Case.assigned_to_id, calls, piece.c.place)
    return told.join(piece, piece.c.id == Case.id)


def _in_order(role: str) -> Select[int, int]:
    """`facts.calling_order` in SQL: a piece of the queue, from `start` on."""
    placed = _placed(role).subquery()
    of = placed.c
    promised: ColumnElement[Any] = case((of.place == 0, func.coalesce(promised_at(of.id), AT)))
    cutoff = case((of.place == CUTOFF, of.cutoff_date))
    due = case((of.place > CUTOFF, of.due_date))
    return (
        select(of.id, of.place)
        .order_by(of.place, promised, cutoff, due.is_(None), due, of.opened_at, of.id)
        .offset(bindparam("start", type_=Integer()))
        .limit(bindparam("size", type_=Integer()))
    )


def _placed(role: str) -> Select[*tuple[Any, ...]]:
    """What may be called, with its place in the calling order."""
    ready = callable_cases(role, *ORDER).subquery()
    reason = func.coalesce(ready.c.queue_reason, ready.c.waiting_reason)
    place = case(
        (reason == "callback", 0),
        (ready.c.cutoff_date >= bindparam("today", type_=Date()), CUTOFF),
        (reason == "instalment", 2),
        else_=3,
    )
    return select(*ready.c, place.label("place"))
