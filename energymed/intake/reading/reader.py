"""Read: a file of any accepted format becomes a `Sheet` (DESIGN, Intake).

The header row is the one, among the first thirty, whose titles name most of our fields; what
stands above it is not data. Blank lines, totals and the titles again (as printed pages have them)
below it are counted as ignored.
"""

import csv
import hashlib
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.intake.reading.cell_escapes import make_plain
from energymed.intake.reading.csv_text import read_text
from energymed.intake.reading.data_rows import DataRows, Records, is_blank
from energymed.intake.reading.file_safety import MAX_BYTES, MAX_ROWS, NOT_A_TABLE, kind_of
from energymed.intake.reading.header_row import ENOUGH, find_titles, unique_headers
from energymed.intake.reading.workbooks import read_workbook
from energymed.intake.rows import Sheet
from energymed.intake.synonyms import canonical, names_a_date, recognised

HEADER_DEPTH = 30
_MAX_COLUMNS = 500
_DAYS_TO_1904 = 1462  # of the first day of old Mac workbooks after that of the others


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
            table.records.careful = True
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
    """The rows of one sheet with its titles and how well they were recognised."""

    def __init__(
        self, records: Records, known: frozenset[str], *, since_1904: bool = False
    ) -> None:
        self.records = records
        self.since_1904 = since_1904
        self.top = list(islice(records, HEADER_DEPTH))
        self.titles = find_titles([cells for _, cells in self.top], known)
        self.others: list[str] = []  # sheets with titles and lines of their own

    def count_lines(self) -> int:
        """How many filled rows stand below the titles."""
        below = islice(self.records, self.titles.data_at, None)
        return sum(1 for _, cells in below if not is_blank(cells))


def _best_sheet(
    data: bytes, container: str, name: str, known: frozenset[str]
) -> tuple[str, _Found]:
    """The sheet whose titles are best recognised, of several alike the one with most lines.

    A hidden one only if no visible one has any titles.
    """
    best: tuple[str, _Found] | None = None
    best_rank = (-1, False, 0)
    tables: list[str] = []
    for sheet in read_workbook(data, container, name):
        if not sheet.visible and best_rank[0] >= ENOUGH:
            break
        if not any(cell != "" for cells in sheet.rows for cell in cells):
            continue
        make_plain(sheet.rows)
        found = _Found(list(enumerate(sheet.rows, 1)), known, since_1904=sheet.since_1904)
        lines = found.count_lines()
        rank = (found.titles.score, lines > 0, lines)
        if found.titles.score >= ENOUGH and lines:
            tables.append(sheet.name)
        if rank > best_rank:
            best, best_rank = (sheet.name, found), rank
    if best is None:
        raise BadInput(N_("« %(file)s » ne contient aucune cellule remplie."), file=name)
    best[1].others = [table for table in tables if table != best[0]]
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
    titles = list(found.titles.names)
    while titles and not titles[-1]:
        titles.pop()
    if not titles or len(titles) > _MAX_COLUMNS:
        raise BadInput(NOT_A_TABLE, file=name, what=N_("un contenu sans en-têtes de colonnes"))
    number, header_cells = found.top[found.titles.at]
    if found.since_1904:
        days = [at for at, title in enumerate(titles) if names_a_date(title)]
        _count_from_1900(found.records, days)
    rows = DataRows(found.records, found.titles.data_at, header_cells, len(titles), delimiter)
    ignored = rows.look_over(max_rows, name)
    headers, repeated = unique_headers([*titles, *[""] * (rows.width - len(titles))])
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
        header_row_number=number,
        headers=headers,
        rows=rows,
        ignored=ignored,
        repeated=repeated,
        shifted=frozenset(rows.shifted),
        other_sheets=found.others,
        sample=rows.sample,
    )


def _count_from_1900(records: Records, columns: list[int]) -> None:
    """Days that an old Mac workbook kept as bare numbers, as all others count them.

    Cells that are shown as dates are read as dates whatever they count from.
    """
    for _, cells in records:
        for at in columns:
            if not isinstance(cells, list) or at >= len(cells):
                continue
            day = cells[at]
            if isinstance(day, int | float) and not isinstance(day, bool):
                cells[at] = day + _DAYS_TO_1904
