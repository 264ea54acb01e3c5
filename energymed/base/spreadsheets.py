"""Tables as files for a spreadsheet, CSV and XLSX: the one place that writes them.

A column has a title and a kind, which says how its values are written. The same table always
gives the same bytes. No cell runs as a formula, and what people read comes back as it was after a
double click in Excel: zeros in front, long numbers, "12-05".
"""

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from io import BytesIO, StringIO
from typing import Any

MEDIA_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_FORMULA = re.compile(r"[=+\-@\t\r]")
# What Excel takes for a number, a time or a date and shows, and saves, as something else; a date
# as the French write it stays what it is.
_MONTH = (
    r"(?:janv?(?:ier)?|f[eé]vr?(?:ier)?|feb|mars?|avr(?:il)?|apr|ma[iy]|jui?n|jui?l(?:let)?|"
    r"ao[uû]t|aug|sept?(?:embre)?|oct(?:obre)?|nov(?:embre)?|d[eé]c(?:embre)?)"
)
MONTH_FIRST = rf"{_MONTH}\.?[-/ ]?\d{{1,4}}"  # a reference such as DEC-24 or MARS1
_TURNED = re.compile(
    r"0\d[\d ]*|\d{12,}|\d+(?:[.,]\d+)?E[+-]?\d+"
    r"|(?!\d\d/\d\d/\d{4}\Z)\d{1,4}[-/:]\d{1,4}(?:[-/:]\d{1,4})?"
    rf"|\d{{1,4}}[-/ ]?{_MONTH}\.?(?:[-/ ]?\d{{1,4}})?|{MONTH_FIRST}",
    re.ASCII | re.IGNORECASE,
)


class Kind(StrEnum):
    """How the values of a column are written."""

    TEXT = "text"  # for people: comes back as it was, whatever a spreadsheet makes of it
    CODE = "code"  # for a mail merge: as it is, short of a formula
    DATE = "date"
    CENTS = "cents"
    COUNT = "count"
    SHARE = "share"  # from 0 to 1
    POINTS = "points"  # between two shares: 0.05 is five points


Value = str | float | date | None  # an int is cents or a count, as its column says


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
    from energymed.base.workbook import Book  # costs more than most commands do in all

    out = BytesIO()
    with Book(out) as book:
        book.add_table(None, columns, rows)
    return out.getvalue()


WRITERS = {"csv": as_csv, "xlsx": as_xlsx}


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
