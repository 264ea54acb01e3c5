"""What a column holds by the shape of its values, when its title says nothing. Pure functions.

A guess is only ever shown to a person, who confirms it: an import without a person goes by the
profile and the titles alone. A shape counts when four filled cells in five have it.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar

from energymed.base import places
from energymed.base.dates import DateOrder, parse_date
from energymed.base.i18n import N_
from energymed.base.money import read_amount
from energymed.base.phones import phones_in
from energymed.base.text.folding import collapse
from energymed.base.text.names import civility, take_civility
from energymed.base.text.nothing import lost_digits
from energymed.base.text.sensitive import REMOVED, strip_sensitive
from energymed.intake import rules
from energymed.intake.codes import FileKind
from energymed.intake.fields import MORE_AMOUNTS, PHONE_FIELDS, WHOLES
from energymed.intake.rows import Cell, cell_text, is_nothing, shown

Value = TypeVar("Value")

LOOKED_AT = 200  # lines: enough to know a column
SAMPLES = 3
_ENOUGH = 0.8
_TOO_FEW = 0.5
_ALL_DIFFERENT = 0.95
_MOST_DIFFERENT = 0.6  # names of people: a household may have several lines, a town has many
_LAST_BIRTH_YEAR = 2010  # no bill, payment or cut-off of ours is as old, no customer as young

_CODE = re.compile(r"(?=.*\d)[A-Za-z0-9]+(?:[._/-][A-Za-z0-9]+)*", re.ASCII)
_WORDS = re.compile(r"[^\W\d_]+(?:[ .'’-]+[^\W\d_]+)*")
_DATE_SIGNS = re.compile(r"\d[-/. ]\d|\d(?:er)? [a-zéû]+ \d", re.IGNORECASE)
_DECIMALS = re.compile(r"\d[.,]\d\d?\s*(?:€|eur\w*)?\)?-?$|€", re.IGNORECASE)
_FIVE_DIGITS = re.compile(r"\d{5}", re.ASCII)
_PLACE = re.compile(r"(?:F-)?\d{5}[\s,-]+[^\W\d_].*|[^\W\d_].*[\s(]\d{5}\)?", re.ASCII)
_NINE_DIGITS = re.compile(r"\d{9}", re.ASCII)

SHAPES = {
    "private": N_("des données jamais conservées"),
    "birth_date": N_("des dates de naissance"),
    "email": N_("des courriels"),
    "delivery_point": N_("des points de livraison"),
    "phone": N_("des numéros de téléphone"),
    "postal_commune": N_("un code postal suivi de la commune"),
    "date": N_("des dates"),
    "postal_code": N_("des codes postaux"),
    "amount": N_("des montants"),
    "civility": N_("des civilités"),
    "energy": N_("des énergies"),
    "full_name": N_("des noms de personnes"),
    "reference": N_("des références, toutes différentes"),
}
_NEVER = ("private", "birth_date")


def samples(cells: Iterable[Cell], most: int = SAMPLES) -> list[str]:
    """The first different values of a column, short and without what must never be kept."""
    found: dict[str, None] = {}
    for cell in cells:
        if not is_nothing(cell):
            found.setdefault(shown(cell))
            if len(found) == most:
                break
    return list(found)


def shape_of(cells: Sequence[Cell]) -> str | None:
    """The shape (a key of SHAPES) that the filled cells of a column have, None when they have none.

    A shape that says more goes before one that says less: a phone is also a code.
    """
    filled = [cell for cell in cells if not is_nothing(cell)]
    if not filled:
        return None
    for shape, test in _TESTS.items():
        if _share(filled, test) >= _ENOUGH and (shape != "amount" or _show_cents(filled)):
            return _date_or_birth(filled) if shape == "date" else shape
    texts = [collapse(cell_text(cell)) for cell in filled]
    different = len(set(texts)) / len(texts)
    if different >= _MOST_DIFFERENT and _share(texts, _is_name) >= _ENOUGH:
        return "full_name"
    everywhere = len(filled) >= _ALL_DIFFERENT * len(cells)
    codes = _share(texts, _is_code) >= _ALL_DIFFERENT
    if different >= _ALL_DIFFERENT and everywhere and codes:
        return "reference"
    return None


def guess_fields(
    shapes: Mapping[str, str | None], kind: FileKind, taken: Collection[str]
) -> dict[str, str]:
    """{field: header}: what columns without a field feed, going by {header: shape}.

    `taken` are fields that have a column, or shall have none. Only phones may be several; when
    two columns have any other shape, which is which is for a person to say.
    """
    by_shape: dict[str, list[str]] = {}
    for header, shape in shapes.items():
        if shape:
            by_shape.setdefault(shape, []).append(header)
    found: dict[str, str] = {}
    if kind != FileKind.PAYMENTS:
        phones = [field for field in PHONE_FIELDS if field not in taken]
        found.update(zip(phones, by_shape.get("phone", ()), strict=False))
    for shape, headers in by_shape.items():
        field = _field_of(shape, kind)
        if field and len(headers) == 1 and _is_open(field, taken):
            found[field] = headers[0]
    return found


def in_doubt(field: str, cells: Iterable[Cell]) -> bool:
    """Whether most filled cells cannot be read as what `field` asks for."""
    filled = [cell for cell in cells if not is_nothing(cell)]
    test = _READS.get(field)
    return bool(filled) and test is not None and _share(filled, test) < _TOO_FEW


def _share(values: Sequence[Value], test: Callable[[Value], bool]) -> float:
    return sum(1 for value in values if test(value)) / len(values)


def _field_of(shape: str, kind: FileKind) -> str | None:
    """The field that a shape alone may feed. Which of two dates a day is, no shape can say."""
    if kind == FileKind.PAYMENTS:
        return {"date": "paid_on", "amount": "amount", "reference": "reference"}.get(shape)
    if shape == "date":
        return None if kind == FileKind.UNPAID_BILL else "cutoff_date"
    if shape == "amount" and kind != FileKind.UNPAID_BILL:
        return None
    return None if shape == "phone" or shape in _NEVER else shape


def _is_open(field: str, taken: Collection[str]) -> bool:
    rivals = {field, *WHOLES.get(field, ())}
    rivals |= {whole for whole, parts in WHOLES.items() if field in parts}
    return not rivals & set(taken)


def _date_or_birth(filled: Sequence[Cell]) -> str:
    years = sorted(day.year for cell in filled if (day := _day(cell)))
    return "birth_date" if years[len(years) // 2] <= _LAST_BIRTH_YEAR else "date"


def _day(cell: Cell) -> date | None:
    """The day of a cell that is plainly a date: a bare number may be anything."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = collapse(cell_text(cell))
    if not _DATE_SIGNS.search(text):
        return None
    return _in_any_order(text) or _long_ago(text)


