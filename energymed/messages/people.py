"""To whom a message of a case may go: the person's mobiles and e-mail, and what stands against.

What was written to the person is looked for in every file that names them, whichever the partner
or site (`calling.eligibility.same_person.everywhere`); none of these files is shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import email_validator
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from energymed.base.i18n import N_
from energymed.base.phones import is_mobile
from energymed.calling.eligibility.same_person import everywhere
from energymed.calling.models import Contact
from energymed.cases.models import Case, Person, Phone
from energymed.messages.codes import UNSURE
from energymed.messages.models import Message
from energymed.messages.rules import Addressee
from energymed.partners.rulebook import MessageRules

EMAIL = "email"
OBSTACLES = {
    "landline": N_("ligne fixe ou étrangère : pas de SMS"),
    "stopped": N_("numéro arrêté"),
    "bad_address": N_("adresse inutilisable"),
}

UNREACHED = {
    "landline": N_("Un SMS ne part que vers un mobile français : choisissez un autre numéro."),
    "stopped": N_("Ce numéro est arrêté : rien ne lui est envoyé."),
    "bad_address": N_("Cette adresse e-mail est inutilisable."),
}


@dataclass(frozen=True, slots=True)
class Recipient:
    """One place to write to; `key` is what the page sends back, never the address itself.

    `obstacle` is one of `OBSTACLES`, or None.
    """

    key: str
    channel: str
    address: str
    obstacle: str | None = None


def recipients(session: Session, case: Case) -> list[Recipient]:
    """Every number of the person in the order of calls, then the e-mail."""
    numbers = [phone.e164 for phone in case.person.phones]
    stopped = select(Phone.e164).where(Phone.e164.in_(numbers), Phone.status == "opposed")
    opposed = set(session.scalars(stopped)) if numbers else set()
    found = [
        Recipient(str(phone.id), "sms", phone.e164, _of_number(phone, opposed))
        for phone in case.person.phones
    ]
    if case.person.email:
        address = usable_email(case.person.email)
        obstacle = None if address else "bad_address"
        found.append(Recipient(EMAIL, "email", address or case.person.email, obstacle))
    return found


def usable_email(text: str) -> str | None:
    """The address as a mail server takes it; None when it is none."""
    try:
        found = email_validator.validate_email(text.strip(), check_deliverability=False)
    except email_validator.EmailNotValidError:
        return None
    return found.ascii_email


def addressee(
    session: Session, case: Case, rules: MessageRules, now: datetime, *, but: Message | None = None
) -> Addressee:
    """What the rules need to know of the case's person; `but` is a message left aside."""
    person = case.person
    bereaved = select(Person.id).where(
        Person.household_id == person.household_id, Person.deceased_at.is_not(None)
    )
    to = Addressee(
        opposed=person.opposed_at is not None,
        deceased=session.scalar(bereaved.limit(1)) is not None,
        rests_until=person.rests_until,
        closure=case.closure,
        postal_code=case.postal_code,
    )
    since, rows = now - timedelta(days=rules.gap_days), everywhere(session, person)
    return replace(
        to,
        waiting=_waiting(session, rows, since, but),
        last_written_at=_last_written(session, rows, since),
    )


def _of_number(phone: Phone, opposed: set[str]) -> str | None:
    if phone.status != "ok" or phone.e164 in opposed:
        return "stopped"
    return None if is_mobile(phone.e164) else "landline"


def _of_person(rows: Sequence[Person]) -> ColumnElement[bool]:
    """Messages to the person of these rows, or to a number or address that this person shares."""
    shared = [phone.e164 for row in rows for phone in row.phones]
    shared += [email for row in rows if (email := usable_email(row.email or ""))]
    return or_(Message.person_id.in_([row.id for row in rows]), Message.address.in_(shared))


def _waiting(
    session: Session, rows: Sequence[Person], since: datetime, but: Message | None
) -> str | None:
    """A message that is on its way, or perhaps left without anybody knowing."""
    unsure = and_(Message.state == "failed", Message.error.in_(UNSURE), Message.queued_at > since)
    statement = select(Message.state).where(
        _of_person(rows), or_(Message.state.in_(("queued", "sending")), unsure)
    )
    if but is not None:
        statement = statement.where(Message.id != but.id)
    states = set(session.scalars(statement))
    if states & {"queued", "sending"}:
        return "pending"
    return "unsure" if states else None


def _last_written(session: Session, rows: Sequence[Person], since: datetime) -> datetime | None:
    """The last message sent from here or noted by hand, within the gap."""
    noted = select(func.max(Contact.started_at)).where(
        Contact.person_id.in_([row.id for row in rows]),
        Contact.channel.in_(("sms", "email")),
        Contact.voided_at.is_(None),
        Contact.started_at > since,
    )
    sent = select(func.max(Message.sent_at)).where(
        _of_person(rows), Message.state == "sent", Message.sent_at > since
    )
    found = [at for at in (session.scalar(noted), session.scalar(sent)) if at is not None]
    return max(found, default=None)
