"""To whom a message of a case may go: the person's mobiles and e-mail, and what stands against.

What was written to the person is looked for in every file that names them, whichever the partner
or site (`calling.eligibility.same_person.everywhere`); none of these files is shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from energymed.base.email_addresses import read_address
from energymed.base.i18n import N_
from energymed.base.phones import is_mobile
from energymed.calling.codes import Channel
from energymed.calling.eligibility.same_person import everywhere
from energymed.calling.eligibility.stopped import dialable_numbers, stops_of
from energymed.calling.models import Contact
from energymed.cases.models import Case, Person, Phone
from energymed.messages.codes import UNSURE, MessageChannel, MessageState, NoMessageReason, Obstacle
from energymed.messages.models import Message
from energymed.messages.rules import Addressee
from energymed.partners.rulebook import MessageRules

EMAIL = "email"  # key of the e-mail address; those of numbers are their ids
ON_ITS_WAY = (MessageState.QUEUED, MessageState.SENDING)
REFUSALS = {
    Obstacle.LANDLINE: N_("Un SMS ne part que vers un mobile français : choisissez un autre "
                          "numéro."),
    Obstacle.STOPPED: N_("Ce numéro est arrêté : rien ne lui est envoyé."),
    Obstacle.BAD_ADDRESS: N_("Cette adresse e-mail est inutilisable."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recipient:
    """One place to write to; `key` is what the page sends back, never the address itself.

    `obstacle` is why nothing can be sent there, or None.
    """

    key: str
    channel: MessageChannel
    address: str
    obstacle: Obstacle | None = None


def recipients(session: Session, case: Case) -> list[Recipient]:
    """Every number of the person in the order of calls, then the e-mail."""
    dialable = dialable_numbers(session, case.person)
    places = [
        Recipient(str(phone.id), MessageChannel.SMS, phone.e164, _obstacle(phone, dialable))
        for phone in case.person.phones
    ]
    if case.person.email:
        address = usable_email(case.person.email)
        obstacle = None if address else Obstacle.BAD_ADDRESS
        places.append(
            Recipient(EMAIL, MessageChannel.EMAIL, address or case.person.email, obstacle)
        )
    return places


def usable_email(text: str) -> str | None:
    """The address as a mail server takes it; None when it is none."""
    found = read_address(text.strip())
    return found.ascii_email if found else None


def addressee(
    session: Session, case: Case, rules: MessageRules, now: datetime, *, but: Message | None = None
) -> Addressee:
    """What the rules need to know of the case's person; `but` is a message left aside."""
    since, rows = now - timedelta(days=rules.gap_days), everywhere(session, case.person)
    return Addressee(
        stops=stops_of(session, case.person),
        closure=case.closure,
        postal_code=case.postal_code,
        waiting=_waiting(session, rows, since, but),
        last_written_at=_last_written(session, rows, since),
    )


def _obstacle(phone: Phone, dialable: Sequence[Phone]) -> Obstacle | None:
    if phone not in dialable:
        return Obstacle.STOPPED
    return None if is_mobile(phone.e164) else Obstacle.LANDLINE


def _of_person(rows: Sequence[Person]) -> ColumnElement[bool]:
    """Messages to the person of these rows, or to a number or address that this person shares."""
    shared = [phone.e164 for row in rows for phone in row.phones]
    shared += [email for row in rows if (email := usable_email(row.email or ""))]
    return or_(Message.person_id.in_([row.id for row in rows]), Message.address.in_(shared))


def _waiting(
    session: Session, rows: Sequence[Person], since: datetime, but: Message | None
) -> NoMessageReason | None:
    """A message that is on its way, or perhaps left without anybody knowing."""
    unsure = and_(
        Message.state == MessageState.FAILED, Message.error.in_(UNSURE), Message.queued_at > since
    )
    statement = select(Message.state).where(
        _of_person(rows), or_(Message.state.in_(ON_ITS_WAY), unsure)
    )
    if but is not None:
        statement = statement.where(Message.id != but.id)
    states = set(session.scalars(statement))
    if states & set(ON_ITS_WAY):
        return NoMessageReason.PENDING
    return NoMessageReason.UNSURE if states else None


def _last_written(session: Session, rows: Sequence[Person], since: datetime) -> datetime | None:
    """The last message sent from here or noted by hand, within the gap."""
    noted = select(func.max(Contact.started_at)).where(
        Contact.person_id.in_([row.id for row in rows]),
        Contact.channel.in_((Channel.SMS, Channel.EMAIL)),
        Contact.voided_at.is_(None),
        Contact.started_at > since,
    )
    sent = select(func.max(Message.sent_at)).where(
        _of_person(rows), Message.state == MessageState.SENT, Message.sent_at > since
    )
    found = [at for at in (session.scalar(noted), session.scalar(sent)) if at is not None]
    return max(found, default=None)
