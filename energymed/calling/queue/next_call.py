"""Who may be called next: the head of a mediator's queue, read without holding anybody up.

The queue is read in calling order in growing pieces, since its head nearly always holds somebody
whom the rules allow. What was read is told again when the case is claimed (`queue.claims`): a
claim succeeds only when nothing of it has changed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import (
    ScalarSelect,
    Select,
    func,
    select,
)
from sqlalchemy.orm import aliased

from energymed.base.context import Context
from energymed.base.db import read_rows
from energymed.calling.codes import Channel
from energymed.calling.eligibility.assess import (
    Assessed,
    CaseRow,
    Place,
    assess,
    case_rows,
)
from energymed.calling.models import Contact
from energymed.calling.queue.order import in_order, queue_of
from energymed.cases.codes import CaseState, QueueReason
from energymed.cases.models import Case, Person

FIRST_PIECE, GROWTH = 5, 6
ALTERNATIVES = 3


class QueueHead(NamedTuple):
    """A case at the head of the queue; `calls` are all calls ever to its household.

    `place` is where the case comes in the calling order.
    """

    case: CaseRow
    calls: int
    place: int


@dataclass(frozen=True, slots=True)
class NextCall:
    """A case that may be called, as it was read: `calls` are all calls ever to its household."""

    case_id: int
    household_id: int
    version: int
    calls: int
    state: CaseState
    queue_reason: QueueReason
    assigned_to_id: int | None
    lease_minutes: int


def calls_to(household_id: Any) -> ScalarSelect[int]:
    """How many calls were ever made to people of a household (a scalar subquery)."""
    called = aliased(Person)
    return (
        select(func.count(Contact.id))
        .join(called, called.id == Contact.person_id)
        .where(called.household_id == household_id, Contact.channel == Channel.CALL_OUT)
        .scalar_subquery()
    )


def next_calls(ctx: Context) -> list[NextCall]:
    """Cases at the head of the actor's queue that the rules allow now; empty when there are none.

    The first is the next one; the others are there in case a colleague takes it meanwhile.
    """
    for piece in _pieces(ctx):
        calls = {head.case.id: head.calls for head in piece}
        assessed = assess(ctx.session, [head.case for head in piece], ctx.now)
        allowed = (_next_call(found, calls) for found in assessed if found.verdict.allowed)
        first = list(islice(allowed, ALTERNATIVES))
        if first:
            return first
    return []


def _next_call(found: Assessed, calls: Mapping[int, int]) -> NextCall:
    row = found.case
    return NextCall(
        case_id=row.id,
        household_id=row.household_id,
        version=row.version,
        calls=calls[row.id],
        state=row.state,
        queue_reason=row.reason,
        assigned_to_id=row.assigned_to_id,
        lease_minutes=found.rules.lease_minutes,
    )


def _pieces(ctx: Context) -> Iterator[Sequence[QueueHead]]:
    """The queue in calling order. Interventions of a day stay together: SQL does not know their
    hours, by which they are sorted afterwards."""
    values = queue_of(ctx)
    start, size = 0, FIRST_PIECE
    while rows := read_rows(
        ctx.session, _head(ctx.actor.role), {**values, "start": start, "size": size}
    ):
        piece = [QueueHead(CaseRow._make(row), calls, place) for *row, calls, place in rows]
        if len(piece) == size and max(head.place for head in piece) == Place.CUTOFF:
            size *= GROWTH
            continue
        yield piece
        if len(piece) < size:
            return
        start, size = start + size, size * GROWTH


@cache
def _head(role: str) -> Select[*tuple[Any, ...]]:
    """`QueueHead` of a piece of the queue, in no order."""
    piece = in_order(role).subquery()
    calls = calls_to(Person.household_id).label("calls")
    return case_rows().add_columns(calls, piece.c.place).join(piece, piece.c.id == Case.id)
