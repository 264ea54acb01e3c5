"""What a call result does to the case, the person and the numbers, as its rule declares.

Whatever is marked or moved leaves an audit event with the value before it; a correction within the
day takes it back (`calling.calls.call_correction`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base import audit
from energymed.base.clock import at_paris
from energymed.base.context import Actor, Context
from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.calling.calls.next_step import (
    Call,
    after_attempt,
    interpreter_day,
    rest_until,
    too_often,
)
from energymed.calling.calls.phone_marks import Said, never_again, not_theirs, out_of_service
from energymed.calling.calls.report import CallReport
from energymed.calling.calls.results import RESULTS
from energymed.calling.calls.spoken_language import speaks
from energymed.calling.codes import FollowUpKind, FollowUpState
from energymed.calling.eligibility.same_person import everywhere
from energymed.calling.eligibility.stopped import (
    CLOSURES,
    dialable_numbers,
    people_stopped_with,
)
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
from energymed.cases.cutoff import mark_told
from energymed.cases.models import Case, Phone
from energymed.cases.stops import note_person
from energymed.partners.result_rules import ResultRule
from energymed.partners.rulebook import CallingRules


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that an effect works with."""

    session: Session
    actor: Actor
    case: Case
    contact: Contact
    report: CallReport
    rules: CallingRules
    now: datetime

    @property
    def rule(self) -> ResultRule:
        """What the campaign declares for the result."""
        return self.rules.results[self.report.result]


def apply_effect(at: Situation) -> None:
    """Mark numbers and person, then move the case, as the campaign declares for this result."""
    _settle(at)
    if at.rule.number == "opposed":
        never_again(_said(at))
    elif at.rule.number:
        _of_number(at)
    if at.rule.person:
        PERSON_EFFECTS[at.rule.person](at)
    if too_often(at.session, _as_call(at), now=at.now):
        _close(at)
    else:
        CASE_EFFECTS[at.rule.case](at)
    at.session.flush()


def _settle(at: Situation) -> None:
    """The follow-ups that this call answers are done.

    Somebody who answered needs no other callback; an attempt keeps the promise that was due. A
    call that did not reach the person's own phone answers nothing.
    """
    result = at.report.result
    if not at.rule.counts:
        return
    answered = RESULTS[result].group == "reached"
    due_by = None if answered else at.now
    settle_follow_ups(
        Context(at.session, at.actor, at.now),
        at.case,
        (FollowUpKind.CALLBACK,),
        FollowUpState.DONE,
        due_by=due_by,
    )
    if answered:
        settle_follow_ups(
            Context(at.session, at.actor, at.now),
            at.case,
            ON_THE_PHONE,
            FollowUpState.DONE,
            due_by=at.now,
        )


def _outcome(at: Situation) -> None:
    """After a conversation: close, or come back at a time."""
    if at.report.next_step == "close":
        if at.report.closure == "informed_only" and at.case.told_at is None:
            mark_told(at.case, at.now)  # what the mediator says by this closure
        _close_with(at, str(at.report.closure))
        return
    due = at.report.follow_up_at
    if due is None:
        raise BadInput(N_("Donnez le jour et l'heure."), field="follow_up_at")
    add_follow_up(
        Context(at.session, at.actor, at.now),
        at.case,
        FollowUpKind.OTHER,
        due,
        note=at.report.follow_up_note,
    )
    transitions.wait(Context(at.session, at.actor, at.now), at.case, "follow_up", due)


def _retry(at: Situation) -> None:
    """Later, or at the promised time; unreachable once the attempts are used up."""
    sequel = after_attempt(at.session, _as_call(at), now=at.now)
    if sequel.closure:
        _close_with(at, sequel.closure)
        return
    reason = "callback" if sequel.why == "promised" else "retry"
    rule = at.rules.results["callback_set"] if reason == "callback" else at.rule
    anyone = rule.by == "anyone"
    transitions.wait(
        Context(at.session, at.actor, at.now), at.case, reason, sequel.at, for_anyone=anyone
    )


def _as_call(at: Situation) -> Call:
    return Call(at.case, at.rules, at.report.result, at.contact.started_at, noted=True)


def _callback(at: Situation) -> None:
    """Comes back at that time, to the same mediator or to whoever is free."""
    due = at.report.callback_at
    if due is None:
        raise BadInput(N_("Donnez le jour et l'heure."), field="callback_at")
    check_callback(at.session, at.case, due, "callback_at")
    caller = at.contact.user_id  # whoever corrects it makes no promise of their own
    if caller is not None and at.case.assigned_to_id != caller:
        transitions.assign(Context(at.session, at.actor, at.now), at.case, caller)
    add_follow_up(
        Context(at.session, at.actor, at.now),
        at.case,
        FollowUpKind.CALLBACK,
        due,
        note=at.report.follow_up_note,
    )
    transitions.wait(
        Context(at.session, at.actor, at.now),
        at.case,
        "callback",
        due,
        for_anyone=at.rule.by == "anyone",
    )


