"""A way that the cascade proposes is declined by a person, and the proposal taken up again.

What was declined is passed over until somebody who may speak of the case answers: the calls in vain
are counted anew then, and so is this (`eligibility.cascade`).
"""

from energymed.accounts.scope import check_author
from energymed.base import audit
from energymed.base.codes import as_code
from energymed.base.context import Context
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.base.i18n import N_
from energymed.calling.codes import STEPS, Channel, DeclineReason
from energymed.calling.eligibility.cascade import tried
from energymed.calling.models import WayDeclined
from energymed.calling.other_ways import declines_of, proposal
from energymed.calling.queries import contacts_of
from energymed.cases.queries import get_case


def decline_way(ctx: Context, case_id: int, way: str, reason: str = "") -> WayDeclined:
    """Decline the way that is proposed on a case; a second press changes nothing.

    Args:
        reason: one of `DeclineReason`, or empty.

    Raises:
        BadInput: no such way or reason, with `params["field"]`.
        Refused: the way is not, or no longer, what is proposed.
        NotFound: unknown or of another site.
    """
    case = get_case(ctx, case_id, lock=True)
    step, why = as_code(Channel, way), as_code(DeclineReason, reason)
    if step not in STEPS:
        raise BadInput(N_("Choisissez dans la liste."), field="way")
    if reason and why is None:
        raise BadInput(N_("Choisissez dans la liste."), field="reason")
    contacts = contacts_of(ctx.session, case.id)
    before = declines_of(ctx.session, [case.id]).get(case.id, [])
    for known in tried(contacts, before).declined:
        if known.way == step:
            return known
    proposed = proposal(ctx, case, contacts, before)
    if proposed is None or proposed.way != step:
        raise Refused(N_("Ce moyen n’est plus proposé sur ce dossier : rien n’a changé."))
    declined = WayDeclined(
        case_id=case.id, way=step, reason=why, declined_by_id=ctx.actor.user_id,
        declined_at=ctx.now,
    )  # fmt: skip
    ctx.session.add(declined)
    ctx.session.flush()
    audit.record(ctx, "way.declined", declined, after={"way": step, "reason": why})
    return declined


def undo_decline(ctx: Context, declined_id: int) -> WayDeclined:
    """Have a way that was declined proposed again; a second press changes nothing.

    Raises:
        NotFound: unknown or of another site.
        Refused: it is neither the actor's, nor is the case theirs, nor are they a lead.
    """
    declined = ctx.session.get(WayDeclined, declined_id)
    if declined is None:
        raise NotFound(N_("Ce choix n’existe pas, ou n’est pas de votre site."))
    case = get_case(ctx, declined.case_id, lock=True)
    ctx.session.refresh(declined)
    if declined.taken_back_at is not None:
        return declined
    check_author(ctx.actor, declined.declined_by_id, case.assigned_to_id)
    declined.taken_back_at = ctx.now
    ctx.session.flush()
    audit.record(ctx, "way.proposed_again", declined, before={"way": declined.way})
    return declined
