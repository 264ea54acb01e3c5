"""A closed case opened again by a person, with a coded reason that the move keeps.

What stops a person wins; and what a job would close again at once is not opened.
"""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from energymed.accounts.models import User
from energymed.accounts.scope import may_take_back
from energymed.base.context import Actor, Context
from energymed.base.errors import BadInput, Refused
from energymed.base.i18n import N_
from energymed.calling.eligibility.stopped import REFUSALS, Stops, stops_of
from energymed.cases import transitions
from energymed.cases.codes import CaseState, ReopenReason
from energymed.cases.cutoff import past_cutoff
from energymed.cases.models import Case, CaseMove
from energymed.cases.queries import get_case, sent_anew

SENT_ANEW = N_("Le partenaire a renvoyé cette référence : c'est l'autre dossier, ouvert, qui suit.")
NOTHING_OWED = N_("Plus rien n'est dû sur ce dossier : rouvert, il se refermerait de lui-même.")
BEGUN = N_("L'heure de l'intervention est passée : rouvert, ce dossier se refermerait de lui-même.")
NOT_YOURS = N_(
    "Seul le médiateur qui suit ce dossier, ou le chef d'équipe, peut le rouvrir."
)  # fmt: skip


def may_reopen(actor: Actor, case: Case) -> bool:
    """Whether the actor is one who opens this case again: who follows it, or a lead."""
    return may_take_back(actor, case.assigned_to_id)


def why_not_reopened(ctx: Context, case: Case, stops: Stops) -> str | None:
    """Why nobody opens this closed case again, in a sentence; None when one may."""
    if stops.for_good:
        return REFUSALS[stops.for_good]
    if sent_anew(ctx.session, case):
        return SENT_ANEW
    if case.debt_cents is not None and case.debt_cents <= 0:
        return NOTHING_OWED
    return BEGUN if past_cutoff(case, ctx.now) else None


def reopen_case(ctx: Context, case_id: int, reason: ReopenReason | None) -> Case:
    """Open a closed case again: it is back in its mediator's queue, or to be assigned.

    Raises:
        NotFound: unknown or of another site.
        BadInput: no reason, with `params["field"]`.
        Refused: it is not closed, somebody else's, or `why_not_reopened` says why.
    """
    case = get_case(ctx, case_id, lock=True)
    if case.state != CaseState.CLOSED:
        raise Refused(N_("Ce dossier n'est pas clos."))
    if not may_reopen(ctx.actor, case):
        raise Refused(NOT_YOURS)
    if reason is None:
        raise BadInput(N_("Dites pourquoi le dossier est rouvert."), field="reopen_reason")
    refusal = why_not_reopened(ctx, case, stops_of(ctx.session, case.person))
    if refusal is not None:
        raise Refused(refusal)
    _leave_who_left(ctx, case)
    try:
        with ctx.session.begin_nested():
            transitions.reopen(ctx, case, because=reason)
    except IntegrityError as error:  # a file brought the reference at this very moment
        raise Refused(SENT_ANEW) from error
    return case


def reopenings(session: Session, case_id: int) -> list[CaseMove]:
    """When somebody opened a case again, by whom and why; the latest first."""
    return list(
        session.scalars(
            select(CaseMove)
            .where(CaseMove.case_id == case_id, CaseMove.reopen_reason.is_not(None))
            .options(joinedload(CaseMove.actor))
            .order_by(CaseMove.id.desc())
        )
    )


def _leave_who_left(ctx: Context, case: Case) -> None:
    """The case of somebody who calls no more is to be assigned."""
    if case.assigned_to_id is None:
        return
    mediator = ctx.session.get_one(User, case.assigned_to_id)
    if not mediator.active or mediator.site_id != case.site_id:
        transitions.forget_mediator(ctx, case)
