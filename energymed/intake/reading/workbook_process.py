"""Reads a workbook in a process of its own: bytes on stdin, JSON on stdout.

A few bytes of a workbook can make the reading library ask for all the memory of the machine,
which ends the process that asked. Here that is this small process and not the server. It is run
by its path, without the rest of the package, so that it starts quickly.

The library does not tell what a sheet hides, and not all that it merges: that is looked up in the
bytes, and only where they have a trace of it. Rows and columns count from 0.
"""

import io
import json
import posixpath
import re
import struct
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import python_calamine

MAX_CELLS = 24_000_000  # of a sheet, empty ones included: all are laid out in memory
MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384

_XLSX_TRACE = re.compile(rb"""\s(?:hidden=["'](?:1|true)|ht=["']0(?:\.0*)?["'])""")
_XLSX_SHEET = re.compile(rb"<(?:\w+:)?sheet\s([^<>]*)>")
_XLSX_LINK = re.compile(rb"<(?:\w+:)?Relationship\s([^<>]*)>")
_XLSX_TAG = re.compile(rb"<(?:\w+:)?(row|col)\b([^<>]*)>")
_ATTRIBUTE = re.compile(rb"""(?<![\w:-])([\w:-]++)\s*+=\s*+["']([^"']*)["']""")
_TRUE = (b"1", b"true")
_ODS_TRACE = re.compile(
    rb"""rows-spanned=["'](?!1["'])|columns-spanned=["'](?!1["'])|"""
    rb"""visibility=["'](?:collapse|filter)"""
)
_ODS_TAG = re.compile(
    rb"<table:(table|table-row|table-column|table-cell|covered-table-cell)(?=[\s/>])([^<>]*)>"
)

Merged = list[tuple[int, int, int, int]]  # first row and column, last row and column


class Layout:
    """What a sheet hides and merges."""

    def __init__(self) -> None:
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
        self.merged: Merged = []

    def hide(self, kept: set[int], first: int, count: int, most: int) -> None:
        """Note `count` rows or columns from one of them on."""
        end = min(first + count, most)
        if not (first in kept and end - 1 in kept):
            kept.update(range(first, end))

    def as_json(self, rows: int) -> dict[str, Any]:
        """As the parent reads it, of a sheet of so many rows."""
        return {
            "hidden_rows": sorted(row for row in self.hidden_rows if row < rows),
            "hidden_columns": sorted(self.hidden_columns),
            "merged": self.merged,
        }


def xlsx_layouts(data: bytes) -> list[Layout]:
    """What each sheet hides, in the order of the workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        links = _tags(_XLSX_LINK, archive.read("xl/_rels/workbook.xml.rels"))
        targets = {link[b"Id"]: link[b"Target"].decode() for link in links}
        sheets = _tags(_XLSX_SHEET, archive.read("xl/workbook.xml"))
        ids = [value for sheet in sheets for name, value in sheet.items() if name.endswith(b":id")]
        paths = [posixpath.normpath(posixpath.join("/xl", targets[link])) for link in ids]
        return [_xlsx_layout(archive.read(path.lstrip("/"))) for path in paths]


def _tags(pattern: re.Pattern[bytes], xml: bytes) -> list[dict[bytes, bytes]]:
    """The attributes of each tag that is found."""
    return [dict(_ATTRIBUTE.findall(tag)) for tag in pattern.findall(xml)]


def _xlsx_layout(xml: bytes) -> Layout:
    layout = Layout()
    if not _XLSX_TRACE.search(xml):
        return layout
    row = -1
    for kind, text in _XLSX_TAG.findall(xml):
        told = dict(_ATTRIBUTE.findall(text))
        hidden = told.get(b"hidden") in _TRUE
        if kind == b"row":
            row = int(told[b"r"]) - 1 if b"r" in told else row + 1
            if hidden or float(told.get(b"ht", b"1")) == 0:
                layout.hide(layout.hidden_rows, row, 1, MAX_ROWS)
        elif hidden or float(told.get(b"width", b"1")) == 0:
            first, last = int(told[b"min"]) - 1, int(told[b"max"])
            layout.hide(layout.hidden_columns, first, last - first, MAX_COLUMNS)
    return layout


def ods_layouts(data: bytes) -> list[Layout]:
    """What each sheet hides and merges, in the order of the workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read("content.xml")
    layouts: list[_OdsTable] = []
    for kind, text in _ODS_TAG.findall(xml) if _ODS_TRACE.search(xml) else ():
        if kind == b"table":
            layouts.append(_OdsTable())
        else:
            layouts[-1].see(kind, dict(_ATTRIBUTE.findall(text)))
    return list(layouts)


class _OdsTable(Layout):
    """A sheet whose rows, columns and cells are counted as they come, repeats included."""

    def __init__(self) -> None:
        super().__init__()
        self.row = self.column = self.declared = 0

    def see(self, kind: bytes, told: dict[bytes, bytes]) -> None:
        """One more tag with its attributes."""
        hidden = told.get(b"table:visibility") in (b"collapse", b"filter")
        times = int(told.get(b"table:number-columns-repeated", b"1"))
        if kind == b"table-row":
            times = int(told.get(b"table:number-rows-repeated", b"1"))
            if hidden:
                self.hide(self.hidden_rows, self.row, times, MAX_ROWS)
            self.row, self.column = self.row + times, 0
        elif kind == b"table-column":
            if hidden:
                self.hide(self.hidden_columns, self.declared, times, MAX_COLUMNS)
            self.declared += times
        else:
            self._merge(told)
            self.column += times

    def _merge(self, told: dict[bytes, bytes]) -> None:
        down = int(told.get(b"table:number-rows-spanned", b"1"))
        aside = int(told.get(b"table:number-columns-spanned", b"1"))
        if down > 1 or aside > 1:
            row, column = self.row - 1, self.column
            self.merged.append((row, column, row + down - 1, column + aside - 1))


