"""Giving cases to a mediator: what was promised keeps its time, what is to be done goes along.

So does the word that was left for whoever takes the case next.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from energymed.accounts.scope import scoped
from energymed.base import audit
from energymed.base.context import Context
from energymed.base.db.chunks import chunks
from energymed.base.text.free_text import check_words, kept
from energymed.calling.codes import FollowUpState
from energymed.calling.follow_ups.callbacks import OPEN_CALLBACK, callbacks_by_case
from energymed.calling.follow_ups.service import OF_THE_LEAD
from energymed.calling.models import FollowUp
from energymed.cases import transitions
from energymed.cases.codes import CaseState, QueueReason, WaitingReason
from energymed.cases.cutoff import past_cutoff
from energymed.cases.models import Case
from energymed.cases.queries import get_case
from energymed.partners.codes import CampaignKind

WITH_SOMEBODY = (CaseState.QUEUED, CaseState.WAITING)
TRANSFERABLE = (CaseState.TO_ASSIGN, *WITH_SOMEBODY)
MAX_NOTE = 500
LATE_AFTER = timedelta(minutes=30)  # a promised call that nobody tried


def transfer_cases(ctx: Context, cases: Sequence[Case], user_id: int) -> None:
    """The cases are now this person's, with what is still to be done on them.

    An unassigned case whose person was promised a call waits for it; when its time has come it
    is called for that.
    """
    unassigned = [case.id for case in cases if case.state == CaseState.TO_ASSIGN]
    promised: dict[int, datetime | None] = {}
    for ids in chunks(unassigned):
        promised |= callbacks_by_case(ctx.session, ids)
    for case in cases:
        transitions.assign(ctx, case, user_id)
        at = promised.get(case.id)
        if at is not None and at > ctx.now:
            transitions.wait(ctx, case, WaitingReason.CALLBACK, at)
        elif at is not None:
            transitions.enqueue(ctx, case, QueueReason.CALLBACK)
    transfer_follow_ups(ctx.session, [case.id for case in cases], user_id)


def transfer_follow_ups(session: Session, case_ids: Iterable[int], user_id: int | None) -> None:
    """What is still to be done on the cases is now this person's to do."""
    for ids in chunks(case_ids):
        session.execute(
            update(FollowUp)
            .where(FollowUp.case_id.in_(ids), FollowUp.state == FollowUpState.OPEN)
            .where(FollowUp.kind.not_in(OF_THE_LEAD))
            .values(assigned_to_id=user_id)
        )


def locked_cases(ctx: Context, case_ids: Sequence[int]) -> list[Case]:
    """Those of the cases that the actor may see, as they are now, locked."""
    found: list[Case] = []
    for ids in chunks(dict.fromkeys(case_ids)):
        statement = (
            scoped(select(Case), Case, ctx.actor)
            .where(Case.id.in_(ids))
            .order_by(Case.id)
            .with_for_update(of=Case)
            .execution_options(populate_existing=True)
        )
        found += ctx.session.scalars(statement)
    return found


def leave_handover_note(ctx: Context, case_id: int, text: str | None) -> Case:
    """Keep a word on the case, in place of an earlier one, until it is done: none takes it away.

    Raises:
        BadInput: more than 500 characters.
        Refused: it holds what must never be kept.
    """
    check_words(text, "handover", most=MAX_NOTE)
    case = get_case(ctx, case_id, lock=True)
    former, case.handover_note = case.handover_note, kept(text)
    left = case.handover_note is not None
    case.handover_by_id, case.handover_at = (ctx.actor.user_id, ctx.now) if left else (None, None)
    if left or former is not None:
        audit.record(ctx, "case.word_left" if left else "case.word_done", case)
    ctx.session.flush()
    return case


def callback_missed(session: Session, case: Case, now: datetime) -> bool:
    """True while a call that was promised on the case is still to be made, half an hour later."""
    missed = exists().where(
        FollowUp.case_id == case.id, OPEN_CALLBACK, FollowUp.due_at < now - LATE_AFTER
    )
    return bool(session.scalar(select(missed)))


def cutoff_untold(case: Case, now: datetime) -> bool:
    """True while the customer of a cut-off notice may be told of it, and was not."""
    coming = not past_cutoff(case, now)
    return case.campaign_kind == CampaignKind.CUTOFF_NOTICE and case.told_at is None and coming
