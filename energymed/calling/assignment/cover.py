"""Somebody is away: what they leave to others, and passing it on in one step."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from energymed.accounts.models import User
from energymed.accounts.scope import AnySelect, scoped
from energymed.base.context import Actor, Context
from energymed.base.errors import Refused
from energymed.base.i18n import N_
from energymed.calling.assignment.spread import (
    MediatorShare,
    chosen_mediators,
    spread,
    transfer_shares,
)
from energymed.calling.assignment.transfer import WITH_SOMEBODY
from energymed.calling.codes import FollowUpState
from energymed.calling.follow_ups.service import OF_THE_LEAD
from energymed.calling.models import FollowUp
from energymed.cases.codes import CaseState
from energymed.cases.models import Case


@dataclass(frozen=True, slots=True)
class CasesToCover:
    """What one mediator leaves to others: cases that wait, and closed ones to be followed."""

    waiting: int
    followed: int

    @property
    def total(self) -> int:
        """How many are passed on."""
        return self.waiting + self.followed


def count_cases_to_cover(ctx: Context, from_user_id: int) -> CasesToCover:
    """How much `cover_absence` would pass on, in one query."""
    counted = select(Case.state, func.count()).group_by(Case.state)
    rows = ctx.session.execute(_of(ctx.actor, from_user_id, counted))
    found = {state: count for state, count in rows}
    followed = found.pop(CaseState.CLOSED, 0)
    return CasesToCover(sum(found.values()), followed)


def preview_cover(ctx: Context, from_user_id: int, to_ids: Sequence[int]) -> list[MediatorShare]:
    """Who would get what by `cover_absence`.

    Raises:
        BadInput: no mediator, or one who is not of the actor's site.
        Refused: the one who is away is among those who take over.
    """
    team = _others(ctx, from_user_id, to_ids)
    return spread(list(ctx.session.scalars(_cases(ctx.actor, from_user_id))), team)


def cover_absence(
    ctx: Context, from_user_id: int, to_ids: Sequence[int], *, seen_version: str | None = None
) -> list[MediatorShare]:
    """Give everything that one mediator has waiting to others, in one step.

    Promised callbacks keep their time; only who calls changes. Closed cases on which something
    is still to be done (a plan that runs, papers to chase) go along.

    Args:
        seen_version: the `version_of` the preview; None when nobody looked at one.

    Raises:
        BadInput, Refused: as `preview_cover`.
        Conflict: it would not be what was seen; nothing is passed on then.
    """
    team = _others(ctx, from_user_id, to_ids)
    changed = N_(
        "Cette file a changé depuis l'aperçu : rien n'a été passé. Voici le nouvel aperçu."
    )
    return transfer_shares(ctx, _cases(ctx.actor, from_user_id), team, seen_version, changed)


def needs_cover() -> ColumnElement[bool]:
    """For `Case`: goes to others when its mediator is away.

    What waits, and what is closed while something is still to be done on it by a mediator.
    """
    to_do = exists().where(
        FollowUp.case_id == Case.id,
        FollowUp.state == FollowUpState.OPEN,
        FollowUp.kind.not_in(OF_THE_LEAD),
    )
    return or_(Case.state.in_(WITH_SOMEBODY), and_(Case.state == CaseState.CLOSED, to_do))


def _of(actor: Actor, user_id: int, statement: AnySelect) -> AnySelect:
    return scoped(statement, Case, actor).where(Case.assigned_to_id == user_id, needs_cover())


def _cases(actor: Actor, user_id: int) -> Select[Case]:
    home = joinedload(Case.person, innerjoin=True)
    return _of(actor, user_id, select(Case)).options(home).order_by(Case.id)


def _others(ctx: Context, from_user_id: int, to_ids: Sequence[int]) -> list[User]:
    if from_user_id in to_ids:
        raise Refused(N_("La personne absente ne peut pas recevoir ses propres dossiers."))
    return chosen_mediators(ctx, to_ids)
