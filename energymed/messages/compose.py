"""What a message from the desk will say and to whom: the preview, and what stands against it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.errors import BadInput, DomainError, Refused
from energymed.base.i18n import N_
from energymed.base.text.demand_words import refuse_demand
from energymed.base.text.folding import collapse, fold
from energymed.calling.eligibility import stopped
from energymed.cases.models import Case
from energymed.messages.codes import Language, MessageChannel, NoMessageReason, Purpose
from energymed.messages.models import Message, MessageSender, MessageTemplate
from energymed.messages.people import REFUSALS, Recipient, addressee, recipients
from energymed.messages.rules import Verdict, may_write
from energymed.messages.segments import Length, measure
from energymed.messages.texts import Facts, check_length, check_neutral, filled_in
from energymed.partners.rulebook import MessageRules, load_message_rules

NOWHERE = N_("Aucun mobile où envoyer un SMS.")


@dataclass(frozen=True, slots=True)
class Choice:
    """What a desk offers: where to write to, and the texts of the channel chosen."""

    recipients: list[Recipient]
    templates: Sequence[MessageTemplate]
    recipient: Recipient | None
    template: MessageTemplate | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A message as it would leave; `refusal` is why it may not, `length` is for text messages."""

    recipient: Recipient
    template: MessageTemplate
    sender: str
    subject: str | None
    body: str
    length: Length | None
    refusal: DomainError | None
    opens_at: datetime | None

    @property
    def text_hash(self) -> str:
        """Tells whether what is sent is what was read."""
        parts = (self.recipient.address, self.subject or "", self.body)
        return sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def choices(
    session: Session,
    case: Case,
    *,
    to: str = "",
    template_id: int | None = None,
    channel: MessageChannel | None = None,
) -> Choice:
    """What may be chosen on the desk; without a wish, the first of each that is possible.

    Args:
        channel: the only one that is offered, where one is.
    """
    places = [each for each in recipients(session, case) if channel in (None, each.channel)]
    possible = [place for place in places if place.obstacle is None]
    if not places:
        return Choice(places, (), None, None)
    chosen = next((place for place in places if place.key == to), (possible or places)[0])
    texts = templates_for(session, case, chosen.channel)
    template = next((text for text in texts if text.id == template_id), None)
    return Choice(places, texts, chosen, template or _preferred(texts, case))


def templates_for(
    session: Session, case: Case, channel: MessageChannel, purpose: Purpose = Purpose.CONTACT
) -> Sequence[MessageTemplate]:
    """The active texts of a channel for this case, its own mission's and site's first."""
    statement = (
        select(MessageTemplate)
        .where(MessageTemplate.active, MessageTemplate.channel == channel)
        .where(MessageTemplate.purpose == purpose)
        .where(or_(MessageTemplate.site_id.is_(None), MessageTemplate.site_id == case.site_id))
        .where(
            or_(
                MessageTemplate.campaign_kind.is_(None),
                MessageTemplate.campaign_kind == case.campaign_kind,
            )
        )
        .order_by(
            MessageTemplate.campaign_kind.is_(None),
            MessageTemplate.site_id.is_(None),
            MessageTemplate.language != Language.FR,
            MessageTemplate.name,
            MessageTemplate.id,
        )
    )
    return session.scalars(statement).all()


def draft(ctx: Context, case: Case, choice: Choice) -> Draft | None:
    """The message that this choice makes; None when there is nothing to choose from.

    Raises:
        Refused: the site has not said who signs and where to call back, or the text names a
            partner that may not be named.
    """
    if choice.recipient is None or choice.template is None:
        return None
    template, to = choice.template, choice.recipient
    rules = rules_of(ctx.session, case, ctx.now)
    facts = facts_of(ctx, case, rules)
    subject = filled_in(to.channel, template.subject, facts) if template.subject else None
    body = filled_in(to.channel, template.body, facts)
    refusal, opens_at = _stands_against(ctx.session, case, to, rules, ctx.now)
    return Draft(
        recipient=to,
        template=template,
        sender=facts.association,
        subject=collapse(subject) if subject else None,
        body=body,
        length=measure(body) if to.channel == MessageChannel.SMS else None,
        refusal=refusal or unfit(to.channel, subject, body),
        opens_at=opens_at,
    )


def rules_of(session: Session, case: Case, now: datetime) -> MessageRules:
    """The rules on messages about this case today."""
    return load_message_rules(
        session, paris_date(now), partner_id=case.partner_id, kind=case.campaign_kind
    )


def facts_of(ctx: Context, case: Case, rules: MessageRules) -> Facts:
    """What fills the places of a text for this case.

    Raises:
        Refused: nobody has said yet who signs the messages of the site.
    """
    signs = ctx.session.scalar(select(MessageSender).where(MessageSender.site_id == case.site_id))
    if signs is None:
        raise Refused(
            N_("Le site n'a pas encore dit qui signe ses messages ni où rappeler : le chef "
               "d'équipe le règle à la page « Messages ».")
        )  # fmt: skip
    return Facts(
        association=signs.association,
        site=case.site.name,
        mediator=(ctx.actor.name.split() or [signs.association])[0],
        phone=readable(signs.phone),
        partner=case.partner.name if rules.names_partner else None,
    )


def readable(e164: str) -> str:
    """A number as it is dialled from France, in pairs with plain spaces: 04 65 71 00 02."""
    if not e164.startswith("+33"):
        return e164
    digits = "0" + e164.removeprefix("+33")
    return " ".join(digits[start : start + 2] for start in range(0, len(digits), 2))


def verdict(
    session: Session,
    case: Case,
    channel: MessageChannel,
    rules: MessageRules,
    now: datetime,
    *,
    but: Message | None = None,
) -> Verdict:
    """May the case's person be written to now? `but` is a message that does not count."""
    return may_write(rules, addressee(session, case, rules, now, but=but), channel, now)


def refused(found: Verdict) -> Refused | None:
    """The verdict as the sentence that refuses, if it does."""
    match found.reason:
        case None:
            return None
        case NoMessageReason() as reason:
            return Refused(reason.label)
        case stop:
            return Refused(stopped.REFUSALS[stop])


def _stands_against(
    session: Session, case: Case, to: Recipient, rules: MessageRules, now: datetime
) -> tuple[Refused | None, datetime | None]:
    """The gravest first: what stands against the person, the place, this hour."""
    found = verdict(session, case, to.channel, rules, now)
    if to.obstacle and (found.reason is None or found.opens_at):
        return Refused(REFUSALS[to.obstacle]), None
    return refused(found), found.opens_at


def unfit(channel: MessageChannel, subject: str | None, body: str) -> DomainError | None:
    """Filled in, a text may have grown, or say what the text alone did not."""
    try:
        refuse_demand(f"{subject or ''}\n\n{body}", "body")
        check_neutral(f"{subject or ''}\n{body}", "body")
        if channel == MessageChannel.SMS:
            check_length(body)
    except BadInput as error:
        return error
    return None


def _preferred(texts: Sequence[MessageTemplate], case: Case) -> MessageTemplate | None:
    """The first text in the person's language, else the first."""
    spoken = fold(case.person.language or "")
    own = [text for text in texts if spoken and fold(text.language.label) == spoken]
    return next(iter([*own, *texts]), None)
