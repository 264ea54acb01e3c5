"""A case closed by a person from its page, when nobody is on the phone: as a conversation would.

A closure that tells of an exchange needs one on file; one that tells of a solution needs it
(`closure_needs`).
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.scope import may_take_back
from energymed.base.context import Actor, Context
from energymed.base.errors import BadInput, Refused
from energymed.base.i18n import N_
from energymed.calling.follow_ups import service
from energymed.calling.models import Contact
from energymed.calling.reached import was_reached
from energymed.cases.codes import CaseState
from energymed.cases.models import Case
from energymed.cases.queries import get_case
from energymed.casework.closure_needs import check_closure
from energymed.partners.codes import Closure

# what follows from an exchange with the person, whatever was agreed in it
OF_AN_EXCHANGE = (
    Closure.INFORMED_ONLY, Closure.ADVISED, Closure.SELF_SOLVED, Closure.REFUSED,
    Closure.FOLLOWED_ELSEWHERE,
)  # fmt: skip
BY_HAND = (
    Closure.PLAN_RUNNING, Closure.AID_PENDING, Closure.REFERRED, Closure.PROMISE, Closure.SETTLED,
    Closure.DISPUTED, *OF_AN_EXCHANGE, Closure.LOST_AFTER_CONTACT, Closure.UNJUSTIFIED,
    Closure.DUPLICATE, Closure.RECALLED_BY_PARTNER,
)  # fmt: skip
NEEDS_EXCHANGE = (*OF_AN_EXCHANGE, Closure.LOST_AFTER_CONTACT)


def may_close(actor: Actor, case: Case) -> bool:
    """Whether the actor is one who closes this case by hand: who follows it, or a lead."""
    at_rest = case.state not in (CaseState.CLOSED, CaseState.IN_CALL)
    return at_rest and may_take_back(actor, case.assigned_to_id)


def close_by_hand(ctx: Context, case_id: int, closure: Closure | None) -> Case:
    """Close a case that is not in call; what is still to do on it is cancelled as after a call.

    Raises:
        NotFound: unknown or of another site.
        BadInput: no closure that a person chooses, with `params["field"]`.
        Refused: it is closed or in call, somebody else's, or the closure says what is not so.
    """
    case = get_case(ctx, case_id, lock=True)
    if case.state == CaseState.CLOSED:
        raise Refused(N_("Ce dossier est déjà clos."))
    if case.state == CaseState.IN_CALL:
        raise Refused(N_("Ce dossier est en appel : il se clôt avec l'appel."))
    if not may_close(ctx.actor, case):
        raise Refused(
            N_("Seul le médiateur qui suit ce dossier, ou le chef d'équipe, peut le clore.")
        )
    if closure not in BY_HAND:
        raise BadInput(N_("Choisissez comment le dossier se clôt."), field="closure")
    check_closure(ctx, case, closure)
    if closure in NEEDS_EXCHANGE and not _was_reached(ctx.session, case):
        raise Refused(
            N_("Cette clôture parle d'un échange avec la personne : il n'y en a pas encore."),
            field="closure",
        )
    service.close_case(ctx, case, closure, for_good=False)
    return case


def _was_reached(session: Session, case: Case) -> bool:
    found = select(Contact.id).where(Contact.case_id == case.id, was_reached())
    return session.scalar(found.limit(1)) is not None