def xls_layouts(data: bytes) -> list[Layout]:
    """What each sheet of Excel 97 hides, in the order of the workbook."""
    stream = _workbook_stream(data)
    starts = [
        struct.unpack_from("<I", body)[0]
        for kind, body in _records(stream, 0)
        if kind == 0x85  # BOUNDSHEET
    ]
    return [_xls_layout(stream, start) for start in starts]


def _xls_layout(stream: bytes, start: int) -> Layout:
    layout = Layout()
    for kind, body in _records(stream, start):
        if kind == 0x208 and len(body) >= 16:  # ROW
            row, flags = struct.unpack_from("<H10xI", body)
            if flags & 0x20:
                layout.hide(layout.hidden_rows, row, 1, MAX_ROWS)
        elif kind == 0x7D and len(body) >= 10:  # COLINFO
            first, last, flags = struct.unpack_from("<HH4xH", body)
            if flags & 1:
                layout.hide(layout.hidden_columns, first, last - first + 1, MAX_COLUMNS)
    return layout


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records of a workbook or of one of its sheets, up to its end."""
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        if kind == 0x0A:  # EOF
            return
        yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def _workbook_stream(data: bytes) -> bytes:
    """The part of an OLE file that is the workbook: its sectors put together."""
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    tables, first = struct.unpack_from("<I", data, 44)[0], struct.unpack_from("<I", data, 48)[0]
    sectors = list(struct.unpack_from("<109I", data, 76))[:tables]
    more, per = struct.unpack_from("<I", data, 68)[0], size // 4
    while more < len(data) // size:
        *some, more = struct.unpack_from(f"<{per}I", data, (more + 1) * size)
        sectors += some
        if len(sectors) > len(data) // size:
            break
    follows: list[int] = []
    for sector in sectors[: len(data) // size + 1]:
        if sector < len(data) // size:
            follows += struct.unpack_from(f"<{per}I", data, (sector + 1) * size)
    folder = _chain(data, first, size, follows)
    for at in range(0, len(folder) - 127, 128):
        length = struct.unpack_from("<H", folder, at + 64)[0]
        name = folder[at : at + max(length - 2, 0)].decode("utf-16-le", "replace")
        if name in ("Workbook", "Book"):
            begin, long = struct.unpack_from("<II", folder, at + 116)
            return _chain(data, begin, size, follows)[:long]
    return b""


def _chain(data: bytes, sector: int, size: int, follows: list[int]) -> bytes:
    pieces: list[bytes] = []
    while sector < len(follows) and len(pieces) <= len(follows):
        pieces.append(data[(sector + 1) * size : (sector + 2) * size])
        sector = follows[sector]
    return b"".join(pieces)


def layouts_of(data: bytes, sheets: int) -> list[Layout]:
    """The layout of each sheet; a workbook that tells it in no way that we know has none."""
    try:
        if not data.startswith(b"PK"):
            found = xls_layouts(data)
        elif b"xl/workbook.xml" in data:
            found = xlsx_layouts(data)
        else:
            found = ods_layouts(data)
    except (KeyError, ValueError, IndexError, struct.error, zipfile.BadZipFile):
        found = []
    return found if len(found) == sheets else [Layout() for _ in range(sheets)]


def tagged(cell: object) -> dict[str, str | float]:
    """A cell that JSON does not know, with its type."""
    if isinstance(cell, timedelta):
        return {"timedelta": cell.total_seconds()}
    for kind in (datetime, date, time):
        if isinstance(cell, kind):
            return {kind.__name__: cell.isoformat()}
    raise TypeError(type(cell).__name__)


def rows_of(sheet: python_calamine.CalamineSheet) -> list[list[object]] | dict[str, int]:
    """The rows from the first of the spreadsheet on, or how far the sheet reaches.

    A blank row has no cells: a lone one far below the table makes a million of them.
    """
    row, column = sheet.end or (0, 0)
    if (row + 1) * (column + 1) > MAX_CELLS:
        return {"row": row + 1, "column": column + 1}
    rows = sheet.to_python(skip_empty_area=False)
    return [list(row) if any(cell != "" for cell in row) else [] for row in rows]


def main() -> None:
    """Write [[sheet name, whether it is visible, rows, layout], …] for the workbook on stdin.

    A sheet that reaches too far has {"row": n, "column": n} instead of its rows. The layout is
    {"hidden_rows": […], "hidden_columns": […], "merged": [[row, column, row, column], …]}.
    """
    data = sys.stdin.buffer.read()
    workbook = python_calamine.load_workbook(io.BytesIO(data))
    shown = python_calamine.SheetVisibleEnum.Visible
    layouts = layouts_of(data, len(workbook.sheets_metadata))
    sheets = []
    for metadata, layout in zip(workbook.sheets_metadata, layouts, strict=True):
        if metadata.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_name(metadata.name)
        layout.merged += [(*start, *end) for start, end in sheet.merged_cell_ranges or ()]
        visible = metadata.visible == shown
        rows = rows_of(sheet)
        sheets.append((metadata.name, visible, rows, layout.as_json(len(rows))))
    sys.stdout.write(json.dumps(sheets, default=tagged))


if __name__ == "__main__":
    main()
