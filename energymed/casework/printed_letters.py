"""Letters that were printed: which may leave, those noted as sent, those withdrawn.

What is withdrawn is never noted as sent, whatever has become of the person meanwhile: these are two
use cases, each with its own door.
"""

from collections.abc import Collection

from energymed.base.context import Context
from energymed.base.errors import Refused
from energymed.cases.queries import get_case
from energymed.casework.cascade_letters import check_still_unreached
from energymed.casework.send_letters import note_sent
from energymed.casework.sheets_by_post import NO_SHEET, has_sheet, withdraw_sheet
from energymed.mediation.models import Act
from energymed.messages.letters.codes import LetterState
from energymed.messages.letters.models import LetterToPrint
from energymed.messages.letters.to_print import check_letter_to, get_letter, withdraw_letter


def check_leaves(ctx: Context, letter: LetterToPrint) -> None:
    """Refuse a letter that is not to leave, or of which nothing stands any more.

    Raises:
        Refused: with the reason.
    """
    check_letter_to(ctx, letter.case)
    if letter.act_id is not None:
        if not has_sheet(ctx, ctx.session.get_one(Act, letter.act_id)):
            raise Refused(NO_SHEET)
    elif letter.asked_contact_id is None:
        check_still_unreached(ctx, letter)


def letters_left(ctx: Context, letter_ids: Collection[int]) -> tuple[int, int]:
    """Note these letters as sent: how many were, and how many were not to be any more.

    One that was sent or withdrawn meanwhile is passed over. What has lost its object since it was
    printed has left all the same; to whom nobody writes, or to an address that is known to be
    wrong, nothing is noted as sent.

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
        except Refused:
            withdraw_letter(ctx, letter)
            stopped += 1
            continue
        note_sent(ctx, letter)
        sent += 1
    return sent, stopped


def withdraw_letters(ctx: Context, letter_ids: Collection[int]) -> int:
    """Take these letters back, those that still wait: how many were.

    Raises:
        NotFound: one is unknown or of another site.
        Refused: one is neither the actor's nor are they a lead; nothing was taken back then.
    """
    withdrawn = 0
    for letter_id in sorted(letter_ids):
        before = get_letter(ctx, letter_id).state
        after = withdraw_sheet(ctx, letter_id).state
        withdrawn += (before, after) == (LetterState.WAITING, LetterState.WITHDRAWN)
    return withdrawn
