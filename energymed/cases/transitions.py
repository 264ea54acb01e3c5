"""The moves of a case between its states; each leaves its row in `case_move` and its audit event.

`to_assign → queued → in_call → waiting → closed` (DESIGN, Queue and calling). A move sets
every companion field of the state, so that no row can stand half in one state.

The audit event is for people who look back. What a later step needs is in `case_move`: where the
case stood, and the call or the file that caused the move, which the context tells. A table of rows
rather than columns of the case: between a call and its correction the queue moves the case on.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, Protocol, cast

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    bindparam,
    func,
    select,
    update,
)
from sqlalchemy.orm.util import identity_key
from sqlalchemy.sql.dml import ReturningUpdate

from energymed.base import audit
from energymed.base.codes import as_code
from energymed.base.context import Context
from energymed.base.db import read_rows
from energymed.base.errors import Refused
from energymed.base.i18n import N_
from energymed.cases.codes import CaseState, QueueReason, ReopenReason, WaitingReason
from energymed.cases.models import Case, CaseMove
from energymed.partners.codes import Closure

_CLEAR: dict[str, Any] = {
    "waiting_reason": None,
    "queue_reason": None,
    "next_action_at": None,
    "claimed_by_id": None,
    "claimed_at": None,
    "claimed_until": None,
    "for_anyone": False,
    "closure": None,
    "closed_at": None,
}


def assign(ctx: Context, case: Case, user_id: int) -> None:
    """Give the case to a mediator; a case to be assigned enters the queue as new."""
    before = {"assigned_to": case.assigned_to_id, "state": case.state}
    case.assigned_to_id = user_id
    if case.state == CaseState.TO_ASSIGN:
        _move(ctx, case, CaseState.QUEUED, queue_reason=QueueReason.NEW)
    _record(ctx, "case.assigned", case, before, assigned_to=user_id)


def unassign(ctx: Context, case: Case) -> None:
    """Take the case from its mediator; it is to be assigned again.

    Raises:
        Refused: when it is closed, or somebody is on the phone with it.
    """
    if case.state in (CaseState.CLOSED, CaseState.IN_CALL):
        raise Refused(N_("Ce dossier est clos ou en appel : il ne peut pas être repris."))
    before = {"assigned_to": case.assigned_to_id, "state": case.state}
    case.assigned_to_id = None
    _move(ctx, case, CaseState.TO_ASSIGN)
    _record(ctx, "case.taken_back", case, before)


def forget_mediator(ctx: Context, case: Case) -> None:
    """A closed case is nobody's any more: should it come up again, it is to be assigned.

    Raises:
        Refused: when it is not closed.
    """
    if case.state != CaseState.CLOSED:
        raise Refused(N_("Ce dossier n'est pas clos."))
    before = {"assigned_to": case.assigned_to_id, "state": case.state}
    case.assigned_to_id = None
    _record(ctx, "case.taken_back", case, before)


def enqueue(ctx: Context, case: Case, reason: QueueReason) -> None:
    """Put the case (back) into its mediator's queue for this reason.

    One that waited for whoever is free stays theirs; a case without a mediator is to be assigned
    instead.
    """
    before = _stood(case)
    _move_to_queue(ctx, case, reason, for_anyone=case.for_anyone)
    _record(ctx, "case.queued", case, before, reason=reason)


def claim(
    ctx: Context,
    case: Case,
    user_id: int,
    *,
    until: datetime,
    from_state: CaseState | None = None,
) -> None:
    """Give the case to one mediator for one call, until the lease ends.

    Args:
        from_state: where it stood before it was given to them in order to be claimed.
    """
    before = {"state": case.state, "reason": case.queue_reason}
    companions: dict[str, Any] = {
        "claimed_by_id": user_id,
        "claimed_at": ctx.now,
        "claimed_until": until,
    }
    reason = case.queue_reason
    _move(ctx, case, CaseState.IN_CALL, from_state=from_state, queue_reason=reason, **companions)
    case.last_claimed_by_id = user_id
    _record(ctx, "case.claimed", case, before, by=user_id)


class Free(Protocol):
    """A case that may be claimed, as it was read: version, state, why it is there, and whose."""

    @property
    def case_id(self) -> int:
        """Id of the case."""

    @property
    def version(self) -> int:
        """Its version."""

    @property
    def state(self) -> CaseState:
        """`queued` or `waiting`."""

    @property
    def queue_reason(self) -> QueueReason:
        """What it is called for."""

    @property
    def assigned_to_id(self) -> int | None:
        """Its mediator; somebody who claims another's case becomes its mediator."""


