"""The lines of a customer file that are written plainly, cleaned column by column.

Nearly every cell of a weekly file is written in one of a few plain ways. A column of them is
read in one pass, with one expression or one table for the whole column; a cell that is written in
any other way is a `DOUBT`, and its line is left to `clean.clean_row`, which reads every way of
writing and says what is wrong. For a line without a doubt both give the same `CleanRow`.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from itertools import repeat
from typing import Any

from energymed.base.money import parse_cents
from energymed.base.phones import PLAIN_FRENCH, to_e164
from energymed.base.text.folding import collapse
from energymed.intake.checking import rules
from energymed.intake.checking.names import civility, split_name, take_civility
from energymed.intake.checking.plain_cells import (
    DOUBT,
    Column,
    comments,
    day_in,
    meant,
    one_line,
    own_text,
    place,
    postal_code,
    prose,
)
from energymed.intake.checking.row_parser import is_nothing
from energymed.intake.mapping.headers import AMOUNT_FIELDS, PHONE_FIELDS
from energymed.intake.rows import Cell, CleanRow, SheetRow

Truce = tuple[rules.MonthDay, rules.MonthDay]

_OVERSEAS = ("97", "98")  # postal codes whose phones need their own region
_SEPARATORS = {ord(sign): None for sign in " .-\u00a0\u202f"}
_EXPONENT = r"(?!\d+(?:[.,]\d+)?[Ee])"
_CODE = re.compile(_EXPONENT + r"[A-Za-z0-9]+(?:[._/-][A-Za-z0-9]+)*", re.ASCII).fullmatch
_EMAIL = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", re.ASCII).fullmatch
_AMOUNT = re.compile(r"(\d{1,6})(?:[.,](\d\d))?", re.ASCII).fullmatch
_PLAIN_POINT = re.compile(r"\d{6}(?!0{8})\d{8}", re.ASCII).fullmatch
_NAME = re.compile(r"[^\W\d_mM][^\W\d_]*(?:[ '-][^\W\d_]+)*").fullmatch  # and no title before it
_DIGIT = re.compile(r"\d").search
_DAY_LENGTH = 10  # of a day alone; what is longer may tell an hour
_PLAIN_LENGTH = 10  # of a number without separators
_LONGEST_NUMBER = 4  # of a house: its digits stand before the fifth character


def plain_rows(
    rows: Sequence[SheetRow],
    columns: dict[str, int],
    kind: str,
    *,
    surname_first: bool | None,
    truce: Truce = rules.TRUCE,
) -> list[CleanRow | None]:
    """The lines as `CleanRow`, None for those to be read by themselves.

    `columns` is {field: position of its column}; the rows have as many cells as the header.
    """
    if not rows:
        return []
    cells = list(zip(*[row.cells for row in rows], strict=True))
    read = {field: cells[at] for field, at in columns.items()}
    made = _Made(read, len(rows))
    made.names(surname_first)
    made.places()
    made.phones()
    for field, column in COLUMNS.items():
        made.column(field, column)
    for field, value in VALUES.items():
        made.values(field, value)
    if kind == "unpaid_bill":
        made.amounts()
    made.cutoff(truce)
    return made.rows(rows)


class _Made:
    """The clean columns of a piece of a file, by the names of `CleanRow`."""

    def __init__(self, read: dict[str, tuple[Cell, ...]], size: int) -> None:
        self.read = read
        self.size = size
        self.clean: dict[str, Column] = {}

    def column(
        self, field: str, clean: Callable[[Column], Column], name: str | None = None
    ) -> None:
        """A column cleaned in one pass."""
        if field in self.read:
            self.clean[name or field] = clean(self.read[field])

    def values(self, field: str, clean: Callable[[Cell], Any], name: str | None = None) -> None:
        """A column that says the same few things over and over: each is cleaned once."""
        if field in self.read:
            self.clean[name or field] = list(
                map(_Table(clean).__getitem__, _keys(self.read[field]))
            )

    def names(self, surname_first: bool | None) -> None:
        """Civility, last and first name, from their columns or a single one."""
        self.values("civility", meant("civility", civility))
        if "full_name" in self.read:
            titles = self.clean.get("civility") or repeat(None, self.size)
            whole = (_split(cell, surname_first) for cell in self.read["full_name"])
            triples = [
                (title or own, last, first)
                for title, (own, last, first) in zip(titles, whole, strict=True)
            ]
            self.clean["civility"], self.clean["last_name"], self.clean["first_name"] = zip(
                *triples, strict=True
            )
        else:
            self.column("last_name", _surnames)
            self.values("first_name", prose("first_name"))

    def places(self) -> None:
        """Postal code and commune, from their columns or a single one."""
        if "postal_commune" in self.read:
            self.values("postal_commune", place)
            pairs = self.clean.pop("postal_commune")
            self.clean["postal_code"], self.clean["commune"] = zip(*pairs, strict=True)
        else:
            self.values("postal_code", postal_code)
            self.values("commune", prose("commune"))

    def amounts(self) -> None:
        """What is due, from one column or several that are added up."""
        added = [self.read[field] for field in AMOUNT_FIELDS if field in self.read]
        if len(added) == 1:
            self.clean["debt_cents"] = _amounts(added[0])
        elif added:
            self.clean["debt_cents"] = [_sum(cells) for cells in zip(*added, strict=True)]

    def phones(self) -> None:
        """Every number of a line; overseas, where a number needs its region, is a doubt."""
        columns = [_numbers(self.read[field]) for field in PHONE_FIELDS if field in self.read]
        found = _together(columns) if columns else [DOUBT] * self.size
        codes = self.clean.get("postal_code", ())
        if any(code is DOUBT or (code and code[:2] in _OVERSEAS) for code in set(codes)):
            for at, code in enumerate(codes):
                if code is DOUBT or (code and code[:2] in _OVERSEAS):
                    found[at] = DOUBT
        self.clean["phones"] = found

    def cutoff(self, truce: Truce) -> None:
        """A day inside the truce is a doubt, and so is one that tells the hour as well."""

        def clean(cell: Cell) -> Any:
            if isinstance(cell, datetime) and cell.time() != time.min:
                return DOUBT
            if isinstance(cell, str) and len(cell) > _DAY_LENGTH:
                return DOUBT
            day = day_in(cell)
            return DOUBT if isinstance(day, date) and rules.in_truce(day, *truce) else day

        self.values("cutoff_date", clean)

    def rows(self, rows: Sequence[SheetRow]) -> list[CleanRow | None]:
        """Put the columns together, line by line."""
        doubts: set[int] = set()
        for column in self.clean.values():
            if DOUBT in column:
                doubts.update(at for at, value in enumerate(column) if value is DOUBT)
        names = CleanRow._fields[1:-1]
        columns = [self.clean.get(name) or repeat(None, self.size) for name in names]
        numbers, raw = zip(*rows, strict=True)
        made: list[CleanRow | None] = list(map(CleanRow, numbers, *columns, raw))
        for at in doubts:
            made[at] = None
        return made


class _Table(dict[Any, Any]):
    """What each different cell of a column means, worked out once."""

    def __init__(self, clean: Callable[[Cell], Any]) -> None:
        super().__init__()
        self.clean = clean

    def __missing__(self, key: Any) -> Any:
        value = self[key] = self.clean(key[1] if type(key) is tuple else key)
        return value


def _keys(cells: Column) -> Iterable[Any]:
    """Cells as keys of a table: 1, 1.0 and True are three different cells."""
    if set(map(type, cells)) == {str}:
        return cells
    return [cell if type(cell) is str else (type(cell), cell) for cell in cells]


def _codes(field: str) -> Callable[[Column], Column]:
    """References of the partner's own."""
    longest = rules.MAX_LENGTHS[field]
    other = _reference if field == "reference" else own_text(field)

    def clean(cells: Column) -> Column:
        return [
            cell if type(cell) is str and _CODE(cell) and len(cell) <= longest else other(cell)
            for cell in cells
        ]

    return clean


