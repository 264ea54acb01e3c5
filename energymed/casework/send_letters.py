"""A letter that left: it is on file as a contact, and waits again once that is taken back."""

from sqlalchemy import select

from energymed.base import audit
from energymed.base.context import Context
from energymed.calling.calls.record import record_contact
from energymed.calling.codes import Channel, ExchangeResult
from energymed.calling.models import Contact
from energymed.messages.letters.codes import LetterState
from energymed.messages.letters.models import LetterToPrint


def note_sent(ctx: Context, letter: LetterToPrint) -> None:
    """Put a letter that waited on file as a contact; the case is locked."""
    contact = record_contact(ctx, letter.case_id, Channel.LETTER, result=ExchangeResult.SENT)
    letter.state, letter.settled_at = LetterState.SENT, ctx.now
    letter.contact_id = contact.id
    ctx.session.flush()
    audit.record(ctx, "letter.sent", letter, after={"contact": contact.id})


def unsend_letters(ctx: Context, contact: Contact) -> None:
    """A letter noted as sent by mistake waits again; one noted without waiting is dropped."""
    noted = select(LetterToPrint).where(LetterToPrint.contact_id == contact.id)
    for letter in ctx.session.scalars(noted):
        at_once = letter.settled_at == letter.asked_at
        letter.state = LetterState.WITHDRAWN if at_once else LetterState.WAITING
        letter.settled_at, letter.contact_id = (ctx.now if at_once else None), None
        ctx.session.flush()
        audit.record(ctx, "letter.unsent", letter, before={"contact": contact.id})
