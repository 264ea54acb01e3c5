"""Workbooks: the tables of `base.spreadsheets` as sheets of one XLSX file."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from energymed.base.spreadsheets import Column, Kind, Row

_OPTIONS = {
    "constant_memory": True,
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_ANY_DAY = date(2020, 1, 1)  # a workbook says when it was made, and the same data says the same
_NUMBER_FORMATS = {
    Kind.TEXT: "@",
    Kind.CODE: "@",
    Kind.DATE: "dd/mm/yyyy",
    Kind.CENTS: "#,##0.00 €",
    Kind.COUNT: "#,##0",
    Kind.SHARE: "0.0 %",
    Kind.POINTS: '+0.0" pts";-0.0" pts";0.0" pts"',
}


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
            in_cell = {Kind.CENTS: value / 100, Kind.POINTS: value * 100}.get(kind, value)
            sheet.write_number(row, at, in_cell, form)
