"""Workbooks (xlsx, xls, ods): every sheet as rows of cells, visible sheets first."""

import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from energymed.base.errors import BadInput
from energymed.intake.reading.child_process import run_beside
from energymed.intake.reading.file_safety import DAMAGED, check_archive, refuse_encrypted
from energymed.intake.reading.sheet_extent import TOO_WIDE
from energymed.intake.rows import Cell

_CHILD = Path(__file__).with_name("workbook_process.py")
_CHILD_SECONDS = 60
_CHILD_MEMORY = 2 * 1024**3
_XLSX_1904 = re.compile(rb"""<(?:\w+:)?workbookPr\s[^<>]*date1904=["'](?:1|true)""")
_XLS_1904 = re.compile(rb"\x22\0\x02\0\x01\0\x0e\0\x02\0")  # DATEMODE 1, then PRECISION


class Layout(NamedTuple):
    """What a sheet hides and merges; rows and columns count from 0.

    `merged` are (first row, first column, last row, last column).
    """

    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: Sequence[tuple[int, int, int, int]] = ()


class WorkbookSheet(NamedTuple):
    """One sheet: its rows start at the spreadsheet's first, blank ones included.

    `since_1904`: bare numbers that mean days count from 1904.
    """

    name: str
    visible: bool
    rows: list[list[Cell]]
    layout: Layout = Layout()
    since_1904: bool = False


def read_workbook(data: bytes, container: str, file_name: str) -> Iterator[WorkbookSheet]:
    """The sheets of a workbook, visible ones first.

    `container` is 'zip' or 'ole' (see `limits.kind_of`). Raises BadInput when the workbook is
    unsafe, damaged or under a password.
    """
    if container == "zip":
        check_archive(data, file_name)
        since_1904 = _xlsx_since_1904(data, file_name)
    else:
        refuse_encrypted(data, file_name)
        since_1904 = _XLS_1904.search(data) is not None
    for sheet in _sheets(data, file_name):
        yield sheet._replace(since_1904=since_1904)


def _sheets(data: bytes, file_name: str) -> list[WorkbookSheet]:
    """All sheets, through a child process (see `workbook_process`)."""
    failure = BadInput(DAMAGED, file=file_name)
    answer = run_beside(_CHILD, data, seconds=_CHILD_SECONDS, memory=_CHILD_MEMORY, failure=failure)
    try:
        sheets = json.loads(answer, object_hook=_untagged)
    except ValueError as error:
        raise failure from error
    found = []
    for name, visible, rows, layout in sheets:
        if isinstance(rows, dict):
            raise BadInput(TOO_WIDE, file=file_name, **rows)
        found.append(WorkbookSheet(name, visible, rows, _layout(layout)))
    return sorted(found, key=lambda sheet: not sheet.visible)


def _layout(told: dict[str, list[Any]]) -> Layout:
    return Layout(frozenset(told["hidden_rows"]), frozenset(told["hidden_columns"]), told["merged"])


def _xlsx_since_1904(data: bytes, file_name: str) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if "xl/workbook.xml" not in archive.namelist():
                return False
            return _XLSX_1904.search(archive.read("xl/workbook.xml")) is not None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise BadInput(DAMAGED, file=file_name) from error


def _untagged(tagged: dict[str, Any]) -> Any:
    if "row" in tagged or "merged" in tagged:
        return tagged  # a sheet that reaches too far, or what one hides
    ((kind, value),) = tagged.items()
    if kind == "timedelta":
        return timedelta(seconds=value)
    types: dict[str, type[datetime | date | time]] = {
        "datetime": datetime,
        "date": date,
        "time": time,
    }
    return types[kind].fromisoformat(value)
