"""The plain ways in which each column is written, read for a whole column or cell by cell.

A cell that is written in any other way `NEEDS_SLOW_PATH`: `row_parser` reads its line by itself.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from energymed.base.dates import parse_date
from energymed.base.money import parse_cents
from energymed.base.phones import PLAIN_FRENCH, to_e164
from energymed.base.text.folding import collapse, tidy_lines
from energymed.base.text.names import split_name, take_civility
from energymed.base.text.sensitive import remove_sensitive
from energymed.intake import rules
from energymed.intake.rows import Cell, cell_text, is_nothing

Column = Sequence[Any]

NEEDS_SLOW_PATH: Any = object()

_SEPARATORS = {ord(sign): None for sign in " .-\u00a0\u202f"}
_EXPONENT = r"(?!\d+(?:[.,]\d+)?[Ee])"
_CODE = re.compile(_EXPONENT + r"[A-Za-z0-9]+(?:[._/-][A-Za-z0-9]+)*", re.ASCII).fullmatch
_EMAIL = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", re.ASCII).fullmatch
_AMOUNT = re.compile(r"(\d{1,6})(?:[.,](\d\d))?", re.ASCII).fullmatch
_PLAIN_POINT = re.compile(r"\d{6}(?!0{8})\d{8}", re.ASCII).fullmatch
_NAME = re.compile(r"[^\W\d_mM][^\W\d_]*(?:[ '-][^\W\d_]+)*").fullmatch  # and no title before it
_DIGIT = re.compile(r"\d").search
_PLAIN_LENGTH = 10  # of a number without separators
_LONGEST_NUMBER = 4  # of a house: its digits stand before the fifth character


def one_line(cell: Cell, field: str) -> Any:
    """A text that a person wrote, on one line; None when there is none."""
    text = collapse(cell_text(cell))
    if len(text) > rules.MAX_LENGTHS.get(field, rules.LONGEST) or remove_sensitive(text)[1]:
        return NEEDS_SLOW_PATH
    return text or None


def prose(field: str) -> Callable[[Cell], Any]:
    """A text that a person wrote, for a field; None when there is none."""
    return lambda cell: one_line(cell, field)


def partner_text(field: str) -> Callable[[Cell], Any]:
    """A text of the partner's own, in which nothing is looked for; None when there is none."""
    longest = rules.MAX_LENGTHS.get(field, rules.LONGEST)

    def clean(cell: Cell) -> Any:
        text = collapse(cell if type(cell) is str else cell_text(cell))
        return NEEDS_SLOW_PATH if len(text) > longest else text or None

    return clean


def by_rule(field: str, rule: Callable[[str], Any]) -> Callable[[Cell], Any]:
    """What a text means by a rule, which also answers for an empty one."""
    read = partner_text(field)

    def clean(cell: Cell) -> Any:
        text = read(cell)
        return text if text is NEEDS_SLOW_PATH else rule(text or "")

    return clean


def postal_code(cell: Cell) -> Any:
    """Five digits; None when there are none."""
    text = partner_text("postal_code")(cell)
    return (
        (rules.postal_code(text) or NEEDS_SLOW_PATH)
        if text and text is not NEEDS_SLOW_PATH
        else text
    )


def postal_and_commune(cell: Cell) -> tuple[Any, Any]:
    """Postal code and commune of one cell, each None when it is not there."""
    text = one_line(cell, "postal_commune")
    if not text or text is NEEDS_SLOW_PATH:
        return text, text
    written, commune = rules.code_and_commune(text)
    code = (rules.postal_code(written) or NEEDS_SLOW_PATH) if written else None
    return code, commune or None


def day_in(cell: Cell) -> Any:
    """A date; None for an empty cell."""
    if is_nothing(cell):
        return None
    try:
        return parse_date(cell)
    except ValueError:
        return NEEDS_SLOW_PATH


def comments(cells: Column) -> Column:
    """A column of free texts, their lines kept."""
    return [_comment(cell) if cell != "" else None for cell in cells]


def _comment(cell: Cell) -> Any:
    text = tidy_lines(cell_text(cell))
    if len(text) > rules.MAX_COMMENT or remove_sensitive(text)[1]:
        return NEEDS_SLOW_PATH
    return text or None


def _codes(field: str) -> Callable[[Column], Column]:
    """References of the partner's own."""
    longest = rules.MAX_LENGTHS[field]
    other = _reference if field == "reference" else partner_text(field)

    def clean(cells: Column) -> Column:
        return [
            cell if type(cell) is str and _CODE(cell) and len(cell) <= longest else other(cell)
            for cell in cells
        ]

    return clean


def _reference(cell: Cell) -> Any:
    text = partner_text("reference")(cell)
    if text is NEEDS_SLOW_PATH or not text or rules.is_exponent(text):
        return NEEDS_SLOW_PATH
    return text if any(sign.isalnum() for sign in text) else NEEDS_SLOW_PATH


def phone_numbers(cells: Column) -> Column:
    """One number a cell, None for an empty one."""
    return [
        "+33" + digits[-9:]
        if type(cell) is str
        and PLAIN_FRENCH(digits := cell if len(cell) == _PLAIN_LENGTH else cell.replace(" ", ""))
        else (None if cell == "" else _number(cell))
        for cell in cells
    ]


