"""The three files of a return: CSV, XLSX, JSON. The same data always gives the same bytes."""

import csv
import json
from dataclasses import asdict
from datetime import date, datetime, time
from io import BytesIO, StringIO
from typing import Any

from xlsxwriter import Workbook

from energymed.base.i18n import N_
from energymed.reporting.indicators import Figure
from energymed.reporting.lines import COLUMNS, ReturnLine
from energymed.reporting.scope import Scope

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
SHEETS = (N_("Dossiers"), N_("Indicateurs"))


def as_csv(lines: list[ReturnLine], _figures: dict[str, Figure], _scope: Scope) -> bytes:
    """Semicolons, UTF-8 with BOM, decimal comma; no cell can be taken for a formula."""
    out = StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(title for title, _kind in COLUMNS.values())
    for line in lines:
        values = asdict(line)
        writer.writerow(_csv_cell(values[name], kind) for name, (_t, kind) in COLUMNS.items())
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_json(lines: list[ReturnLine], figures: dict[str, Figure], scope: Scope) -> bytes:
    """{"period", "from", "to", "indicators": {code: value}, "cases": [ReturnLine…]}, cents."""
    data = {
        "period": scope.period.code,
        "from": scope.period.start.isoformat(),
        "to": scope.period.end.isoformat(),
        "indicators": {code: figure.value for code, figure in figures.items()},
        "cases": [asdict(line) for line in lines],
    }
    return json.dumps(data, ensure_ascii=False, indent=1, default=_iso).encode()


def as_xlsx(lines: list[ReturnLine], figures: dict[str, Figure], scope: Scope) -> bytes:
    """A sheet of cases with typed cells, a sheet of indicators with N-1 and a chart."""
    out = BytesIO()
    options = {
        "constant_memory": True,
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with Workbook(out, options) as book:
        # A fixed moment: identical data must give identical bytes.
        book.set_properties({"created": datetime.combine(scope.period.end, time.min)})
        _case_sheet(book, lines)
        _indicator_sheet(book, figures, scope)
    return out.getvalue()


WRITERS = {"csv": as_csv, "xlsx": as_xlsx, "json": as_json}


def _case_sheet(book: Workbook, lines: list[ReturnLine]) -> None:
    sheet = book.add_worksheet(SHEETS[0])
    formats = _formats(book)
    for column, (title, kind) in enumerate(COLUMNS.values()):
        sheet.set_column(column, column, 34 if title == "Actes" else 18, formats[kind])
        sheet.write_string(0, column, title, formats["title"])
    sheet.freeze_panes(1, 1)
    for row, line in enumerate(lines, 1):
        values = asdict(line)
        for column, (name, (_title, kind)) in enumerate(COLUMNS.items()):
            _write(sheet, row, column, values[name], kind, formats)
    sheet.autofilter(0, 0, max(1, len(lines)), len(COLUMNS) - 1)


def _indicator_sheet(book: Workbook, figures: dict[str, Figure], scope: Scope) -> None:
    sheet = book.add_worksheet(SHEETS[1])
    formats = _formats(book)
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 3, 18)
    for column, title in enumerate((f"Indicateur – {scope.period.code}", "N", "N-1", "Évolution")):
        sheet.write_string(0, column, title, formats["title"])
    for row, figure in enumerate(figures.values(), 1):
        sheet.write_string(row, 0, figure.label)
        _write(sheet, row, 1, figure.value, figure.unit, formats)
        _write(sheet, row, 2, figure.before, figure.unit, formats)
        _write(sheet, row, 3, figure.change, "share", formats)
    codes = list(figures)
    first, last = codes.index("plans_negotiated") + 1, codes.index("cheque_awareness") + 1
    chart = book.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": [SHEETS[1], 0, 1],
            "categories": [SHEETS[1], first, 0, last, 0],
            "values": [SHEETS[1], first, 1, last, 1],
            "fill": {"color": "#0F5F6B"},
        }
    )
    chart.set_title({"name": "Actes de médiation"})
    chart.set_legend({"none": True})
    sheet.insert_chart(1, 5, chart, {"description": "Actes de médiation de la période, en barres"})


def _formats(book: Workbook) -> dict[str, Any]:
    return {
        "title": book.add_format({"bold": True, "bg_color": "#E3F0F1", "bottom": 1}),
        "text": book.add_format({"num_format": "@"}),
        "date": book.add_format({"num_format": "dd/mm/yyyy"}),
        "cents": book.add_format({"num_format": "#,##0.00 €"}),
        "count": book.add_format({"num_format": "#,##0"}),
        "share": book.add_format({"num_format": "0.0 %"}),
    }


def _write(
    sheet: Any, row: int, column: int, value: Any, kind: str, formats: dict[str, Any]
) -> None:
    if value is None or value == "":
        sheet.write_blank(row, column, None, formats[kind])
    elif kind == "text":
        sheet.write_string(row, column, str(value), formats[kind])
    elif kind == "date":
        sheet.write_datetime(row, column, datetime.combine(value, time.min), formats[kind])
    else:
        number = value / 100 if kind == "cents" else value
        sheet.write_number(row, column, number, formats[kind])


def _csv_cell(value: Any, kind: str) -> str:
    if value is None:
        return ""
    if kind == "cents":
        sign = "-" if value < 0 else ""
        return f"{sign}{abs(value) // 100},{abs(value) % 100:02d}"
    if kind == "date":
        return f"{value:%d/%m/%Y}"
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) and kind == "text" else text


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
