"""A message's life: written first, then given to a gateway, then noted with its contact.

Sending is at most once by itself. The row says `sending` before the gateway is called; when
nobody knows what became of it (silence, a cut line, a crash in between) it ends as failed and
only a person tries again. What a gateway surely did not take is tried again by the job.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from energymed.accounts.scope import check_author
from energymed.base import audit
from energymed.base.context import SYSTEM, Context
from energymed.base.errors import BadInput, Conflict, NotFound, Refused
from energymed.base.i18n import N_
from energymed.calling.calls.record import record_contact
from energymed.calling.codes import ExchangeResult
from energymed.calling.eligibility.same_person import everywhere
from energymed.cases.models import Case, Person
from energymed.cases.practice import refuse_practice
from energymed.cases.queries import get_case
from energymed.messages import compose
from energymed.messages.codes import LATER, MessageChannel, MessageError, MessageState
from energymed.messages.gateway import NotSent, Outgoing
from energymed.messages.models import Message
from energymed.messages.people import addressee, recipients
from energymed.messages.rules import EXPIRES, in_hours, next_opening, next_try, stopped
from energymed.partners.rulebook import MessageRules

OWN_SENDING = timedelta(minutes=2)  # who wrote it sends it at once; after that the job does
GIVEN_UP = timedelta(minutes=10)  # longer than any gateway is waited for


@dataclass(frozen=True, slots=True)
class MessageRequest:
    """What a desk asks for; `seen` is the hash of the preview that was read."""

    to: str
    template_id: int
    seen: str
    request_key: str


def messages_of(session: Session, case_id: int) -> Sequence[Message]:
    """Every message of a case, newest first."""
    statement = (
        select(Message)
        .where(Message.case_id == case_id)
        .options(joinedload(Message.user))
        .order_by(Message.queued_at.desc(), Message.id.desc())
    )
    return session.scalars(statement).all()


def write_message(ctx: Context, case_id: int, request: MessageRequest) -> Message:
    """Write a message that waits to be sent. The same `request_key` again gives back the first.

    Raises:
        BadInput: no such recipient or text, or no usable key.
        Refused: a rule says no.
        Conflict: the text reads otherwise than when it was previewed.
    """
    _check_key(request.request_key)
    case = get_case(ctx, case_id, lock=True)
    known = ctx.session.scalar(select(Message).where(Message.request_key == request.request_key))
    if known is not None:
        if known.case_id != case.id:
            raise BadInput(N_("Rechargez la page : ce formulaire n'est plus valable."))
        return known
    refuse_practice(case)
    _one_at_a_time(ctx.session, case)
    made = _drafted(ctx, case, request)
    message = Message(
        case_id=case.id, person_id=case.person_id, user_id=ctx.actor.user_id,
        template_id=made.template.id, channel=made.recipient.channel,
        address=made.recipient.address, sender=made.sender, subject=made.subject, body=made.body,
        state=MessageState.QUEUED, request_key=request.request_key, queued_at=ctx.now,
        next_try_at=ctx.now + OWN_SENDING,
    )  # fmt: skip
    ctx.session.add(message)
    _note(ctx, message, "message.written")
    return message


def take(session: Session, message_id: int, *, now: datetime) -> Outgoing | None:
    """Take a waiting message to send it; None when somebody else has it, or it may not leave now.

    A stop since it was written ends it; at a wrong hour it waits for the next good one.
    """
    message = _locked(session, message_id)
    if message is None or message.state != MessageState.QUEUED:
        return None
    case = get_case(Context(session, SYSTEM), message.case_id)
    rules = compose.rules_of(session, case, now)
    reason = _ended(session, case, message, rules, now)
    if reason is not None:
        _fail(session, message, reason, "", now)
        return None
    if message.channel == MessageChannel.SMS and not in_hours(rules, now, case.postal_code):
        opens = next_opening(rules, now, case.postal_code)
        message.next_try_at = opens or now + EXPIRES
        return None
    message.state, message.taken_at = MessageState.SENDING, now
    message.attempts += 1
    session.flush()
    return Outgoing(
        key=message.request_key,
        to=message.address,
        text=message.body,
        sender=message.sender,
        subject=message.subject or "",
        language=message.template.language,
    )


def note_sent(session: Session, message_id: int, receipt: str, *, now: datetime) -> None:
    """Note the gateway's receipt, and the message as a contact, once."""
    message = session.get_one(Message, message_id)
    on_behalf = replace(SYSTEM, user_id=message.user_id)
    get_case(Context(session, on_behalf), message.case_id, lock=True)
    _locked(session, message_id)
    if message.state == MessageState.SENT:
        return
    contact = record_contact(
        Context(session, on_behalf, now),
        message.case_id,
        message.channel,
        result=ExchangeResult.SENT,
        request_key=message.request_key,
    )
    message.state, message.sent_at, message.contact_id = MessageState.SENT, now, contact.id
    message.provider_id, message.error, message.error_detail = receipt or None, None, None
    _note(Context(session, on_behalf, now), message, "message.sent")


