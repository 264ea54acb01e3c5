"""The history of a case: exchanges, acts, follow-ups and the debt's movements, newest first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time

from flask_babel import gettext as _

from energymed.base.clock import at_paris
from energymed.calling.codes import CHOICES, FollowUpState
from energymed.calling.models import Contact, FollowUp
from energymed.calling.reached import result_of
from energymed.cases.ledger import LedgerSummary
from energymed.cases.models import Case, CaseMove
from energymed.casework.case_overview import CaseOverview
from energymed.mediation.models import Act, Confirmation
from energymed.mediation.queries import CaseMediation
from energymed.mediation.referral_links import answers_of
from energymed.messages.codes import MessageChannel, MessageState
from energymed.messages.models import Message
from energymed.web.shared.act_words import act_details
from energymed.web.shared.directory_names import name_with_kind
from energymed.web.shared.filters import (
    clock,
    day,
    follow_up_note,
    meeting,
    money,
    ngettext,
    phone,
)

CONTACT_ICONS = {
    "call_out": "telephone-outbound", "call_in": "telephone", "sms": "chat-left-text",
    "email": "envelope", "letter": "send", "visit": "geo-alt", "face_to_face": "people",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the history. `whole_day`: its time of day is not known.

    `elsewhere`: the other case of the person that it is of.
    """

    at: datetime
    icon: str
    title: str
    detail: str = ""
    note: str = ""
    by: str = ""
    voided: bool = False
    whole_day: bool = False
    contact: Contact | None = None
    act: Act | None = None
    message: Message | None = None
    elsewhere: str = ""


def timeline(known: CaseOverview, reopened: Sequence[CaseMove] = ()) -> list[Event]:
    """Every event of a case, newest first. A message that left is told with its contact.

    Args:
        reopened: the moves by which somebody opened it again.
    """
    sent = {message.contact_id: message for message in known.messages if message.contact_id}
    events = [
        *(_exchange(contact, sent.get(contact.id)) for contact in known.contacts),
        *(_message(message) for message in known.messages if not message.contact_id),
        *_acts(known.mediation),
        *_referrals(known.mediation),
        *_instalments(known.mediation),
        *(_follow_up(each) for each in known.follow_ups),
        *_movements(known.statement),
        *map(_reopened, reopened),
    ]
    return sorted(events, key=lambda event: event.at, reverse=True)


def with_other_cases(
    events: list[Event], known: CaseOverview, others: Sequence[Contact]
) -> list[Event]:
    """The history of the person: that of the case, with exchanges and acts on the others."""
    elsewhere = [_told_of(each.case, _exchange(each, None)) for each in others]
    for case, found in known.elsewhere:
        elsewhere += [_told_of(case, event) for event in (*_acts(found), *_referrals(found))]
    standing = [event for event in elsewhere if not event.voided]
    return sorted([*events, *standing], key=lambda event: event.at, reverse=True)


def _told_of(case: Case, event: Event) -> Event:
    return replace(event, elsewhere=" · ".join(_of_case(case)))


def _of_case(case: Case) -> tuple[str, str]:
    return case.partner.name, case.reference


def _exchange(contact: Contact, message: Message | None) -> Event:
    if message is not None:
        return _message(message, contact)
    title = _(contact.channel.label)
    result = result_of(contact)
    if result:
        title = _("%(channel)s : %(result)s", channel=title, result=_(result.label))
    return Event(
        at=contact.started_at,
        icon=CONTACT_ICONS[contact.channel],
        title=title,
        detail=" · ".join(_told(contact)),
        note=contact.note or "",
        by=contact.user.name if contact.user else "",
        voided=contact.voided_at is not None,
        contact=contact,
    )


def _message(message: Message, contact: Contact | None = None) -> Event:
    """A message with its state in words; one that left is the exchange itself."""
    what, state = _(message.channel.label), _(message.state.label)
    return Event(
        at=contact.started_at if contact else message.queued_at,
        icon=CONTACT_ICONS[message.channel],
        title=_("%(what)s : %(state)s", what=what, state=state),
        detail=" · ".join(_of_message(message)),
        note=message.body,
        by=message.user.name if message.user else "",
        contact=contact,
        message=message,
    )


def _of_message(message: Message) -> Iterator[str]:
    yield phone(message.address) if message.channel == MessageChannel.SMS else message.address
    if message.error:
        yield _(message.error.label) + (
            f" ({message.error_detail})" if message.error_detail else ""
        )
    if message.state == MessageState.QUEUED:
        yield _("nouvel essai vers %(time)s", time=clock(message.next_try_at))


