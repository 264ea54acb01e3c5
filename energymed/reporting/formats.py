"""The three files of a return: CSV, XLSX, JSON. The same data always gives the same bytes."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, astuple
from datetime import date
from io import BytesIO

from energymed.base import spreadsheets
from energymed.base.i18n import N_
from energymed.base.spreadsheets import Kind
from energymed.base.workbook import Book
from energymed.reporting.codes import ExportFormat
from energymed.reporting.indicators import Figure
from energymed.reporting.lines import COLUMNS, ReturnLine
from energymed.reporting.scope import Scope

Lines = Sequence[ReturnLine]
Figures = Mapping[str, Figure]
MEDIA_TYPES = {**spreadsheets.MEDIA_TYPES, "json": "application/json"}
CASES, INDICATORS = N_("Dossiers"), N_("Indicateurs")


def as_csv(lines: Lines, _figures: Figures, _scope: Scope) -> bytes:
    """A line a case, for a French spreadsheet or a partner's own machines."""
    return spreadsheets.as_csv(COLUMNS, map(astuple, lines))


def as_json(lines: Lines, figures: Figures, scope: Scope) -> bytes:
    """{"period", "from", "to", "indicators": {code: value}, "cases": [ReturnLine…]}, cents."""
    content = {
        "period": scope.period.code,
        "from": scope.period.start.isoformat(),
        "to": scope.period.end.isoformat(),
        "indicators": {code: figure.value for code, figure in figures.items()},
        "cases": [asdict(line) for line in lines],
    }
    return json.dumps(content, ensure_ascii=False, indent=1, default=_iso).encode()


def as_xlsx(lines: Lines, figures: Figures, scope: Scope) -> bytes:
    """A sheet of cases with typed cells, a sheet of indicators with N-1 and a chart."""
    out = BytesIO()
    with Book(out, made_on=scope.period.end) as book:
        sheet = book.add_table(CASES, COLUMNS, map(astuple, lines))
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(1, len(lines)), len(COLUMNS) - 1)
        _indicator_sheet(book, figures, scope)
    return out.getvalue()


WRITERS: dict[ExportFormat, Callable[[Lines, Figures, Scope], bytes]] = {
    ExportFormat.CSV: as_csv,
    ExportFormat.XLSX: as_xlsx,
    ExportFormat.JSON: as_json,
}


def _indicator_sheet(book: Book, figures: Figures, scope: Scope) -> None:
    sheet = book.add_worksheet(INDICATORS)
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 3, 18)
    for at, title in enumerate((f"Indicateur – {scope.period.code}", "N", "N-1", "Évolution")):
        book.write_title(sheet, at, title)
    for row, figure in enumerate(figures.values(), 1):
        sheet.write_string(row, 0, figure.label)
        book.write_value(sheet, row, 1, figure.value, figure.unit)
        book.write_value(sheet, row, 2, figure.before, figure.unit)
        points = figure.unit == Kind.SHARE  # a share changes in points, not per cent
        book.write_value(sheet, row, 3, figure.change, Kind.POINTS if points else Kind.SHARE)
    codes = list(figures)
    first, last = codes.index("plans_negotiated") + 1, codes.index("cheque_awareness") + 1
    chart = book.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": [INDICATORS, 0, 1],
            "categories": [INDICATORS, first, 0, last, 0],
            "values": [INDICATORS, first, 1, last, 1],
            "fill": {"color": "#0F5F6B"},
        }
    )
    chart.set_title({"name": "Actes de médiation"})
    chart.set_legend({"none": True})
    sheet.insert_chart(1, 5, chart, {"description": "Actes de médiation de la période, en barres"})


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
