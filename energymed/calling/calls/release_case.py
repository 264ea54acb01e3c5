"""Leaving a case without a result: why, and what follows from it.

No call was made: nothing counts as an attempt, and no rest begins. That a number is bad is a
result like any other: it stands in the history, and is corrected there.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base import audit
from energymed.base.context import Context
from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.calling.assignment.transfer import transfer_follow_ups
from energymed.calling.calls.record import record_held
from energymed.calling.calls.report import CallReport
from energymed.calling.eligibility.next_slot import rules_of
from energymed.calling.follow_ups.service import put_off
from energymed.calling.queue.claims import give_back, wait_again
from energymed.cases import transitions
from energymed.cases.codes import CaseState, PhoneStatus
from energymed.cases.models import Case, CaseMove, Phone
from energymed.cases.queries import get_case
from energymed.partners.codes import ResultCode

REASONS = {
    "mistake": N_("Ouvert par erreur : il revient où il était"),
    "not_now": N_("Ce n'est pas le moment : il revient plus tard"),
    "bad_number": N_("Le numéro n'est pas le bon : il ne sera plus composé"),
    "not_for_me": N_("Pas pour moi : l'équipe le confie à quelqu'un d'autre"),
}


def leave(ctx: Context, case_id: int, reason: str, *, phone_id: int | None = None) -> Case:
    """Give the case back and do what the reason (`REASONS`) says; nothing when it is not held.

    Raises:
        BadInput: no reason, or a bad number without saying which; `params["field"]`.
    """
    case = get_case(ctx, case_id, lock=True)
    if case.state != CaseState.IN_CALL or case.claimed_by_id != ctx.actor.user_id:
        return case
    if reason not in REASONS:
        raise BadInput(N_("Dites pourquoi vous laissez ce dossier."), field="reason")
    if reason == "bad_number":
        _bad_number(ctx, case, phone_id)
    elif reason == "not_now":
        put_off(ctx, case, rules_of(ctx.session, case.campaign, ctx.now).not_now_minutes)
    else:
        unassigned = reason == "not_for_me" or _was_unassigned(ctx.session, case)
        give_back(ctx, case)
        if unassigned and case.assigned_to_id is not None:
            transitions.unassign(ctx, case)
            transfer_follow_ups(ctx.session, [case.id], None)
    audit.record(ctx, "case.left", case, after={"reason": reason})
    ctx.session.flush()
    return case


def _was_unassigned(session: Session, case: Case) -> bool:
    """Whether whoever has it in call took it, by opening it, from the cases to be assigned."""
    moves = select(CaseMove).where(CaseMove.case_id == case.id).order_by(CaseMove.id.desc())
    last = session.scalar(moves.limit(1))
    if last is None or last.to_state != CaseState.IN_CALL:  # claimed from the queue
        return False
    return last.from_state == CaseState.TO_ASSIGN


def _bad_number(ctx: Context, case: Case, phone_id: int | None) -> None:
    """The number is marked; the case goes on with the next one, or back to the partner."""
    phone = ctx.session.get(Phone, phone_id) if phone_id else None
    if phone is None or phone.person_id != case.person_id or phone.status != PhoneStatus.OK:
        raise BadInput(N_("Dites quel numéro n'est pas le bon."), field="phone_id")
    reason, waits_until = case.queue_reason, case.next_action_at
    report = CallReport(ResultCode.WRONG_NUMBER, started_at=ctx.now, phone_id=phone.id)
    record_held(ctx, case, report)
    wait_again(ctx, case, reason, waits_until)
