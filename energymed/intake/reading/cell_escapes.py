"""Cells that a spreadsheet wrote in a way of its own, as a person would type them.

='"00123"' and an apostrophe before a number are how a text is kept from becoming a number; an
error such as #N/A is no value.
"""

import re
from collections.abc import Sequence

from energymed.base.text.folding import visible
from energymed.intake.rows import Cell

FIRST_SIGNS = frozenset("='’#E")  # of every odd cell

_FORCED = re.compile(r'="([^"]*)"')
_APOSTROPHE = re.compile(r"['’](?=[\d+=@-])")
_ERROR = re.compile(
    r"#(?:N/[AD]|REF|VALEUR|VALUE|NOM|NAME|NOMBRE|NUM|NUL|NULL|DIV/0|CALC|SPILL|PROPAGATION|"
    r"GETTING_DATA|#+)\s?[!?]?|Err:\d{3}"
)
# In one, two or four bytes a letter. One search for each, beginning with a plain sign: a search
# for all of them at once takes ten times as long.
_TRACES = tuple(
    re.compile(trace)
    for trace in (
        rb'=\0*"',
        rb"#\0*[NRVDCSPG#]",
        rb"Err:",
        rb"'(?<![A-Za-z]')\0*[\d+=@-]",
        rb"\xe2\x80\x99[\d+=@-]",
        rb"\x92[\d+=@-]",
    )
)


def has_odd_cells(data: bytes) -> bool:
    """Whether a text file may hold any cell that `plain_cell` changes."""
    return any(trace.search(data) for trace in _TRACES)


def plain_cell(text: str) -> str:
    """One cell as text; '' for an error."""
    if match := _FORCED.fullmatch(text):
        return match[1]
    if _APOSTROPHE.match(text):
        return text[1:]
    return "" if _ERROR.fullmatch(text.strip()) else text


def plain_texts(cells: Sequence[str]) -> list[str]:
    """The cells of one record of a text file."""
    return [plain_cell(cell) if cell and cell[0] in FIRST_SIGNS else cell for cell in cells]


def make_plain(rows: list[list[Cell]]) -> None:
    """The texts of a sheet of a workbook, where they stand, without what cannot be seen."""
    for row in rows:
        for at, cell in enumerate(row):
            if type(cell) is not str or not cell:
                continue
            if not (cell.isascii() and cell.isprintable()):
                row[at] = cell = visible(cell)
            if cell and cell[0] in FIRST_SIGNS:
                row[at] = plain_cell(cell)
