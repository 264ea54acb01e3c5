"""The lines of a customer file that are written plainly, cleaned column by column.

Nearly every cell of a weekly file is written in one of a few plain ways. A column of them is
read in one pass (`fast_columns`); a cell that is written in any other way `NEEDS_SLOW_PATH`: its
line is left to `row_parser.parse_row`, which reads every way of writing and says what is wrong. For
a line that both can read they give the same `CleanRow`.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from itertools import repeat
from typing import Any

from energymed.base.text.names import civility
from energymed.cases.codes import SupplyState
from energymed.intake import rules
from energymed.intake.checking.column_readings import FRENCH, ColumnReadings
from energymed.intake.checking.fast_columns import (
    COLUMNS,
    NEEDS_SLOW_PATH,
    VALUES,
    Column,
    amount_sum,
    amounts,
    by_rule,
    combined_phones,
    commune,
    day_in,
    given_name,
    phone_numbers,
    postal_and_commune,
    postal_code,
    split_whole_name,
    surname,
    with_code,
)
from energymed.intake.codes import FileKind
from energymed.intake.fields import AMOUNT_FIELDS, PHONE_FIELDS
from energymed.intake.rows import Cell, CleanRow, SheetRow
from energymed.intake.rules import Truce
from energymed.intake.supply_words import SINCE, supply_of

_OVERSEAS = ("97", "98")  # postal codes whose phones need their own region
_DAY_LENGTH = 10  # of a day alone; what is longer may tell an hour


def fast_rows(
    rows: Sequence[SheetRow],
    columns: dict[str, int],
    kind: FileKind,
    *,
    surname_first: bool | None,
    truce: Truce = rules.TRUCE,
    readings: ColumnReadings = FRENCH,
) -> list[CleanRow | None]:
    """The lines as `CleanRow`, None for those to be read by themselves.

    `columns` is {field: position of its column}; the rows have as many cells as the header.
    """
    if not rows:
        return []
    cells = list(zip(*[row.cells for row in rows], strict=True))
    read = {field: cells[at] for field, at in columns.items()}
    clean = _CleanColumns(read, len(rows))
    clean.names(surname_first)
    clean.places()
    clean.phones()
    for field, column in COLUMNS.items():
        clean.column(field, column)
    for field, value in VALUES.items():
        clean.values(field, value)
    clean.addresses()
    if kind == FileKind.UNPAID_BILL:
        clean.amounts(readings)
    clean.dates(readings, truce)
    clean.supply(readings)
    return clean.rows(rows)


class _CleanColumns:
    """The clean columns of a piece of a file, by the names of `CleanRow`."""

    def __init__(self, read: dict[str, tuple[Cell, ...]], size: int) -> None:
        self.read = read
        self.size = size
        self.clean: dict[str, Column] = {}

    def column(self, field: str, clean: Callable[[Column], Column]) -> None:
        """A column cleaned in one pass."""
        if field in self.read:
            self.clean[field] = clean(self.read[field])

    def values(self, field: str, clean: Callable[[Cell], Any]) -> None:
        """A column that says the same few things over and over: each is cleaned once."""
        if field in self.read:
            self.clean[field] = list(map(_Table(clean).__getitem__, _keys(self.read[field])))

    def names(self, surname_first: bool | None) -> None:
        """Civility, last and first name, from their columns or a single one."""
        self.values("civility", by_rule("civility", civility))
        if "full_name" in self.read:
            titles = self.clean.get("civility") or repeat(None, self.size)
            whole = (split_whole_name(cell, surname_first) for cell in self.read["full_name"])
            triples = [
                (title or own, last, first)
                for title, (own, last, first) in zip(titles, whole, strict=True)
            ]
            self.clean["civility"], self.clean["last_name"], self.clean["first_name"] = zip(
                *triples, strict=True
            )
        else:
            self.values("last_name", surname)
            self.values("first_name", given_name)

    def places(self) -> None:
        """Postal code and commune, from their columns or a single one."""
        if "postal_commune" in self.read:
            self.values("postal_commune", postal_and_commune)
            pairs = self.clean.pop("postal_commune")
            self.clean["postal_code"], self.clean["commune"] = zip(*pairs, strict=True)
        else:
            self.values("postal_code", postal_code)
            self.values("commune", commune)

    def addresses(self) -> None:
        """Left to the slow path: an address that holds the postal code that the line lacks."""
        found = self.clean.get("address", [])
        codes = self.clean.get("postal_code") or [None] * self.size
        if found and None in codes:
            self.clean["address"] = [
                NEEDS_SLOW_PATH if code is None and with_code(address) else address
                for address, code in zip(found, codes, strict=True)
            ]

    def amounts(self, readings: ColumnReadings) -> None:
        """What is due, from one column or several that are added up."""
        fields = [field for field in AMOUNT_FIELDS if field in self.read]
        added = [self.read[field] for field in fields]
        signs = [readings.signs.get(field) for field in fields]
        if len(added) == 1:
            self.clean["debt_cents"] = amounts(added[0], signs[0])
        elif added:
            self.clean["debt_cents"] = [
                amount_sum(cells, signs) for cells in zip(*added, strict=True)
            ]

    def phones(self) -> None:
        """Every number of a line; overseas it needs its region, which is for the slow path."""
        columns = [phone_numbers(self.read[field]) for field in PHONE_FIELDS if field in self.read]
        found = combined_phones(columns) if columns else [NEEDS_SLOW_PATH] * self.size
        codes = self.clean.get("postal_code", ())
        if any(code is NEEDS_SLOW_PATH or (code and code[:2] in _OVERSEAS) for code in set(codes)):
            for at, code in enumerate(codes):
                if code is NEEDS_SLOW_PATH or (code and code[:2] in _OVERSEAS):
                    found[at] = NEEDS_SLOW_PATH
        self.clean["phones"] = found

    def dates(self, readings: ColumnReadings, truce: Truce) -> None:
        """Left to the slow path: a cut-off inside the truce, or that tells its hour as well."""
        for field in ("invoice_date", "due_date", "first_letter_on", "second_letter_on"):
            self.values(field, day_in(field, readings))
        cutoff_day = day_in("cutoff_date", readings)

        def clean(cell: Cell) -> Any:
            if isinstance(cell, datetime) and cell.time() != time.min:
                return NEEDS_SLOW_PATH
            if isinstance(cell, str) and len(cell) > _DAY_LENGTH:
                return NEEDS_SLOW_PATH
            day = cutoff_day(cell)
            return NEEDS_SLOW_PATH if isinstance(day, date) and rules.in_truce(day, *truce) else day

        self.values("cutoff_date", clean)

    def supply(self, readings: ColumnReadings) -> None:
        """State and since when, from the columns that tell one of them or both."""
        days: dict[SupplyState, Column] = {}
        for state, field in SINCE.items():
            self.values(field, day_in(field, readings))
            if field in self.clean:
                days[state] = self.clean.pop(field)
        if not days:
            return
        told = self.clean.get("supply_state") or repeat(None, self.size)
        found = [
            _supply(state, dict(zip(days, row, strict=True)))
            for state, *row in zip(told, *days.values(), strict=True)
        ]
        self.clean["supply_state"], self.clean["supply_since"] = zip(*found, strict=True)

    def rows(self, rows: Sequence[SheetRow]) -> list[CleanRow | None]:
        """Put the columns together, line by line."""
        slow: set[int] = set()
        for column in self.clean.values():
            if NEEDS_SLOW_PATH in column:
                slow.update(at for at, value in enumerate(column) if value is NEEDS_SLOW_PATH)
        names = CleanRow._fields[1:-1]
        empty = CleanRow._field_defaults
        columns = [self.clean.get(name) or repeat(empty.get(name), self.size) for name in names]
        numbers, raw = zip(*rows, strict=True)
        found: list[CleanRow | None] = list(map(CleanRow, numbers, *columns, raw))
        for at in slow:
            found[at] = None
        return found


def _supply(told: Any, days: dict[SupplyState, Any]) -> tuple[Any, Any]:
    if NEEDS_SLOW_PATH in (told, *days.values()):
        return NEEDS_SLOW_PATH, NEEDS_SLOW_PATH
    return supply_of(told, days)


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
