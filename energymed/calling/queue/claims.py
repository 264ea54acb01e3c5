"""Claims: one case goes to one mediator, atomically, for the time of a lease.

The next case of a queue is chosen by reading alone (`queue.next_call`) and then claimed by one
UPDATE that holds only while nothing has changed: the same version of the case, nobody of the
household on the phone, no call to it since. On SQLite the write transaction is exclusive. On
PostgreSQL the household and the mediator's own row are locked with SKIP LOCKED, so that two
mediators who press at once get two different households, and one who presses twice gets one case.
A number may stand in the files of two sites, where households differ: the same statement tries a
lock of each number of the person, held until the transaction ends. Whoever gets it sees what
whoever had it before has committed.

A case that waited for a time keeps that time in `next_action_at` while it is in call: given back
without a result, it waits for it again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, exists, select
from sqlalchemy.orm import Session, aliased

from energymed.accounts.models import User
from energymed.base.clock import paris_date
from energymed.base.codes import as_code
from energymed.base.context import SYSTEM, Context
from energymed.base.db import locks_rows, read_rows
from energymed.base.errors import Conflict, Refused
from energymed.base.i18n import N_
from energymed.calling.assignment.transfer import transfer_cases
from energymed.calling.codes import FollowUpKind, FollowUpState
from energymed.calling.eligibility.next_slot import rules_of
from energymed.calling.eligibility.same_person import (
    numbers_taken,
    person_is_busy,
    who_talks_with,
)
from energymed.calling.eligibility.stopped import REFUSALS, person_not_called, stops_of
from energymed.calling.follow_ups.service import settle_follow_ups
from energymed.calling.one_press import one_press_at_a_time
from energymed.calling.presence.states import resume_calls, state_of
from energymed.calling.queue.next_call import NextCall, calls_to
from energymed.cases import transitions
from energymed.cases.codes import CaseState, QueueReason, WaitingReason
from energymed.cases.models import IN_CALL, Case, Household
from energymed.cases.queries import get_case

CLAIMABLE = (CaseState.QUEUED, CaseState.WAITING)


class AnotherCallOpen(Refused):
    """The actor has the case `case_id` in call, which is to be ended first."""

    def __init__(self, held: Case) -> None:
        super().__init__(
            N_("Terminez d'abord l'appel ouvert : dossier %(reference)s."), reference=held.reference
        )
        self.case_id = held.id


def claim_first(ctx: Context, calls: Sequence[NextCall]) -> int | None:
    """Give the actor the first of these cases that is still free; the one they hold, if any.

    Returns:
        The id of the case, or None when all of them were taken or changed since they were read.
    """
    for call in calls:
        if _take(ctx, call):
            return call.case_id
    one_press_at_a_time(ctx)
    held = held_case(ctx)
    if held is None:
        return None
    _extend(ctx.session, held, ctx.now)
    return held.id


def claim_case(ctx: Context, case_id: int, *, incoming: bool = False) -> Case:
    """Open one case by hand (a lead steps in; `incoming`: the person calls).

    The hours and counts of the rules bind the queue, not a person who opens a file; a stop or a
    rest binds everybody who calls, not whoever is called. Whoever takes a case is in pause no more.

    Raises:
        Conflict: somebody else is on the phone with this case or household.
        Refused: it is closed, or the person is not to be called.
        AnotherCallOpen: the actor holds another case.
    """
    one_press_at_a_time(ctx)
    resume_calls(ctx)
    held = held_case(ctx)
    if held is not None and held.id == case_id:
        _extend(ctx.session, held, ctx.now)
        return held
    if held is not None:
        raise AnotherCallOpen(held)
    case = get_case(ctx, case_id)
    if case.state == CaseState.CLOSED:
        raise Refused(N_("Ce dossier est clos."))
    reason = stops_of(ctx.session, case.person).contact_reason(paris_date(ctx.now))
    if reason is not None and not incoming:
        raise Refused(REFUSALS[reason])
    taken = _lock(ctx.session, case)
    if taken is None:
        name = who_talks_with(ctx.session, case.person.household_id)
        if name is None:  # at this very moment
            raise Conflict(N_("Un collègue est déjà en ligne avec ce foyer."))
        raise Conflict(N_("%(name)s est déjà en ligne avec ce foyer."), name=name)
    stood = taken.state
    if stood == CaseState.TO_ASSIGN and ctx.actor.user_id is not None:
        transfer_cases(ctx, [taken], ctx.actor.user_id)
    return _claim(ctx, taken, stood)


def held_case(ctx: Context) -> Case | None:
    """The case that the actor has in call, if any."""
    return ctx.session.scalar(
        select(Case).where(Case.claimed_by_id == ctx.actor.user_id, Case.state == IN_CALL).limit(1)
    )


def renew(ctx: Context, case_id: int) -> datetime:
    """Lengthen the lease while the page is open; gives its new end.

    Not while its mediator is in pause or in a meeting: the person is not left waiting for them.

    Raises:
        Conflict: the lease lapsed and the case went back, or to somebody else.
    """
    case = get_case(ctx, case_id, lock=True)
    if case.state != CaseState.IN_CALL or case.claimed_by_id != ctx.actor.user_id:
        raise Conflict(N_("Ce dossier est retourné dans la file. Votre saisie est conservée."))
    if case.claimed_until is not None and state_of(ctx) is not None:
        return case.claimed_until
    return _extend(ctx.session, case, ctx.now)


def end_call_of(ctx: Context, user_id: int) -> None:
    """Give back the case that somebody else holds: their account is closed."""
    held = ctx.session.scalar(
        select(Case).where(Case.claimed_by_id == user_id, Case.state == IN_CALL).with_for_update()
    )
    if held is not None:
        give_back(ctx, held)


def put_in_queue(ctx: Context, case_id: int) -> Case:
    """Let a waiting case wait no longer: it is in its mediator's queue at once.

    Raises:
        Refused: it does not wait.
    """
    case = get_case(ctx, case_id, lock=True)
    if case.state != CaseState.WAITING:
        raise Refused(N_("Ce dossier n'attend pas."))
    transitions.enqueue(ctx, case, QueueReason(case.waiting_reason or QueueReason.RETRY))
    settle_follow_ups(ctx, case, (FollowUpKind.PAUSE,), FollowUpState.DONE)
    return case


def release_lapsed(session: Session, *, now: datetime) -> int:
    """Put the cases whose lease is over back into their queues; returns how many."""
    lapsed = session.scalars(
        select(Case)
        .where(Case.state == IN_CALL, Case.claimed_until < now)
        .with_for_update(skip_locked=True)
    ).all()
    for case in lapsed:
        give_back(Context(session, SYSTEM, now), case)
    return len(lapsed)


def give_back(ctx: Context, case: Case) -> None:
    """End a claim without a result: to the queue, or to the time that the case waited for."""
    reason, waits_until = case.queue_reason, case.next_action_at
    transitions.release(ctx, case)
    wait_again(ctx, case, reason, waits_until)


def wait_again(ctx: Context, case: Case, reason: str | None, until: datetime | None) -> None:
    """Let a case that is back in the queue wait for what it waited for, if that is to come."""
    waits_for = as_code(WaitingReason, reason)
    if until is None or until <= ctx.now or waits_for is None:
        return
    if case.state == CaseState.QUEUED:
        transitions.wait(ctx, case, waits_for, until)


def _take(ctx: Context, call: NextCall) -> bool:
    """Claim a case that nobody touched since it was read, when the actor holds none."""
    both = {"home": call.household_id, "me": ctx.actor.user_id}
    locks = {**both, "rings": call.case_id}
    if locks_rows(ctx.session) and not read_rows(ctx.session, _all_for_update(), locks):
        return False
    until = ctx.now + timedelta(minutes=call.lease_minutes)
    seen = {**both, "calls": call.calls, "today": paris_date(ctx.now)}
    return transitions.claim_unchanged(ctx, call, _unchanged(), seen, until=until)


@cache
def _all_for_update() -> Select[int]:
    """The household, the mediator and the numbers, unless somebody is at one of them just now."""
    home, me = bindparam("home", type_=Integer()), bindparam("me", type_=Integer())
    both = select(Household.id).join(User, User.id == me).where(Household.id == home)
    numbers = numbers_taken(bindparam("rings", type_=Integer()))
    return both.where(numbers).with_for_update(key_share=True, skip_locked=True)


@cache
def _unchanged() -> ColumnElement[bool]:
    """Nobody of the household, nor of their number, is on the phone; nobody was called since; the
    person may still be called; the actor holds no case.
    """
    home, mine = bindparam("home", type_=Integer()), aliased(Case)
    held = exists().where(mine.claimed_by_id == bindparam("me"), mine.state == IN_CALL)
    return and_(
        ~person_is_busy(home, Case.person_id, Case.id),
        ~person_not_called(),
        ~held,
        calls_to(home) == bindparam("calls", type_=Integer()),
    )


def _lock(session: Session, case: Case) -> Case | None:
    """The case, locked with household and numbers; None when one of them is somebody else's."""
    home = case.person.household_id
    free = select(Household).where(Household.id == home).with_for_update(skip_locked=True)
    if locks_rows(session):
        free = free.where(numbers_taken(case.id))
    household = session.scalar(free)
    if household is None or who_talks_with(session, home) is not None:
        return None
    return session.scalar(
        select(Case)
        .where(Case.id == case.id, ~person_is_busy(home, case.person_id, case.id))
        .where(Case.state.in_((*CLAIMABLE, CaseState.TO_ASSIGN)))
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )


def _claim(ctx: Context, case: Case, stood: CaseState) -> Case:
    if ctx.actor.user_id is None:
        raise Refused(N_("Seule une personne peut prendre un appel."))
    if case.for_anyone and case.assigned_to_id != ctx.actor.user_id:
        transitions.assign(ctx, case, ctx.actor.user_id)
    waits_until = case.next_action_at
    if case.waiting_reason is not None:
        case.queue_reason = QueueReason(case.waiting_reason)
    until = _lease_end(ctx.session, case, ctx.now)
    transitions.claim(ctx, case, ctx.actor.user_id, until=until, from_state=stood)
    case.next_action_at = waits_until
    ctx.session.flush()
    return case


def _extend(session: Session, case: Case, now: datetime) -> datetime:
    case.claimed_until = _lease_end(session, case, now)
    session.flush()
    return case.claimed_until


def _lease_end(session: Session, case: Case, now: datetime) -> datetime:
    return now + timedelta(minutes=rules_of(session, case.campaign, now).lease_minutes)
