"""A letter of the association to the person of a case: its text from the rows, then its figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from flask_babel import force_locale
from flask_babel import gettext as _

from energymed.accounts.models import Association
from energymed.base.db import db
from energymed.base.pdf import MEDIA_TYPE, Letter, Paragraph, Part, write_pdf
from energymed.cases.models import Case
from energymed.messages.letters.codes import LetterKind, LetterVariant
from energymed.messages.letters.library import active_texts, text_for
from energymed.messages.letters.models import LetterText
from energymed.messages.letters.texts import DETAILS, filled, paragraphs
from energymed.messages.templates import sender_of
from energymed.web.shared.filters import phone

FRENCH = "fr"  # of whoever is written to, whatever the mediator reads
Download = tuple[bytes, str, str]  # content, name, media type


@dataclass(frozen=True, slots=True)
class Told:
    """What one letter tells: values of its own fields, its details, and what ends it."""

    kind: LetterKind
    values: Mapping[str, str]
    details: Sequence[Part] = ()
    closing: Sequence[Part] = ()


def letter_of(
    case: Case,
    told: Told,
    variant: LetterVariant,
    today: date,
    texts: Sequence[LetterText] | None = None,
) -> Letter:
    """The letter to the person of a case; `texts` are those already read.

    Raises:
        Refused: no text, or nobody has said where the site is called back.
    """
    found = active_texts(db.session()) if texts is None else texts
    text = text_for(found, told.kind, variant, case)
    with force_locale(FRENCH):
        name, number = _signs(case)
        values = {
            "personne": case.person.full_name,
            "association": name,
            "site": case.site.name,
            "telephone": number,
            "aujourdhui": long_day(today),
            "partenaire": case.partner.name,
            "reference": case.reference,
            **told.values,
        }
        about = [] if told.kind == LetterKind.UNREACHABLE else [case.partner.name]
        return Letter(
            language=FRENCH,
            title=filled(text.subject, values),
            sender=house_of(case),
            recipient=address_lines(case),
            dated=_("Le %(day)s", day=long_day(today)),
            footer=" · ".join([name, *about, case.reference]),
            parts=[*parts_of(text.body, values, told.details), *told.closing],
        )


def parts_of(body: str, values: Mapping[str, str], details: Sequence[Part]) -> list[Part]:
    """The paragraphs of a text filled in, the details where it has them."""
    parts: list[Part] = []
    for each in paragraphs(body):
        if each == f"{{{DETAILS}}}":
            parts += details
        else:
            parts.append(Paragraph(filled(each, values)))
    return parts


def house_of(case: Case) -> list[str]:
    """Who writes: the association as it signs, the site if that does not say it, its telephone."""
    name, number = _signs(case)
    site = "" if case.site.name in name else case.site.name
    return [line for line in (name, site, number) if line]


def called_back_at(case: Case) -> str:
    """The number at which whoever writes is called back, if one is known."""
    return _signs(case)[1]


def address_lines(case: Case) -> list[str]:
    """The lines of the address as the post reads them, the last one in capitals."""
    town = " ".join(part for part in (case.postal_code, case.commune) if part).upper()
    lines = (case.person.full_name, case.address_extra, case.address, town)
    return [line.strip() for line in lines if line and line.strip()]


def as_download(letter: Letter, name: str) -> Download:
    """The letter as a file."""
    return write_pdf(letter), f"{name}.pdf", MEDIA_TYPE


def long_day(day: date) -> str:
    """A day as a letter writes it: 23 novembre 2026, 1er décembre 2026."""
    return format_date(day, "d'er' MMMM y" if day.day == 1 else "d MMMM y", locale=FRENCH)


def _signs(case: Case) -> tuple[str, str]:
    """Who writes, and the number at which they are called back, if one is known."""
    signs = sender_of(db.session(), case.site_id)
    house = db.session.get(Association, 1)
    name = signs.association if signs else house.name if house else case.site.name
    number = signs.phone if signs else house.phone if house else ""
    return name, phone(number) if number else ""
