"""Calls by the exchange: asked for by whoever has the case, then told of by the exchange."""

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from energymed.accounts.edits import checked_extension
from energymed.accounts.models import User
from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.codes import as_code
from energymed.base.context import SYSTEM, Context
from energymed.base.errors import BadInput, Conflict, NotFound, Refused
from energymed.base.i18n import N_
from energymed.calling.eligibility.stopped import REFUSALS, stops_and_numbers
from energymed.cases.codes import CaseState
from energymed.cases.models import Case, Person, Phone
from energymed.cases.practice import refuse_practice
from energymed.cases.queries import get_case
from energymed.telephony.codes import DialState
from energymed.telephony.exchange import Dial
from energymed.telephony.models import DialledCall
from energymed.telephony.rules import FINAL, is_missed_answer, is_under_way, moves_on


def set_extension(ctx: Context, extension: str) -> None:
    """Keep the extension of the actor's own telephone; empty for none.

    Raises:
        BadInput: not up to six digits.
    """
    number = checked_extension(extension)
    user = ctx.session.get_one(User, ctx.actor.user_id)
    user.extension = number
    audit.record(ctx, "user.extension", user)
    ctx.session.flush()


def ask_call(ctx: Context, case_id: int, phone_id: int) -> tuple[DialledCall, Dial | None]:
    """Note that the exchange is asked for a call, and what it is to be told.

    Pressed twice, it is one call: the one under way is given back, with nothing to be told.

    Raises:
        Conflict: the actor has not the case in call.
        Refused: no extension, or a person or number that is not to be called: a stop may have been
            noted since the page was opened.
    """
    case = get_case(ctx, case_id, lock=True)
    if case.state != CaseState.IN_CALL or case.claimed_by_id != ctx.actor.user_id:
        raise Conflict(N_("Ce dossier n'est pas en appel chez vous."))
    refuse_practice(case)
    user = ctx.session.get_one(User, ctx.actor.user_id)
    if not user.extension:
        raise Refused(N_("Donnez d'abord votre numéro de poste, sur la page « Mon compte »."))
    phone = _number_to_dial(ctx, case.person, phone_id)
    last = call_of_claim(ctx, case)
    if last and last.phone_id == phone.id and is_under_way(last.state, ctx.now - last.asked_at):
        return last, None
    call = DialledCall(
        token=secrets.token_urlsafe(32), user_id=user.id, case_id=case.id, phone_id=phone.id,
        state=DialState.ASKED, asked_at=ctx.now,
    )  # fmt: skip
    ctx.session.add(call)
    audit.record(ctx, "call.asked", call)
    ctx.session.flush()
    return call, Dial(call.token, user.extension, phone.e164, case.partner.shown_phone)


def _number_to_dial(ctx: Context, person: Person, phone_id: int) -> Phone:
    stops, numbers = stops_and_numbers(ctx.session, person)
    reason = stops.contact_reason(paris_date(ctx.now))
    if reason is not None:
        raise Refused(REFUSALS[reason])
    phone = next((phone for phone in numbers if phone.id == phone_id), None)
    if phone is None:
        raise Refused(N_("Ce numéro n'est pas à composer."))
    return phone


def note_event(
    session: Session, token: str, event: str, *, at: datetime, now: datetime
) -> DialledCall:
    """Note what the exchange tells of a call; told twice, or out of order, it changes nothing.

    Raises:
        NotFound: no such call.
        BadInput: no such event.
    """
    state = as_code(DialState, event)
    if state is None or state == DialState.ASKED:
        raise BadInput(N_("Événement inconnu."), field="event")
    call = session.scalar(select(DialledCall).where(DialledCall.token == token).with_for_update())
    if call is None:
        raise NotFound(N_("Appel inconnu."))
    at = min(max(at, call.asked_at), now)
    before = call.state
    if is_missed_answer(call.state, state, answered=call.answered_at is not None):
        call.answered_at = min(at, call.ended_at or at)
    elif moves_on(call.state, state):
        call.state = state
        call.answered_at = at if state == DialState.ANSWERED else call.answered_at
        call.ended_at = at if state in FINAL else None
    else:
        return call
    audit.record(
        Context(session, SYSTEM, now),
        "call.told",
        call,
        before={"state": before},
        after={"state": call.state, "event": event},
    )
    session.flush()
    return call


def call_of_claim(ctx: Context, case: Case) -> DialledCall | None:
    """The latest call that the exchange made while the actor has had this case in call."""
    if case.claimed_by_id != ctx.actor.user_id or case.claimed_at is None:
        return None
    return ctx.session.scalar(
        select(DialledCall)
        .where(DialledCall.case_id == case.id, DialledCall.user_id == ctx.actor.user_id)
        .where(DialledCall.asked_at >= case.claimed_at)
        .options(joinedload(DialledCall.phone))
        .order_by(DialledCall.id.desc())
        .limit(1)
    )
