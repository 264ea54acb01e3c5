"""Letters that were printed: each is on file as a contact once somebody says that it left."""

from collections.abc import Collection

from energymed.base import audit
from energymed.base.context import Context
from energymed.base.errors import DomainError
from energymed.calling.calls.record import record_contact
from energymed.calling.codes import Channel, ExchangeResult
from energymed.cases.queries import get_case
from energymed.messages.letters.codes import LetterState
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
        contact = record_contact(ctx, case.id, Channel.LETTER, result=ExchangeResult.SENT)
        letter.state, letter.settled_at = LetterState.SENT, ctx.now
        letter.contact_id = contact.id
        ctx.session.flush()
        audit.record(ctx, "letter.sent", letter, after={"contact": contact.id})
        sent += 1
    return sent, stopped
