"""Lists as files for a spreadsheet: CSV and XLSX, in which nothing can be taken for a formula."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from io import BytesIO, StringIO
from typing import Any
from unicodedata import normalize
from urllib.parse import quote

from flask import Response, request
from xlsxwriter import Workbook

Value = str | int | date | None
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_OPTIONS = {
    "constant_memory": True,
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def asked_form() -> str:
    """The form that the address asks for: csv unless it says xlsx."""
    return "xlsx" if request.args.get("form") == "xlsx" else "csv"


def download(
    form: str, stem: str, titles: Sequence[str], rows: Iterable[Sequence[Value]]
) -> Response:
    """The answer that a browser keeps as `stem`.csv or .xlsx.

    Whole numbers in the rows are cents; text stays text, zeros in front included.
    """
    content = (as_xlsx if form == "xlsx" else as_csv)(titles, rows)
    answer = Response(content, mimetype=_MEDIA_TYPES[form])
    name_download(answer, f"{stem}.{form}")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def name_download(answer: Response, name: str) -> None:
    """Have the browser keep the answer under this name; other letters than ASCII as RFC 6266."""
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode("ascii") or "fichier"
    names = {"filename": plain}
    if plain != name:
        names["filename*"] = f"UTF-8''{quote(name, safe='')}"
    answer.headers.set("Content-Disposition", "attachment", **names)


def as_csv(titles: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """Semicolons, UTF-8 with BOM, decimal comma, dates as dd/mm/yyyy."""
    text = StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(titles)
    for row in rows:
        writer.writerow([_written(value) for value in row])
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(titles: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """One sheet, the titles frozen above; amounts and dates are real ones."""
    buffer = BytesIO()
    with Workbook(buffer, _OPTIONS) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        formats = {
            int: book.add_format({"num_format": "#,##0.00"}),
            date: book.add_format({"num_format": "dd/mm/yyyy"}),
        }
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(titles) - 1, 20)
        for column, title in enumerate(titles):
            sheet.write_string(0, column, title, bold)
        for at, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                _write(sheet, at, column, value, formats)
    return buffer.getvalue()


def _write(sheet: Any, row: int, column: int, value: Value, formats: dict[type, Any]) -> None:
    if isinstance(value, int):
        sheet.write_number(row, column, value / 100, formats[int])
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime.combine(value, time.min), formats[date])
    elif value:
        sheet.write_string(row, column, value)


def _written(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, int):
        sign = "-" if value < 0 else ""
        return f"{sign}{abs(value) // 100},{abs(value) % 100:02d}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value
