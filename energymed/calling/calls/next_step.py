"""What follows a call result by the rules: when the case comes again and why, or how it closes.

The same answer is shown before a call is saved (`next_step_of`) and acted on when it is
(`calling.calls.effects`).
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.base.clock import at_paris, paris_date
from energymed.base.dates import next_working_day
from energymed.base.i18n import N_
from energymed.base.zones import local_date
from energymed.calling.codes import NoCallReason
from energymed.calling.eligibility.attempts import recent_attempts
from energymed.calling.eligibility.availability import availability_of
from energymed.calling.eligibility.next_slot import next_slot
from energymed.calling.eligibility.rules import (
    Attempt,
    Callee,
    attempts_in_period,
    may_call,
    retry_at,
)
from energymed.calling.eligibility.stopped import dialable_numbers
from energymed.calling.follow_ups.callbacks import next_callback
from energymed.calling.follow_ups.service import put_off_until
from energymed.calling.models import Contact
from energymed.calling.reached import was_reached
from energymed.cases.cutoff import past_cutoff
from energymed.cases.models import Case
from energymed.partners.codes import CaseEffect, Closure
from energymed.partners.result_rules import ResultRule
from energymed.partners.rulebook import CallingRules

WHY = {
    **NoCallReason.labels(),
    "other_half_day": N_("l'autre demi-journée"),
    "same_day": N_("une fois encore le jour même"),
    "hours": N_("après le délai prévu"),
    "promised": N_("un rappel est déjà promis"),
    "attempts": N_("le nombre d'essais permis est atteint"),
    "most": N_("ce résultat revient pour la dernière fois permise"),
    "no_number": N_("plus aucun numéro à appeler"),
    "too_late": N_("plus d'essai possible avant l'intervention"),
}
MORNING = time(9, 0)


@dataclass(frozen=True, slots=True)
class NextStep:
    """What follows: `closure` when the case closes, else it comes again at `at` (None: never).

    `why` is one of `WHY`, or None where the result itself says it all.
    """

    at: datetime | None = None
    closure: Closure | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A call on a case, as what follows it is worked out: its result, when it began, what holds.

    `noted` once it is on file, so that it is not counted twice.
    """

    case: Case
    rules: CallingRules
    result: str
    started_at: datetime
    noted: bool = False
    phone_id: int | None = None


def next_step_of(session: Session, call: Call, *, now: datetime) -> NextStep | None:
    """What follows the result; None where the mediator says what (a conversation, a callback)."""
    rule = call.rules.results[call.result]
    if too_often(session, call, now=now):
        return NextStep(closure=_declared(rule), why="most")
    match rule.case:
        case CaseEffect.RETRY:
            return after_attempt(session, call, now=now)
        case CaseEffect.INTERPRETER:
            return NextStep(interpreter_day(call.case, now))
        case CaseEffect.NEXT_NUMBER:
            numbers = dialable_numbers(session, call.case.person)
            if any(phone.id != call.phone_id for phone in numbers):
                return NextStep(now)
            return NextStep(closure=_declared(rule), why="no_number")
        case CaseEffect.BACK:
            minutes = call.rules.same_day_minutes
            return NextStep(put_off_until(session, call.case, minutes, now))
        case CaseEffect.CLOSE:
            return NextStep(closure=_declared(rule))
    return None


def too_often(session: Session, call: Call, *, now: datetime) -> bool:
    """Whether this result, this time included, was noted on the case as often as it may be.

    Never while the person was promised a call: that one is made first.
    """
    most = call.rules.results[call.result].most
    if most is None or next_callback(session, call.case, now) is not None:
        return False
    noted = select(func.count()).where(
        Contact.case_id == call.case.id, Contact.result == call.result, Contact.voided_at.is_(None)
    )
    return (session.scalar(noted) or 0) + (not call.noted) >= most


def after_attempt(session: Session, call: Call, *, now: datetime) -> NextStep:
    """After an attempt that reached nobody: at the promised time, later, or the end."""
    case, rules = call.case, call.rules
    promised = next_callback(session, case, now)
    if promised is not None:
        return NextStep(promised, why="promised")
    callee = _callee(session, call, now)
    recent = attempts_in_period(
        rules, callee.attempts, local_date(now, callee.postal_code), callee.postal_code
    )
    if len(recent) >= rules.attempts_per_period:
        return NextStep(closure=_given_up(session, case), why="attempts")
    again = retry_at(rules, call.started_at, call.result, callee)
    if again is None:
        return NextStep()
    verdict = may_call(rules, callee, again)
    at = next_slot(session, case.campaign, callee, again)
    why = verdict.reason or _spacing(rules, call.result, again, now)
    if at is not None and past_cutoff(case, at):
        why = "too_late"
    return NextStep(at, why=why)


def _given_up(session: Session, case: Case) -> Closure:
    """How a case closes whose attempts are used up: the person was reached once, or never."""
    spoke = select(Contact.id).where(Contact.case_id == case.id, was_reached())
    reached = session.scalar(spoke.limit(1)) is not None
    return Closure.LOST_AFTER_CONTACT if reached else Closure.UNREACHABLE


def _declared(rule: ResultRule) -> Closure:
    """With what the campaign closes a case after this result."""
    return Closure(str(rule.closure))


def rest_until(rules: CallingRules, now: datetime) -> date:
    """Until when somebody who refused to talk is left in peace."""
    return paris_date(now) + timedelta(days=rules.refusal_rest_days)


def interpreter_day(case: Case, now: datetime) -> datetime:
    """When an interpreter is looked for: the next working morning."""
    day = next_working_day(paris_date(now) + timedelta(days=1), case.postal_code)
    return at_paris(day, MORNING)


def _spacing(rules: CallingRules, result: str, again: datetime, now: datetime) -> str:
    """Which delay led to this time: a busy line of the evening waits for another day."""
    declared = rules.results[result].again
    if declared == "same_day" and paris_date(again) != paris_date(now):
        return "other_half_day"
    return declared


def _callee(session: Session, call: Call, now: datetime) -> Callee:
    """What the rules need to know, this call included among the attempts."""
    case = call.case
    known = recent_attempts(session, [case.person_id], now).get(case.person_id, ())
    callee = Callee(
        postal_code=case.postal_code,
        attempts=known,
        availability=availability_of(case.person.availability),
    )
    if call.noted:
        return callee
    return replace(callee, attempts=(*known, Attempt(call.started_at, call.result)))
