"""How far the filled cells of a sheet reach, from the XML of a workbook as it is unpacked.

The reading library lays the whole rectangle out in memory: two cells at opposite corners of a
sheet are enough to fill it, whatever the size of the file.
"""

import re

from energymed.base.errors import BadInput
from energymed.base.i18n import N_

MAX_CELLS = 24_000_000

TOO_WIDE = N_(
    "Dans « %(file)s », une feuille s'étend jusqu'à la ligne %(row)s et la colonne %(column)s : "
    "supprimez ce qui est hors du tableau."
)

_XLSX_CELL = re.compile(
    rb"""<(?:\w+:)?c\s[^<>]*?r=["']([A-Z]{1,3})(\d{1,7})["'](?:[^<>]*[^/<>])?>"""
)
_ODS_TAG = re.compile(rb"<table:(table-row|table-cell|covered-table-cell|table)\b([^<>]*)>")
_ODS_REPEATED = re.compile(rb"""number-(?:rows|columns)-repeated=["'](\d{1,9})""")


class Extent:
    """Sees the XML of one member piece by piece; only whole tags are looked at."""

    def __init__(self, file_name: str) -> None:
        self.file_name = file_name
        self.column = self.row = 0  # of the furthest filled cell, from 1
        self._rest = b""

    def see(self, chunk: bytes) -> None:
        """Look at one more piece; raise BadInput as soon as the rectangle is too large."""
        piece = self._rest + chunk
        end = piece.rfind(b">") + 1
        self._rest = piece[end:][-4096:]
        self._look(piece[:end])
        if self.row * self.column > MAX_CELLS:
            raise BadInput(TOO_WIDE, file=self.file_name, row=self.row, column=self.column)

    def _look(self, tags: bytes) -> None:
        raise NotImplementedError


class XlsxExtent(Extent):
    """Cells of a worksheet name their place; a cell that closes at once is empty."""

    def _look(self, tags: bytes) -> None:
        for letters, row in _XLSX_CELL.findall(tags):
            self.row = max(self.row, int(row))
            self.column = max(self.column, _column_number(letters))


class OdsExtent(Extent):
    """Cells and rows of an OpenDocument sheet are counted, repeats included."""

    def __init__(self, file_name: str) -> None:
        super().__init__(file_name)
        self._at_row = self._at_column = 0

    def _look(self, tags: bytes) -> None:
        for name, attributes in _ODS_TAG.findall(tags):
            match = _ODS_REPEATED.search(attributes)
            times = int(match[1]) if match else 1
            if name == b"table":
                self._at_row = 0
            elif name == b"table-row":
                self._at_row += times
                self._at_column = 0
            else:
                self._at_column += times
                if b"value-type" in attributes:
                    self.row = max(self.row, self._at_row)
                    self.column = max(self.column, self._at_column)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