def claim_unchanged(
    ctx: Context,
    free: Free,
    unchanged: ColumnElement[bool],
    seen: Mapping[str, object],
    *,
    until: datetime,
) -> bool:
    """`claim` by one UPDATE, which does nothing when the case has changed since it was read.

    A case that waits keeps its `next_action_at`. The commonest move and the only one without its
    row: the case itself knows who claimed it last, and what ends the claim has a row.

    Args:
        unchanged: what else must hold; the same object every time, with `seen` for its parameters.
    """
    told = {
        "the_case": free.case_id, "seen_version": free.version, "reason": free.queue_reason,
        "by": ctx.actor.user_id, "since": ctx.now, "until": until, **seen,
    }  # fmt: skip
    if not read_rows(ctx.session, _claim_unchanged(unchanged), told):
        return False
    kept = ctx.session.identity_map.get(identity_key(Case, free.case_id))
    if kept is not None:
        ctx.session.expire(kept)
    if free.assigned_to_id != ctx.actor.user_id:
        audit.record_of(
            ctx,
            "case.assigned",
            Case,
            free.case_id,
            before={"assigned_to": free.assigned_to_id, "state": free.state},
            after={"state": free.state, "assigned_to": ctx.actor.user_id},
        )
    audit.record_of(
        ctx,
        "case.claimed",
        Case,
        free.case_id,
        before={"state": free.state, "reason": free.queue_reason},
        after={"state": CaseState.IN_CALL, "by": ctx.actor.user_id},
    )
    return True


@cache
def _claim_unchanged(unchanged: ColumnElement[bool]) -> ReturningUpdate[int]:
    cleared = {name: value for name, value in _CLEAR.items() if name != "next_action_at"}
    claimed = {
        **cleared,
        "state": CaseState.IN_CALL,
        "queue_reason": bindparam("reason"),
        "assigned_to_id": bindparam("by"),
        "claimed_by_id": bindparam("by"),
        "last_claimed_by_id": bindparam("by"),
        "claimed_at": bindparam("since"),
        "claimed_until": bindparam("until"),
        "version": Case.version + 1,
    }
    return (
        update(cast(Table, Case.__table__))
        .where(Case.id == bindparam("the_case"), Case.version == bindparam("seen_version"))
        .where(unchanged)
        .values(claimed)
        .returning(Case.id)
    )


def release(ctx: Context, case: Case) -> None:
    """End a claim without a result: the case returns to where it stood in the queue."""
    before = {"state": case.state, "by": case.claimed_by_id}
    _move_to_queue(ctx, case, case.queue_reason or QueueReason.NEW)
    _record(ctx, "case.released", case, before)


def wait(
    ctx: Context,
    case: Case,
    reason: WaitingReason,
    at: datetime | None,
    *,
    for_anyone: bool = False,
) -> None:
    """Let the case wait for this reason until `at`.

    `for_anyone`: it is then for whoever is free, not only for its mediator.
    """
    before = _stood(case)
    companions: dict[str, Any] = {
        "waiting_reason": reason,
        "next_action_at": at,
        "for_anyone": for_anyone,
    }
    _move(ctx, case, CaseState.WAITING, **companions)
    _record(ctx, "case.waiting", case, before, reason=reason)


