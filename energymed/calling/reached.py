"""Who was reached, on whichever channel, and what went out to them: said once (DOMAIN §9).

*Reached* is the holder or a mandated person, on the phone, met or answering. What comes in from
somebody is no contact of ours that goes out; a letter that came back was counted when it was sent.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_

from energymed.base.db.as_of import stands
from energymed.calling.codes import (
    ANSWERED,
    MET,
    REACHED,
    WRITTEN,
    Channel,
    ExchangeResult,
)
from energymed.calling.models import Contact
from energymed.partners.codes import ResultCode

OUTBOUND = (Channel.CALL_OUT, *WRITTEN, Channel.VISIT)
REACHED_BY: Mapping[str, tuple[str, ...]] = {"call": REACHED, "exchange": (*MET, *ANSWERED)}


def tells_reached(channel: str, result: str | None) -> bool:
    """Whether a result, of a call or of another exchange, says that the person was reached."""
    by = "call" if channel in (Channel.CALL_OUT, Channel.CALL_IN) else "exchange"
    return result in REACHED_BY[by]


def result_of(contact: Contact) -> ResultCode | ExchangeResult | None:
    """The single result of a contact, whatever its channel."""
    return contact.result or contact.exchange_result


def was_reached(as_of: datetime | None = None) -> ColumnElement[bool]:
    """Condition on `Contact`: it stands, and the holder or a mandated person was reached by it.

    Args:
        as_of: as was known at this instant.
    """
    return and_(
        stands(Contact, as_of),
        or_(
            Contact.result.in_(REACHED),
            Contact.exchange_result.in_((*MET, *ANSWERED)),
        ),
    )


def is_reached(contact: Contact) -> bool:
    """`was_reached` of a contact that has been read."""
    return contact.voided_at is None and tells_reached(contact.channel, result_of(contact))


def goes_out() -> ColumnElement[bool]:
    """Condition on `Contact`: from us to the person."""
    written = and_(Contact.channel.in_(WRITTEN), Contact.exchange_result == ExchangeResult.SENT)
    spoken = Contact.channel.in_((Channel.CALL_OUT, Channel.VISIT))
    return or_(spoken, written)


def is_written_to(contact: Contact) -> bool:
    """Whether we wrote to the person by it, and it was not taken back."""
    sent = contact.exchange_result == ExchangeResult.SENT
    return contact.voided_at is None and contact.channel in WRITTEN and sent
