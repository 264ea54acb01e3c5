"""Follow-ups: something to do on a case at a time; `queue.due` queues the case when it comes."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from energymed.accounts.scope import check_author, scoped
from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.codes import as_code
from energymed.base.context import Context
from energymed.base.db.bulk import among
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.base.i18n import N_
from energymed.base.text.free_text import check_words, kept
from energymed.calling.codes import FollowUpKind, FollowUpState, PauseReason
from energymed.calling.eligibility.availability import availability_of
from energymed.calling.eligibility.next_slot import next_slot
from energymed.calling.eligibility.rules import Callee
from energymed.calling.follow_ups.callbacks import OPEN_CALLBACK, check_callback
from energymed.calling.follow_ups.pause_limits import check_pause
from energymed.calling.models import FollowUp
from energymed.cases import transitions
from energymed.cases.codes import CaseState, QueueReason, WaitingReason
from energymed.cases.max_future import check_max_future
from energymed.cases.models import Case, CaseMove
from energymed.cases.queries import get_case
from energymed.cases.search import searched
from energymed.partners.codes import Closure

QUEUE_REASONS = {
    FollowUpKind.CALLBACK: QueueReason.CALLBACK,
    FollowUpKind.INSTALMENT: QueueReason.INSTALMENT,
}  # any other: `follow_up`
# a plan runs on, a fund decides, a partner answers
OUTLIVE_THE_CASE = (
    FollowUpKind.INSTALMENT, FollowUpKind.AID_DECISION, FollowUpKind.DOCUMENTS,
    FollowUpKind.PARTNER_ANSWER, FollowUpKind.ASK_PERSON, FollowUpKind.ASK_OTHERS,
)  # fmt: skip
# stands for many cases: it neither queues its own nor goes to another mediator with it
OF_THE_LEAD = (FollowUpKind.PARTNER_ANSWER,)
# done by writing or calling elsewhere: nobody calls the person for it
NOT_BY_CALL = (*OF_THE_LEAD, FollowUpKind.ASK_OTHERS, FollowUpKind.VISIT)
# what a call can answer
ON_THE_PHONE = (FollowUpKind.CALLBACK, FollowUpKind.INTERPRETER, FollowUpKind.OTHER)
MAX_NOTE = 500


def add_follow_up(
    ctx: Context,
    case: Case,
    kind: FollowUpKind,
    due_at: datetime,
    *,
    note: str | None = None,
    case_count: int | None = None,
    instalment_id: int | None = None,
    act_id: int | None = None,
    pause_reason: PauseReason | None = None,
    for_user_id: int | None = None,
) -> FollowUp:
    """Add something to do on the case, for its mediator unless `for_user_id` names somebody.

    Args:
        note: a person's own words.
        case_count: of how many cases it is about, when it stands for others too.
        act_id: of the act that made what it is about.

    Raises:
        BadInput, Refused: the note is too long, or holds what must never be kept.
    """
    check_words(note, "follow_up_note", most=MAX_NOTE)
    follow_up = FollowUp(
        case_id=case.id,
        kind=kind,
        due_at=due_at,
        assigned_to_id=for_user_id or case.assigned_to_id or ctx.actor.user_id,
        note=kept(note),
        case_count=case_count,
        instalment_id=instalment_id,
        act_id=act_id,
        pause_reason=pause_reason,
        created_at=ctx.now,
        made_by_id=ctx.actor.user_id,
        made_by_contact_id=ctx.contact_id,
    )
    ctx.session.add(follow_up)
    audit.record(
        ctx, "follow_up.added", follow_up, after={"kind": kind, "due_at": due_at.isoformat()}
    )
    ctx.session.flush()
    return follow_up


def get_follow_up(ctx: Context, follow_up_id: int) -> FollowUp:
    """The follow-up, when its case is the actor's to see, its case locked.

    Raises:
        NotFound: unknown or of another site.
    """
    follow_up = ctx.session.get(FollowUp, follow_up_id)
    if follow_up is None:
        raise NotFound(N_("Ce suivi n'existe pas."))
    get_case(ctx, follow_up.case_id, lock=True)
    return follow_up


def finish_follow_up(ctx: Context, follow_up_id: int, state: FollowUpState) -> FollowUp:
    """Mark a follow-up `done` or `cancelled`; a second time changes nothing.

    A case that waited for a promised call waits for an attempt like others; one that was paused is
    back in its queue. Anybody of the site
    may do what is to be done; only whose it is, or a lead, says that it is not to be done.

    Raises:
        NotFound: unknown or of another site.
        Refused: it would be cancelled, and is somebody else's.
    """
    follow_up = get_follow_up(ctx, follow_up_id)
    if follow_up.state == FollowUpState.OPEN:
        if state == FollowUpState.CANCELLED:
            check_author(ctx.actor, follow_up.made_by_id, follow_up.assigned_to_id)
        _let_go(ctx, follow_up, state)
    return follow_up


def cancel_callbacks(ctx: Context, person_ids: Collection[int]) -> None:
    """The calls promised to these people are not made; their cases wait as others do."""
    promised = (
        select(FollowUp)
        .join(FollowUp.case)
        .options(contains_eager(FollowUp.case))
        .where(Case.person_id.in_(person_ids), OPEN_CALLBACK)
        .order_by(FollowUp.id)
        .with_for_update(of=(FollowUp, Case))
    )
    for follow_up in ctx.session.scalars(promised).all():
        _let_go(ctx, follow_up, FollowUpState.CANCELLED)


def _let_go(ctx: Context, follow_up: FollowUp, state: FollowUpState) -> None:
    """Finish a follow-up; a case that waited for a promised call waits for an attempt.

    One that was paused is back in its queue.
    """
    case = ctx.session.get_one(Case, follow_up.case_id)
    if follow_up.kind == FollowUpKind.PAUSE and case.state == CaseState.WAITING:
        transitions.enqueue(ctx, case, QueueReason.FOLLOW_UP)
    if case.waiting_reason == WaitingReason.CALLBACK and _holds(case, follow_up):
        at, anyone = case.next_action_at, case.for_anyone
        transitions.wait(ctx, case, WaitingReason.RETRY, at, for_anyone=anyone)
    _finish(ctx, follow_up, state)


def _finish(ctx: Context, follow_up: FollowUp, state: FollowUpState) -> None:
    follow_up.state, follow_up.done_at = state, ctx.now
    follow_up.settled_by_contact_id = ctx.contact_id
    follow_up.settled_by_batch_id = ctx.batch_id
    audit.record(ctx, f"follow_up.{state}", follow_up, before={"state": FollowUpState.OPEN})
    ctx.session.flush()


def postpone_follow_up(ctx: Context, follow_up_id: int, due_at: datetime) -> FollowUp:
    """Move a follow-up to a later time; the case that waits for it, or is queued by it, too.

    Raises:
        BadInput: a time that has passed, or is more than a year ahead; a callback outside the
            hours.
        Refused: it is done or cancelled.
    """
    if due_at <= ctx.now:
        raise BadInput(N_("Ce moment est déjà passé."), field="due_at")
    check_max_future(paris_date(due_at), paris_date(ctx.now), "due_at")
    follow_up = get_follow_up(ctx, follow_up_id)
    if follow_up.state != FollowUpState.OPEN:
        raise Refused(N_("Ce suivi est terminé."))
    case = ctx.session.get_one(Case, follow_up.case_id)
    if follow_up.kind == FollowUpKind.CALLBACK:
        check_callback(ctx.session, case, due_at, "due_at")
    if follow_up.kind == FollowUpKind.PAUSE:
        check_pause(ctx.session, case, paris_date(due_at), paris_date(ctx.now), "due_at")
    state = case.state if _holds(case, follow_up) else None
    _move(ctx, follow_up, due_at)
    if state == CaseState.IN_CALL:
        case.next_action_at = due_at  # given back without a result, it waits for that
        ctx.session.flush()
    elif state:
        promised = follow_up.kind == FollowUpKind.CALLBACK
        reason = WaitingReason.CALLBACK if promised else WaitingReason.FOLLOW_UP
        transitions.wait(ctx, case, reason, due_at, for_anyone=case.for_anyone)
    return follow_up


def put_off(ctx: Context, case: Case, minutes: int) -> None:
    """Let a case in call wait for some minutes, or until calls are made again.

    A call that was promised, or another follow-up whose time has come, is promised anew for then.
    """
    reason, when = waits_for(case), put_off_until(ctx.session, case, minutes, ctx.now)
    if when is not None:
        for follow_up in ctx.session.scalars(_open(case, ON_THE_PHONE, when)).all():
            _move(ctx, follow_up, when)
    transitions.wait(ctx, case, reason, when)


def put_off_until(session: Session, case: Case, minutes: int, now: datetime) -> datetime | None:
    """When a case that is put off comes again; not before its time when it was opened by hand."""
    promised = waits_for(case) == WaitingReason.CALLBACK
    availability = None if promised else availability_of(case.person.availability)
    callee = Callee(postal_code=case.postal_code, availability=availability)
    when = next_slot(session, case.campaign, callee, now + timedelta(minutes=minutes))
    return max(when, case.next_action_at) if when and case.next_action_at else when


def waits_for(case: Case) -> WaitingReason:
    """What a case in call was called for, as a case that waits says it."""
    return as_code(WaitingReason, case.queue_reason) or WaitingReason.RETRY


def _move(ctx: Context, follow_up: FollowUp, due_at: datetime) -> None:
    before, follow_up.due_at = follow_up.due_at, due_at
    follow_up.surfaced_at = None
    follow_up.put_off_by_contact_id, follow_up.former_due_at = ctx.contact_id, before
    audit.record(
        ctx,
        "follow_up.postponed",
        follow_up,
        before={"due_at": before.isoformat()},
        after={"due_at": due_at.isoformat()},
    )


def _open(case: Case, kinds: Collection[FollowUpKind], due_by: datetime | None) -> Select[FollowUp]:
    statement = select(FollowUp).where(
        FollowUp.case_id == case.id, FollowUp.state == FollowUpState.OPEN, FollowUp.kind.in_(kinds)
    )
    return statement if due_by is None else statement.where(FollowUp.due_at <= due_by)


def _holds(case: Case, follow_up: FollowUp) -> bool:
    """True when the case waits for this follow-up, or is queued or called because of it."""
    if case.state == CaseState.WAITING:
        return case.next_action_at == follow_up.due_at
    led_here = bool(follow_up.surfaced_at) and case.queue_reason == queue_reason(follow_up)
    return case.state in (CaseState.QUEUED, CaseState.IN_CALL) and led_here


def queue_reason(follow_up: FollowUp) -> QueueReason:
    """Why a case is in the queue that this follow-up brought there."""
    return QUEUE_REASONS.get(follow_up.kind, QueueReason.FOLLOW_UP)


def settle_follow_ups(
    ctx: Context,
    case: Case,
    kinds: Collection[FollowUpKind],
    state: FollowUpState,
    *,
    due_by: datetime | None = None,
) -> None:
    """Mark the open follow-ups of these kinds `done` or `cancelled`; all, or those due by then."""
    for follow_up in ctx.session.scalars(_open(case, kinds, due_by)).all():
        _finish(ctx, follow_up, state)


def settle_paid_checks(ctx: Context, instalment_ids: Collection[int]) -> None:
    """Nobody is called about instalments that are paid: their follow-ups end.

    A case that was queued for one of them goes back to where it stood; one in call stays.
    """
    _end_checks(ctx, instalment_ids, paid=True)


def drop_instalment_checks(ctx: Context, instalment_ids: Collection[int]) -> None:
    """Nobody is called about instalments of a plan that was taken back; as `settle_paid_checks`."""
    _end_checks(ctx, instalment_ids, paid=False)


def _end_checks(ctx: Context, instalment_ids: Collection[int], *, paid: bool) -> None:
    about = (
        select(FollowUp)
        .join(FollowUp.case)
        .options(contains_eager(FollowUp.case))
        .where(FollowUp.state == FollowUpState.OPEN)
        .where(among(ctx.session, FollowUp.instalment_id, instalment_ids))
        .order_by(FollowUp.id)
    )
    for follow_up in ctx.session.scalars(about).all():
        follow_up.settled_by_payment = paid
        end_by_itself(ctx, follow_up, FollowUpState.CANCELLED)


def end_by_itself(ctx: Context, follow_up: FollowUp, state: FollowUpState) -> None:
    """What a follow-up is about went on without it: it ends.

    A case that was queued for it, or waits for it since it was put off, goes back to where it
    stood; one in call stays.
    """
    case = follow_up.case
    put_off = case.state == CaseState.WAITING and follow_up.former_due_at is not None
    held = (case.state == CaseState.QUEUED or put_off) and _holds(case, follow_up)
    _finish(ctx, follow_up, state)
    if held:
        _leave_queue(ctx, case)


def _leave_queue(ctx: Context, case: Case) -> None:
    """Put a case back to where it stood before it came up, unless it did for others too.

    One that a person put into the queue (opened again, taken up from a pause) stays there.
    """
    if ctx.session.scalar(_open(case, set(FollowUpKind) - set(NOT_BY_CALL), ctx.now).limit(1)):
        return
    came = ctx.session.scalar(
        select(CaseMove)
        .where(CaseMove.case_id == case.id, CaseMove.from_state != CaseState.IN_CALL)
        .order_by(CaseMove.id.desc())
        .limit(1)
    )
    by_hand = came is not None and came.actor_id is not None
    if by_hand and case.state == CaseState.QUEUED:
        return
    if came is not None and came.reopen_reason is not None:
        transitions.enqueue(ctx, case, QueueReason.FOLLOW_UP)
    elif came is None or came.from_state == CaseState.CLOSED:
        transitions.close(ctx, case, Closure.PLAN_RUNNING)
    else:
        transitions.put_back(ctx, case, came)


def reopen_follow_ups(ctx: Context, batch_id: int) -> None:
    """Open again the follow-ups that a file settled, now that it is undone."""
    settled = select(FollowUp).where(FollowUp.settled_by_batch_id == batch_id)
    for follow_up in ctx.session.scalars(settled.order_by(FollowUp.id)).all():
        before, follow_up.state, follow_up.done_at = follow_up.state, FollowUpState.OPEN, None
        follow_up.settled_by_batch_id, follow_up.settled_by_payment = None, False
        follow_up.surfaced_at = None
        audit.record(ctx, "follow_up.reopened", follow_up, before={"state": before})
    ctx.session.flush()


def close_case(ctx: Context, case: Case, closure: Closure, *, for_good: bool) -> None:
    """Close the case and cancel what nobody is to do any more.

    Args:
        for_good: True when the person is never called again: then nothing outlives the case.
    """
    transitions.close(ctx, case, closure)
    kinds = set(FollowUpKind) - (set() if for_good else set(OUTLIVE_THE_CASE))
    if closure == Closure.UNREACHABLE:
        kinds.discard(FollowUpKind.VISIT)  # what the telephone could not, the visit may
    settle_follow_ups(ctx, case, kinds, FollowUpState.CANCELLED)


def ended_tasks(
    ctx: Context,
    state: FollowUpState,
    *,
    mine: bool = True,
    kind: FollowUpKind | None = None,
    text: str = "",
) -> Select[FollowUp]:
    """Select of the follow-ups that are done or cancelled and the actor may see, latest first.

    Args:
        text: who is searched for.
    """
    statement = (
        select(FollowUp)
        .join(Case, Case.id == FollowUp.case_id)
        .options(
            joinedload(FollowUp.case).joinedload(Case.person),
            joinedload(FollowUp.case).joinedload(Case.partner),
            joinedload(FollowUp.assigned_to),
        )
        .where(FollowUp.state == state)
        .order_by(FollowUp.done_at.desc(), FollowUp.id.desc())
    )
    if mine:
        statement = statement.where(FollowUp.assigned_to_id == ctx.actor.user_id)
    if kind:
        statement = statement.where(FollowUp.kind == kind)
    return searched(ctx, scoped(statement, Case, ctx.actor), text)
