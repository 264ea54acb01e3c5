"""The plain ways in which each column is written, read for a whole column or cell by cell.

A cell that is written in any other way `NEEDS_SLOW_PATH`: `row_parser` reads its line by itself.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from energymed.base import places
from energymed.base.dates import says_no_day
from energymed.base.money import Sign, read_amount
from energymed.base.phones import plain_french, to_e164
from energymed.base.text.folding import collapse, tidy_lines
from energymed.base.text.names import split_name, take_civility
from energymed.base.text.nothing import Kind, damaged, says_nothing
from energymed.base.text.sensitive import remove_sensitive
from energymed.intake import rules, supply_words
from energymed.intake.checking.column_readings import ColumnReadings
from energymed.intake.rows import Cell, cell_text, is_nothing

Column = Sequence[Any]

NEEDS_SLOW_PATH: Any = object()

_SEPARATORS = {ord(sign): None for sign in " .-\u00a0\u202f"}
# digits that say nothing, or that a sheet has cut
_NO_CODE = (
    r"(?!(\d)\1{7}|\d{15}000|0?123456789|9876543210?|\d+(?:[.,]\d+)?[Ee]"
    r"|\d{1,4}[-/]\d\d?[-/]\d|\d\d?-[A-Za-z]{3}|[A-Za-z]{3,4}-\d\d(?!\d))"
)
_CODE = re.compile(
    _NO_CODE + r"(?=[^1-9]*[1-9])[A-Za-z0-9]+(?:[._/-][A-Za-z0-9]+)*", re.ASCII
).fullmatch
_EMAIL = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", re.ASCII).fullmatch
_AMOUNT = re.compile(r"(\d{1,6})(?:[.,](\d\d))?", re.ASCII).fullmatch
_PLAIN_POINT = re.compile(r"\d{6}(?!0{8})\d{8}", re.ASCII).fullmatch
_DIGIT = re.compile(r"\d").search
_FIVE_DIGITS = re.compile(r"\d{5}").search
_PLAIN_LENGTH = 10  # of a number without separators
_LONGEST_NUMBER = 4  # of a house: its digits stand before the fifth character


def one_line(cell: Cell, field: str) -> Any:
    """A text that a person wrote, on one line; None when there is none."""
    text = collapse(cell_text(cell))
    if len(text) > rules.MAX_LENGTHS.get(field, rules.LONGEST) or remove_sensitive(text)[1]:
        return NEEDS_SLOW_PATH
    return _said(field, text)


def _said(field: str, text: str) -> Any:
    """The text; None when it says nothing, which is told where a value is expected."""
    if rules.is_empty(field, text):
        return NEEDS_SLOW_PATH if text and field in rules.EXPECTED else None
    return text


def prose(field: str) -> Callable[[Cell], Any]:
    """A text that a person wrote, for a field; None when there is none."""
    return lambda cell: one_line(cell, field)


def partner_text(field: str) -> Callable[[Cell], Any]:
    """A text of the partner's own, in which nothing is looked for; None when there is none."""
    longest = rules.MAX_LENGTHS.get(field, rules.LONGEST)

    def clean(cell: Cell) -> Any:
        text = collapse(cell if type(cell) is str else cell_text(cell))
        return NEEDS_SLOW_PATH if len(text) > longest else _said(field, text)

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
    text = _POSTAL_TEXT(cell)
    return text if not text or text is NEEDS_SLOW_PATH else _code(text)


def _code(text: str) -> Any:
    return places.postal_code(text) or NEEDS_SLOW_PATH


def commune(cell: Cell) -> Any:
    """A commune without its code."""
    text = one_line(cell, "commune")
    return NEEDS_SLOW_PATH if isinstance(text, str) and _DIGIT(text) else text


def postal_and_commune(cell: Cell) -> tuple[Any, Any]:
    """Postal code and commune of one cell, each None when it is not there."""
    text = one_line(cell, "postal_commune")
    if not text or text is NEEDS_SLOW_PATH:
        return text, text
    written, town = places.code_and_commune(text)
    return _code(written) if written else None, town or None


def day_in(field: str, readings: ColumnReadings) -> Callable[[Cell], Any]:
    """The dates of a field; None for an empty cell."""

    def clean(cell: Cell) -> Any:
        if cell == "" or says_no_day(cell):
            return None
        try:
            return readings.day(field, cell)
        except ValueError:
            return NEEDS_SLOW_PATH

    return clean


def comments(cells: Column) -> Column:
    """A column of free texts, their lines kept."""
    return [_comment(cell) if cell != "" else None for cell in cells]


def _comment(cell: Cell) -> Any:
    text = tidy_lines(cell_text(cell))
    if len(text) > rules.MAX_COMMENT or remove_sensitive(text)[1]:
        return NEEDS_SLOW_PATH
    return None if rules.is_empty("comment", text) else text


def _codes(field: str) -> Callable[[Column], Column]:
    """References of the partner's own."""
    longest = rules.MAX_LENGTHS[field]
    other = _reference if field == "reference" else _identity(field)

    def clean(cells: Column) -> Column:
        return [
            cell if type(cell) is str and _CODE(cell) and len(cell) <= longest else other(cell)
            for cell in cells
        ]

    return clean


def _identity(field: str) -> Callable[[Cell], Any]:
    read = partner_text(field)
    return lambda cell: NEEDS_SLOW_PATH if damaged(cell) else read(cell)


def _reference(cell: Cell) -> Any:
    text = _REFERENCE_TEXT(cell)
    if not text or text is NEEDS_SLOW_PATH or damaged(cell) or damaged(text):
        return NEEDS_SLOW_PATH
    return text if any(sign.isalnum() for sign in text) else NEEDS_SLOW_PATH