def _in_any_order(cell: Cell) -> date | None:
    """A day, whichever of day and month its column writes first."""
    for order in DateOrder:
        try:
            return parse_date(cell, order)
        except ValueError:
            continue
    return None


def _long_ago(text: str) -> date | None:
    """A day before those that `parse_date` takes, as days of birth are."""
    match = re.fullmatch(r"(\d\d)[-/. ](\d\d)[-/. ](19\d\d)", text, re.ASCII)
    if match is None:
        return None
    try:
        return date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        return None


def _is_private(cell: Cell) -> bool:
    """A NIR or an IBAN and nothing else. Delivery points and phones have no such shape."""
    return strip_sensitive(collapse(cell_text(cell))) == REMOVED


def _is_phone(cell: Cell) -> bool:
    """A number that can be called; nine bare digits only when they are a mobile's."""
    text = collapse(cell_text(cell))
    if _NINE_DIGITS.fullmatch(text) and text[0] not in "67":
        return False
    return bool(phones_in(cell).numbers)


def _is_point(cell: Cell) -> bool:
    text = rules.point_text(cell) if isinstance(cell, str | int | float) else ""
    compact = re.sub(r"[\s.-]", "", text)
    return len(compact) in (8, 14) and rules.delivery_point(compact) is not None


def _is_amount(cell: Cell) -> bool:
    """An amount that shows its cents or its euros: whole numbers may count anything."""
    if isinstance(cell, bool) or not isinstance(cell, str | int | float) or _cents(cell) is None:
        return False
    return _DECIMALS.search(cell.strip()) is not None if isinstance(cell, str) else True