def close(ctx: Context, case: Case, closure: Closure) -> None:
    """Close the case with exactly one closure code."""
    before = _stood(case)
    _move(ctx, case, CaseState.CLOSED, closure=closure, closed_at=ctx.now)
    _record(ctx, "case.closed", case, before, closure=closure)


def reopen(
    ctx: Context,
    case: Case,
    *,
    reason: QueueReason = QueueReason.FOLLOW_UP,
    because: ReopenReason | None = None,
) -> None:
    """Open a closed case again (a closure corrected within the day), queued for this reason.

    Args:
        because: why somebody decided it; None where it follows from something else.

    Raises:
        Refused: when it is not closed.
    """
    if case.state != CaseState.CLOSED:
        raise Refused(N_("Ce dossier n'est pas clos."))
    before = {"state": case.state, "closure": case.closure}
    _move_to_queue(ctx, case, reason, because=because)
    _record(ctx, "case.reopened", case, before, **({"because": because} if because else {}))


def put_back(ctx: Context, case: Case, move: CaseMove, *, waits: bool = True) -> None:
    """Take a case to where it stood before a move: it waits again for a time still to come.

    Without `waits` it is in the queue whatever it waited for.
    """
    reason = move.from_reason or QueueReason.FOLLOW_UP
    if move.from_state == CaseState.TO_ASSIGN:
        reason = QueueReason.NEW
    if case.state == CaseState.CLOSED:
        reopen(ctx, case, reason=reason)
    else:
        enqueue(ctx, case, reason)
    until, waited_for = move.from_until, as_code(WaitingReason, reason)
    if waits and case.state == CaseState.QUEUED and waited_for and until and until > ctx.now:
        wait(ctx, case, waited_for, until)


def last_moves() -> Select[Case, CaseMove]:
    """Select of cases with the last move of each; of a closed one, that is its closing."""
    later = (
        select(func.max(CaseMove.id)).where(CaseMove.case_id == Case.id).correlate(Case)
    ).scalar_subquery()
    return (
        select(Case, CaseMove)
        .join(CaseMove, CaseMove.case_id == Case.id)
        .where(CaseMove.id == later)
        .order_by(Case.id)
    )


def _stood(case: Case) -> dict[str, str]:
    """State, reason and time of a case before it moves, for its audit event."""
    until = case.next_action_at.isoformat() if case.next_action_at else None
    told = {"state": case.state, "reason": _reason(case), "until": until}
    return {name: value for name, value in told.items() if value}


def _reason(case: Case) -> QueueReason | None:
    """Why it is queued or waits: what is waited for is what it will be queued for."""
    reason = case.queue_reason or case.waiting_reason
    return QueueReason(reason) if reason else None


def _move_to_queue(
    ctx: Context,
    case: Case,
    reason: QueueReason,
    *,
    for_anyone: bool = False,
    because: ReopenReason | None = None,
) -> None:
    if case.assigned_to_id is None:
        _move(ctx, case, CaseState.TO_ASSIGN, because=because)
        return
    _move(ctx, case, CaseState.QUEUED, because=because, queue_reason=reason, for_anyone=for_anyone)


def _move(
    ctx: Context,
    case: Case,
    state: CaseState,
    *,
    from_state: CaseState | None = None,
    because: ReopenReason | None = None,
    **companions: Any,
) -> None:
    move = CaseMove(
        case_id=case.id,
        at=ctx.now,
        actor_id=ctx.actor.user_id,
        from_state=from_state or case.state,
        from_reason=_reason(case),
        from_until=case.next_action_at,
        to_state=state,
        closure=companions.get("closure"),
        contact_id=ctx.contact_id,
        batch_id=ctx.batch_id,
        reopen_reason=because,
    )
    ctx.session.add(move)
    for name, value in {**_CLEAR, **companions, "state": state}.items():
        setattr(case, name, value)


def _record(
    ctx: Context,
    action: str,
    case: Case,
    before: Mapping[str, object],
    **after: object,
) -> None:
    audit.record(ctx, action, case, before=before, after={"state": case.state, **after})
    ctx.session.flush()
