"""Workbooks (xlsx, xls, ods): every sheet as rows of cells, visible sheets first."""

import io
from collections.abc import Iterator
from typing import Any, NamedTuple

import python_calamine

from energymed.base.errors import BadInput
from energymed.intake.limits import DAMAGED, check_archive, refuse_encrypted
from energymed.intake.rows import Cell


class WorkbookSheet(NamedTuple):
    """One sheet: its rows start at the spreadsheet's first, blank ones included."""

    name: str
    visible: bool
    rows: list[list[Cell]]


def read_workbook(data: bytes, container: str, file_name: str) -> Iterator[WorkbookSheet]:
    """The sheets of a workbook, visible ones first, read one at a time.

    `container` is 'zip' or 'ole' (see `limits.kind_of`). Raises BadInput when the archive is
    unsafe, damaged or under a password.
    """
    if container == "zip":
        check_archive(data, file_name)
    else:
        refuse_encrypted(data, file_name)
    try:
        workbook = python_calamine.load_workbook(io.BytesIO(data))
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise BadInput(DAMAGED, file=file_name) from error
    tables = [
        sheet
        for sheet in workbook.sheets_metadata
        if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
    ]
    shown = python_calamine.SheetVisibleEnum.Visible
    for sheet in sorted(tables, key=lambda found: found.visible != shown):
        yield WorkbookSheet(sheet.name, sheet.visible == shown, _rows(workbook, sheet, file_name))


def _rows(workbook: Any, sheet: Any, file_name: str) -> list[list[Cell]]:
    try:
        found: list[list[Cell]] = workbook.get_sheet_by_name(sheet.name).to_python(
            skip_empty_area=False
        )
    except (python_calamine.CalamineError, ValueError, IndexError) as error:
        raise BadInput(DAMAGED, file=file_name) from error
    return found
