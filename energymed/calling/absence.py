"""Somebody is away: what they leave to others, and passing it on in one step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, joinedload

from energymed.accounts.actor import Actor
from energymed.accounts.scope import AnySelect, scoped
from energymed.base.errors import Conflict, Refused
from energymed.base.i18n import N_
from energymed.calling.assignment import Share, spread, team_of
from energymed.calling.followups import OF_THE_LEAD
from energymed.calling.giving import WITH_SOMEBODY, give
from energymed.calling.models import FollowUp
from energymed.cases.models import Case


@dataclass(frozen=True, slots=True)
class Queue:
    """What one mediator leaves to others: cases that wait, and closed ones to be followed."""

    waiting: int
    followed: int
    digest: str

    @property
    def total(self) -> int:
        """How many are passed on."""
        return self.waiting + self.followed


def what_passes(session: Session, actor: Actor, from_user_id: int) -> Queue:
    """What `hand_over` would pass on, in one query."""
    rows = session.execute(_of(actor, from_user_id, select(Case.id, Case.state)))
    return _queue({case_id: state for case_id, state in rows})


def _queue(states: Mapping[int, str]) -> Queue:
    closed = sum(state == "closed" for state in states.values())
    told = ",".join(str(case_id) for case_id in sorted(states))
    return Queue(len(states) - closed, closed, sha256(told.encode()).hexdigest()[:32])


def hand_over(
    session: Session,
    actor: Actor,
    from_user_id: int,
    to_ids: Sequence[int],
    *,
    now: datetime,
    seen: str | None = None,
) -> list[Share]:
    """Give everything that one mediator has waiting to others, in one step.

    Promised callbacks keep their time; only who calls changes. Closed cases on which something
    is still to be done (a plan that runs, papers to chase) go along.

    Args:
        seen: the digest of what was shown (`what_passes`); None when nobody looked.

    Raises:
        Refused: the one who is away is among those who take over.
        Conflict: it would not be what was seen; nothing is passed on then.
    """
    if from_user_id in to_ids:
        raise Refused(N_("La personne absente ne peut pas recevoir ses propres dossiers."))
    team = team_of(session, actor, to_ids)
    statement = (
        _of(actor, from_user_id, select(Case))
        .options(joinedload(Case.person, innerjoin=True))
        .order_by(Case.id)
        .with_for_update(of=Case, skip_locked=True)
    )
    cases = list(session.scalars(statement))
    if seen is not None and cases and _queue({one.id: one.state for one in cases}).digest != seen:
        raise Conflict(
            N_("Cette file a changé depuis que vous l'avez affichée : rien n'a été passé. "
               "Voyez ce qu'elle contient maintenant.")
        )  # fmt: skip
    shares = spread(cases, team)
    for share in shares:
        give(session, actor, share.cases, share.user.id, now=now)
    return shares


def passed_on() -> ColumnElement[bool]:
    """For `Case`: goes to others when its mediator is away.

    What waits, and what is closed while something is still to be done on it by a mediator.
    """
    to_do = exists().where(
        FollowUp.case_id == Case.id,
        FollowUp.state == "open",
        FollowUp.kind.not_in(OF_THE_LEAD),
    )
    return or_(Case.state.in_(WITH_SOMEBODY), and_(Case.state == "closed", to_do))


def _of(actor: Actor, user_id: int, statement: AnySelect) -> AnySelect:
    return scoped(statement, Case, actor).where(Case.assigned_to_id == user_id, passed_on())
