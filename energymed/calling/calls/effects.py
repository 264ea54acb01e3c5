"""What a call result does to the case, the person and the numbers, as its rule declares.

All of it bears the call as its cause, so that a correction within the day takes it back
(`calling.calls.call_correction`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import select

from energymed.base import audit
from energymed.base.clock import at_paris
from energymed.base.context import Context
from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.calling.calls.next_step import (
    Call,
    after_attempt,
    interpreter_day,
    rest_until,
    too_often,
)
from energymed.calling.calls.person_marks import never_again, not_theirs, out_of_service, speaks
from energymed.calling.calls.report import CallReport
from energymed.calling.codes import RESULTS, FollowUpKind, FollowUpState, ResultGroup
from energymed.calling.eligibility.same_person import everywhere
from energymed.calling.eligibility.stopped import CLOSURES, dialable_numbers, people_stopped_with
from energymed.calling.follow_ups.callbacks import check_callback
from energymed.calling.follow_ups.service import (
    ON_THE_PHONE,
    add_follow_up,
    cancel_callbacks,
    close_case,
    put_off,
    settle_follow_ups,
)
from energymed.calling.models import Contact
from energymed.cases import transitions
from energymed.cases.codes import CaseState, QueueReason, StopKind, WaitingReason
from energymed.cases.cutoff import mark_told
from energymed.cases.models import Case, Person, Phone
from energymed.cases.stops import note_person
from energymed.partners.codes import (
    CallbackBy,
    CaseEffect,
    Closure,
    NumberEffect,
    PersonEffect,
    ResultCode,
)
from energymed.partners.result_rules import ResultRule
from energymed.partners.rulebook import CallingRules


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """A call on file whose result is being carried out; `ctx` names it as the cause."""

    ctx: Context
    case: Case
    contact: Contact
    report: CallReport
    rules: CallingRules

    @property
    def rule(self) -> ResultRule:
        """What the campaign declares for the result."""
        return self.rules.results[self.report.result]

    def as_call(self) -> Call:
        """What the rules of the next step ask."""
        started = self.contact.started_at
        return Call(self.case, self.rules, self.report.result, started, noted=True)


def apply_effect(
    ctx: Context, case: Case, contact: Contact, report: CallReport, rules: CallingRules
) -> None:
    """Mark numbers and person, then move the case, as the campaign declares for this result."""
    call = RecordedCall(ctx.caused_by(contact_id=contact.id), case, contact, report, rules)
    _settle(call)
    if call.rule.number == NumberEffect.OPPOSED:
        never_again(call.ctx, case.person)
    elif call.rule.number and contact.phone is not None:
        NUMBER_EFFECTS[call.rule.number](call.ctx, case.person, contact.phone)
    if call.rule.person:
        PERSON_EFFECTS[call.rule.person](call)
    if too_often(ctx.session, call.as_call(), now=ctx.now):
        _close(call)
    else:
        CASE_EFFECTS[call.rule.case](call)
    ctx.session.flush()


def stop_as_called(
    ctx: Context, case: Case, contact: Contact, result: ResultCode, rules: CallingRules
) -> None:
    """Stop what a call with this result would, after an exchange off the telephone (DOMAIN §9).

    A case that is closed already, or that somebody has in call, stays so.
    """
    report = CallReport(result, contact.started_at)
    call = RecordedCall(ctx.caused_by(contact_id=contact.id), case, contact, report, rules)
    settle_follow_ups(call.ctx, case, (FollowUpKind.PAUSE,), FollowUpState.DONE)
    if call.rule.number == NumberEffect.OPPOSED:
        never_again(call.ctx, case.person)
    if call.rule.person:
        PERSON_EFFECTS[call.rule.person](call)
    _close_all(call, () if case.state in (CaseState.CLOSED, CaseState.IN_CALL) else (case,))
    ctx.session.flush()


def _settle(call: RecordedCall) -> None:
    """The follow-ups that this call answers are done.

    Somebody who answered needs no other callback; an attempt keeps the promise that was due. A
    call that did not reach the person's own phone answers nothing. Any call ends a pause: its
    result says when the case comes again.
    """
    settle_follow_ups(call.ctx, call.case, (FollowUpKind.PAUSE,), FollowUpState.DONE)
    if not call.rule.counts:
        return
    ctx, case, done = call.ctx, call.case, FollowUpState.DONE
    answered = RESULTS[ResultCode(call.report.result)].group == ResultGroup.REACHED
    due_by = None if answered else ctx.now
    settle_follow_ups(ctx, case, (FollowUpKind.CALLBACK,), done, due_by=due_by)
    if answered:
        settle_follow_ups(ctx, case, ON_THE_PHONE, done, due_by=ctx.now)


def _outcome(call: RecordedCall) -> None:
    """After a conversation: close, or come back at a time."""
    ctx, case, report = call.ctx, call.case, call.report
    if report.next_step == "close":
        if report.closure == Closure.INFORMED_ONLY and case.told_at is None:
            # what the mediator says by this closure
            mark_told(ctx, case, ctx.now, contact_id=call.contact.id)
        close_case(ctx, case, Closure(str(report.closure)), for_good=False)
        return
    due = report.follow_up_at
    if due is None:
        raise BadInput(N_("Donnez le jour et l'heure."), field="follow_up_at")
    _come_back(call, FollowUpKind.OTHER, due, report.follow_up_note)


def _come_back(call: RecordedCall, kind: FollowUpKind, due: datetime, note: str | None) -> None:
    """The case waits for this; it takes the place of the same agreed before, due or not."""
    settle_follow_ups(call.ctx, call.case, (kind,), FollowUpState.CANCELLED)
    add_follow_up(call.ctx, call.case, kind, due, note=note)
    transitions.wait(call.ctx, call.case, WaitingReason.FOLLOW_UP, due)


def _retry(call: RecordedCall) -> None:
    """Later, or at the promised time; unreachable once the attempts are used up."""
    follows = after_attempt(call.ctx.session, call.as_call(), now=call.ctx.now)
    if follows.closure:
        close_case(call.ctx, call.case, follows.closure, for_good=False)
        return
    reason, rule = WaitingReason.RETRY, call.rule
    if follows.why == "promised":
        reason, rule = WaitingReason.CALLBACK, call.rules.results[ResultCode.CALLBACK_SET]
    anyone = rule.by == CallbackBy.ANYONE
    transitions.wait(call.ctx, call.case, reason, follows.at, for_anyone=anyone)


def _callback(call: RecordedCall) -> None:
    """Comes back at that time, to the same mediator or to whoever is free."""
    ctx, case, due = call.ctx, call.case, call.report.callback_at
    if due is None:
        raise BadInput(N_("Donnez le jour et l'heure."), field="callback_at")
    check_callback(ctx.session, case, due, "callback_at")
    caller = call.contact.user_id  # whoever corrects it makes no promise of their own
    if caller is not None and case.assigned_to_id != caller:
        transitions.assign(ctx, case, caller)
    add_follow_up(ctx, case, FollowUpKind.CALLBACK, due, note=call.report.follow_up_note)
    anyone = (call.report.callback_by or call.rule.by) == CallbackBy.ANYONE
    transitions.wait(ctx, case, WaitingReason.CALLBACK, due, for_anyone=anyone)


def _next_number(call: RecordedCall) -> None:
    """The next number may be dialled at once; without one, the case goes back."""
    if dialable_numbers(call.ctx.session, call.case.person):
        reason = call.case.queue_reason or QueueReason.RETRY
        transitions.enqueue(call.ctx, call.case, reason)
    else:
        _close(call)


def _rests(call: RecordedCall) -> None:
    """Refuses to talk: the person is left in peace for a time, by whichever partner or site.

    What was promised before is not made.
    """
    ctx = call.ctx
    until, people = rest_until(call.rules, ctx.now), everywhere(ctx.session, call.case.person)
    cancel_callbacks(ctx, [person.id for person in people])
    for person in people:
        before = person.rests_until
        if before is not None and before >= until:
            continue
        person.rests_until, person.rests_by_contact_id = until, call.contact.id
        audit.record(
            ctx,
            "person.rests",
            person,
            before={"rests_until": before.isoformat() if before else None},
            after={"rests_until": until.isoformat()},
        )
    note_person(ctx, StopKind.RESTS, call.case.person, until=at_paris(until, time.min))


def _opposed(call: RecordedCall) -> None:
    """The person is never called again, for whichever partner or site."""
    for person in everywhere(call.ctx.session, call.case.person):
        if person.opposed_at is None:
            person.opposed_at, person.opposed_by_contact_id = call.ctx.now, call.contact.id
            audit.record(call.ctx, "person.opposed", person)
    note_person(call.ctx, StopKind.OPPOSED, call.case.person)


def _deceased(call: RecordedCall) -> None:
    """The household is never called again, for whichever partner or site."""
    for person in everywhere(call.ctx.session, call.case.person):
        if person.deceased_at is None:
            person.deceased_at, person.deceased_by_contact_id = call.ctx.now, call.contact.id
            audit.record(call.ctx, "person.deceased", person)
    note_person(call.ctx, StopKind.DECEASED, call.case.person)


def _interpreter(call: RecordedCall) -> None:
    """A task to find an interpreter; the case waits for it."""
    ctx, case = call.ctx, call.case
    speaks(ctx, case.person, call.contact)
    due, language = interpreter_day(case, ctx.now), str(call.report.details["language"])
    _come_back(call, FollowUpKind.INTERPRETER, due, language)


def _again(call: RecordedCall) -> None:
    """Not an attempt: the case comes again soon, and lets the others pass meanwhile."""
    put_off(call.ctx, call.case, call.rules.same_day_minutes)


def _close(call: RecordedCall) -> None:
    """With the closure declared; every case of a person who is never called again."""
    _close_all(call, (call.case,))


def _close_all(call: RecordedCall, own: Sequence[Case]) -> None:
    closure = Closure(str(call.rule.closure))
    for_good = closure in CLOSURES.values()
    for case in (*own, *(_other_cases(call) if for_good else ())):
        close_case(call.ctx, case, closure, for_good=for_good)


def _other_cases(call: RecordedCall) -> list[Case]:
    """The other open cases of the person, and after a death of the household.

    One that somebody has in call is left to them.
    """
    session, person = call.ctx.session, call.case.person
    person_ids = people_stopped_with(session, person, str(call.rule.closure))
    not_these = (CaseState.CLOSED, CaseState.IN_CALL)
    others = (
        select(Case)
        .where(Case.person_id.in_(person_ids), Case.state.not_in(not_these))
        .where(Case.id != call.case.id)
        .order_by(Case.id)
        .with_for_update()
    )
    return list(session.scalars(others))


CASE_EFFECTS: dict[CaseEffect, Callable[[RecordedCall], None]] = {
    CaseEffect.OUTCOME: _outcome,
    CaseEffect.CALLBACK: _callback,
    CaseEffect.RETRY: _retry,
    CaseEffect.NEXT_NUMBER: _next_number,
    CaseEffect.INTERPRETER: _interpreter,
    CaseEffect.BACK: _again,
    CaseEffect.CLOSE: _close,
}
NUMBER_EFFECTS: dict[NumberEffect, Callable[[Context, Person, Phone], None]] = {
    NumberEffect.WRONG: not_theirs,
    NumberEffect.INVALID: out_of_service,
}
PERSON_EFFECTS: dict[PersonEffect, Callable[[RecordedCall], None]] = {
    PersonEffect.RESTS: _rests,
    PersonEffect.OPPOSED: _opposed,
    PersonEffect.DECEASED: _deceased,
}
