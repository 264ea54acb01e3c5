"""Taking back what a call result did, for a correction within the day.

All that it did bears it as its cause: the moves of cases, the follow-ups made, put off and settled,
the marks of people, a cut-off told. What a job concluded from it later bears it too.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base import audit
from energymed.base.context import Context
from energymed.base.errors import Refused
from energymed.base.i18n import N_
from energymed.calling.calls.contacts import last_standing_call
from energymed.calling.calls.person_marks import lift_marks, speaks_as_before
from energymed.calling.codes import FollowUpState
from energymed.calling.eligibility.stopped import CLOSURES, never_called_among, stopping_call
from energymed.calling.follow_ups.service import close_case
from energymed.calling.models import Contact, FollowUp
from energymed.cases import transitions
from energymed.cases.codes import CaseState
from energymed.cases.cutoff import mark_told
from energymed.cases.models import Case, CaseMove
from energymed.cases.queries import get_case, sent_anew


def undo_effects(ctx: Context, case: Case, contact: Contact) -> None:
    """Undo the marks, closures and follow-ups of a call result; the case is as while it was called.

    Raises:
        Refused: the partner has sent the reference anew since, or the case was closed by others.
    """
    lift_marks(ctx, case.person, contact.id)
    speaks_as_before(ctx, case.person, contact)
    _untell(ctx, case, contact)
    opened = []
    for other, closing in _closed_by(ctx.session, contact):
        by_a_job = closing.actor_id is None
        if other.id != case.id and not (by_a_job and sent_anew(ctx.session, other)):
            _put_back(ctx, other, contact)
            opened.append(other)
    stood = _put_back(ctx, case, contact, waits=False)
    # given back without a result it waits for its time again, as from a claim (`queue.claims`)
    if stood is not None and stood.from_until is not None:
        case.next_action_at = stood.from_until
    restore_follow_ups(ctx, contact)
    _close_again(ctx, opened)
    ctx.session.flush()


def undo_parts(ctx: Context, parts: Sequence[Contact]) -> None:
    """Undo what a call settled on other cases of the person: there was no conversation.

    Raises:
        Refused: one of these cases went on since, with `params["reference"]`.
    """
    for part in parts:
        case = get_case(ctx, part.case_id, lock=True)
        _check_untouched(ctx.session, case, part)
        _untell(ctx, case, part)
        _put_back(ctx, case, part)
        restore_follow_ups(ctx, part)
        part.voided_at = ctx.now
        audit.record(
            ctx, "contact.voided", part, before={"result": part.result, "part_of": part.call_of_id}
        )
        ctx.session.flush()


def _untell(ctx: Context, case: Case, contact: Contact) -> None:
    if case.told_by_contact_id == contact.id:
        mark_told(ctx, case, None)


def _closed_by(session: Session, contact: Contact) -> list[tuple[Case, CaseMove]]:
    """The cases that are closed because of this call, the latest first, each with its closing.

    Of a reference that was sent anew and closed again, the new case is thus put back alone.
    """
    closed = (
        transitions.last_moves()
        .where(CaseMove.contact_id == contact.id, Case.state == CaseState.CLOSED)
        .order_by(None)
        .order_by(Case.id.desc())
        .with_for_update(of=Case)
    )
    return [(case, closing) for case, closing in session.execute(closed)]


def _close_again(ctx: Context, cases: Sequence[Case]) -> None:
    """The cases of people who are never called for another reason: that one is now the cause."""
    reasons = never_called_among(ctx.session, [case.id for case in cases])
    for case in cases:
        reason = reasons.get(case.id)
        if reason is not None:
            call = stopping_call(ctx.session, case.person, reason)
            close_case(ctx.caused_by(contact_id=call), case, CLOSURES[reason], for_good=True)


def _put_back(ctx: Context, case: Case, contact: Contact, *, waits: bool = True) -> CaseMove | None:
    """To where it stood before this call; gives the first move of the case by it."""
    stood = _first_move(ctx.session, case, contact)
    if case.state == CaseState.CLOSED:
        if stood is None or not _is_closed_by(ctx.session, case, contact):
            raise Refused(N_("Ce dossier a été clos depuis : l'appel ne se corrige plus."))
        if sent_anew(ctx.session, case):
            raise Refused(
                N_("Le partenaire a renvoyé cette référence depuis : l'appel ne se corrige plus.")
            )
    if stood is not None:
        transitions.put_back(ctx, case, stood, waits=waits)
    return stood


def _first_move(session: Session, case: Case, contact: Contact) -> CaseMove | None:
    """The first move of the case that this call caused: it knows where the case stood."""
    moves = select(CaseMove).where(CaseMove.case_id == case.id, CaseMove.contact_id == contact.id)
    return session.scalar(moves.order_by(CaseMove.id).limit(1))


def _is_closed_by(session: Session, case: Case, contact: Contact) -> bool:
    closing = transitions.last_moves().where(Case.id == case.id)
    return any(move.contact_id == contact.id for _case, move in session.execute(closing))


def _check_untouched(session: Session, case: Case, part: Contact) -> None:
    """A part is taken back only while nothing was built on it."""
    by_others = case.state == CaseState.CLOSED and (
        not _is_closed_by(session, case, part) or sent_anew(session, case)
    )
    followed = last_standing_call(session, case.id) > part.id
    if case.state == CaseState.IN_CALL or by_others or followed:
        raise Refused(
            N_("Le dossier %(reference)s, réglé dans le même appel, a continué depuis : cet appel "
               "ne peut plus devenir un appel sans conversation."),
            reference=case.reference,
        )  # fmt: skip


def restore_follow_ups(ctx: Context, contact: Contact) -> None:
    """Cancel those that the call made, open again those that it settled or put off."""
    open_ones = select(FollowUp).where(FollowUp.state == FollowUpState.OPEN).order_by(FollowUp.id)
    for put_off in ctx.session.scalars(
        open_ones.where(FollowUp.put_off_by_contact_id == contact.id)
    ).all():
        before, put_off.due_at = put_off.due_at, put_off.former_due_at or put_off.due_at
        put_off.put_off_by_contact_id = put_off.former_due_at = None
        _note(ctx, "follow_up.postponed", put_off, {"due_at": before.isoformat()})
    for made in ctx.session.scalars(
        open_ones.where(FollowUp.made_by_contact_id == contact.id)
    ).all():
        made.state, made.done_at = FollowUpState.CANCELLED, ctx.now
        _note(ctx, "follow_up.cancelled", made, {"state": FollowUpState.OPEN})
    settled_ones = select(FollowUp).where(FollowUp.settled_by_contact_id == contact.id)
    for settled in ctx.session.scalars(settled_ones.order_by(FollowUp.id)).all():
        state, settled.state, settled.done_at = settled.state, FollowUpState.OPEN, None
        settled.settled_by_contact_id = None
        _note(ctx, "follow_up.reopened", settled, {"state": state})


def _note(ctx: Context, action: str, follow_up: FollowUp, before: dict[str, str]) -> None:
    audit.record(ctx, action, follow_up, before=before)
