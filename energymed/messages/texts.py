"""Texts with places to fill in, and what must never stand in them. Pure.

Anybody may read a phone or a mailbox (DOMAIN §8): a message says who called and where to call
back, and not a word from which a third party learns of a debt. One that follows a conversation
says its day and the next one, no more.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from energymed.base.errors import BadInput, Refused
from energymed.base.i18n import N_
from energymed.base.text.debt_words import telling_words
from energymed.base.text.demand_words import refuse_demand
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
AGREED_PLACES = {
    **PLACES,
    "jour": N_("le jour de l’échange"),
    "suite": N_("ce qui suit : le jour du prochain appel ou du rendez-vous"),
}
MAX_BODY: dict[str, int] = {MessageChannel.SMS: 450, MessageChannel.EMAIL: 4_000}
MAX_SUBJECT = 150
MAX_PIECES = 3

_PLACE = re.compile(r"\{(\w*)\}")


@dataclass(frozen=True, slots=True)
class Facts:
    """What fills the places; `partner` is None where it may not be named.

    `day` and `next_step` are those of a conversation, where a text puts it in writing.
    """

    association: str
    site: str
    mediator: str
    phone: str
    partner: str | None = None
    day: str | None = None
    next_step: str | None = None

    @property
    def places(self) -> Collection[str]:
        """The places that a text may have."""
        return PLACES if self.day is None else AGREED_PLACES

    def value(self, place: str) -> str | None:
        """What goes into a place of `AGREED_PLACES`."""
        values = {
            "association": self.association,
            "site": self.site,
            "mediateur": self.mediator,
            "telephone": self.phone,
            "partenaire": self.partner,
            "jour": self.day,
            "suite": self.next_step,
        }
        return values[place]


def render(text: str, facts: Facts) -> str:
    """The text with its places filled in.

    Raises:
        Refused: it would name a partner that may not be named.
        BadInput: it has a place that nobody knows.
    """
    check_places(text, "body", facts.places)

    def filled(place: str) -> str:
        value = facts.value(place)
        if value is None:
            raise Refused(
                N_("Ce texte nomme le partenaire, ce que la campagne n'autorise pas : "
                   "choisissez-en un autre.")
            )  # fmt: skip
        return value

    return fill_places(text, filled)


def fill_places(text: str, filled: Callable[[str], str]) -> str:
    """The text with each place as `filled` says it."""
    return _PLACE.sub(lambda match: filled(match[1]), text)


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
        _check_part(subject, "subject", MAX_SUBJECT, sample.places)
    if not body:
        raise BadInput(N_("Écrivez le texte du message."), field="body")
    _check_part(body, "body", MAX_BODY[channel], sample.places)
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


def check_places(text: str, field: str, known: Collection[str]) -> None:
    """Refuse a place that nobody fills, or a brace that is none.

    Raises:
        BadInput: naming it and those there are, with `params["field"]`.
    """
    unknown = [match[1] for match in _PLACE.finditer(text) if match[1] not in known]
    left = _PLACE.sub("", text)
    if unknown or "{" in left or "}" in left:
        raise BadInput(
            N_("Champ inconnu : {%(name)s}. Champs possibles : %(known)s."),
            field=field,
            name=unknown[0] if unknown else "…",
            known=", ".join(f"{{{name}}}" for name in known),
        )


def _check_part(text: str, field: str, most: int, known: Collection[str]) -> None:
    if len(text) > most:
        raise BadInput(N_("Ce texte dépasse %(most)s signes."), field=field, most=most)
    check_places(text, field, known)
    refuse_demand(text, field)
    check_neutral(text, field)
    refuse_sensitive(text, field)