def _reference(cell: Cell) -> Any:
    text = own_text("reference")(cell)
    if text is DOUBT or not text or rules.is_exponent(text):
        return DOUBT
    return text if any(sign.isalnum() for sign in text) else DOUBT


def _numbers(cells: Column) -> Column:
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
        return "+33" + digits[-9:] if PLAIN_FRENCH(digits) else DOUBT
    number = to_e164(cell) if isinstance(cell, int | float) else None
    return number if number and number.startswith("+33") else DOUBT


def _together(columns: Sequence[Column]) -> list[Any]:
    """The numbers of each line, best first and each once; none at all is a doubt."""
    first, *others = columns
    found = [DOUBT if number is DOUBT else (number,) if number else () for number in first]
    for column in others:
        found = [
            numbers
            if number is None or numbers is DOUBT or number in numbers
            else DOUBT
            if number is DOUBT
            else (*numbers, number)
            for numbers, number in zip(found, column, strict=True)
        ]
    return [numbers or DOUBT for numbers in found]


def _emails(cells: Column) -> Column:
    longest = rules.MAX_LENGTHS["email"]
    return [
        cell.lower()
        if type(cell) is str and _EMAIL(cell) and len(cell) <= longest
        else (None if cell == "" else _email(cell))
        for cell in cells
    ]