def _show_cents(cells: Sequence[Cell]) -> bool:
    """Numbers of a workbook are amounts when some of them have cents."""
    numbers = [cell for cell in cells if not isinstance(cell, str)]
    return not numbers or any(isinstance(cell, float) and cell % 1 for cell in numbers)


def _cents(cell: Cell) -> int | None:
    try:
        return read_amount(cell).cents if isinstance(cell, str | int | float) else None
    except ValueError:
        return None


def _is_postal_code(cell: Cell) -> bool:
    text = collapse(cell_text(cell))
    return _FIVE_DIGITS.fullmatch(text) is not None and places.postal_code(text) is not None


def _is_place(cell: Cell) -> bool:
    return isinstance(cell, str) and _PLACE.fullmatch(collapse(cell)) is not None


def _is_civility(cell: Cell) -> bool:
    text = collapse(cell_text(cell))
    return text != "" and civility(text) in ("M.", "Mme", "M. ou Mme", "M. et Mme")


def _is_energy(cell: Cell) -> bool:
    text = collapse(cell_text(cell))
    return len(text) > 1 and rules.energy_code(text) is not None


def _is_name(text: str) -> bool:
    """Two to five words without digits: 'DURAND Léa', 'Mme Le Goff Anne'."""
    return _WORDS.fullmatch(text) is not None and 2 <= len(text.split()) <= 5


def _is_code(text: str) -> bool:
    return 3 <= len(text) <= rules.MAX_LENGTHS["reference"] and bool(_CODE.fullmatch(text))


_TESTS: dict[str, Callable[[Cell], bool]] = {
    "private": _is_private,
    "email": lambda cell: isinstance(cell, str) and rules.email(collapse(cell)) is not None,
    "delivery_point": _is_point,
    "phone": _is_phone,
    "postal_commune": _is_place,
    "date": lambda cell: _day(cell) is not None,
    "postal_code": _is_postal_code,
    "amount": _is_amount,
    "civility": _is_civility,
    "energy": _is_energy,
}


def _has_letters(cell: Cell) -> bool:
    text = collapse(cell_text(cell))
    return any(sign.isalpha() for sign in take_civility(text)[1])


def _reads_code(cell: Cell) -> bool:
    text = collapse(cell_text(cell))
    return any(sign.isalnum() for sign in text) and not lost_digits(text)


def _reads_point(cell: Cell) -> bool:
    text = rules.point_text(cell) if isinstance(cell, str | int | float) else ""
    return rules.delivery_point(collapse(text)) is not None


def _reads(rule: Callable[[str], object]) -> Callable[[Cell], bool]:
    return lambda cell: rule(collapse(cell_text(cell))) is not None


_READS: dict[str, Callable[[Cell], bool]] = {
    "reference": _reads_code,
    "delivery_point": _reads_point,
    **dict.fromkeys(("last_name", "first_name", "full_name", "commune"), _has_letters),
    **dict.fromkeys(PHONE_FIELDS, lambda cell: bool(phones_in(cell).numbers)),
    "email": _reads(rules.email),
    "postal_code": _reads(places.postal_code),
    "postal_commune": _reads(lambda text: places.postal_code(places.code_and_commune(text)[0])),
    "energy": _reads(rules.energy_code),
    **dict.fromkeys(("amount", *MORE_AMOUNTS), lambda cell: _cents(cell) is not None),
    **dict.fromkeys(
        ("invoice_date", "due_date", "cutoff_date", "paid_on"),
        lambda cell: _in_any_order(cell) is not None,
    ),
    "reminders_count": _reads(rules.small_count),
    "energy_cheque": _reads(rules.yes_no),
}
