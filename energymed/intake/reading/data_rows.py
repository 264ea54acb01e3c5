"""The lines of data of a sheet: which rows are data, and how many cells each has."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import overload

from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.base.text.folding import collapse, fold
from energymed.intake.rows import Cell, SheetRow

SAMPLED = 200  # first lines, and one in `SPACING` of the others
SPACING = 200

_COUNTED = (
    "dossiers?|lignes?|clients?|affaires?|enregistrements?|reglements?|paiements?|factures?|"
    "contrats?|foyers?|abonnes?|pdl|prm|pce|impayes?"
)
_TOTAL = re.compile(
    r"(?:(?:montant|grand|somme|solde|effectif|nombre|nb|nbre) (?:des? |du )?)*"
    r"(?:s |ss |sous )?tota(?:l|ux)\b.*"
    r"|somme(?: totale| (?:des?|due?)\b.*)?|cumul\b.*|moyenne"
    rf"|(?:nombre|nb|nbre|effectif)(?: (?:des?|d|du|total|{_COUNTED}))*(?: \d+)?"
    rf"|\d+ (?:{_COUNTED})"
)
# a first glance at the first cells of a line
_TOTAL_HINT = re.compile(
    r"\W*(?:(?:s|ss|sous)\W*tot|tot|somme|cumul|moyenne|n(?:om)?bre|nb|montant|grand|effectif|"
    r"solde|\d+ +[a-zé]|fin |page|[ée]dit[ée]|imprim|g[ée]n[ée]r|extr|document|confid|source)",
    re.IGNORECASE,
).match
_GLANCE = 3
_FOOTER = re.compile(
    r"(?:fin|page|edite|edition|imprime|genere|extrait|extraction|document|confidentiel|source)"
    r"(?: .*)?"
)
# the words of a cell beside it: figures with what they count, amounts, dates
_PIECE = re.compile(r"\d+|[a-z]+")
_FIGURE = re.compile(rf"\d+|eur|euros?|ttc|ht|du|au|le|et|soit|{_COUNTED}")
_PHONE = re.compile(r"(?:0|33|0033)?[1-9]\d{8}")
_AMOUNT = re.compile(r"[-+(]?\d[\d\s\u00a0\u202f.]*(?:,\d+)?\s*(?:€|eur|euros?)?\)?", re.IGNORECASE)

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
        hidden: frozenset[int] = frozenset(),
    ) -> None:
        self.records = records
        self.start = start
        self.header = header
        self.width = width
        self.delimiter = delimiter
        self.shifted: set[int] = set()
        self.hidden: set[int] = set()  # lines of data among the rows that are hidden
        self.sample: list[Sequence[Cell]] = []
        self._hidden_rows = hidden
        self._size = 0
        self._blanks = False
        self._title = fold(str(header[0])) if header else ""
        self._apart: set[int] = set()  # totals, and the titles again
        self._untitled: set[int] = set()

    def look_over(self, max_rows: int | None, name: str) -> int:
        """How many blank and total lines are among the lines of data, which are counted too.

        Filled columns beside the last title become part of the table.
        Raises BadInput above `max_rows` lines of data, csv.Error as the records do.
        """
        blanks = pending = 0
        width = self.width
        for number, cells in islice(self.records, self.start, None):
            start = cells[0] if cells else ""
            if not (type(start) is str and "!" <= start < "\x7f") and is_blank(cells):
                pending += 1  # counted only when something filled follows
                self._blanks = True
                continue
            blanks, pending = blanks + pending, 0
            if self._is_header(cells) or is_total(cells, self._size):
                self._apart.add(number)
                continue
            if len(cells) > width:
                self._look_beyond(number, cells)
            if self._hidden_rows and number in self._hidden_rows:
                self.hidden.add(number)
            self._size += 1
            if self._size <= SAMPLED or not self._size % SPACING:
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
        """The titles once more, as they stand above each page of a print; capitals aside."""
        if not cells or not self._title or len(str(cells[0])) != len(str(self.header[0])):
            return False
        if fold(str(cells[0])) != self._title:
            return False
        return [fold(str(cell)) for cell in cells] == [fold(str(cell)) for cell in self.header]

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


def is_total(cells: Sequence[Cell], lines: int) -> bool:
    """A line that says 'Total' or the like and nothing else but figures, below `lines` of data.

    A customer named Total keeps its line: it has a reference before the name, a phone, or words
    after. The number of the line or of the lines may stand in front, or the group that is summed
    up ('Valence', 'Total Valence'); a lone amount under its column is a total without a word.
    """
    if not _may_be_total(cells, lines):
        return False
    filled = [(at, cell) for at, cell in enumerate(cells) if not is_blank((cell,))]
    if len(filled) == 1:
        at, cell = filled[0]
        if isinstance(cell, str) and _FOOTER.fullmatch(fold(cell)):
            return True
        return bool(lines and at and _is_amount(cell)) or _says_total(cell)
    if _is_count(filled[0][1], lines) or _sums_up(filled[0][1], filled[1][1]):
        filled = filled[1:]
    return _says_total(filled[0][1]) and all(_is_figure(cell) for _at, cell in filled[1:])


def _may_be_total(cells: Sequence[Cell], lines: int) -> bool:
    """A quick look: one line in a file is a total, and a hundred thousand are not."""
    start = cells[0]
    if start == "" or _is_count(start, lines):
        return True
    return any(type(cell) is str and cell and _TOTAL_HINT(cell) for cell in cells[:_GLANCE])


def _is_count(cell: Cell, lines: int) -> bool:
    """The number of lines so far, or the one of this line."""
    if isinstance(cell, str):
        return len(cell) < 8 and cell.isdecimal() and int(cell) - lines in (0, 1)
    return isinstance(cell, int | float) and cell - lines in (0, 1)


def _says_total(cell: Cell) -> bool:
    return isinstance(cell, str) and bool(_TOTAL.fullmatch(fold(cell)))


def _sums_up(group: Cell, label: Cell) -> bool:
    """'Valence' before 'Total Valence'."""
    if not isinstance(group, str) or not isinstance(label, str) or not _says_total(label):
        return False
    return bool(fold(group)) and fold(label).endswith(f" {fold(group)}")


def _is_figure(cell: Cell) -> bool:
    words = fold(cell) if isinstance(cell, str) else str(cell).removesuffix(".0")
    if _PHONE.fullmatch(words.replace(" ", "")):
        return False
    return (
        not isinstance(cell, str)
        or _TOTAL.fullmatch(words) is not None
        or all(_FIGURE.fullmatch(piece) for piece in _PIECE.findall(words))
    )


def _is_amount(cell: Cell) -> bool:
    """What a sum leaves in its cell; an identifier has letters, or too many figures."""
    if isinstance(cell, str):
        digits = sum(sign.isdigit() for sign in cell)
        return digits <= 9 and bool(_AMOUNT.fullmatch(collapse(cell)))
    return isinstance(cell, int | float) and abs(cell) < 10**9
