"""Columns whose values must never be kept, by their title or by the shape of what they hold.

Titles name NIR, bank, birth, income and the like; shapes are NIR, IBAN, payment card and tax number
(DOMAIN §12). Days of birth have no shape of their own. A column counts when more than half of its
filled cells have the same shape.
"""

import re
from collections.abc import Callable, Container, Sequence
from functools import lru_cache

from stdnum import iban, luhn
from stdnum.fr import nif, nir

from energymed.base.text.folding import collapse, header_key
from energymed.base.text.sensitive import strip_sensitive
from energymed.intake.codes import SensitiveKind
from energymed.intake.fields import PARTNER_NUMBERS
from energymed.intake.rows import Cell, HeaderMap, Sheet, cell_text
from energymed.intake.synonyms import canonical

# {kind: words that stand somewhere in a title}
_NEVER = {
    SensitiveKind.NIR: (
        "nir|securite sociale|secu|n ss|nss|immatriculation sociale|assure social|n assure|"
        "n allocataire|social security"
    ),
    SensitiveKind.BANK: (
        "iban|bic|rib|swift|coordonnees bancaires|compte bancaire|domiciliation bancaire|"
        "reference bancaire|code banque|code guichet|mandat sepa|reference unique mandat|rum|"
        "bank account"
    ),
    SensitiveKind.CARD: (
        "n carte bancaire|n carte bleue|n carte paiement|n carte credit|n cb|card number|"
        "cvv|cvc|cryptogramme|expiration carte"
    ),
    SensitiveKind.BIRTH: (
        "naissance|naiss|datnaiss|ddn|ne le|nee le|ne e le|age|birth|birthdate|birthday|dob"
    ),
    SensitiveKind.FAMILY: "nom mere|nom jeune fille mere|prenom mere|nom pere|prenom pere|mother",
    SensitiveKind.TAX: (
        "n fiscal|identifiant fiscal|reference fiscale|spi|nif|avis imposition|avis impot|"
        "tax number|tax id"
    ),
    SensitiveKind.INCOME: "revenu|revenus|rfr|salaire|quotient familial|income",
    SensitiveKind.HEALTH: "sante|handicap|handicape|maladie|pathologie|medical|invalidite|health",
    SensitiveKind.ORIGIN: "nationalite|religion|confession|ethnie|origine ethnique|nationality",
    SensitiveKind.IDENTITY: (
        "passeport|passport|carte identite|cni|piece identite|titre sejour|carte sejour|"
        "permis conduire"
    ),
    SensitiveKind.SECRET: "mot passe|password|code secret|code confidentiel",
}
# whole titles that are sensitive, though their words stand in others that are not
_NEVER_ALONE = {
    "n insee": SensitiveKind.NIR,
    "insee": SensitiveKind.NIR,
    "carte bancaire": SensitiveKind.CARD,
    "carte bleue": SensitiveKind.CARD,
    "n carte": SensitiveKind.CARD,
}
_HARMLESS = ("nom naissance", "nom naissance client", "nom naissance titulaire")

_SHORTEST = 13  # of all these numbers

_SEPARATORS = re.compile(r"[\s.\-/]")
_NIR = re.compile(r"[1-478]\d\d(?:0[1-9]|1[0-2]|[2-9]\d)(?:\d\d|2[AB])\d{6}(\d\d)?")
_PLAIN_NIR = re.compile(r"[12]\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[1-8]\d|9[0-5]|97|99|2[AB])\d{6}")
_IBAN = re.compile(r"[A-Z]{2}\d\d[A-Z0-9]{11,30}")
_CARD = re.compile(r"[45]\d{15}|[26]\d{15}|3[47]\d{13}")
_TAX = re.compile(r"[0-3]\d{12}")
_SAME_START = 5  # digits: numbers in a series share them, those of people do not
_SEVERAL = 3


