"""Read: a file of any accepted format becomes a `Sheet` (DESIGN, Intake).

The header row is the one, among the first thirty, whose titles name most of our fields; what
stands above it is not data. Blank lines and totals below it are counted as ignored.
"""

import csv
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import overload

from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.base.text import collapse, fold
from energymed.intake.csvtext import read_text
from energymed.intake.headers import unique_headers
from energymed.intake.limits import MAX_BYTES, MAX_ROWS, NOT_A_TABLE, kind_of
from energymed.intake.rows import Cell, Sheet, SheetRow, cell_text
from energymed.intake.sheets import read_workbook
from energymed.intake.synonyms import canonical, recognised

HEADER_DEPTH = 30
_ENOUGH = 2  # fields that a row must name to be taken for titles
_MAX_COLUMNS = 500

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


def read(
    source: Path | str | bytes,
    file_name: str | None = None,
    *,
    max_bytes: int | None = MAX_BYTES,
    max_rows: int | None = MAX_ROWS,
    known_headers: Iterable[str] = (),
) -> Sheet:
    """Read a file given by its path or its bytes (then `file_name` is required).

    `max_bytes` and `max_rows` (lines of data) default to the limits of the web; None lifts them.
    `known_headers` are titles of the partner's profile, to find a header row of its own words.
    Raises BadInput with one sentence: empty, too large, not a table, no titles, no line of data.
    """
    data, name = _load(source, file_name, max_bytes)
    known = frozenset(canonical(header) for header in known_headers if header)
    container = kind_of(data, name)
    if container == "text":
        table = read_text(data, name, lambda row: recognised(row, known))
        try:
            found = _Found(table.records, known)
            return _sheet(found, data, name, max_rows, table.encoding, table.delimiter)
        except csv.Error:
            table.records.by_line = True
        found = _Found(table.records, known)
        return _sheet(found, data, name, max_rows, table.encoding, table.delimiter)
    sheet_name, found = _best_sheet(data, container, name, known)
    return _sheet(found, data, name, max_rows, sheet_name=sheet_name)


def _load(
    source: Path | str | bytes, file_name: str | None, limit: int | None
) -> tuple[bytes, str]:
    if isinstance(source, bytes):
        data, name, size = source, file_name or "fichier", len(source)
    else:
        path = Path(source)
        name = file_name or path.name
        try:
            size = path.stat().st_size
            data = path.read_bytes() if limit is None or size <= limit else b""
        except OSError as error:
            raise BadInput(N_("« %(file)s » ne peut pas être lu."), file=str(source)) from error
    if limit is not None and size > limit:
        raise BadInput(
            N_("« %(file)s » pèse %(size)s Mo : la limite est de %(limit)s Mo."),
            file=name,
            size=f"{size / 1024 / 1024:.1f}".replace(".", ","),
            limit=f"{limit / 1024 / 1024:g}".replace(".", ","),
        )
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise BadInput(N_("« %(file)s » est vide."), file=name)
    return data, name


class _Found:
    """The rows of one sheet with the place of its titles and how well they were recognised."""

    def __init__(self, records: Records, known: frozenset[str]) -> None:
        self.records = records
        self.top = list(islice(records, HEADER_DEPTH))
        top = [[_title(cell) for cell in cells] for _, cells in self.top]
        scores = [recognised(titles, known) for titles in top]
        self.score = max(scores, default=0)
        if self.score >= _ENOUGH:
            self.at = scores.index(self.score)
        else:  # nobody's words: the widest row of texts, for a person to map
            widths = [sum(1 for title in titles if title) for titles in top]
            self.at = widths.index(max(widths)) if widths else 0


def _title(cell: Cell) -> str:
    return collapse(cell) if isinstance(cell, str) else ""


def _best_sheet(
    data: bytes, container: str, name: str, known: frozenset[str]
) -> tuple[str, _Found]:
    """The sheet whose titles are best recognised; a hidden one only if no visible one has any."""
    best: tuple[str, _Found] | None = None
    for sheet in read_workbook(data, container, name):
        if not sheet.visible and best and best[1].score >= _ENOUGH:
            break
        if not any(cell != "" for cells in sheet.rows for cell in cells):
            continue
        found = _Found(list(enumerate(sheet.rows, 1)), known)
        if best is None or found.score > best[1].score:
            best = (sheet.name, found)
    if best is None:
        raise BadInput(N_("« %(file)s » ne contient aucune cellule remplie."), file=name)
    return best


def _sheet(
    found: _Found,
    data: bytes,
    name: str,
    max_rows: int | None,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet_name: str | None = None,
) -> Sheet:
    if not found.top:
        raise BadInput(NOT_A_TABLE, file=name, what=N_("un contenu sans en-têtes de colonnes"))
    header_row_number, header_cells = found.top[found.at]
    titles = [collapse(cell_text(cell)) for cell in header_cells]
    while titles and not titles[-1]:
        titles.pop()
    if not any(titles) or len(titles) > _MAX_COLUMNS:
        raise BadInput(NOT_A_TABLE, file=name, what=N_("un contenu sans en-têtes de colonnes"))
    rows = DataRows(found.records, found.at + 1, len(titles))
    ignored = rows.look_over(max_rows, name)
    headers, repeated = unique_headers(titles)
    if not rows:
        raise BadInput(
            N_("« %(file)s » ne contient aucune ligne sous ses en-têtes (%(headers)s)."),
            file=name,
            headers=", ".join(headers[:HEADER_DEPTH]),
        )
    return Sheet(
        file_name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        size_bytes=len(data),
        encoding=encoding,
        delimiter=delimiter,
        sheet_name=sheet_name,
        header_row_number=header_row_number,
        headers=headers,
        rows=rows,
        ignored=ignored,
        repeated=repeated,
    )


class DataRows(Sequence[SheetRow]):
    """The lines of data below the titles, each `width` cells, read anew at each going over."""

    def __init__(self, records: Records, start: int, width: int) -> None:
        self.records = records
        self.start = start
        self.width = width
        self._size = 0
        self._totals: set[int] = set()

    def look_over(self, max_rows: int | None, name: str) -> int:
        """How many blank and total lines are among the lines of data, which are counted too.

        Raises BadInput above `max_rows` lines of data, csv.Error as the records do.
        """
        blanks = pending = 0
        for number, cells in islice(self.records, self.start, None):
            if not any(cells) and _is_blank(cells):
                pending += 1  # counted only when something filled follows
                continue
            blanks, pending = blanks + pending, 0
            if _is_total(cells):
                self._totals.add(number)
                continue
            self._size += 1
            if max_rows is not None and self._size > max_rows:
                raise BadInput(
                    N_("« %(file)s » a plus de %(limit)s lignes : importez-le en plusieurs fois."),
                    file=name,
                    limit=max_rows,
                )
        return blanks + len(self._totals)

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[SheetRow]:
        width, padding = self.width, ("",) * self.width
        for number, cells in islice(self.records, self.start, None):
            if (not any(cells) and _is_blank(cells)) or number in self._totals:
                continue
            fit = tuple(cells) if len(cells) == width else (*cells, *padding)[:width]
            yield SheetRow(number, fit)

    @overload
    def __getitem__(self, at: int) -> SheetRow: ...
    @overload
    def __getitem__(self, at: slice) -> list[SheetRow]: ...
    def __getitem__(self, at: int | slice) -> SheetRow | list[SheetRow]:
        """One line or several, by going over the file: not for loops."""
        return list(self)[at]


def _is_blank(cells: Sequence[Cell]) -> bool:
    return all(cell == "" or (isinstance(cell, str) and not collapse(cell)) for cell in cells)


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