def _email(cell: Cell) -> Any:
    text = own_text("email")(cell)
    return rules.email(text or "") if text is not DOUBT else DOUBT


def _amounts(cells: Column) -> Column:
    return [
        int(match[1] + (match[2] or "00")) or DOUBT
        if type(cell) is str and (match := _AMOUNT(cell))
        else _amount(cell)
        for cell in cells
    ]


def _amount(cell: Cell) -> Any:
    return _sum((cell,))


def _sum(cells: Iterable[Cell]) -> Any:
    """The cents of a line's amounts, of which some may be empty, but not all."""
    total = 0
    for cell in cells:
        if is_nothing(cell):
            continue
        try:
            total += parse_cents(cell if isinstance(cell, str | int | float) else "")
        except ValueError:
            return DOUBT
    return total if total > 0 else DOUBT


def _points(cells: Column) -> Column:
    return [cell if type(cell) is str and _PLAIN_POINT(cell) else _point(cell) for cell in cells]


def _point(cell: Cell) -> Any:
    text = collapse(rules.point_text(cell)) if isinstance(cell, str | int | float) else ""
    return (rules.delivery_point(text) or DOUBT) if text else None


def _surnames(cells: Column) -> Column:
    longest = rules.MAX_LENGTHS["last_name"]
    return [
        cell
        if type(cell) is str and (cell.isalpha() or _NAME(cell)) and len(cell) <= longest
        else _surname(cell)
        for cell in cells
    ]


def _surname(cell: Cell) -> Any:
    text = one_line(cell, "last_name")
    if not text or text is DOUBT or take_civility(text)[0]:
        return DOUBT
    return text if any(sign.isalnum() for sign in text) else DOUBT


def _split(cell: Cell, surname_first: bool | None) -> tuple[Any, Any, Any]:
    text = one_line(cell, "full_name")
    if not text or text is DOUBT:
        return DOUBT, DOUBT, DOUBT
    title, last, first = split_name(text, surname_first)
    longest = rules.MAX_LENGTHS["last_name"]
    fit = len(last) <= longest and len(first or "") <= longest
    if not fit or not any(sign.isalnum() for sign in last):
        return DOUBT, DOUBT, DOUBT
    return title, last, first


def _addresses(cells: Column) -> Column:
    return [_address(cell) for cell in cells]


def _address(cell: Cell) -> Any:
    """A house number and words: no digits further on, so nothing that must not be kept."""
    if type(cell) is not str or not cell:
        return None if cell == "" else DOUBT
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
    "energy": meant("energy", rules.energy_code),
    "invoice_date": day_in,
    "due_date": day_in,
    "reminders_count": meant("reminders_count", rules.small_count),
    "cutoff_slot": prose("cutoff_slot"),
    "supplier": own_text("supplier"),
    "energy_cheque": meant("energy_cheque", rules.yes_no),
}
