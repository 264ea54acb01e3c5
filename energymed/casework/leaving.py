"""Somebody leaves, or changes role or site: their sessions end, and others take their queue over.

What is passed on is what `calling.assignment.cover` passes on when somebody is away: what waits,
and what is closed while something is still to be done on it. Promised calls keep their time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.accounts import service
from energymed.accounts.codes import Role
from energymed.accounts.edits import AccountEdit, edit_account
from energymed.accounts.links import forget_expired
from energymed.accounts.listing import over
from energymed.accounts.models import User
from energymed.accounts.queries import locked_user, mediators
from energymed.accounts.sign_in_tries import forget_old_tries
from energymed.base.codes import Code
from energymed.base.context import SYSTEM, Context
from energymed.base.db import db, transaction
from energymed.base.errors import BadInput, Conflict
from energymed.base.i18n import N_
from energymed.calling.assignment.cover import count_cases_to_cover, cover_absence, needs_cover
from energymed.calling.assignment.transfer import transfer_follow_ups
from energymed.calling.follow_ups.callbacks import OPEN_CALLBACK
from energymed.calling.models import FollowUp
from energymed.calling.presence.states import end_state_of
from energymed.calling.queue.claims import end_call_of
from energymed.cases import transitions
from energymed.cases.codes import CaseState
from energymed.cases.models import IN_CALL, Case


class Heir(Code):
    """Who takes over what somebody leaves."""

    LEAD = "lead", N_("Le chef d'équipe : les dossiers sont à répartir")
    TEAM = "team", N_("L'équipe du site, à parts égales du temps de chacun")
    COLLEAGUE = "colleague", N_("Un collègue")


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """What somebody leaves: cases that wait, closed ones to be followed, promised calls."""

    waiting: int
    followed: int
    callbacks: int
    in_call: int

    @property
    def total(self) -> int:
        """How many cases are passed on."""
        return self.waiting + self.followed + self.in_call

    @property
    def version(self) -> str:
        """The counts in one short text, to know later whether they are still so."""
        return f"{self.waiting}.{self.followed}.{self.callbacks}.{self.in_call}"


def left_behind(ctx: Context, user_id: int) -> LeftBehind:
    """What this person would leave to others."""
    cases = count_cases_to_cover(ctx, user_id)
    callbacks = ctx.session.scalar(
        select(func.count())
        .select_from(FollowUp)
        .join(Case, Case.id == FollowUp.case_id)
        .where(Case.assigned_to_id == user_id, OPEN_CALLBACK)
    )
    in_call = ctx.session.scalar(
        select(func.count()).where(Case.claimed_by_id == user_id, Case.state == IN_CALL)
    )
    return LeftBehind(cases.waiting, cases.followed, callbacks or 0, in_call or 0)


def heirs(ctx: Context, user: User) -> list[User]:
    """Active mediators of the person's site who could take over."""
    if user.site_id is None:
        return []
    return [one for one in mediators(ctx, site_id=user.site_id)
            if one.id != user.id and not one.ended(ctx.now)]  # fmt: skip


def close_account(
    ctx: Context,
    user_id: int,
    heir: Heir = Heir.LEAD,
    to_id: int | None = None,
    *,
    seen_version: str | None = None,
) -> LeftBehind:
    """Close an account: sessions end, an open call is given back, the queue is passed on.

    Args:
        to_id: the colleague, for `Heir.COLLEAGUE`.
        seen_version: `LeftBehind.version` of the preview; None when nobody looked at one.

    Raises:
        BadInput: one's own account; nobody chosen, or nobody there to take over.
        Conflict: it would not be what was seen; nothing is done then.
        Refused: nobody would be left to manage accounts.
        NotFound: no such account.
    """
    user = locked_user(ctx.session, user_id)
    left = left_behind(ctx, user.id)
    if seen_version not in (None, left.version):
        raise Conflict(
            N_("La file de cette personne a changé depuis l'aperçu : rien n'est fait. Voici le "
               "nouvel aperçu."),
        )  # fmt: skip
    chosen = _chosen(ctx, user, heir, to_id) if left.total else []
    service.set_active(ctx, user, False)
    _pass_on(ctx, user.id, chosen)
    return left


def change_account(
    ctx: Context, user_id: int, edit: AccountEdit, *, seen_version: str | None = None
) -> LeftBehind | None:
    """Edit an account; who no longer calls for this site leaves the queue to its lead.

    Returns:
        What was left, None when nothing was.

    Raises:
        BadInput, Conflict, NotFound, Refused: as `edit_account`.
    """
    user = locked_user(ctx.session, user_id)
    site_id, left = user.site_id, left_behind(ctx, user.id)
    user = edit_account(ctx, user_id, edit, seen_version=seen_version)
    if user.site_id == site_id and user.role in (Role.MEDIATOR, Role.LEAD):
        return None
    _pass_on(ctx, user.id, [])
    return left if left.total else None


def end_accounts(at: datetime) -> int:
    """Close the accounts whose last day is over, each in a transaction of its own.

    Their queues go to the lead. Links and counts that are over are forgotten.

    Returns:
        How many were closed.
    """
    ended = over(db.session(), at)
    for user_id in ended:
        with transaction() as session:
            close_account(Context(session, SYSTEM, at), user_id)
    with transaction() as session:
        forget_expired(session, at)
        forget_old_tries(session, at)
    return len(ended)


def _chosen(ctx: Context, user: User, heir: Heir, to_id: int | None) -> list[int]:
    """Ids of those who take over; none for the lead's list.

    Raises:
        BadInput: no colleague of the site was chosen, or there is no team; with `params["field"]`.
    """
    if heir == Heir.LEAD:
        return []
    team = [one.id for one in heirs(ctx, user)]
    if heir == Heir.COLLEAGUE:
        team = [one for one in team if one == to_id]
    if not team:
        raise BadInput(N_("Choisissez un médiateur de ce site qui reprend les dossiers."),
                       field="to_id")  # fmt: skip
    return team


def _pass_on(ctx: Context, user_id: int, to_ids: Sequence[int]) -> None:
    """Give what the person has to these people; what is left, to whoever spreads the cases."""
    end_call_of(ctx, user_id)
    end_state_of(ctx, user_id)
    if to_ids:
        cover_absence(ctx, user_id, to_ids)
    rest = _rest(ctx.session, user_id)
    for case in rest:
        if case.state == CaseState.CLOSED:
            transitions.forget_mediator(ctx, case)
        else:
            transitions.unassign(ctx, case)
    transfer_follow_ups(ctx.session, [case.id for case in rest], None)
    ctx.session.flush()


def _rest(session: Session, user_id: int) -> Sequence[Case]:
    statement = select(Case).where(Case.assigned_to_id == user_id, needs_cover())
    return session.scalars(statement.order_by(Case.id).with_for_update(of=Case)).all()
