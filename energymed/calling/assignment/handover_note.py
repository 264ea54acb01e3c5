"""A word for whoever takes the case next: on top of the case until it is done."""

from energymed.base import audit
from energymed.base.context import Context
from energymed.base.text.free_text import check_words, kept
from energymed.cases.models import Case
from energymed.cases.queries import get_case

MAX_NOTE = 500


def leave_handover_note(ctx: Context, case_id: int, text: str | None) -> Case:
    """Keep a word on the case, in place of an earlier one; none takes it away.

    Raises:
        BadInput: more than 500 characters.
        Refused: it holds what must never be kept.
    """
    check_words(text, "handover", most=MAX_NOTE)
    case = get_case(ctx, case_id, lock=True)
    word = kept(text)
    had = case.handover_note is not None
    case.handover_note = word
    case.handover_by_id, case.handover_at = (ctx.actor.user_id, ctx.now) if word else (None, None)
    action = "case.word_left" if word else "case.word_done"
    if word or had:
        audit.record(ctx, action, case)
    ctx.session.flush()
    return case
