"""Links to choose a password with: mailed where mail is set up, else told once to be handed over.

A mail goes out after the commit, and what could not leave is told to whoever asked for it. Where a
link leads is a setting (`public_url`), never what a request says of itself, but for somebody who
manages accounts and sees the link.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from energymed.accounts import links
from energymed.accounts.codes import LinkPurpose
from energymed.accounts.email_address import account_address
from energymed.accounts.models import User
from energymed.accounts.queries import locked_user
from energymed.base.context import SYSTEM, Context
from energymed.base.db import transaction
from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.base.logs import Log
from energymed.config import Settings
from energymed.messages.gateway import NotSent, Outgoing
from energymed.messages.sending import DOWN, gateways
from energymed.messages.templates import senders

PATH = "/invitation/"
APP_NAME = "energymed"
Say = Callable[[str, str], str]  # a French sentence in a language
log = Log("energymed.accounts")

SUBJECTS = {
    LinkPurpose.INVITATION: N_("Votre compte energymed"),
    LinkPurpose.RESET: N_("Choisir un nouveau mot de passe"),
}
TEXTS = {
    LinkPurpose.INVITATION: N_(
        "Bonjour %(name)s,\n\nUn compte energymed vous est ouvert. Choisissez votre mot de passe "
        "ici :\n\n%(address)s\n\nCe lien sert une fois, pendant sept jours. Ne le transmettez à "
        "personne.\n\n%(sender)s\n"
    ),
    LinkPurpose.RESET: N_(
        "Bonjour %(name)s,\n\nUn nouveau mot de passe est demandé pour votre compte energymed. "
        "Choisissez-le ici :\n\n%(address)s\n\nCe lien sert une fois, pendant un jour. Si vous "
        "n'avez rien demandé, il n'y a rien à faire.\n\n%(sender)s\n"
    ),
}


@dataclass(frozen=True, slots=True)
class Link:
    """A link for one person, as it is mailed or shown once; never logged, never kept."""

    user_id: int
    name: str
    email: str
    purpose: LinkPurpose
    address: str
    until: datetime
    sender: str
    language: str


def in_french(sentence: str, _language: str) -> str:
    """As it is written, where nothing is translated."""
    return sentence


def can_mail(settings: Settings) -> bool:
    """True where links go out by e-mail: a server, and the address that they lead to."""
    return bool(settings.smtp_url and settings.mail_from and settings.public_url)


def invite(ctx: Context, user_id: int, base: str) -> Link:
    """A link to choose the first password with; the former one serves no longer.

    Raises:
        NotFound, Refused: as `accounts.links.invite`.
    """
    user = locked_user(ctx.session, user_id)
    return link_to(ctx, user, LinkPurpose.INVITATION, links.invite(ctx, user), base)


def reset_password(ctx: Context, user_id: int, base: str) -> Link:
    """Take password and sessions away; a link to choose a new one with.

    Raises:
        BadInput: one's own account.
        NotFound, Refused: as `accounts.links.reset_password`.
    """
    user = locked_user(ctx.session, user_id)
    if user.id == ctx.actor.user_id:
        raise BadInput(N_("Changez votre mot de passe depuis « Mon compte »."))
    purpose = LinkPurpose.RESET if user.password else LinkPurpose.INVITATION
    return link_to(ctx, user, purpose, links.reset_password(ctx, user), base)


def link_to(ctx: Context, user: User, purpose: LinkPurpose, token: str, base: str) -> Link:
    """The link that bears this token.

    Args:
        base: where the site stands, such as https://energymed.example.org.
    """
    return Link(
        user_id=user.id,
        name=user.name,
        email=user.email,
        purpose=purpose,
        address=f"{base.rstrip('/')}{PATH}{token}",
        until=ctx.now + links.LASTS[purpose],
        sender=_signature(ctx, user.site_id),
        language=user.locale,
    )


def send_links(settings: Settings, made: Sequence[Link], say: Say = in_french) -> list[Link]:
    """Mail the links, once their transaction is over; gives those that did not leave.

    When the server is down the rest is not tried: whoever waits would wait for each.
    """
    gateway = gateways(settings)["email"] if can_mail(settings) else None
    if gateway is None:
        return list(made)
    left, down = [], False
    for link in made:
        try:
            if down:
                raise NotSent("unreachable")
            gateway.send(_mail(link, say))
        except NotSent as failure:
            log.warning(
                "link_not_sent", user_id=link.user_id, code=failure.code, detail=failure.detail
            )
            down = down or failure.code in DOWN
            left.append(link)
    return left


def answer_forgotten(settings: Settings, text: str, at: datetime, say: Say = in_french) -> None:
    """Mail a link to whoever forgot the password of this address; nothing where there is none.

    Run it once the page has answered: how long it takes tells whether there is an account.
    """
    if not can_mail(settings):
        return
    try:
        email = account_address(text)
    except BadInput:
        return
    with transaction() as session:
        ctx = Context(session, SYSTEM, at)
        found = links.forgotten_password(ctx, email)
        if found is None:
            return
        user, token = found
        purpose = LinkPurpose.RESET if user.password else LinkPurpose.INVITATION
        link = link_to(ctx, user, purpose, token, settings.public_url)
    send_links(settings, [link], say)


def _mail(link: Link, say: Say) -> Outgoing:
    values = {"name": link.name, "address": link.address, "sender": link.sender}
    return Outgoing(
        key=uuid4().hex,
        to=link.email,
        text=say(TEXTS[link.purpose], link.language) % values,
        sender=link.sender,
        subject=say(SUBJECTS[link.purpose], link.language),
        language=link.language,
    )


def _signature(ctx: Context, site_id: int | None) -> str:
    """The association as it signs its messages: of the person's site, else of any."""
    known = [
        (site.id == site_id, sender.association)
        for site, sender in senders(ctx.acting_as(SYSTEM))
        if sender is not None
    ]
    return max(known, default=(False, APP_NAME), key=lambda one: one[0])[1]
