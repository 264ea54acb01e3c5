"""The moves of a case between its states; each writes its audit event.

`to_assign → queued → in_call → waiting → closed` (DESIGN, Queue and calling). A move sets
every companion field of the state, so that no row can stand half in one state.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Protocol, cast

from sqlalchemy import ColumnElement, Table, bindparam, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key
from sqlalchemy.sql.dml import ReturningUpdate

from energymed.base import audit
from energymed.base.audit import Acting
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


def assign(session: Session, actor: Acting, case: Case, user_id: int, *, now: datetime) -> None:
    """Give the case to a mediator; a case to be assigned enters the queue as new."""
    before = {"assigned_to": case.assigned_to_id, "state": case.state}
    case.assigned_to_id = user_id
    if case.state == "to_assign":
        _set(case, "queued", queue_reason="new")
    _record(session, actor, "case.assigned", case, before, now, assigned_to=user_id)


def take_back(session: Session, actor: Acting, case: Case, *, now: datetime) -> None:
    """Take the case from its mediator; it is to be assigned again.

    Raises:
        Refused: when it is closed, or somebody is on the phone with it.
    """
    if case.state in ("closed", "in_call"):
        raise Refused(N_("Ce dossier est clos ou en appel : il ne peut pas être repris."))
    before = {"assigned_to": case.assigned_to_id, "state": case.state}
    case.assigned_to_id = None
    _set(case, "to_assign")
    _record(session, actor, "case.taken_back", case, before, now)


def enqueue(session: Session, actor: Acting, case: Case, reason: str, *, now: datetime) -> None:
    """Put the case (back) into its mediator's queue for `reason` (QUEUE_REASONS).

    One that waited for whoever is free stays theirs; a case without a mediator goes to the lead's
    pile instead.
    """
    before = _stood(case)
    if case.assigned_to_id is None:
        _set(case, "to_assign")
    else:
        _set(case, "queued", queue_reason=reason, for_anyone=case.for_anyone)
    _record(session, actor, "case.queued", case, before, now, reason=reason)


def claim(
    session: Session, actor: Acting, case: Case, user_id: int, *, until: datetime, now: datetime
) -> None:
    """Give the case to one mediator for one call, until the lease ends."""
    before = {"state": case.state, "reason": case.queue_reason}
    reason = case.queue_reason
    _set(case, "in_call", claimed_by_id=user_id, claimed_at=now, claimed_until=until)
    case.queue_reason = reason
    _record(session, actor, "case.claimed", case, before, now, by=user_id)


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
    session: Session,
    actor: Acting,
    free: Free,
    unchanged: ColumnElement[bool],
    seen: Mapping[str, object],
    *,
    until: datetime,
    now: datetime,
) -> bool:
    """`claim` by one UPDATE, which does nothing when the case has changed since it was read.

    A case that waits keeps its `next_action_at`.

    Args:
        unchanged: what else must hold; the same object every time, with `seen` for its parameters.
    """
    told = {
        "the_case": free.case_id, "seen_version": free.version, "reason": free.queue_reason,
        "by": actor.user_id, "since": now, "until": until, **seen,
    }  # fmt: skip
    if not read_rows(session, _claim_unchanged(unchanged), told):
        return False
    kept = session.identity_map.get(identity_key(Case, free.case_id))
    if kept is not None:
        session.expire(kept)
    if free.assigned_to_id != actor.user_id:
        audit.record_of(
            session, actor, "case.assigned", Case, free.case_id, now=now,
            before={"assigned_to": free.assigned_to_id, "state": free.state},
            after={"state": free.state, "assigned_to": actor.user_id},
        )  # fmt: skip
    audit.record_of(
        session, actor, "case.claimed", Case, free.case_id, now=now,
        before={"state": free.state, "reason": free.queue_reason},
        after={"state": "in_call", "by": actor.user_id},
    )  # fmt: skip
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


def release(session: Session, actor: Acting, case: Case, *, now: datetime) -> None:
    """End a claim without a result: the case returns to where it stood in the queue."""
    before = {"state": case.state, "by": case.claimed_by_id}
    reason = case.queue_reason or "new"
    if case.assigned_to_id is None:
        _set(case, "to_assign")
    else:
        _set(case, "queued", queue_reason=reason)
    _record(session, actor, "case.released", case, before, now)


def wait(
    session: Session,
    actor: Acting,
    case: Case,
    reason: str,
    at: datetime | None,
    *,
    now: datetime,
    for_anyone: bool = False,
) -> None:
    """Let the case wait for `reason` (WAITING_REASONS) until `at`.

    `for_anyone`: it is then for whoever is free, not only for its mediator.
    """
    before = _stood(case)
    _set(case, "waiting", waiting_reason=reason, next_action_at=at, for_anyone=for_anyone)
    _record(session, actor, "case.waiting", case, before, now, reason=reason)


def close(session: Session, actor: Acting, case: Case, closure: str, *, now: datetime) -> None:
    """Close the case with exactly one closure code (CLOSURES)."""
    before = _stood(case)
    _set(case, "closed", closure=closure, closed_at=now)
    _record(session, actor, "case.closed", case, before, now, closure=closure)


def reopen(
    session: Session, actor: Acting, case: Case, *, now: datetime, reason: str = "follow_up"
) -> None:
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
    _record(session, actor, "case.reopened", case, before, now)


def _stood(case: Case) -> dict[str, str]:
    """State, reason and time of a case before it moves: where a correction puts it back to."""
    until = case.next_action_at.isoformat() if case.next_action_at else None
    told = {"state": case.state, "reason": case.queue_reason or case.waiting_reason, "until": until}
    return {name: value for name, value in told.items() if value}


def _set(case: Case, state: str, **companions: object) -> None:
    for name, value in {**_CLEAR, **companions, "state": state}.items():
        setattr(case, name, value)


def _record(
    session: Session,
    actor: Acting,
    action: str,
    case: Case,
    before: Mapping[str, object],
    now: datetime,
    **after: object,
) -> None:
    audit.record(
        session, actor, action, case, now=now, before=before, after={"state": case.state, **after}
    )
    session.flush()
