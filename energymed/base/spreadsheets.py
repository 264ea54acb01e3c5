"""Tables as files for a spreadsheet, CSV and XLSX: the one place that writes them.

A column has a title and a kind, which says how its values are written. The same table always
gives the same bytes. No cell runs as a formula, and what people read comes back as it was after a
double click in Excel: zeros in front, long numbers, "12-05".
"""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from io import BytesIO, StringIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

MEDIA_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_OPTIONS = {
    "constant_memory": True,
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_ANY_DAY = date(2020, 1, 1)  # a workbook says when it was made, and the same data says the same

_FORMULA = re.compile(r"[=+\-@\t\r]")
# What Excel takes for a number, a time or a date and shows, and saves, as something else; a date
# as the French write it stays what it is.
_MONTH = (
    r"(?:janv?(?:ier)?|f[eé]vr?(?:ier)?|feb|mars?|avr(?:il)?|apr|ma[iy]|jui?n|jui?l(?:let)?|"
    r"ao[uû]t|aug|sept?(?:embre)?|oct(?:obre)?|nov(?:embre)?|d[eé]c(?:embre)?)"
)
_TURNED = re.compile(
    r"0\d[\d ]*|\d{12,}|\d+(?:[.,]\d+)?E[+-]?\d+"
    r"|(?!\d\d/\d\d/\d{4}\Z)\d{1,4}[-/:]\d{1,4}(?:[-/:]\d{1,4})?"
    rf"|\d{{1,4}}[-/ ]{_MONTH}\.?(?:[-/ ]\d{{1,4}})?",
    re.ASCII | re.IGNORECASE,
)


class Kind(StrEnum):
    """How the values of a column are written."""

    TEXT = "text"  # for people: comes back as it was, whatever a spreadsheet makes of it
    CODE = "code"  # for machines, a partner's or a mail merge's: as it is, short of a formula
    DATE = "date"
    CENTS = "cents"
    COUNT = "count"
    SHARE = "share"  # from 0 to 1


Value = str | float | date | None  # an int is cents or a count, as its column says
_NUMBER_FORMATS = {
    Kind.TEXT: "@",
    Kind.CODE: "@",
    Kind.DATE: "dd/mm/yyyy",
    Kind.CENTS: "#,##0.00 €",
    Kind.COUNT: "#,##0",
    Kind.SHARE: "0.0 %",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, the kind of its values, its width in a workbook in characters."""

    title: str
    kind: Kind = Kind.TEXT
    width: int = 18


Row = Sequence[Value]


def as_csv(columns: Sequence[Column], rows: Iterable[Row]) -> bytes:
    """Semicolons, UTF-8 with BOM, decimal comma, dates as dd/mm/yyyy."""
    text = StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(_guarded(column.title, Kind.TEXT) for column in columns)
    for row in rows:
        writer.writerow(
            _written(value, column.kind) for value, column in zip(row, columns, strict=True)
        )
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(columns: Sequence[Column], rows: Iterable[Row]) -> bytes:
    """A workbook of one sheet: titles frozen above, texts as texts, real amounts and dates."""
    out = BytesIO()
    with Book(out) as book:
        book.add_table(None, columns, rows)
    return out.getvalue()


WRITERS = {"csv": as_csv, "xlsx": as_xlsx}


class Book(Workbook):  # type: ignore[misc]  # the base is untyped
    """A workbook of several tables; `with Book(out):` writes it into `out`."""

    def __init__(self, out: BytesIO, made_on: date = _ANY_DAY) -> None:
        super().__init__(out, _OPTIONS)
        self.set_properties({"created": datetime.combine(made_on, time.min)})
        self._titles = self.add_format({"bold": True, "bg_color": "#E3F0F1", "bottom": 1})
        self._formats: Mapping[Kind, Format] = {
            kind: self.add_format({"num_format": shape}) for kind, shape in _NUMBER_FORMATS.items()
        }

    def add_table(
        self, name: str | None, columns: Sequence[Column], rows: Iterable[Row]
    ) -> Worksheet:
        """A sheet with these columns; the rows are written one by one, never held together."""
        sheet = self.add_worksheet(name)
        for at, column in enumerate(columns):
            sheet.set_column(at, at, column.width, self._formats[column.kind])
            self.write_title(sheet, at, column.title)
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows, 1):
            for at, (value, column) in enumerate(zip(row, columns, strict=True)):
                self.write_value(sheet, number, at, value, column.kind)
        return sheet

    def write_title(self, sheet: Worksheet, at: int, title: str) -> None:
        """The title of a column, in the first row."""
        sheet.write_string(0, at, title, self._titles)

    def write_value(self, sheet: Worksheet, row: int, at: int, value: Any, kind: Kind) -> None:
        """A cell of this kind."""
        form = self._formats[kind]
        if value is None or value == "":
            sheet.write_blank(row, at, None, form)
        elif kind in (Kind.TEXT, Kind.CODE):
            sheet.write_string(row, at, str(value), form)
        elif kind == Kind.DATE:
            sheet.write_datetime(row, at, datetime.combine(value, time.min), form)
        else:
            sheet.write_number(row, at, value / 100 if kind == Kind.CENTS else value, form)


def _written(value: Any, kind: Kind) -> str:
    if value is None:
        return ""
    if kind == Kind.CENTS:
        return f"{'-' if value < 0 else ''}{abs(value) // 100},{abs(value) % 100:02d}"
    if kind == Kind.DATE:
        return f"{value:%d/%m/%Y}"
    if kind == Kind.SHARE:
        return f"{value:.4f}".replace(".", ",")
    return str(value) if kind == Kind.COUNT else _guarded(str(value), kind)


def _guarded(text: str, kind: Kind) -> str:
    """The text behind an apostrophe where a spreadsheet would run it, or turn it into another.

    `intake.reading.cell_escapes` takes it off again.
    """
    if _FORMULA.match(text) or (kind == Kind.TEXT and _TURNED.fullmatch(text)):
        return f"'{text}"
    return text
