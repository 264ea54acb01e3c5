"""Reads a workbook in a process of its own: bytes on stdin, JSON on stdout.

A few bytes of a workbook can make the reading library ask for all the memory of the machine,
which ends the process that asked. Here that is this small process and not the server. It is run
by its path, without the rest of the package, so that it starts quickly.
"""

import io
import json
import sys
from datetime import date, datetime, time, timedelta

import python_calamine

MAX_CELLS = 24_000_000  # of a sheet, empty ones included: all are laid out in memory


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
    """Write [[sheet name, whether it is visible, rows], …] for the workbook on stdin.

    A sheet that reaches too far has {"row": n, "column": n} instead of its rows.
    """
    workbook = python_calamine.load_workbook(io.BytesIO(sys.stdin.buffer.read()))
    shown = python_calamine.SheetVisibleEnum.Visible
    sheets = [
        (
            sheet.name,
            sheet.visible == shown,
            rows_of(workbook.get_sheet_by_name(sheet.name)),
        )
        for sheet in workbook.sheets_metadata
        if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
    ]
    sys.stdout.write(json.dumps(sheets, default=tagged))


if __name__ == "__main__":
    main()