def _next_number(at: Situation) -> None:
    """The next number may be dialled at once; without one, the case goes back."""
    if dialable_numbers(at.session, at.case.person):
        reason = at.case.queue_reason or "retry"
        transitions.enqueue(Context(at.session, at.actor, at.now), at.case, reason)
    else:
        _close(at)


def _of_number(at: Situation) -> None:
    """What was said of the number that was dialled."""
    if at.contact.phone is not None:
        NUMBER_EFFECTS[str(at.rule.number)](_said(at), at.contact.phone)


def _said(at: Situation) -> Said:
    return Said(at.session, at.actor, at.case.person, at.contact.id, at.now)


def _rests(at: Situation) -> None:
    """Refuses to talk: the person is left in peace for a time, by whichever partner or site.

    What was promised before is not made.
    """
    until, people = rest_until(at.rules, at.now), everywhere(at.session, at.case.person)
    cancel_callbacks(Context(at.session, at.actor, at.now), [person.id for person in people])
    for person in people:
        before = person.rests_until
        if before is not None and before >= until:
            continue
        person.rests_until = until
        audit.record(
            Context(at.session, at.actor, at.now),
            "person.rests",
            person,
            before={"rests_until": before.isoformat() if before else None},
            after={"rests_until": until.isoformat()},
        )
    end = at_paris(until, time.min)
    note_person(at.session, "rests", at.case.person, at.contact.id, now=at.now, until=end)


def _opposed(at: Situation) -> None:
    """The person is never called again, for whichever partner or site."""
    for person in everywhere(at.session, at.case.person):
        if person.opposed_at is None:
            person.opposed_at = at.now
            audit.record(Context(at.session, at.actor, at.now), "person.opposed", person)
    note_person(at.session, "opposed", at.case.person, at.contact.id, now=at.now)


def _deceased(at: Situation) -> None:
    """The household is never called again, for whichever partner or site."""
    for person in everywhere(at.session, at.case.person):
        if person.deceased_at is None:
            person.deceased_at = at.now
            audit.record(Context(at.session, at.actor, at.now), "person.deceased", person)
    note_person(at.session, "deceased", at.case.person, at.contact.id, now=at.now)


def _interpreter(at: Situation) -> None:
    """A task to find an interpreter; the case waits for it."""
    speaks(Context(at.session, at.actor, at.now), at.case.person, at.contact)
    due = interpreter_day(at.case, at.now)
    add_follow_up(
        Context(at.session, at.actor, at.now),
        at.case,
        FollowUpKind.INTERPRETER,
        due,
        note=str(at.report.details["language"]),
    )
    transitions.wait(Context(at.session, at.actor, at.now), at.case, "follow_up", due)


def _again(at: Situation) -> None:
    """Not an attempt: the case comes again soon, and lets the others pass meanwhile."""
    put_off(Context(at.session, at.actor, at.now), at.case, at.rules.same_day_minutes)


def _close(at: Situation) -> None:
    """With the closure declared; every case of a person who is never called again."""
    if at.rule.closure in CLOSURES.values():
        _close_all(at, str(at.rule.closure))
    else:
        _close_with(at, str(at.rule.closure))


def _close_with(at: Situation, closure: str) -> None:
    close_case(Context(at.session, at.actor, at.now), at.case, closure, for_good=False)


def _close_all(at: Situation, closure: str) -> None:
    """Close this case and every other open case of the person; nothing is followed any more.

    After a death also those of the household. One that somebody has in call is left to them.
    """
    person_ids = people_stopped_with(at.session, at.case.person, closure)
    others = at.session.scalars(
        select(Case)
        .where(Case.person_id.in_(person_ids), Case.state.not_in(("closed", "in_call")))
        .where(Case.id != at.case.id)
        .order_by(Case.id)
        .with_for_update()
    ).all()
    for case in (at.case, *others):
        close_case(Context(at.session, at.actor, at.now), case, closure, for_good=True)


Effects = dict[str, Callable[[Situation], None]]
CASE_EFFECTS: Effects = {
    "outcome": _outcome,
    "callback": _callback,
    "retry": _retry,
    "next_number": _next_number,
    "interpreter": _interpreter,
    "back": _again,
    "close": _close,
}
NUMBER_EFFECTS: dict[str, Callable[[Said, Phone], None]] = {
    "wrong": not_theirs,
    "invalid": out_of_service,
}
PERSON_EFFECTS: Effects = {"rests": _rests, "opposed": _opposed, "deceased": _deceased}
