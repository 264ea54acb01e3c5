"""Letters that were printed: each is on file as a contact once somebody says that it left."""

from collections.abc import Collection

from sqlalchemy import select

from energymed.base import audit
from energymed.base.context import Context
from energymed.base.errors import DomainError
from energymed.calling.calls.record import record_contact
from energymed.calling.codes import Channel, ExchangeResult
from energymed.calling.models import Contact
from energymed.cases.queries import get_case
from energymed.messages.letters.codes import LetterState
from energymed.messages.letters.models import LetterToPrint
from energymed.messages.letters.to_print import check_letter_to, get_letter, withdraw_letter


def letters_left(ctx: Context, letter_ids: Collection[int]) -> tuple[int, int]:
    """Note these letters as sent: how many were, and how many were not to be any more.

    One that was sent or withdrawn meanwhile is passed over.

    Raises:
        NotFound: one is unknown or of another site.
    """
    sent = stopped = 0
    for letter_id in sorted(letter_ids):
        letter = get_letter(ctx, letter_id)
        case = get_case(ctx, letter.case_id, lock=True)
        ctx.session.refresh(letter)
        if letter.state != LetterState.WAITING:
            continue
        try:
            check_letter_to(ctx, case)
        except DomainError:
            withdraw_letter(ctx, letter)
            stopped += 1
            continue
        note_sent(ctx, letter)
        sent += 1
    return sent, stopped


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
