"""Where cases stood at an instant, and what was known of customers told, from what they left."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from energymed.base.db.as_of import known
from energymed.cases.codes import CaseState
from energymed.cases.models import Case, CaseMove
from energymed.cases.told_models import CutoffTold
from energymed.partners.codes import Closure


@dataclass(frozen=True, slots=True)
class Standing:
    """State of a case at an instant; `closure` and `closed_at` of one that was closed."""

    state: CaseState
    closure: Closure | None = None
    closed_at: datetime | None = None


def standing_at(
    session: Session, cases: Iterable[Case], ids: Select[Any], at: datetime
) -> dict[int, Standing]:
    """{case: where it stood just before an instant}. One query.

    A case in call stands where it stood before the call: a claim is a lease, and the one of the
    next call leaves no row (`transitions.claim_unchanged`).

    Args:
        ids: select of the ids of these cases.
    """
    before, after = _moves_about(session, ids, at)
    return {case.id: _standing(case, before.get(case.id), after.get(case.id), at) for case in cases}


def closed_between(start: datetime, end: datetime) -> Select[int]:
    """The cases that were closed from an instant on and before another, be they open again."""
    return select(CaseMove.case_id).where(
        CaseMove.to_state == CaseState.CLOSED, CaseMove.at >= start, CaseMove.at < end
    )


def told_as_of(
    as_of: datetime | None = None,
) -> Select[int, datetime | None, bool | None]:
    """Select of `case_id`, `told_at`, `in_time` of the customers told of their intervention.

    Args:
        as_of: as was known just before this instant.
    """
    if as_of is None:
        told = select(Case.id.label("case_id"), Case.told_at, Case.told_in_time.label("in_time"))
        return told.where(Case.told_at.is_not(None))
    latest = (
        select(func.max(CutoffTold.id))
        .where(known(CutoffTold.recorded_at, as_of))
        .group_by(CutoffTold.case_id)
    )
    return select(CutoffTold.case_id, CutoffTold.told_at, CutoffTold.in_time).where(
        CutoffTold.id.in_(latest), CutoffTold.told_at.is_not(None)
    )


def _moves_about(
    session: Session, ids: Select[Any], at: datetime
) -> tuple[dict[int, CaseMove], dict[int, CaseMove]]:
    """The last move of each case before an instant, calls aside, and the first one after."""
    of_cases = CaseMove.case_id.in_(ids)
    last = select(func.max(CaseMove.id)).where(of_cases, CaseMove.at < at)
    last = last.where(CaseMove.to_state != CaseState.IN_CALL)
    first = select(func.min(CaseMove.id)).where(of_cases, CaseMove.at >= at)
    wanted = or_(*(CaseMove.id.in_(each.group_by(CaseMove.case_id)) for each in (last, first)))
    before: dict[int, CaseMove] = {}
    after: dict[int, CaseMove] = {}
    for move in session.scalars(select(CaseMove).where(wanted)):
        (before if move.at < at else after)[move.case_id] = move
    return before, after


def _standing(
    case: Case, before: CaseMove | None, after: CaseMove | None, at: datetime
) -> Standing:
    """Where a case stood between two moves; after the last one, as its own row says."""
    if after is None and case.state != CaseState.IN_CALL:
        if case.closed_at is not None and case.closed_at >= at:  # no move is on file
            return Standing(CaseState.WAITING)
        return Standing(case.state, case.closure, case.closed_at)
    if before is not None:
        closed_at = before.at if before.to_state == CaseState.CLOSED else None
        return Standing(before.to_state, before.closure, closed_at)
    came_from = after.from_state if after is not None else case.state
    return Standing(CaseState.QUEUED if came_from == CaseState.IN_CALL else came_from)
