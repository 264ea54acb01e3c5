"""The states of plans, aids and requests as of an instant, read from the journal of moves.

Two questions are asked at once: how it was on a day (`until`), and what was known of it then
(`as_of`). A correction that was noted in June of a step of May counts in what is said today of
May, and not in what was known at the end of May.

Of the moves that hold on a day, the last one noted says what is so: the numbers of the rows are
their order. Whoever asks for now, on no day, reads the records themselves.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from energymed.base.db.as_of import known
from energymed.mediation.codes import PlanState
from energymed.mediation.models import Act
from energymed.mediation.move_models import ActMove, MoveKind
from energymed.mediation.states import ENDED_PLANS

ENDS = (PlanState.COMPLETED, PlanState.BROKEN, *ENDED_PLANS)


def state_as_of(
    kind: MoveKind,
    *acts: ColumnElement[bool],
    as_of: datetime | None = None,
    until: date | None = None,
) -> Select[ActMove]:
    """The move by which each record stands, one for each act and subject.

    Args:
        acts: conditions on `ActMove.act_id`: of which acts.
        as_of: as was known just before this instant; None for what is known now.
        until: how it was at the end of this day; None for the last state.
    """
    latest = (
        select(func.max(ActMove.id))
        .where(ActMove.kind == kind, *acts, _known(ActMove, as_of, until))
        .group_by(ActMove.act_id, ActMove.subject)
    )
    return select(ActMove).where(ActMove.id.in_(latest))


def stood_as_of(
    kind: MoveKind,
    standing: Iterable[ColumnElement[bool]],
    until: date,
    as_of: datetime | None = None,
) -> Select[ActMove]:
    """`state_as_of` the end of a day, of the acts that these conditions on `Act` choose."""
    of_acts = ActMove.act_id.in_(select(Act.id).where(*standing))
    return state_as_of(kind, of_acts, as_of=as_of, until=until)


def reached(
    kind: MoveKind, states: Collection[str], *, as_of: datetime | None = None
) -> Select[ActMove]:
    """The moves into one of these states that nothing noted later takes back.

    For figures of a period: with a condition on `ActMove.on_date`, the index of states and days
    leads to them. A later move for an earlier day takes one back; one for the same day follows it,
    unless it was an end. (Whether an intervention was avoided is said anew each time: `state_as_of`
    tells it, whatever the day.)
    """
    later = aliased(ActMove)
    taken_back = (
        select(later.id)
        .where(later.act_id == ActMove.act_id, later.kind == kind)
        .where(later.subject == ActMove.subject, later.id > ActMove.id)
        .where(_known(later, as_of, None))
        .where(
            or_(
                later.on_date < ActMove.on_date,
                and_(later.on_date == ActMove.on_date, ActMove.state.in_(ENDS)),
            )
        )
        .exists()
    )
    wanted = ActMove.state.in_([str(state) for state in states])
    return select(ActMove).where(
        ActMove.kind == kind, wanted, ~taken_back, _known(ActMove, as_of, None)
    )


def _known(move: Any, as_of: datetime | None, until: date | None) -> ColumnElement[bool]:
    recorded = known(move.recorded_at, as_of)
    return recorded if until is None else and_(recorded, move.on_date <= until)
