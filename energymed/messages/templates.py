"""Texts and signatures: who may see and change which, and the checks on what is saved."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from energymed.accounts.codes import Role
from energymed.accounts.models import Site
from energymed.accounts.queries import sites
from energymed.base import audit
from energymed.base.context import Actor, Context
from energymed.base.errors import BadInput, Conflict, NotFound, Refused
from energymed.base.i18n import N_
from energymed.base.phones import to_e164
from energymed.base.text.folding import collapse, tidy_lines
from energymed.messages.codes import Language, MessageChannel, Purpose
from energymed.messages.models import MessageSender, MessageTemplate
from energymed.messages.seeds import SEEDS
from energymed.messages.texts import Facts, check_neutral, check_text
from energymed.partners.codes import CampaignKind
from energymed.partners.queries import named_partner

MAX_NAME = 80
# as long as real ones get, so that a text that passes here passes on the desk
SAMPLE = Facts(
    association="PIMMS Médiation Portes de Provence",
    site="Montélimar",
    mediator="Marie-Christine",
    phone="04 65 71 00 00",
    partner="Électricité de Strasbourg",
)
AGREED_SAMPLE = replace(
    SAMPLE, day="23 novembre 2026", next_step="Nous vous rappelons le lundi 7 décembre à 10 h 30."
)
# the day of what follows is written by us, in French
_WRITTEN_IN = frozenset(
    {(Purpose.AGREED, Language.FR), *((Purpose.CONTACT, each) for each in Language)}
)


@dataclass(frozen=True, slots=True)
class Wording:
    """A text as it was typed; an empty `campaign_kind` is every mission."""

    channel: str
    language: str
    name: str
    body: str
    subject: str = ""
    campaign_kind: str = ""
    purpose: str = Purpose.CONTACT

    @property
    def sample(self) -> Facts:
        """What stands for what will fill it."""
        return AGREED_SAMPLE if self.purpose == Purpose.AGREED else SAMPLE


def seed(session: Session, *, now: datetime) -> int:
    """Write the neutral texts that are missing; returns how many. Safe to repeat."""
    known = set(session.scalars(select(MessageTemplate.code)))
    missing = {code: values for code, values in SEEDS.items() if code not in known}
    session.add_all(
        MessageTemplate(code=code, updated_at=now, **values) for code, values in missing.items()
    )
    session.flush()
    return len(missing)


def all_templates(ctx: Context) -> Sequence[MessageTemplate]:
    """The texts that the actor's site may use, or all; the association's own first."""
    statement = (
        select(MessageTemplate)
        .options(joinedload(MessageTemplate.site))
        .order_by(
            MessageTemplate.channel.desc(),
            MessageTemplate.site_id.is_not(None),
            MessageTemplate.active.desc(),
            MessageTemplate.language != "fr",
            MessageTemplate.name,
            MessageTemplate.id,
        )
    )
    if ctx.actor.role != Role.ADMIN:
        own = MessageTemplate.site_id == ctx.actor.site_id
        statement = statement.where(or_(MessageTemplate.site_id.is_(None), own))
    return ctx.session.scalars(statement).all()


def may_change(actor: Actor, template: MessageTemplate) -> bool:
    """A lead changes the texts of the site, an administrator every text."""
    return actor.role == Role.ADMIN or (
        template.site_id is not None and template.site_id == actor.site_id
    )


def get_template(ctx: Context, template_id: int) -> MessageTemplate:
    """The text, when the actor may see it.

    Raises:
        NotFound: unknown, or of another site.
    """
    found = ctx.session.get(MessageTemplate, template_id)
    seen = found is not None and (found.site_id is None or may_change(ctx.actor, found))
    if found is None or not seen:
        raise NotFound(N_("Ce texte n'existe pas, ou n'est pas de votre site."))
    return found


def add_template(ctx: Context, wording: Wording) -> MessageTemplate:
    """Add a text: a lead's for the site, an administrator's for all. Errors as `check`."""
    wording = check(ctx.session, wording)
    template = MessageTemplate(
        site_id=ctx.actor.site_id if ctx.actor.role == Role.LEAD else None,
        updated_at=ctx.now,
        **_values(wording),
    )
    ctx.session.add(template)
    _note(ctx, template, "message_template.added")
    return template


def change_template(
    ctx: Context, template_id: int, wording: Wording, *, seen_version: int
) -> MessageTemplate:
    """Change a text; messages that were written keep theirs. Errors as `check`.

    Raises:
        NotFound: unknown, or of another site.
        Refused: the actor may only read it.
        Conflict: somebody changed it since it was read.
    """
    template = _mine(ctx, template_id)
    if template.version != seen_version:
        raise Conflict(N_("Ce texte a été modifié entre-temps : rechargez la page."))
    wording = check(ctx.session, wording)
    for name, value in _values(wording).items():
        setattr(template, name, value)
    template.updated_at = ctx.now
    _note(ctx, template, "message_template.changed")
    return template


def set_active(ctx: Context, template_id: int, active: bool) -> MessageTemplate:
    """Offer a text on the desks, or no longer. Errors as `change_template`."""
    template = _mine(ctx, template_id)
    if template.active != active:
        template.active, template.updated_at = active, ctx.now
        _note(ctx, template, "message_template.active_changed")
    return template


def check(session: Session, wording: Wording) -> Wording:
    """The text as it will be stored.

    Raises:
        BadInput: with `params["field"]` naming the form's field.
        Refused: it holds a number that is never written down.
    """
    for field, value, allowed in (
        ("channel", wording.channel, MessageChannel.labels()),
        ("language", wording.language, Language.labels()),
        ("campaign_kind", wording.campaign_kind, ("", *CampaignKind)),
        ("purpose", wording.purpose, Purpose.labels()),
    ):
        if value not in allowed:
            raise BadInput(N_("Choisissez dans la liste."), field=field)
    if (wording.purpose, wording.language) not in _WRITTEN_IN:
        raise BadInput(N_("Ce qui a été convenu s’écrit en français."), field="language")
    name = collapse(wording.name)
    if not 0 < len(name) <= MAX_NAME:
        raise BadInput(
            N_("Donnez un nom au texte (%(limit)s signes au plus)."), field="name", limit=MAX_NAME
        )
    subject = collapse(wording.subject) if wording.channel == MessageChannel.EMAIL else ""
    tidy = Wording(
        wording.channel, wording.language, name, tidy_lines(wording.body), subject,
        wording.campaign_kind, wording.purpose,
    )  # fmt: skip
    check_text(tidy.channel, tidy.subject, tidy.body, tidy.sample)
    _check_partners(session, f"{tidy.subject} {tidy.body}")
    return tidy


def senders(ctx: Context) -> list[tuple[Site, MessageSender | None]]:
    """Each site that the actor works for, with who signs its messages."""
    places = sites(ctx)
    rows = ctx.session.scalars(
        select(MessageSender).where(MessageSender.site_id.in_([site.id for site in places]))
    )
    found = {row.site_id: row for row in rows}
    return [(site, found.get(site.id)) for site in places]


def sender_of(session: Session, site_id: int) -> MessageSender | None:
    """Who signs what a site writes, where somebody has said so."""
    return session.scalar(select(MessageSender).where(MessageSender.site_id == site_id))


def get_sender(ctx: Context, site_id: int) -> tuple[Site, MessageSender | None]:
    """A site of the actor's, with who signs its messages.

    Raises:
        NotFound: unknown, or not the actor's.
    """
    found = next((pair for pair in senders(ctx) if pair[0].id == site_id), None)
    if found is None:
        raise NotFound(N_("Ce site n'existe pas, ou n'est pas le vôtre."))
    return found


def set_sender(ctx: Context, site_id: int, association: str, phone: str) -> MessageSender:
    """Say who signs the messages of a site, and where to call back.

    Raises:
        BadInput: no name, one that tells of debts, or no number; with `params["field"]`.
        NotFound: not a site of the actor's.
    """
    _site, sender = get_sender(ctx, site_id)
    association, number = collapse(association), to_e164(phone)
    if not 0 < len(association) <= MAX_NAME:
        raise BadInput(
            N_("Donnez le nom de l'association (%(limit)s signes au plus)."),
            field="association", limit=MAX_NAME,
        )  # fmt: skip
    check_neutral(association, "association")
    if number is None:
        raise BadInput(N_("Ce numéro ne se lit pas : écrivez 04 65 71 00 02."), field="phone")
    if sender is None:
        sender = MessageSender(site_id=site_id)
        ctx.session.add(sender)
    sender.association, sender.phone = association, number
    ctx.session.flush()
    audit.record(ctx, "message_sender.set", sender, after={"site_id": site_id})
    ctx.session.flush()
    return sender


def _mine(ctx: Context, template_id: int) -> MessageTemplate:
    template = get_template(ctx, template_id)
    if not may_change(ctx.actor, template):
        raise Refused(N_("Ce texte est celui de toute l'association : seul un administrateur le "
                         "modifie. Copiez-le pour votre site."))  # fmt: skip
    ctx.session.refresh(template, with_for_update=True)
    return template


def _values(wording: Wording) -> dict[str, str | None]:
    return {
        "channel": wording.channel,
        "campaign_kind": wording.campaign_kind or None,
        "language": wording.language,
        "purpose": wording.purpose,
        "name": wording.name,
        "subject": wording.subject or None,
        "body": wording.body,
    }


def _check_partners(session: Session, text: str) -> None:
    """A partner is named by its place alone, which is filled in only where that is allowed."""
    if (name := named_partner(session, text)) is not None:
        raise BadInput(
            N_("« %(name)s » ne s'écrit pas en toutes lettres : le champ {partenaire} n'est "
               "rempli que si la campagne l'autorise."),
            field="body", name=name,
        )  # fmt: skip


def _note(ctx: Context, template: MessageTemplate, action: str) -> None:
    ctx.session.flush()
    after = {
        "channel": template.channel,
        "active": template.active,
        "site_id": template.site_id,
        "version": template.version,
    }
    audit.record(ctx, action, template, after=after)
    ctx.session.flush()