def phone_numbers(cells: Column) -> Column:
    """One number a cell, None for an empty one."""
    is_plain = plain_french()
    return [
        "+33" + digits[-9:]
        if type(cell) is str
        and is_plain(digits := cell if len(cell) == _PLAIN_LENGTH else cell.replace(" ", ""))
        else (None if cell == "" else _number(cell))
        for cell in cells
    ]


def _number(cell: Cell) -> Any:
    if isinstance(cell, str):
        digits = cell.translate(_SEPARATORS)
        if plain_french()(digits):
            return "+33" + digits[-9:]
        return None if says_nothing(cell, Kind.PHONE) else NEEDS_SLOW_PATH
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
        if type(cell) is str
        and _EMAIL(cell)
        and len(cell) <= longest
        and not rules.is_empty("email", cell)
        else (None if cell == "" else _email(cell))
        for cell in cells
    ]


def _email(cell: Cell) -> Any:
    text = _EMAIL_TEXT(cell)
    return rules.email(text or "") if text is not NEEDS_SLOW_PATH else NEEDS_SLOW_PATH


def amounts(cells: Column, sign: Sign | None) -> Column:
    """Cents of a single amount column; `sign` stands before its decimals."""
    return [
        int(match[1] + (match[2] or "00")) or NEEDS_SLOW_PATH
        if type(cell) is str and (match := _AMOUNT(cell))
        else amount_sum((cell,), (sign,))
        for cell in cells
    ]


def amount_sum(cells: Iterable[Cell], signs: Iterable[Sign | None]) -> Any:
    """The cents of a line's amounts, of which some may be empty, but not all."""
    total = 0
    for cell, sign in zip(cells, signs, strict=True):
        if is_nothing(cell):
            continue
        try:
            amount = read_amount(cell if isinstance(cell, str | int | float) else "", sign)
        except ValueError:
            return NEEDS_SLOW_PATH
        if amount.rounded:
            return NEEDS_SLOW_PATH
        total += amount.cents
    return total if total > 0 else NEEDS_SLOW_PATH


def _points(cells: Column) -> Column:
    return [cell if type(cell) is str and _PLAIN_POINT(cell) else _point(cell) for cell in cells]


def _point(cell: Cell) -> Any:
    if cell == "":
        return None
    text = collapse(rules.point_text(cell)) if isinstance(cell, str | int | float) else ""
    if rules.is_empty("delivery_point", text):
        return NEEDS_SLOW_PATH
    return rules.delivery_point(text) or NEEDS_SLOW_PATH


def surname(cell: Cell) -> Any:
    """A last name, without a civility before it."""
    if type(cell) is str and cell.isalpha() and len(cell) <= rules.MAX_LENGTHS["last_name"]:
        return NEEDS_SLOW_PATH if rules.is_empty("last_name", cell) else cell
    text = _name("last_name", cell)
    return NEEDS_SLOW_PATH if text is None or take_civility(text)[0] else text


def given_name(cell: Cell) -> Any:
    """A first name; None when the cell is empty."""
    return None if cell == "" else _name("first_name", cell) or NEEDS_SLOW_PATH


def _name(field: str, cell: Cell) -> Any:
    """A name with a letter in it; None for anything else."""
    text = None if damaged(cell) else one_line(cell, field)
    return text if text and text is not NEEDS_SLOW_PATH and rules.has_letter(text) else None


def split_whole_name(cell: Cell, surname_first: bool | None) -> tuple[Any, Any, Any]:
    """Civility, last and first name of a cell that holds all of them."""
    text = _name("full_name", cell)
    if text is None:
        return NEEDS_SLOW_PATH, NEEDS_SLOW_PATH, NEEDS_SLOW_PATH
    title, last, first = split_name(text, surname_first)
    longest = rules.MAX_LENGTHS["last_name"]
    fit = len(last) <= longest and len(first or "") <= longest
    if not fit or not rules.has_letter(last) or rules.is_empty("last_name", last):
        return NEEDS_SLOW_PATH, NEEDS_SLOW_PATH, NEEDS_SLOW_PATH
    return title, last, first


def _addresses(cells: Column) -> Column:
    return [_address(cell) for cell in cells]


def _address(cell: Cell) -> Any:
    """A house number and words: no digits further on, so nothing that must not be kept."""
    if type(cell) is not str or not cell:
        return None if cell == "" else NEEDS_SLOW_PATH
    housed = cell[0] in "123456789" and len(cell) <= rules.MAX_LENGTHS["address"]
    if housed and not _DIGIT(cell, _LONGEST_NUMBER + 1):
        return collapse(cell)
    return one_line(cell, "address")


def with_code(address: Any) -> bool:
    """Whether a clean address may have a postal code in it."""
    return isinstance(address, str) and _FIVE_DIGITS(address) is not None


_POSTAL_TEXT, _REFERENCE_TEXT, _EMAIL_TEXT = map(
    partner_text, ("postal_code", "reference", "email")
)


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
    "reminders_count": by_rule("reminders_count", rules.small_count),
    "cutoff_slot": prose("cutoff_slot"),
    "supplier": partner_text("supplier"),
    "energy_cheque": by_rule("energy_cheque", rules.yes_no),
    "supply_state": by_rule("supply_state", supply_words.supply_state),
    "limited_kva": by_rule("limited_kva", supply_words.kva),
    "main_residence": by_rule("main_residence", supply_words.main_residence),
    "communicating_meter": by_rule("communicating_meter", supply_words.communicating_meter),
}
