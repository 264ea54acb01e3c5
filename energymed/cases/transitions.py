"""The moves of a case between its states; each writes its audit event.

`to_assign → queued → in_call → waiting → closed` (DESIGN, Queue and calling). A move sets
every companion field of the state, so that no row can stand half in one state.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Protocol, cast

from sqlalchemy import ColumnElement, Table, bindparam, update
from sqlalchemy.orm.util import identity_key
from sqlalchemy.sql.dml import ReturningUpdate

from energymed.base import audit
from energymed.base.context import Context
from energymed.base.db import read_rows
from energymed.base.errors import Refused
from energymed.base.i18n import N_
from energymed.cases.models import Case

_CLEAR = {
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
    if case.state == "to_assign":
        _set(case, "queued", queue_reason="new")
    _record(ctx, "case.assigned", case, before, assigned_to=user_id)


def take_back(ctx: Context, case: Case) -> None:
    """Take the case from its mediator; it is to be assigned again.

    Raises:
        Refused: when it is closed, or somebody is on the phone with it.
    """
    if case.state in ("closed", "in_call"):
        raise Refused(N_("Ce dossier est clos ou en appel : il ne peut pas être repris."))
    before = {"assigned_to": case.assigned_to_id, "state": case.state}
    case.assigned_to_id = None
    _set(case, "to_assign")
    _record(ctx, "case.taken_back", case, before)


def enqueue(ctx: Context, case: Case, reason: str) -> None:
    """Put the case (back) into its mediator's queue for `reason` (QUEUE_REASONS).

    One that waited for whoever is free stays theirs; a case without a mediator goes to the lead's
    pile instead.
    """
    before = _stood(case)
    if case.assigned_to_id is None:
        _set(case, "to_assign")
    else:
        _set(case, "queued", queue_reason=reason, for_anyone=case.for_anyone)
    _record(ctx, "case.queued", case, before, reason=reason)


def claim(ctx: Context, case: Case, user_id: int, *, until: datetime) -> None:
    """Give the case to one mediator for one call, until the lease ends."""
    before = {"state": case.state, "reason": case.queue_reason}
    reason = case.queue_reason
    _set(case, "in_call", claimed_by_id=user_id, claimed_at=ctx.now, claimed_until=until)
    case.queue_reason = reason
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
    def state(self) -> str:
        """`queued` or `waiting`."""

    @property
    def queue_reason(self) -> str:
        """What it is called for (QUEUE_REASONS)."""

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

    A case that waits keeps its `next_action_at`.

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
        after={"state": "in_call", "by": ctx.actor.user_id},
    )
    return True


@cache
def _claim_unchanged(unchanged: ColumnElement[bool]) -> ReturningUpdate[int]:
    cleared = {name: value for name, value in _CLEAR.items() if name != "next_action_at"}
    claimed = {
        **cleared,
        "state": "in_call",
        "queue_reason": bindparam("reason"),
        "assigned_to_id": bindparam("by"),
        "claimed_by_id": bindparam("by"),
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
    reason = case.queue_reason or "new"
    if case.assigned_to_id is None:
        _set(case, "to_assign")
    else:
        _set(case, "queued", queue_reason=reason)
    _record(ctx, "case.released", case, before)


def wait(
    ctx: Context, case: Case, reason: str, at: datetime | None, *, for_anyone: bool = False
) -> None:
    """Let the case wait for `reason` (WAITING_REASONS) until `at`.

    `for_anyone`: it is then for whoever is free, not only for its mediator.
    """
    before = _stood(case)
    _set(case, "waiting", waiting_reason=reason, next_action_at=at, for_anyone=for_anyone)
    _record(ctx, "case.waiting", case, before, reason=reason)


def close(ctx: Context, case: Case, closure: str) -> None:
    """Close the case with exactly one closure code (CLOSURES)."""
    before = _stood(case)
    _set(case, "closed", closure=closure, closed_at=ctx.now)
    _record(ctx, "case.closed", case, before, closure=closure)


def reopen(ctx: Context, case: Case, *, reason: str = "follow_up") -> None:
    """Open a closed case again (a closure corrected within the day), queued for `reason`.

    Raises:
        Refused: when it is not closed.
    """
    if case.state != "closed":
        raise Refused(N_("Ce dossier n'est pas clos."))
    before = {"state": case.state, "closure": case.closure}
    if case.assigned_to_id is None:
        _set(case, "to_assign")
    else:
        _set(case, "queued", queue_reason=reason)
    _record(ctx, "case.reopened", case, before)


def _stood(case: Case) -> dict[str, str]:
    """State, reason and time of a case before it moves: where a correction puts it back to."""
    until = case.next_action_at.isoformat() if case.next_action_at else None
    told = {"state": case.state, "reason": case.queue_reason or case.waiting_reason, "until": until}
    return {name: value for name, value in told.items() if value}


def _set(case: Case, state: str, **companions: object) -> None:
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
