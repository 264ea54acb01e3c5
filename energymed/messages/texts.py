"""Texts with places to fill in, and what must never stand in them. Pure.

Anybody may read a phone or a mailbox (DOMAIN §8): a message says who called and where to call
back, and not a word from which a third party learns of a debt.
"""

import re
from dataclasses import dataclass

from energymed.base.errors import BadInput, Refused
from energymed.base.i18n import N_
from energymed.base.text.debt_words import telling_words
from energymed.base.text.free_text import refuse_sensitive
from energymed.messages.codes import MessageChannel
from energymed.messages.segments import measure, plain

PLACES = {
    "association": N_("le nom de l'association"),
    "site": N_("le nom du site"),
    "mediateur": N_("le prénom du médiateur"),
    "telephone": N_("le numéro où rappeler"),
    "partenaire": N_("le nom du partenaire, seulement si la campagne l'autorise"),
}
MAX_BODY: dict[str, int] = {MessageChannel.SMS: 450, MessageChannel.EMAIL: 4_000}
MAX_SUBJECT = 150
MAX_PIECES = 3

_PLACE = re.compile(r"\{(\w*)\}")


@dataclass(frozen=True, slots=True)
class Facts:
    """What fills the places; `partner` is None where it may not be named."""

    association: str
    site: str
    mediator: str
    phone: str
    partner: str | None = None

    def value(self, place: str) -> str | None:
        """What goes into a place of `PLACES`."""
        values = {
            "association": self.association,
            "site": self.site,
            "mediateur": self.mediator,
            "telephone": self.phone,
            "partenaire": self.partner,
        }
        return values[place]


def render(text: str, facts: Facts) -> str:
    """The text with its places filled in.

    Raises:
        Refused: it would name a partner that may not be named.
        BadInput: it has a place that nobody knows.
    """
    _check_places(text, "body")

    def filled(match: re.Match[str]) -> str:
        value = facts.value(match[1])
        if value is None:
            raise Refused(
                N_("Ce texte nomme le partenaire, ce que la campagne n'autorise pas : "
                   "choisissez-en un autre.")
            )  # fmt: skip
        return value

    return _PLACE.sub(filled, text)


def filled_in(channel: str, text: str, facts: Facts) -> str:
    """The text as it leaves by this channel: typographic signs of an SMS are made plain."""
    rendered = render(text, facts)
    return plain(rendered) if channel == MessageChannel.SMS else rendered


def check_text(channel: str, subject: str | None, body: str, sample: Facts) -> None:
    """Refuse a text that cannot be sent; `sample` stands for what will fill it.

    Raises:
        BadInput: empty, too long, an unknown place, or telling words; with `params["field"]`.
        Refused: it holds a number that is never written down.
    """
    if channel == MessageChannel.EMAIL:
        if not subject:
            raise BadInput(N_("Donnez un objet à l'e-mail."), field="subject")
        _check_part(subject, "subject", MAX_SUBJECT)
    if not body:
        raise BadInput(N_("Écrivez le texte du message."), field="body")
    _check_part(body, "body", MAX_BODY[channel])
    if channel == MessageChannel.SMS:
        check_length(filled_in(channel, body, sample))


def check_length(rendered: str) -> None:
    """Refuse a text message of too many pieces.

    Raises:
        BadInput: with `params["field"]`.
    """
    pieces = measure(rendered).pieces
    if pieces > MAX_PIECES:
        raise BadInput(
            N_("Ce SMS en ferait %(pieces)s : %(most)s au plus. Raccourcissez-le."),
            field="body", pieces=pieces, most=MAX_PIECES,
        )  # fmt: skip


def check_neutral(text: str, field: str) -> None:
    """Refuse words from which somebody else would learn of a debt.

    Raises:
        BadInput: naming them, with `params["field"]`.
    """
    found = telling_words(text)
    if found:
        raise BadInput(
            N_("Un message peut être lu par quelqu'un d'autre : rien sur la dette. Retirez "
               "« %(words)s »."),
            field=field, words="\N{NO-BREAK SPACE}», «\N{NO-BREAK SPACE}".join(found),
        )  # fmt: skip


def _check_part(text: str, field: str, most: int) -> None:
    if len(text) > most:
        raise BadInput(N_("Ce texte dépasse %(most)s signes."), field=field, most=most)
    _check_places(text, field)
    check_neutral(text, field)
    refuse_sensitive(text, field)


def _check_places(text: str, field: str) -> None:
    unknown = [match[1] for match in _PLACE.finditer(text) if match[1] not in PLACES]
    left = _PLACE.sub("", text)
    if unknown or "{" in left or "}" in left:
        raise BadInput(
            N_("Champ inconnu : {%(name)s}. Champs possibles : %(known)s."),
            field=field,
            name=unknown[0] if unknown else "…",
            known=", ".join(f"{{{name}}}" for name in PLACES),
        )
