"""Leaving a case without a result: why, and what follows from it.

No call was made: nothing counts as an attempt, and no rest begins. That a number is bad is a
result like any other: it stands in the history, and is corrected there.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base import audit
from energymed.base.audit import AuditEvent
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
from energymed.cases.models import Case, Phone
from energymed.cases.queries import get_case

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
    if case.state != "in_call" or case.claimed_by_id != ctx.actor.user_id:
        return case
    if reason not in REASONS:
        raise BadInput(N_("Dites pourquoi vous laissez ce dossier."), field="reason")
    if reason == "bad_number":
        _bad_number(ctx, case, phone_id)
    elif reason == "not_now":
        put_off(ctx, case, rules_of(ctx.session, case.campaign, ctx.now).not_now_minutes)
    else:
        to_pile = reason == "not_for_me" or _was_in_the_pile(ctx.session, case)
        give_back(ctx, case)
        if to_pile and case.state != "to_assign":
            transitions.take_back(ctx, case)
            transfer_follow_ups(ctx.session, [case.id], None)
    audit.record(ctx, "case.left", case, after={"reason": reason})
    ctx.session.flush()
    return case


def _was_in_the_pile(session: Session, case: Case) -> bool:
    """Whether it was its opening, by whoever has it in call, that took the case from the pile."""
    given = select(AuditEvent.before).where(
        AuditEvent.entity == Case.__tablename__,
        AuditEvent.entity_id == case.id,
        AuditEvent.action == "case.assigned",
        AuditEvent.actor_id == case.claimed_by_id,
        AuditEvent.at == case.claimed_at,
    )
    return any((before or {}).get("state") == "to_assign" for before in session.scalars(given))


def _bad_number(ctx: Context, case: Case, phone_id: int | None) -> None:
    """The number is marked; the case goes on with the next one, or back to the partner."""
    phone = ctx.session.get(Phone, phone_id) if phone_id else None
    if phone is None or phone.person_id != case.person_id or phone.status != "ok":
        raise BadInput(N_("Dites quel numéro n'est pas le bon."), field="phone_id")
    reason, waits_until = case.queue_reason, case.next_action_at
    report = CallReport("wrong_number", started_at=ctx.now, phone_id=phone.id)
    record_held(ctx, case, report)
    wait_again(ctx, case, reason, waits_until)
