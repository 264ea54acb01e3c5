"""Sending messages, from a desk at once or by the job for what waits.

Three steps, each in a transaction of its own but the middle one, which is in none: take it, hand
it to the gateway, note what came of it. A stop after any step loses nothing and sends nothing
twice: what was taken and never noted is told as "perhaps sent".
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select

from energymed.base.clock import now
from energymed.base.db import db, transaction
from energymed.base.errors import BadInput
from energymed.base.http_client import names_given
from energymed.base.logs import Log
from energymed.config import Settings
from energymed.messages import service
from energymed.messages.codes import MessageError, MessageState
from energymed.messages.gateway import Gateway, Gateways, NotSent
from energymed.messages.http_gateway import HttpSms
from energymed.messages.models import Message
from energymed.messages.smtp_gateway import Smtp

MOST_AT_ONCE = 200
# the others would fare no better just now; after a silence, each would be "perhaps sent"
DOWN = ("unreachable", "not_configured", "timeout")
SLOW = timedelta(seconds=2)  # for an answer
SILENT_FOR = timedelta(minutes=1)  # after which a page tries again
log = Log("energymed.messages")


def gateways(settings: Settings) -> Gateways:
    """The gateway of each channel; None where none is set, or what is set cannot be used."""
    found: Gateways = {}
    for channel, make in MAKERS.items():
        try:
            found[channel] = make(settings)
        except BadInput:
            log.error("gateway_unusable", channel=channel)
            found[channel] = None
    return found


def gateway_problem(settings: Settings, channel: str) -> BadInput | None:
    """What is wrong with the settings of a channel's gateway, if anything is."""
    try:
        MAKERS[channel](settings)
    except BadInput as error:
        return error
    return None


def send(message_id: int, by: Gateways, at: datetime) -> str | None:
    """Send one waiting message; the code of the failure, None when it left or was not to leave."""
    with transaction() as session:
        outgoing = service.take(session, message_id, now=at)
        channel = session.get_one(Message, message_id).channel
    if outgoing is None:
        return None
    try:
        gateway = by.get(channel)
        if gateway is None:
            raise NotSent("not_configured")
        receipt = gateway.send(outgoing)
    except NotSent as failure:
        log.warning(
            "message_not_sent", message_id=message_id, code=failure.code, detail=failure.detail
        )
        with transaction() as session:
            service.note_failure(session, message_id, failure, now=now())
        return failure.code
    with transaction() as session:
        service.note_sent(session, message_id, receipt, now=now())
    return None


def send_now(message_id: int, by: Gateways, at: datetime) -> None:
    """`send` for somebody who waits at a page, and for whom everybody behind would wait.

    A gateway that just kept silent is not asked: the message waits for the job.
    """
    session = db.session()
    channel = session.get_one(Message, message_id).channel
    if session.scalar(select(_is_silent(channel, at))):
        log.warning("message_left_to_job", message_id=message_id, channel=channel)
        return
    send(message_id, by, at)


def _is_silent(channel: str, at: datetime) -> ColumnElement[bool]:
    """A message of the channel has had no answer a moment ago, or waits too long for one."""
    lately = Message.taken_at > at - SILENT_FOR
    waits = and_(Message.state == MessageState.SENDING, Message.taken_at < at - SLOW)
    had_none = and_(Message.state == MessageState.FAILED, Message.error == MessageError.TIMEOUT)
    return exists().where(Message.channel == channel, lately, or_(waits, had_none))


def send_waiting(settings: Settings, at: datetime) -> int:
    """Send what waits and is due; returns how many messages were tried or ended.

    A gateway that is down or keeps silent is tried once a round: what else waits for it is left
    for the next.
    """
    with transaction() as session:
        count = service.give_up_interrupted(session, now=at)
        waiting = service.due_messages(session, now=at, most=MOST_AT_ONCE)
    by, down = gateways(settings), set[str]()
    for message_id, channel in waiting:
        if channel in down:
            continue
        if send(message_id, by, at) in DOWN:
            down.add(channel)
        count += 1
    return count


def _sms(settings: Settings) -> Gateway | None:
    if not settings.sms_url:
        return None
    return HttpSms(
        url=settings.sms_url,
        token=settings.sms_token,
        sender=settings.sms_sender,
        form=settings.sms_format == "form",
        fields=names_given(settings.sms_fields),
    )


def _mail(settings: Settings) -> Gateway | None:
    if not settings.smtp_url:
        return None
    return Smtp.at(settings.smtp_url, settings.mail_from, settings.mail_reply_to)


MAKERS: dict[str, Callable[[Settings], Gateway | None]] = {"sms": _sms, "email": _mail}