def sensitive_columns(
    headers: Sequence[str], lines: Sequence[Sequence[Cell]]
) -> dict[str, SensitiveKind]:
    """{header: kind} of the columns to leave out.

    `lines` are some of the sheet's, of any length.
    """
    found: dict[str, SensitiveKind] = {}
    for at, header in enumerate(headers):
        cells = [cells[at] for cells in lines if at < len(cells)]
        kind = sensitive_kind(header) or _by_shape(cells)
        if kind:
            found[header] = kind
    return found


@lru_cache(maxsize=4_096)
def sensitive_kind(header: str) -> SensitiveKind | None:
    """What a column by this title holds that must never be kept."""
    spoken = canonical(header)
    if spoken in _HARMLESS:
        return None
    written = f" {header_key(header)} | {spoken} "
    for words, kind in _SENSITIVE_WORDS.items():
        if f" {words} " in written:
            return kind
    return _NEVER_ALONE.get(spoken)


def cells_to_keep(cells: Sequence[Cell], mapping: HeaderMap, sheet: Sheet) -> list[str]:
    """The cells of a line as text, without what must never be kept (see `RejectedRow`)."""
    kept_as_is = {mapping.fields.get(field) for field in PARTNER_NUMBERS}
    return [
        _fit_to_keep(cell_text(cell), header, mapping.left_out, kept_as_is)
        for header, cell in zip(sheet.headers, cells, strict=True)
    ]


def _fit_to_keep(
    text: str, header: str, left_out: Container[str], kept_as_is: set[str | None]
) -> str:
    if header in left_out:
        return ""
    return text if header in kept_as_is else strip_sensitive(text)


def _by_shape(cells: Sequence[Cell]) -> SensitiveKind | None:
    filled = [cell if type(cell) is str else cell_text(cell) for cell in cells if cell != ""]
    long = [text for text in filled if len(text) >= _SHORTEST]
    if len(long) * 2 <= len(filled):
        return None
    numbers = [_SEPARATORS.sub("", collapse(text)).upper() for text in long]
    for kind, test in _TESTS:
        if sum(1 for number in numbers if test(number)) * 2 > len(filled):
            return kind
    return _nir_without_key(numbers, len(filled))


def _is_nir(number: str) -> bool:
    match = _NIR.fullmatch(number)
    return bool(match and match[1]) and nir.is_valid(number)


def _nir_without_key(numbers: Sequence[str], filled: int) -> SensitiveKind | None:
    """Thirteen digits may be any number of the partner's: people are born in several years."""
    alike = [number for number in numbers if _PLAIN_NIR.fullmatch(number)]
    if len(alike) * 2 <= filled:
        return None
    people = set(alike)
    different = {number[:_SAME_START] for number in people}
    return SensitiveKind.NIR if len(different) >= max(_SEVERAL, len(people) // 3) else None


def _is_iban(number: str) -> bool:
    return _IBAN.fullmatch(number) is not None and iban.is_valid(number, check_country=False)


def _is_card(number: str) -> bool:
    return _CARD.fullmatch(number) is not None and luhn.is_valid(number)


def _is_tax_number(number: str) -> bool:
    return _TAX.fullmatch(number) is not None and nif.is_valid(number)


_TESTS: tuple[tuple[SensitiveKind, Callable[[str], bool]], ...] = (
    (SensitiveKind.NIR, _is_nir),
    (SensitiveKind.BANK, _is_iban),
    (SensitiveKind.CARD, _is_card),
    (SensitiveKind.TAX, _is_tax_number),
)


def _sensitive_words() -> dict[str, SensitiveKind]:
    """{words: kind}, as they are listed and as `canonical` says them, unless it drops some."""
    table: dict[str, SensitiveKind] = {}
    for kind, titles in _NEVER.items():
        for words in titles.split("|"):
            said = canonical(words)
            for spelling in (words, said) if said.count(" ") == words.count(" ") else (words,):
                table.setdefault(spelling, kind)
    return table


_SENSITIVE_WORDS = _sensitive_words()
