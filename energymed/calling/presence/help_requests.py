"""« J'ai besoin d'aide »: a mediator in a call asks, the lead of the site sees it and reads along.

A request stands as long as the call does: what ends the call ends it, and nobody has to say so.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.orm import Session, joinedload

from energymed.accounts.codes import Role
from energymed.accounts.scope import check_author, scoped
from energymed.base import audit
from energymed.base.context import SYSTEM, Context
from energymed.base.errors import Conflict, Refused
from energymed.base.i18n import N_
from energymed.calling.models import HelpRequest
from energymed.cases.codes import CaseState
from energymed.cases.models import IN_CALL, Case
from energymed.cases.queries import get_case

KEPT_FOR = timedelta(days=30)  # as long as the runs of the jobs


def ask_help(ctx: Context, case_id: int) -> HelpRequest:
    """Ask the lead for help in the call that the actor holds; asked twice, it is one request.

    Raises:
        Conflict: the actor holds this case no more.
        Refused: somebody in formation, who has no lead to ask here.
    """
    case = get_case(ctx, case_id, lock=True)
    if ctx.actor.role == Role.TRAINEE:
        raise Refused(N_("En formation, demandez à la personne qui vous accompagne."))
    if ctx.actor.user_id is None or not may_ask(ctx, case):
        raise Conflict(N_("Vous n'avez plus ce dossier en appel : l'aide n'est pas demandée."))
    there = _unended(ctx.session, case_id)
    if there is not None and there.asked_at >= (case.claimed_at or ctx.now):
        return there
    if there is not None:  # of an earlier call
        _end(ctx, there, by=None)
    row = HelpRequest(case_id=case_id, mediator_id=ctx.actor.user_id, asked_at=ctx.now)
    ctx.session.add(row)
    audit.record(ctx, "help.asked", row, after={"case_id": case_id})
    ctx.session.flush()
    return row


def may_ask(ctx: Context, case: Case) -> bool:
    """Whether the actor has this case in call, and a lead to ask."""
    held = case.state == CaseState.IN_CALL and case.claimed_by_id == ctx.actor.user_id
    return held and ctx.actor.role != Role.TRAINEE


def end_help(ctx: Context, case_id: int) -> None:
    """The help is no longer needed; nothing to do where it is over already.

    Raises:
        Refused: neither who asked nor a lead.
    """
    get_case(ctx, case_id, lock=True)
    there = _unended(ctx.session, case_id)
    if there is None:
        return
    check_author(ctx.actor, there.mediator_id)
    _end(ctx, there, by=ctx.actor.user_id)


def help_on(ctx: Context, case_id: int) -> HelpRequest | None:
    """The request that stands on this case, if any, with who asked."""
    return ctx.session.scalar(
        select(HelpRequest)
        .join(Case, Case.id == HelpRequest.case_id)
        .where(HelpRequest.case_id == case_id, _stands())
        .options(joinedload(HelpRequest.mediator, innerjoin=True))
    )


def help_asked(ctx: Context) -> Sequence[HelpRequest]:
    """Who asks for help now on the actor's site, who has waited longest first."""
    statement = (
        select(HelpRequest)
        .join(Case, Case.id == HelpRequest.case_id)
        .where(_stands())
        .options(
            joinedload(HelpRequest.mediator, innerjoin=True),
            joinedload(HelpRequest.case, innerjoin=True).joinedload(Case.person, innerjoin=True),
        )
        .order_by(HelpRequest.asked_at, HelpRequest.id)
    )
    return ctx.session.scalars(scoped(statement, Case, ctx.actor)).all()


def end_with_calls(session: Session, *, now: datetime) -> int:
    """End the requests whose call is over; returns how many."""
    over = session.scalars(
        select(HelpRequest)
        .join(Case, Case.id == HelpRequest.case_id)
        .where(HelpRequest.ended_at.is_(None), ~_in_its_call())
        .with_for_update(of=HelpRequest, skip_locked=True)
    ).all()
    for row in over:
        _end(Context(session, SYSTEM, now), row, by=None)
    return len(over)


def forget_old_requests(session: Session, at: datetime) -> int:
    """Drop what ended more than 30 days ago; returns how many."""
    old = delete(HelpRequest).where(HelpRequest.ended_at < at - KEPT_FOR)
    return len(session.scalars(old.returning(HelpRequest.id)).all())


def _stands() -> ColumnElement[bool]:
    return and_(HelpRequest.ended_at.is_(None), _in_its_call())


def _in_its_call() -> ColumnElement[bool]:
    """Who asked has the case in call still, and asked in this very call."""
    return and_(
        Case.state == IN_CALL,
        Case.claimed_by_id.is_not(None),
        Case.claimed_by_id == HelpRequest.mediator_id,
        Case.claimed_at.is_not(None),
        Case.claimed_at <= HelpRequest.asked_at,
    )


def _unended(session: Session, case_id: int) -> HelpRequest | None:
    return session.scalar(
        select(HelpRequest).where(HelpRequest.case_id == case_id, HelpRequest.ended_at.is_(None))
    )


def _end(ctx: Context, row: HelpRequest, *, by: int | None) -> None:
    row.ended_at, row.ended_by_id = ctx.now, by
    audit.record(ctx, "help.ended", row, after={"case_id": row.case_id, "by": by})
    ctx.session.flush()
