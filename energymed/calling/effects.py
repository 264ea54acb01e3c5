"""What a call result does to the case, the person and the numbers (DOMAIN §9)."""

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
from energymed.calling.followups import add_follow_up
from energymed.calling.models import Contact
from energymed.calling.queue import recent_attempts
from energymed.calling.report import CallReport
from energymed.calling.results import RESULTS
from energymed.calling.rules import in_hours, retry_at
from energymed.cases import moves
from energymed.cases.cutoff import mark_told
from energymed.cases.models import Case, Person, Phone
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
    EFFECTS[RESULTS[report.result].effect](at)
    session.flush()


def _outcome(at: Situation) -> None:
    """After a conversation: close, or come back at a time."""
    if at.case.campaign_kind == "cutoff_notice" and at.case.told_at is None:
        mark_told(at.case, at.now)
    if at.report.next_step == "close":
        moves.close(at.session, at.actor, at.case, str(at.report.closure), now=at.now)
        return
    due = at.report.follow_up_at
    if due is None:
        raise BadInput(N_("Donnez le jour et l'heure."), field="follow_up_at")
    add_follow_up(
        at.session, at.actor, at.case, "other", due, now=at.now, note=at.report.follow_up_note
    )
    moves.wait(at.session, at.actor, at.case, "follow_up", due, now=at.now)


def _retry(at: Situation) -> None:
    """Another half-day; unreachable once the attempts of the period are used up."""
    person_id = at.case.person_id
    attempts = recent_attempts(at.session, [person_id], at.now).get(person_id, ())
    start = paris_date(at.now) - timedelta(days=at.rules.period_days)
    recent = [attempt for attempt in attempts if paris_date(attempt.at) > start]
    if len(recent) >= at.rules.attempts_per_period:
        moves.close(at.session, at.actor, at.case, "unreachable", now=at.now)
        return
    result = at.report.result
    today = [a for a in recent if paris_date(a.at) == paris_date(at.now)]
    if result == "busy" and len(today) > at.rules.attempts_per_day:
        result = "no_answer"
    again = retry_at(at.rules, at.now, result, at.case.postal_code)
    moves.wait(at.session, at.actor, at.case, "retry", again, now=at.now)


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
        moves.close(at.session, at.actor, at.case, "refused", now=at.now)
    else:
        _retry(at)


def _callback(at: Situation) -> None:
    """Comes back at that time, to the same mediator."""
    due = at.report.callback_at
    if due is None or not in_hours(at.rules, due, at.case.postal_code):
        raise BadInput(N_("Ce moment est hors des heures d'appel."), field="callback_at")
    if at.actor.user_id is not None and at.case.assigned_to_id != at.actor.user_id:
        at.case.assigned_to_id = at.actor.user_id
    add_follow_up(
        at.session, at.actor, at.case, "callback", due, now=at.now, note=at.report.follow_up_note
    )
    moves.wait(at.session, at.actor, at.case, "callback", due, now=at.now)


def _number(at: Situation) -> None:
    """That number is never dialled again; the next one may be, at once."""
    phone = at.contact.phone
    if phone is not None:
        phone.status = "wrong" if at.report.result == "wrong_number" else "invalid"
        audit.record(
            at.session, at.actor, "phone.marked", phone, now=at.now, after={"status": phone.status}
        )
        at.session.flush()
    if any(each.status == "ok" for each in at.case.person.phones):
        moves.enqueue(at.session, at.actor, at.case, "retry", now=at.now)
    else:
        moves.close(at.session, at.actor, at.case, "wrong_data", now=at.now)


def _rest(at: Situation) -> None:
    """Refuses to talk: the person rests, the case goes back."""
    at.case.person.rests_until = paris_date(at.now) + timedelta(days=at.rules.refusal_rest_days)
    _mark(at, "person.rests")
    moves.close(at.session, at.actor, at.case, "refused", now=at.now)


def _stop(at: Situation) -> None:
    """Opposed: a permanent stop on the person and the numbers, whatever the case."""
    person = at.case.person
    person.opposed_at = at.now
    _mark(at, "person.opposed")
    numbers = [phone.e164 for phone in person.phones]
    same = (
        select(Phone).join(Person).where(Phone.e164.in_(numbers), Person.site_id == person.site_id)
    )
    for phone in at.session.scalars(same):
        phone.status = "opposed"
    _close_all(at, "opposed")


def _deceased(at: Situation) -> None:
    """Stops at once, for every case of the person; the household is never called again."""
    at.case.person.deceased_at = at.now
    _mark(at, "person.deceased")
    _close_all(at, "deceased")


def _return(at: Situation) -> None:
    moves.close(at.session, at.actor, at.case, str(RESULTS[at.report.result].closure), now=at.now)


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
    """Not an attempt: the case stays where it was."""
    moves.enqueue(at.session, at.actor, at.case, at.case.queue_reason or "retry", now=at.now)


def _mark(at: Situation, action: str) -> None:
    audit.record(at.session, at.actor, action, at.case.person, now=at.now)


def _close_all(at: Situation, closure: str) -> None:
    """Close this case and every other open case of the person."""
    others = at.session.scalars(
        select(Case).where(
            Case.person_id == at.case.person_id, Case.state != "closed", Case.id != at.case.id
        )
    )
    for case in (at.case, *others):
        moves.close(at.session, at.actor, case, closure, now=at.now)


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
