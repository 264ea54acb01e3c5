"""What was agreed, in writing, in the save of the conversation: a message or a letter to print.

A message is neutral, as all are: the day of the talk, what comes next, where to call. It waits for
the job, which sends it after the commit, so that a call corrected at once takes it back. A letter
is composed when it is printed, from what stands then.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from babel.dates import format_date
from sqlalchemy import select

from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.codes import Code, as_code
from energymed.base.context import Context
from energymed.base.errors import BadInput, DomainError, Refused
from energymed.base.i18n import N_
from energymed.base.spoken_hours import spoken_hour
from energymed.base.zones import local
from energymed.calling.eligibility.stopped import REFUSALS, stops_of
from energymed.calling.models import Contact
from energymed.cases.codes import NeedKind
from energymed.cases.models import Case
from energymed.cases.needs import NO_MESSAGE, standing_needs
from energymed.cases.practice import refuse_practice
from energymed.casework.agreed_acts import AgreedAct
from energymed.mediation.codes import NOT_WRITTEN
from energymed.messages import compose
from energymed.messages.codes import MessageChannel, MessageState, Purpose
from energymed.messages.letters.codes import LetterKind, LetterState, LetterVariant
from energymed.messages.letters.library import variant_of
from energymed.messages.letters.to_print import (
    ask_for_letter,
    check_letter_to,
    letters_of,
    withdraw_letter,
)
from energymed.messages.models import Message
from energymed.messages.people import recipients
from energymed.messages.service import OWN_SENDING
from energymed.messages.texts import filled_in

FIELD = "written_by"


class WrittenBy(Code):
    """How what was agreed reaches the person in writing."""

    SMS = "sms", N_("SMS")
    EMAIL = "email", N_("E-mail")
    LETTER = "letter", N_("Courrier")


@dataclass(frozen=True, slots=True)
class Written:
    """A wish that what was agreed be written; no `by` is the one proposed.

    `variant`: how a letter is worded; without, as the person needs it. `unset`: the channels that
    have no gateway here.
    """

    by: str = ""
    next_at: datetime | None = None
    variant: str = ""
    unset: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """One way to write, with why it cannot be taken, and the message as it would leave."""

    by: WrittenBy
    refusal: DomainError | None = None
    subject: str = ""
    body: str = ""
    address: str = ""
    template_id: int = 0
    sender: str = ""
    variant: LetterVariant = LetterVariant.USUAL


def ways_to_write(ctx: Context, case: Case, written: Written) -> list[Way]:
    """Each way with its text, the one to propose first among those that can be taken.

    Who reads little or has no internet gets no e-mail by itself, who has a mobile a message.
    """
    needs = {each.kind for each in standing_needs(ctx.session, case.person_id, paris_date(ctx.now))}
    ways = [
        Way(WrittenBy(each), Refused(_NO_GATEWAY[each]))
        if each in written.unset
        else _by_message(ctx, case, each, written.next_at)
        for each in MessageChannel
    ]
    try:
        check_letter_to(ctx, case)
        variant = variant_of(ctx, case, written.variant)
        ways.append(Way(WrittenBy.LETTER, variant=variant))
    except Refused as refusal:
        ways.append(Way(WrittenBy.LETTER, refusal))
    order = [WrittenBy.SMS, WrittenBy.EMAIL, WrittenBy.LETTER]
    if needs & {NeedKind.READS_LITTLE, NeedKind.NO_INTERNET}:
        order = [WrittenBy.LETTER, WrittenBy.SMS, WrittenBy.EMAIL]
    return sorted(ways, key=lambda way: (way.refusal is not None, order.index(way.by)))


def check_written(ctx: Context, case: Case, written: Written, acts: Collection[AgreedAct]) -> Way:
    """The way that is taken.

    Raises:
        BadInput: nothing was agreed that is written, or no such way; with `params["field"]`.
        Refused: the person is not to be written to so.
    """
    refuse_practice(case)
    if not any(act.kind not in NOT_WRITTEN for act in acts):
        raise BadInput(
            N_("Rien à écrire : cochez ce qui a été convenu, ou décochez l’envoi."), field=FIELD
        )
    ways = ways_to_write(ctx, case, written)
    wished = as_code(WrittenBy, written.by)
    if written.by and wished is None:
        raise BadInput(N_("Choisissez dans la liste."), field=FIELD)
    way = next((each for each in ways if each.by == wished), ways[0])
    if way.refusal is not None:
        way.refusal.params["field"] = FIELD
        raise way.refusal
    return way


def write_down(ctx: Context, contact: Contact, way: Way) -> None:
    """Queue what was agreed in a contact, by a way that was checked; the case is locked."""
    case = contact.case
    if way.by == WrittenBy.LETTER:
        ask_for_letter(ctx, case, LetterKind.AGREED, way.variant, contact_id=contact.id)
        return
    message = Message(
        case_id=case.id, person_id=case.person_id, user_id=ctx.actor.user_id,
        template_id=way.template_id, channel=MessageChannel(way.by), address=way.address,
        sender=way.sender, subject=way.subject or None, body=way.body,
        state=MessageState.QUEUED, request_key=str(uuid5(NAMESPACE_URL, f"agreed-{contact.id}")),
        queued_at=ctx.now, next_try_at=ctx.now + OWN_SENDING, agreed_contact_id=contact.id,
    )  # fmt: skip
    ctx.session.add(message)
    ctx.session.flush()
    audit.record(ctx, "message.written", message, after={"channel": message.channel})


def withdraw_written(ctx: Context, contact_ids: Collection[int]) -> None:
    """Take back what was to be written of these contacts; what has left stays (`has_left`)."""
    messages = ctx.session.scalars(
        select(Message)
        .where(Message.agreed_contact_id.in_(contact_ids))
        .where(Message.state != MessageState.CANCELLED)
        .with_for_update(of=Message)
    ).all()
    letters = letters_of(ctx.session, contact_ids)
    for message in messages:
        if message.state == MessageState.QUEUED:
            message.state = MessageState.CANCELLED
            ctx.session.flush()
            audit.record(ctx, "message.cancelled", message, before={"state": MessageState.QUEUED})
    for letter in letters:
        withdraw_letter(ctx, letter)


def has_left(ctx: Context, contact_ids: Collection[int]) -> bool:
    """Whether what was agreed in these contacts has left in writing, so that it is to be told."""
    message = select(Message.id).where(
        Message.agreed_contact_id.in_(contact_ids),
        Message.state.in_((MessageState.SENDING, MessageState.SENT)),
    )
    letters = letters_of(ctx.session, contact_ids)
    return ctx.session.scalar(message.limit(1)) is not None or any(
        each.state == LetterState.SENT for each in letters
    )


def _by_message(ctx: Context, case: Case, channel: MessageChannel, next_at: datetime | None) -> Way:
    """A message of this channel; what the person asked for is no second one too many."""
    by = WrittenBy(channel)
    stops, today = stops_of(ctx.session, case.person), paris_date(ctx.now)
    if stop := stops.contact_reason(today):
        return Way(by, Refused(REFUSALS[stop]))
    if stops.no_message_on(today):
        return Way(by, Refused(NO_MESSAGE))
    places = [
        place
        for place in recipients(ctx.session, case)
        if place.channel == channel and place.obstacle is None
    ]
    texts = compose.templates_for(ctx.session, case, channel, Purpose.AGREED)
    if not places:
        return Way(by, Refused(_NOWHERE[channel]))
    if not texts:
        return Way(by, Refused(N_("Aucun texte n’est proposé pour cet envoi.")))
    try:
        facts = replace(
            compose.facts_of(ctx, case, compose.rules_of(ctx.session, case, ctx.now)),
            day=format_date(today, "d MMMM y", locale="fr"),
            next_step=_what_follows(case, next_at),
        )
        subject = filled_in(channel, texts[0].subject or "", facts)
        body = filled_in(channel, texts[0].body, facts)
    except Refused as refusal:
        return Way(by, refusal)
    return Way(
        by, compose.unfit(channel, subject, body), subject, body, places[0].address, texts[0].id,
        facts.association,
    )  # fmt: skip


_NO_GATEWAY = {
    MessageChannel.SMS: N_("L’envoi de SMS n’est pas réglé ici."),
    MessageChannel.EMAIL: N_("L’envoi d’e-mails n’est pas réglé ici."),
}
_NOWHERE = {
    MessageChannel.SMS: N_("Aucun mobile où envoyer un SMS."),
    MessageChannel.EMAIL: N_("Aucune adresse e-mail utilisable."),
}


def _what_follows(case: Case, next_at: datetime | None) -> str:
    """The next call in one neutral sentence, in French as the texts are."""
    if next_at is None:
        return "Vous pouvez nous rappeler quand vous voulez."
    there = local(next_at, case.postal_code)
    when = format_date(there.date(), "EEEE d MMMM", locale="fr")
    return f"Nous vous rappelons le {when} à {spoken_hour(there)}."
