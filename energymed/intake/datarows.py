"""The lines of data of a sheet: which rows are data, and how many cells each has."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import overload

from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.base.text import collapse, fold
from energymed.intake.private import LOOKED_AT, SPACING
from energymed.intake.rows import Cell, SheetRow

_TOTAL = re.compile(
    r"(?:sous )?tota(?:l|ux)\b.*|somme(?: totale)?|cumul\b.*|moyenne|"
    r"(?:nombre|nb|nbre) (?:de |d |total )*(?:dossiers?|lignes?|clients?|affaires?|"
    r"enregistrements?|reglements?|paiements?)\b.*"
)
_TOTAL_HINT = re.compile(
    r"\W*(?:sous|tot|somme|cumul|moyenne|nombre|nb)", re.IGNORECASE
).match  # a first glance
_FIGURE = re.compile(
    r"[-+(]?[\d\s.,'\u00a0\u202f]*\s*(?:€|eur|euros?|%|dossiers?|lignes?)?\)?", re.IGNORECASE
)

Record = tuple[int, Sequence[Cell]]
Records = Iterable[Record]  # that can be gone over again


class DataRows(Sequence[SheetRow]):
    """The lines of data below the titles, each `width` cells, read anew at each going over.

    `header` are the cells of the row of titles as they are in the file. A line that is filled
    beyond them is `shifted`: a separator that nobody quoted cut one of its cells in two. Its last
    cell then holds all that is left, so that nothing is lost.
    """

    def __init__(
        self,
        records: Records,
        start: int,
        header: Sequence[Cell],
        width: int,
        delimiter: str | None = None,
    ) -> None:
        self.records = records
        self.start = start
        self.header = header
        self.width = width
        self.delimiter = delimiter
        self.shifted: set[int] = set()
        self.sample: list[Sequence[Cell]] = []
        self._size = 0
        self._blanks = False
        self._apart: set[int] = set()  # totals, and the titles again
        self._untitled: set[int] = set()

    def look_over(self, max_rows: int | None, name: str) -> int:
        """How many blank and total lines are among the lines of data, which are counted too.

        Filled columns beside the last title become part of the table.
        Raises BadInput above `max_rows` lines of data, csv.Error as the records do.
        """
        blanks = pending = 0
        width, first = self.width, self.header[0]
        for number, cells in islice(self.records, self.start, None):
            start = cells[0] if cells else ""
            if not (type(start) is str and "!" <= start < "\x7f") and is_blank(cells):
                pending += 1  # counted only when something filled follows
                self._blanks = True
                continue
            blanks, pending = blanks + pending, 0
            if (start == first and self._is_header(cells)) or _is_total(cells):
                self._apart.add(number)
                continue
            if len(cells) > width:
                self._look_beyond(number, cells)
            self._size += 1
            if self._size <= LOOKED_AT or not self._size % SPACING:
                self.sample.append(cells)
            if max_rows is not None and self._size > max_rows:
                raise BadInput(
                    N_("« %(file)s » a plus de %(limit)s lignes : importez-le en plusieurs fois."),
                    file=name,
                    limit=max_rows,
                )
        while self.width in self._untitled:
            self.width += 1
        return blanks + len(self._apart)

    def _is_header(self, cells: Sequence[Cell]) -> bool:
        return bool(self.header[0]) and list(cells) == list(self.header)

    def _look_beyond(self, number: int, cells: Sequence[Cell]) -> None:
        filled = [
            at for at, cell in enumerate(cells[self.width :], self.width) if not is_blank((cell,))
        ]
        if filled and filled[-1] >= len(self.header) and self.delimiter:
            self.shifted.add(number)
        else:
            self._untitled.update(filled)

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[SheetRow]:
        width, padding = self.width, ("",) * self.width
        for number, cells in self._filled():
            fit = tuple(cells) if len(cells) == width else (*cells, *padding)[:width]
            yield SheetRow(number, fit)

    def _filled(self) -> Iterator[Record]:
        below = islice(self.records, self.start, None)
        if not (self._blanks or self._apart or self.shifted):
            return below
        return (
            (number, self._gathered(cells) if number in self.shifted else cells)
            for number, cells in below
            if number not in self._apart and not is_blank(cells)
        )

    def _gathered(self, cells: Sequence[Cell]) -> Sequence[Cell]:
        rest = [str(cell) for cell in cells[self.width - 1 :]]
        while not rest[-1]:
            rest.pop()
        return [*cells[: self.width - 1], (self.delimiter or "").join(rest)]

    @overload
    def __getitem__(self, at: int) -> SheetRow: ...
    @overload
    def __getitem__(self, at: slice) -> list[SheetRow]: ...
    def __getitem__(self, at: int | slice) -> SheetRow | list[SheetRow]:
        """One line or several, by going over the file: not for loops."""
        return list(self)[at]


def is_blank(cells: Sequence[Cell]) -> bool:
    """No cell, or none with anything to see."""
    for cell in cells:
        if cell != "" and (type(cell) is not str or "!" <= cell[0] <= "~" or collapse(cell)):
            return False
    return True


def _is_total(cells: Sequence[Cell]) -> bool:
    """A line that starts with 'Total' or the like and says nothing else but figures.

    A customer named Total keeps its line: it has a reference before the name, or words after.
    """
    if type(cells[0]) is str and cells[0] and not _TOTAL_HINT(cells[0]):
        return False
    first, rest = "", []
    for cell in cells:
        if cell == "":
            continue
        if first:
            rest.append(cell)
        elif isinstance(cell, str):
            first = fold(cell)
            if first and not _TOTAL.fullmatch(first):
                return False
        else:
            return False
    return bool(first) and all(
        not isinstance(cell, str) or _FIGURE.fullmatch(collapse(cell)) for cell in rest
    )
