"""What a call result does to the case, the person and the numbers (DOMAIN §9).

Whatever is marked leaves an audit event with the value before it, which is what a correction
within the day goes back to (`calling.takeback`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.actor import Actor
from energymed.base import audit
from energymed.base.clock import at_paris, paris_date
from energymed.base.dates import next_working_day
from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.calling.claim import give_back
from energymed.calling.followups import (
    ON_THE_PHONE,
    add_follow_up,
    check_promise,
    close_case,
    next_promise,
    settle_follow_ups,
)
from energymed.calling.models import Contact
from energymed.calling.queue import recent_attempts
from energymed.calling.report import CallReport
from energymed.calling.results import NOT_THE_PERSON, RESULTS
from energymed.calling.rules import attempts_in_period, retry_at
from energymed.cases import moves
from energymed.cases.cutoff import mark_told
from energymed.cases.models import Case, Phone
from energymed.partners.rulebook import CallingRules, load_calling_rules


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


def apply_effect(
    session: Session, actor: Actor, case: Case, contact: Contact, report: CallReport, now: datetime
) -> None:
    """Move the case, the person and the numbers as the result says."""
    rules = load_calling_rules(
        session, paris_date(now), partner_id=case.partner_id, kind=case.campaign_kind
    )
    at = Situation(session, actor, case, contact, report, rules, now)
    _settle(at)
    EFFECTS[RESULTS[report.result].effect](at)
    session.flush()


def _settle(at: Situation) -> None:
    """The follow-ups that this call answers are done.

    Somebody who answered needs no other callback; an attempt keeps the promise that was due. A
    call that did not reach the person's own phone answers nothing.
    """
    result = at.report.result
    if result in NOT_THE_PERSON:
        return
    answered = RESULTS[result].group == "reached"
    due_by = None if answered else at.now
    settle_follow_ups(
        at.session, at.actor, at.case, ("callback",), "done", now=at.now, due_by=due_by
    )
    if answered:
        settle_follow_ups(
            at.session, at.actor, at.case, ON_THE_PHONE, "done", now=at.now, due_by=at.now
        )


def _outcome(at: Situation) -> None:
    """After a conversation: close, or come back at a time."""
    if at.case.campaign_kind == "cutoff_notice" and at.case.told_at is None:
        mark_told(at.case, at.contact.started_at)
    if at.report.next_step == "close":
        _close(at, str(at.report.closure))
        return
    due = at.report.follow_up_at
    if due is None:
        raise BadInput(N_("Donnez le jour et l'heure."), field="follow_up_at")
    add_follow_up(
        at.session, at.actor, at.case, "other", due, now=at.now, note=at.report.follow_up_note
    )
    moves.wait(at.session, at.actor, at.case, "follow_up", due, now=at.now)


def _retry(at: Situation) -> None:
    """Another half-day, or the promised time; unreachable once the attempts are used up."""
    session, case, now = at.session, at.case, at.now
    known = recent_attempts(session, [case.person_id], now).get(case.person_id, ())
    recent = attempts_in_period(at.rules, known, paris_date(now))
    if len(recent) >= at.rules.attempts_per_period:
        _close(at, "unreachable")
        return
    promised = next_promise(session, case, now)
    if promised is not None:
        moves.wait(session, at.actor, case, "callback", promised, now=now)
        return
    dialled_at = at.contact.started_at
    that_day = [one for one in recent if paris_date(one.at) == paris_date(dialled_at)]
    tried_again = len(that_day) > at.rules.attempts_per_day
    result = "no_answer" if tried_again else at.report.result
    again = retry_at(at.rules, dialled_at, result, case.postal_code)
    moves.wait(session, at.actor, case, "retry", again, now=now)


def _retry_once(at: Situation) -> None:
    """Hung up: one retry, then the case goes back as refused."""
    before = at.session.scalar(
        select(Contact.id).where(
            Contact.case_id == at.case.id,
            Contact.result == "hung_up",
            Contact.id != at.contact.id,
            Contact.voided_at.is_(None),
        )
    )
    if before is not None:
        _close(at, "refused")
    else:
        _retry(at)


def _callback(at: Situation) -> None:
    """Comes back at that time, to the same mediator."""
    due = at.report.callback_at
    if due is None:
        raise BadInput(N_("Donnez le jour et l'heure."), field="callback_at")
    check_promise(at.session, at.case, due, "callback_at", now=at.now)
    if at.actor.user_id is not None and at.case.assigned_to_id != at.actor.user_id:
        moves.assign(at.session, at.actor, at.case, at.actor.user_id, now=at.now)
    add_follow_up(
        at.session, at.actor, at.case, "callback", due, now=at.now, note=at.report.follow_up_note
    )
    moves.wait(at.session, at.actor, at.case, "callback", due, now=at.now)


def _number(at: Situation) -> None:
    """That number is never dialled again; the next one may be, at once."""
    if at.contact.phone is not None:
        status = "wrong" if at.report.result == "wrong_number" else "invalid"
        _mark_phone(at, at.contact.phone, status)
    if any(phone.status == "ok" for phone in at.case.person.phones):
        reason = at.case.queue_reason or "retry"
        moves.enqueue(at.session, at.actor, at.case, reason, now=at.now)
    else:
        _close(at, "wrong_data")


def _rest(at: Situation) -> None:
    """Refuses to talk: the person rests, the case goes back."""
    person = at.case.person
    before = {"rests_until": person.rests_until.isoformat() if person.rests_until else None}
    person.rests_until = paris_date(at.now) + timedelta(days=at.rules.refusal_rest_days)
    after = {"rests_until": person.rests_until.isoformat()}
    audit.record(
        at.session, at.actor, "person.rests", person, now=at.now, before=before, after=after
    )
    _close(at, "refused")


def _stop(at: Situation) -> None:
    """Opposed: a permanent stop on the person and on the numbers, whoever else has them."""
    person = at.case.person
    if person.opposed_at is None:
        person.opposed_at = at.now
        audit.record(at.session, at.actor, "person.opposed", person, now=at.now)
    numbers = [phone.e164 for phone in person.phones]
    same = select(Phone).where(Phone.e164.in_(numbers), Phone.status != "opposed")
    for phone in at.session.scalars(same).all():
        _mark_phone(at, phone, "opposed")
    _close_all(at, "opposed")


def _deceased(at: Situation) -> None:
    """Stops at once, for every case of the person; the household is never called again."""
    person = at.case.person
    if person.deceased_at is None:
        person.deceased_at = at.now
        audit.record(at.session, at.actor, "person.deceased", person, now=at.now)
    _close_all(at, "deceased")


def _return(at: Situation) -> None:
    _close(at, str(RESULTS[at.report.result].closure))


def _interpreter(at: Situation) -> None:
    """A task to find an interpreter; the case waits for it."""
    at.case.person.language = str(at.report.details["language"])
    day = next_working_day(paris_date(at.now) + timedelta(days=1), at.case.postal_code)
    due = at_paris(day, time(9, 0))
    add_follow_up(
        at.session, at.actor, at.case, "interpreter", due, now=at.now,
        note=str(at.report.details["language"]),
    )  # fmt: skip
    moves.wait(at.session, at.actor, at.case, "follow_up", due, now=at.now)


def _again(at: Situation) -> None:
    """Not an attempt: the case goes back to where it was."""
    give_back(at.session, at.actor, at.case, now=at.now)


def _mark_phone(at: Situation, phone: Phone, status: str) -> None:
    before, phone.status = phone.status, status
    audit.record(
        at.session, at.actor, "phone.marked", phone, now=at.now,
        before={"status": before}, after={"status": status},
    )  # fmt: skip
    at.session.flush()


def _close(at: Situation, closure: str) -> None:
    close_case(at.session, at.actor, at.case, closure, now=at.now, for_good=False)


def _close_all(at: Situation, closure: str) -> None:
    """Close this case and every other open case of the person; nothing is followed any more."""
    others = at.session.scalars(
        select(Case)
        .where(Case.person_id == at.case.person_id, Case.state != "closed", Case.id != at.case.id)
        .order_by(Case.id)
        .with_for_update()
    ).all()
    for case in (at.case, *others):
        close_case(at.session, at.actor, case, closure, now=at.now, for_good=True)


EFFECTS: dict[str, Callable[[Situation], None]] = {
    "outcome": _outcome,
    "retry": _retry,
    "retry_today": _retry,
    "retry_once": _retry_once,
    "callback": _callback,
    "number": _number,
    "rest": _rest,
    "stop": _stop,
    "deceased": _deceased,
    "return": _return,
    "interpreter": _interpreter,
    "again": _again,
}