def note_failure(session: Session, message_id: int, failure: NotSent, *, now: datetime) -> None:
    """Note why a message did not leave: it waits for another try, or ends."""
    message = _locked(session, message_id)
    if message is None or message.state != MessageState.SENDING:
        return
    again = next_try(message.attempts, now) if failure.code in LATER else None
    if again is None:
        _fail(session, message, MessageError(failure.code), failure.detail, now)
        return
    message.state, message.next_try_at, message.taken_at = MessageState.QUEUED, again, None
    message.error, message.error_detail = MessageError(failure.code), failure.detail[:40] or None
    session.flush()


def give_up_interrupted(session: Session, *, now: datetime) -> int:
    """Messages taken long ago of which nobody noted the end: the process died in between."""
    lost = session.scalars(
        select(Message)
        .where(Message.state == MessageState.SENDING, Message.taken_at < now - GIVEN_UP)
        .with_for_update(skip_locked=True)
    ).all()
    for message in lost:
        _fail(session, message, MessageError.INTERRUPTED, "", now)
    return len(lost)


def due_messages(session: Session, *, now: datetime, most: int) -> list[tuple[int, str]]:
    """(id, channel) of the messages whose time to be tried has come, the oldest first."""
    rows = session.execute(
        select(Message.id, Message.channel)
        .where(Message.state == MessageState.QUEUED, Message.next_try_at <= now)
        .order_by(Message.next_try_at, Message.id)
        .limit(most)
    )
    return [(row.id, row.channel) for row in rows]


def retry_message(ctx: Context, message_id: int) -> Message:
    """Let a message that failed be sent again, as a person decided.

    Raises:
        NotFound: unknown or of another site.
        Refused: it has not failed, or a rule says no by now.
    """
    message, case = _own(ctx, message_id)
    if message.state != MessageState.FAILED:
        raise Refused(N_("Ce message n'est pas en échec : il n'y a rien à renvoyer."))
    _one_at_a_time(ctx.session, case)
    if message.address not in _usable(ctx.session, case):
        raise Refused(N_("Ce destinataire ne peut plus être choisi : écrivez un autre message."))
    rules = compose.rules_of(ctx.session, case, ctx.now)
    found = compose.verdict(ctx.session, case, message.channel, rules, ctx.now, but=message)
    if refusal := compose.refused(found):
        raise refusal
    before = {"state": message.state, "error": message.error}
    message.state, message.attempts, message.taken_at = MessageState.QUEUED, 0, None
    message.queued_at, message.next_try_at = ctx.now, ctx.now + OWN_SENDING
    message.error = message.error_detail = None
    _note(ctx, message, "message.retried", before)
    return message


