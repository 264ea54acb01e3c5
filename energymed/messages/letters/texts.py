"""The fields of a letter's text, and what must not stand in it. Pure.

The grammar is that of messages: `{telephone}`. `{details}` stands alone in a paragraph: there the
letter tells its figures (the days of a plan, the papers, where to go). A letter asks for nothing:
no text reads as a demand (DOMAIN §1); the one to somebody who was never spoken with says nothing of
a debt either, since anybody in the home may open it (DOMAIN §8).
"""

import re
from collections.abc import Mapping

from energymed.base.errors import BadInput, Refused
from energymed.base.i18n import N_
from energymed.base.text.demand_words import refuse_demand
from energymed.base.text.free_text import refuse_sensitive
from energymed.messages.letters.codes import LetterKind
from energymed.messages.texts import check_neutral, check_places, fill_places

MAX_SUBJECT, MAX_BODY = 150, 4_000
DETAILS = "details"
_COMMON = {
    "personne": N_("le nom de la personne"),
    "association": N_("le nom de l'association"),
    "site": N_("le nom du site"),
    "telephone": N_("le numéro où rappeler"),
    "aujourdhui": N_("le jour du courrier"),
}
_OF_CASE = {
    "partenaire": N_("le nom du partenaire"),
    "reference": N_("la référence du dossier"),
}
_DETAILS = N_("les chiffres et coordonnées du courrier, seul sur sa ligne")
_DAY = {"jour": N_("le jour de l’échange")}
_OWN: dict[LetterKind, dict[str, str]] = {
    LetterKind.PLAN_AGREEMENT: {
        **_DAY, "confirmation": N_("si le fournisseur a confirmé, ou le fera"),
    },
    LetterKind.PAPERS: {"fonds": N_("le fonds auquel l’aide est demandée")},
    LetterKind.CHEQUE: {"annee": N_("l’année de la campagne")},
    LetterKind.REFERRAL: {
        **_DAY, "organisme": N_("l’organisme"),
        "transmission": N_("ce qui lui est transmis, avec l’accord de la personne"),
    },
    LetterKind.AGREED: _DAY,
}  # fmt: skip
SAMPLE = {
    "personne": "Mme Camille Exemple",
    "association": "PIMMS Médiation Portes de Provence",
    "site": "Montélimar",
    "telephone": "04 65 71 00 00",
    "aujourdhui": "30 novembre 2026",
    "partenaire": "Électricité de Provence",
    "reference": "EX-2026-001",
    "jour": "23 novembre 2026",
    "confirmation": "Cet échéancier est transmis au fournisseur, qui le confirme.",
    "fonds": "FSL énergie",
    "annee": "2026",
    "organisme": "CCAS de Montélimar",
    "transmission": "Nous ne transmettons rien de votre situation à cet organisme.",
}
_PARAGRAPH = re.compile(r"\n\s*\n")


def fields_of(kind: LetterKind) -> dict[str, str]:
    """The fields that a text of this kind may have, each with what fills it."""
    if kind == LetterKind.UNREACHABLE:
        return dict(_COMMON)
    return {**_COMMON, **_OF_CASE, **_OWN.get(kind, {}), DETAILS: _DETAILS}


def check_letter(kind: LetterKind, subject: str, body: str) -> None:
    """Refuse a text that no letter may have.

    Raises:
        BadInput: empty, too long, an unknown field, no `{details}` where there must be one, or
            words that it may not say; with `params["field"]`.
        Refused: it holds a number that is never written down.
    """
    for field, text, most, missing in (
        ("subject", subject, MAX_SUBJECT, N_("Donnez un objet au courrier.")),
        ("body", body, MAX_BODY, N_("Écrivez le texte du courrier.")),
    ):
        if not text:
            raise BadInput(missing, field=field)
        if len(text) > most:
            raise BadInput(N_("Ce texte dépasse %(most)s signes."), field=field, most=most)
        check_places(text, field, fields_of(kind))
        refuse_demand(text, field)
        refuse_sensitive(text, field)
        if kind == LetterKind.UNREACHABLE:
            check_neutral(text, field)
    told = paragraphs(body).count(f"{{{DETAILS}}}")
    if kind != LetterKind.UNREACHABLE and (told, f"{subject}{body}".count(f"{{{DETAILS}}}")) != (
        1,
        1,
    ):
        raise BadInput(
            N_("Mettez {details} une fois, seul entre deux lignes vides : les chiffres et "
               "coordonnées du courrier y viennent."),
            field="body",
        )  # fmt: skip


def paragraphs(body: str) -> list[str]:
    """The paragraphs of a text; a line end within one stays."""
    return [part.strip() for part in _PARAGRAPH.split(body.strip()) if part.strip()]


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its fields filled in.

    Raises:
        Refused: nobody has said yet where the site is called back.
    """

    def value(name: str) -> str:
        if not values.get(name):
            raise Refused(
                N_("Le site n'a pas encore dit qui signe ses messages ni où rappeler : le chef "
                   "d'équipe le règle à la page « Messages ».")
            )  # fmt: skip
        return values[name]

    return fill_places(text, value)