def _number(cell: Cell) -> Any:
    if isinstance(cell, str):
        digits = cell.translate(_SEPARATORS)
        return "+33" + digits[-9:] if PLAIN_FRENCH(digits) else NEEDS_SLOW_PATH
    number = to_e164(cell) if isinstance(cell, int | float) else None
    return number if number and number.startswith("+33") else NEEDS_SLOW_PATH


def combined_phones(columns: Sequence[Column]) -> list[Any]:
    """The numbers of each line, best first and each once; none at all needs the slow path."""
    first, *others = columns
    found = [
        NEEDS_SLOW_PATH if number is NEEDS_SLOW_PATH else (number,) if number else ()
        for number in first
    ]
    for column in others:
        found = [
            numbers
            if number is None or numbers is NEEDS_SLOW_PATH or number in numbers
            else NEEDS_SLOW_PATH
            if number is NEEDS_SLOW_PATH
            else (*numbers, number)
            for numbers, number in zip(found, column, strict=True)
        ]
    return [numbers or NEEDS_SLOW_PATH for numbers in found]


def _emails(cells: Column) -> Column:
    longest = rules.MAX_LENGTHS["email"]
    return [
        cell.lower()
        if type(cell) is str and _EMAIL(cell) and len(cell) <= longest
        else (None if cell == "" else _email(cell))
        for cell in cells
    ]


def _email(cell: Cell) -> Any:
    text = partner_text("email")(cell)
    return rules.email(text or "") if text is not NEEDS_SLOW_PATH else NEEDS_SLOW_PATH


def amounts(cells: Column) -> Column:
    """Cents of a single amount column."""
    return [
        int(match[1] + (match[2] or "00")) or NEEDS_SLOW_PATH
        if type(cell) is str and (match := _AMOUNT(cell))
        else _amount(cell)
        for cell in cells
    ]


def _amount(cell: Cell) -> Any:
    return amount_sum((cell,))


def amount_sum(cells: Iterable[Cell]) -> Any:
    """The cents of a line's amounts, of which some may be empty, but not all."""
    total = 0
    for cell in cells:
        if is_nothing(cell):
            continue
        try:
            total += parse_cents(cell if isinstance(cell, str | int | float) else "")
        except ValueError:
            return NEEDS_SLOW_PATH
    return total if total > 0 else NEEDS_SLOW_PATH


def _points(cells: Column) -> Column:
    return [cell if type(cell) is str and _PLAIN_POINT(cell) else _point(cell) for cell in cells]


def _point(cell: Cell) -> Any:
    text = collapse(rules.point_text(cell)) if isinstance(cell, str | int | float) else ""
    return (rules.delivery_point(text) or NEEDS_SLOW_PATH) if text else None


def surnames(cells: Column) -> Column:
    """Last names, without a civility before them."""
    longest = rules.MAX_LENGTHS["last_name"]
    return [
        cell
        if type(cell) is str and (cell.isalpha() or _NAME(cell)) and len(cell) <= longest
        else _surname(cell)
        for cell in cells
    ]


def _surname(cell: Cell) -> Any:
    text = one_line(cell, "last_name")
    if not text or text is NEEDS_SLOW_PATH or take_civility(text)[0]:
        return NEEDS_SLOW_PATH
    return text if any(sign.isalnum() for sign in text) else NEEDS_SLOW_PATH


def split_whole_name(cell: Cell, surname_first: bool | None) -> tuple[Any, Any, Any]:
    """Civility, last and first name of a cell that holds all of them."""
    text = one_line(cell, "full_name")
    if not text or text is NEEDS_SLOW_PATH:
        return NEEDS_SLOW_PATH, NEEDS_SLOW_PATH, NEEDS_SLOW_PATH
    title, last, first = split_name(text, surname_first)
    longest = rules.MAX_LENGTHS["last_name"]
    fit = len(last) <= longest and len(first or "") <= longest
    if not fit or not any(sign.isalnum() for sign in last):
        return NEEDS_SLOW_PATH, NEEDS_SLOW_PATH, NEEDS_SLOW_PATH
    return title, last, first


def _addresses(cells: Column) -> Column:
    return [_address(cell) for cell in cells]


def _address(cell: Cell) -> Any:
    """A house number and words: no digits further on, so nothing that must not be kept."""
    if type(cell) is not str or not cell:
        return None if cell == "" else NEEDS_SLOW_PATH
    after = _LONGEST_NUMBER + 1 if cell[0].isdigit() else 0
    if not _DIGIT(cell, after) and len(cell) <= rules.MAX_LENGTHS["address"]:
        return collapse(cell) or None
    return one_line(cell, "address")


COLUMNS: dict[str, Callable[[Column], Column]] = {
    "reference": _codes("reference"),
    "customer_reference": _codes("customer_reference"),
    "contract_number": _codes("contract_number"),
    "delivery_point": _points,
    "email": _emails,
    "address": _addresses,
    "comment": comments,
}
VALUES: dict[str, Callable[[Cell], Any]] = {
    "address_extra": prose("address_extra"),
    "energy": by_rule("energy", rules.energy_code),
    "invoice_date": day_in,
    "due_date": day_in,
    "reminders_count": by_rule("reminders_count", rules.small_count),
    "cutoff_slot": prose("cutoff_slot"),
    "supplier": partner_text("supplier"),
    "energy_cheque": by_rule("energy_cheque", rules.yes_no),
}