def _told(contact: Contact) -> Iterator[str]:
    if contact.phone:
        yield phone(contact.phone.e164)
    for name, labels in CHOICES.items():
        if contact.details.get(name) in labels:
            yield _(labels[contact.details[name]])
    if contact.details.get("language"):
        yield str(contact.details["language"])
    if contact.corrects_id and contact.recorded_by:
        yield _("corrigé par %(name)s", name=contact.recorded_by.name)
    if contact.ended_at and contact.ended_at > contact.started_at:
        minutes = round((contact.ended_at - contact.started_at).total_seconds() / 60)
        if minutes:
            yield ngettext("%(num)s minute", "%(num)s minutes", minutes)


def _acts(found: CaseMediation) -> Iterator[Event]:
    told = act_details(found)
    for act in found.acts:
        yield Event(
            at=act.created_at,
            icon="check-circle",
            title=_(act.kind.label),
            detail=" · ".join(filter(None, (told[act.id], _crossed_out(act)))),
            by=act.user.name if act.user else "",
            voided=act.voided_at is not None,
            act=act,
        )


def _crossed_out(act: Act) -> str:
    """Who crossed an act out, when and why; nothing for one that stands."""
    if act.voided_at is None:
        return _("remplace un acte barré") if act.corrects_id else ""
    by = act.voided_by.name if act.voided_by else ""
    told = _("barré le %(day)s par %(name)s", day=day(act.voided_at), name=by) if by else ""
    why = _(act.void_reason.label) if act.void_reason else ""
    return _("%(what)s : %(state)s", what=told, state=why) if told and why else told or why


def _referrals(found: CaseMediation) -> Iterator[Event]:
    """What bodies answered by their links, and consents on which a person went back."""
    for referral in found.referrals:
        body = name_with_kind(referral.body, referral.listed)
        for answer, at in answers_of(referral):
            yield Event(
                at=at,
                icon="signpost-split",
                title=_("Réponse de l'organisme : %(answer)s", answer=_(answer.label).lower()),
                detail=body,
                by=_("par le lien"),
            )
        if referral.consent_ended_on is not None:
            yield Event(
                at=at_paris(referral.consent_ended_on, time.min),
                icon="slash-circle",
                title=_("La personne revient sur son accord"),
                detail=body,
                whole_day=True,
            )


def _instalments(found: CaseMediation) -> Iterator[Event]:
    """What the person said of instalments, and what the partner told a lead of them."""
    for instalment in (each for plan in found.plans for each in plan.instalments):
        due = day(instalment.due_on)
        if instalment.said and instalment.declared_on:
            yield Event(
                at=at_paris(instalment.declared_on, time.min),
                icon="chat-left-text",
                title=_("Échéance du %(day)s : %(said)s", day=due, said=_(instalment.said.label)),
                whole_day=True,
            )
        for told in instalment.confirmations:
            yield from _confirmation(told, due)


def _confirmation(told: Confirmation, due: str) -> Iterator[Event]:
    by, withdrawn_by = told.recorded_by, told.withdrawn_by
    yield Event(
        at=told.recorded_at,
        icon="check-circle",
        title=_("Échéance du %(day)s : confirmée par le partenaire", day=due),
        detail=_("payée le %(day)s", day=day(told.paid_on)),
        note=told.source,
        by=by.name if by else "",
        voided=told.withdrawn_at is not None,
    )
    if told.withdrawn_at is not None:
        yield Event(
            at=told.withdrawn_at,
            icon="x-circle",
            title=_("Échéance du %(day)s : confirmation retirée", day=due),
            by=withdrawn_by.name if withdrawn_by else "",
        )


def _follow_up(follow_up: FollowUp) -> Event:
    """Something to do, by whoever agreed it; what a correction agreed, by whoever made the call."""
    call = follow_up.made_by_contact
    maker = call.user if call else follow_up.made_by
    holder = follow_up.assigned_to
    what, when = _(follow_up.kind.label), meeting(follow_up.due_at)
    states = {FollowUpState.DONE: _("fait"), FollowUpState.CANCELLED: _("annulé")}
    return Event(
        at=follow_up.created_at,
        icon="calendar-event",
        title=_("%(what)s pour le %(when)s", what=what, when=when),
        detail=states.get(follow_up.state)
        or (_("confié à %(name)s", name=holder.name) if holder and holder != maker else ""),
        note=follow_up_note(follow_up),
        by=maker.name if maker else "",
        voided=follow_up.state == FollowUpState.CANCELLED,
    )


def _reopened(move: CaseMove) -> Event:
    return Event(
        at=move.at,
        icon="arrow-repeat",
        title=_("Dossier rouvert"),
        detail=_(move.reopen_reason.label) if move.reopen_reason else "",
        by=move.actor.name if move.actor else "",
    )


def _movements(debt: LedgerSummary) -> Iterator[Event]:
    for entry in debt.entries:
        kind, amount = _(entry.kind.label), money(entry.amount_cents)
        yield Event(
            at=at_paris(entry.on_date, time.min),
            icon="wallet2",
            title=_("%(kind)s : %(amount)s", kind=kind, amount=amount),
            detail=entry.source,
            whole_day=True,
        )
