"""Workbooks (xlsx, xls, ods): every sheet as rows of cells, visible sheets first."""

import io
import json
import re
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import python_calamine

from energymed.base.errors import BadInput
from energymed.intake.limits import DAMAGED, check_archive, refuse_encrypted
from energymed.intake.rows import Cell

_CHILD = Path(__file__).with_name("xls_child.py")
_CHILD_SECONDS = 60
_UNREADABLE = (
    python_calamine.CalamineError, zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError,
    ValueError, IndexError,
)  # fmt: skip
_XLSX_1904 = re.compile(rb"""<(?:\w+:)?workbookPr\s[^>]*date1904=["'](?:1|true)""")
_XLS_1904 = re.compile(rb"\x22\0\x02\0\x01\0\x0e\0\x02\0")  # DATEMODE 1, then PRECISION


class WorkbookSheet(NamedTuple):
    """One sheet: its rows start at the spreadsheet's first, blank ones included.

    `since_1904`: bare numbers that mean days count from 1904.
    """

    name: str
    visible: bool
    rows: list[list[Cell]]
    since_1904: bool = False


def read_workbook(data: bytes, container: str, file_name: str) -> Iterator[WorkbookSheet]:
    """The sheets of a workbook, visible ones first.

    `container` is 'zip' or 'ole' (see `limits.kind_of`). Raises BadInput when the workbook is
    unsafe, damaged or under a password.
    """
    if container == "zip":
        check_archive(data, file_name)
        return _from_archive(data, file_name)
    refuse_encrypted(data, file_name)
    return _from_xls(data, file_name)


def _from_archive(data: bytes, file_name: str) -> Iterator[WorkbookSheet]:
    """One sheet at a time: the caller stops at the first that suits."""
    try:
        since_1904 = _xlsx_since_1904(data)
        workbook = python_calamine.load_workbook(io.BytesIO(data))
        shown = python_calamine.SheetVisibleEnum.Visible
        tables = [
            sheet
            for sheet in workbook.sheets_metadata
            if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
        for sheet in sorted(tables, key=lambda found: found.visible != shown):
            table = workbook.get_sheet_by_name(sheet.name)
            rows: list[list[Cell]] = table.to_python(skip_empty_area=False)
            yield WorkbookSheet(sheet.name, sheet.visible == shown, rows, since_1904)
    except _UNREADABLE as error:
        raise BadInput(DAMAGED, file=file_name) from error
    except BaseException as error:  # the library's own panics derive from BaseException
        if type(error).__name__ != "PanicException":
            raise
        raise BadInput(DAMAGED, file=file_name) from error


def _from_xls(data: bytes, file_name: str) -> Iterator[WorkbookSheet]:
    """All sheets at once, through a child process (see `xls_child`)."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_CHILD)],
            input=data,
            capture_output=True,
            timeout=_CHILD_SECONDS,
            check=True,
        )
        sheets = json.loads(done.stdout, object_hook=_untagged)
    except (subprocess.SubprocessError, ValueError) as error:
        raise BadInput(DAMAGED, file=file_name) from error
    since_1904 = _XLS_1904.search(data) is not None
    found = [WorkbookSheet(name, visible, rows, since_1904) for name, visible, rows in sheets]
    yield from sorted(found, key=lambda sheet: not sheet.visible)


def _xlsx_since_1904(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            return False
        return _XLSX_1904.search(archive.read("xl/workbook.xml")) is not None


def _untagged(tagged: dict[str, Any]) -> Cell:
    ((kind, value),) = tagged.items()
    if kind == "timedelta":
        return timedelta(seconds=value)
    types: dict[str, type[datetime | date | time]] = {
        "datetime": datetime,
        "date": date,
        "time": time,
    }
    return types[kind].fromisoformat(value)
