"""Columns whose values must never be kept, known by their shape when the title says nothing.

Shapes: NIR, IBAN, payment card, tax number (DOMAIN §12). Days of birth have no shape of their
own. A column counts when more than half of its filled cells have the same shape.
"""

import re
from collections.abc import Sequence

from stdnum import iban, luhn
from stdnum.fr import nif, nir

from energymed.base.text.folding import collapse
from energymed.intake.mapping.sensitive_titles import private_kind
from energymed.intake.rows import Cell, cell_text

LOOKED_AT = 200  # first lines, and one in `SPACING` of the others
SPACING = 200
_SHORTEST = 13  # of all these numbers

_SEPARATORS = re.compile(r"[\s.\-/]")
_NIR = re.compile(r"[1-478]\d\d(?:0[1-9]|1[0-2]|[2-9]\d)(?:\d\d|2[AB])\d{6}(\d\d)?")
_PLAIN_NIR = re.compile(r"[12]\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[1-8]\d|9[0-5]|97|99|2[AB])\d{6}")
_IBAN = re.compile(r"[A-Z]{2}\d\d[A-Z0-9]{11,30}")
_CARD = re.compile(r"[45]\d{15}|[26]\d{15}|3[47]\d{13}")
_TAX = re.compile(r"[0-3]\d{12}")
_SAME_START = 5  # digits: numbers in a series share them, those of people do not
_SEVERAL = 3


def private_columns(headers: Sequence[str], lines: Sequence[Sequence[Cell]]) -> dict[str, str]:
    """{header: kind} of the columns to leave out, a kind being a key of `codes.PRIVATE`.

    `lines` are some of the sheet's, of any length.
    """
    found: dict[str, str] = {}
    for at, header in enumerate(headers):
        cells = [cells[at] for cells in lines if at < len(cells)]
        kind = private_kind(header) or _by_shape(cells)
        if kind:
            found[header] = kind
    return found


def _by_shape(cells: Sequence[Cell]) -> str | None:
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


def _nir_without_key(numbers: Sequence[str], filled: int) -> str | None:
    """Thirteen digits may be any number of the partner's: people are born in several years."""
    alike = [number for number in numbers if _PLAIN_NIR.fullmatch(number)]
    if len(alike) * 2 <= filled:
        return None
    people = set(alike)
    different = {number[:_SAME_START] for number in people}
    return "nir" if len(different) >= max(_SEVERAL, len(people) // 3) else None


def _is_iban(number: str) -> bool:
    return _IBAN.fullmatch(number) is not None and iban.is_valid(number, check_country=False)


def _is_card(number: str) -> bool:
    return _CARD.fullmatch(number) is not None and luhn.is_valid(number)


def _is_tax_number(number: str) -> bool:
    return _TAX.fullmatch(number) is not None and nif.is_valid(number)


_TESTS = (("nir", _is_nir), ("bank", _is_iban), ("card", _is_card), ("tax", _is_tax_number))