def cancel_message(ctx: Context, message_id: int) -> Message:
    """Take back a message that still waits; a second time changes nothing.

    Raises:
        NotFound: unknown or of another site.
        Conflict: it is on its way, or has left.
        Refused: somebody else wrote it.
    """
    message, _case = _own(ctx, message_id)
    if message.state == MessageState.QUEUED:
        check_author(ctx.actor, message.user_id)
        message.state = MessageState.CANCELLED
        _note(ctx, message, "message.cancelled", {"state": MessageState.QUEUED})
    elif message.state != MessageState.CANCELLED:
        raise Conflict(N_("Trop tard pour annuler : le message n'attend plus."))
    return message


def _drafted(ctx: Context, case: Case, request: MessageRequest) -> compose.Draft:
    choice = compose.choices(ctx.session, case, to=request.to, template_id=request.template_id)
    if choice.recipient is None or choice.template is None:
        raise BadInput(N_("Choisissez à qui écrire, et quel texte."))
    if (choice.recipient.key, choice.template.id) != (request.to, request.template_id):
        raise Conflict(
            N_("Ce texte ou ce destinataire n'est plus proposé : choisissez de nouveau.")
        )
    made = compose.draft(ctx, case, choice)
    if made is None:
        raise BadInput(N_("Choisissez à qui écrire, et quel texte."))
    if made.refusal is not None:
        raise made.refusal
    if made.text_hash != request.seen:
        raise Conflict(N_("Le texte a été modifié entre-temps : relisez-le, puis envoyez."))
    return made


def _ended(
    session: Session, case: Case, message: Message, rules: MessageRules, now: datetime
) -> MessageError | None:
    """What has come up since a message was written that ends it."""
    if now - message.queued_at > EXPIRES:
        return MessageError.EXPIRED
    to = addressee(session, case, rules, now, but=message)
    if message.agreed_contact_id is not None:
        to = replace(to, closure=None)  # the person asked for it, and the case may have closed
    stop = stopped(to, now)
    return MessageError.STOPPED if stop or message.address not in _usable(session, case) else None


def _usable(session: Session, case: Case) -> list[str]:
    """Numbers and address that the case's person may be written to."""
    return [place.address for place in recipients(session, case) if place.obstacle is None]


def _fail(
    session: Session, message: Message, error: MessageError, detail: str, now: datetime
) -> None:
    message.state, message.error = MessageState.FAILED, error
    message.error_detail = detail[:40] or None
    _note(Context(session, SYSTEM, now), message, "message.failed")


def _note(
    ctx: Context, message: Message, action: str, before: Mapping[str, str | None] | None = None
) -> None:
    after = {"channel": message.channel, "state": message.state}
    if message.error:
        after["error"] = message.error
    audit.record(ctx, action, message, before=before, after=after)
    ctx.session.flush()


def _own(ctx: Context, message_id: int) -> tuple[Message, Case]:
    """The message, when its case is the actor's to see, both locked."""
    message = ctx.session.get(Message, message_id)
    if message is None:
        raise NotFound(N_("Ce message n'existe pas."))
    case = get_case(ctx, message.case_id, lock=True)
    _locked(ctx.session, message_id)
    return message, case


def _locked(session: Session, message_id: int) -> Message | None:
    """The message as it now stands, locked alone: however it was loaded, nothing is joined."""
    statement = select(Message).where(Message.id == message_id).with_for_update()
    return session.scalar(statement.execution_options(populate_existing=True))


def _one_at_a_time(session: Session, case: Case) -> None:
    """Two cases of one household, or of one person, are written to one after the other."""
    rows = [row.id for row in everywhere(session, case.person)]
    same = or_(Person.household_id == case.person.household_id, Person.id.in_(rows))
    session.execute(select(Person.id).where(same).order_by(Person.id).with_for_update())


def _check_key(key: str) -> None:
    try:
        UUID(key)
    except ValueError:
        raise BadInput(N_("Rechargez la page : ce formulaire n'est plus valable.")) from None
