"""Contacts on file: each is written here, once; and which call may still be corrected, by whom."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.accounts.scope import may_take_back
from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.i18n import N_
from energymed.calling.codes import CALLS, WRITTEN, Channel, ExchangeResult
from energymed.calling.models import Contact
from energymed.cases.models import Case


def add_contact(ctx: Context, case: Case, channel: Channel, **values: Any) -> Contact:
    """Add an exchange on the case, by the actor; a call ends what whoever claimed it may record.

    What is written goes out to the person where no result says otherwise.

    Args:
        values: the other columns of `Contact`.
    """
    if channel in WRITTEN:
        values["exchange_result"] = values.get("exchange_result") or ExchangeResult.SENT
    contact = Contact(
        case_id=case.id,
        person_id=case.person_id,
        user_id=ctx.actor.user_id,
        recorded_by_id=ctx.actor.user_id,
        channel=channel,
        recorded_at=ctx.recorded_at,
        **values,
    )
    ctx.session.add(contact)
    told = {
        "channel": channel,
        "result": contact.result or contact.exchange_result,
        "part_of": contact.call_of_id,
    }
    after = {name: value for name, value in told.items() if value is not None}
    audit.record(ctx, "contact.recorded", contact, after=after)
    if channel in CALLS and case.last_claimed_by_id is not None:
        case.last_claimed_by_id = None
    ctx.session.flush()
    return contact


def last_standing_call(session: Session, case_id: int) -> int:
    """The id of the case's latest call that is not crossed out; 0 when there is none."""
    calls = select(func.max(Contact.id)).where(
        Contact.case_id == case_id, Contact.channel.in_(CALLS), Contact.voided_at.is_(None)
    )
    return session.scalar(calls) or 0


def why_not_corrected(ctx: Context, contact: Contact, last_call_id: int) -> str | None:
    """Why the actor may not correct this contact, in a sentence; None when they may.

    A call is corrected on its day, by who made it or by the lead, while no other one followed.

    Args:
        last_call_id: of its case, as `last_standing_call` gives it.
    """
    if contact.channel not in CALLS or contact.voided_at is not None:
        return N_("Cet appel ne se corrige plus.")
    if contact.call_of_id is not None:
        return N_("Cet échange fait partie d'un appel passé sur un autre dossier.")
    if not may_take_back(ctx.actor, contact.user_id):
        return N_("Seul le médiateur qui a passé cet appel, ou le chef d'équipe, peut le corriger.")
    if paris_date(contact.ended_at or contact.started_at) != paris_date(ctx.now):
        return N_("Un appel se corrige le jour même.")
    if contact.id < last_call_id:
        return N_("Un autre appel a suivi : corrigez le dernier.")
    return None
