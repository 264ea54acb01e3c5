"""Read: a file of any accepted format becomes a `Sheet` (DESIGN, Intake).

The header row is the one, among the first thirty, whose titles name most of our fields; what
stands above it is not data. Blank lines, totals and the titles again (as printed pages have them)
below it are counted as ignored.
"""

import csv
import hashlib
from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from pathlib import Path

from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.intake.reading.cell_escapes import make_plain
from energymed.intake.reading.csv_text import read_text
from energymed.intake.reading.data_rows import DataRows, Records, is_blank
from energymed.intake.reading.file_safety import MAX_BYTES, MAX_ROWS, NOT_A_TABLE, kind_of
from energymed.intake.reading.header_row import ENOUGH, find_titles, unique_headers
from energymed.intake.reading.merged_cells import fill_down, spread_titles
from energymed.intake.reading.workbooks import Layout, WorkbookSheet, read_workbook
from energymed.intake.rows import Note, Sheet
from energymed.intake.synonyms import canonical, names_a_date, recognised

HEADER_DEPTH = 30
_MAX_COLUMNS = 500
_LISTED = 20  # numbers of lines in a sentence
_DAYS_TO_1904 = 1462  # of the first day of old Mac workbooks after that of the others

TOO_MANY_COLUMNS = N_("« %(file)s » a plus de %(limit)s colonnes : gardez celles du tableau.")
MERGED = N_(
    "Des cellules sont fusionnées vers le bas : leur valeur est reprise à chaque ligne "
    "(cellules complétées : %(count)s)."
)
HIDDEN_ROWS = N_("Lignes masquées dans le classeur, par un filtre ou à la main : %(rows)s.")
HIDDEN_COLUMNS = N_("Colonnes masquées dans le classeur, lues comme les autres : %(columns)s.")
HIDDEN_SHEET = N_("La feuille lue, « %(sheet)s », est masquée dans le classeur.")
HIDDEN_SHEETS_UNREAD = N_("Feuilles masquées dans le classeur, non lues : %(sheets)s.")


def read(
    source: Path | str | bytes,
    file_name: str | None = None,
    *,
    max_bytes: int | None = MAX_BYTES,
    max_rows: int | None = MAX_ROWS,
    known_headers: Iterable[str] = (),
) -> Sheet:
    """Read a file given by its path or its bytes (then `file_name` is required).

    `max_bytes` and `max_rows` (lines of data) default to the limits of the web; None lifts them,
    and reads a text that keeps the rules of CSV in this process.
    `known_headers` are titles of the partner's profile, to find a header row of its own words.
    Raises BadInput with one sentence: empty, too large, not a table, no titles, no line of data.
    """
    data, name = _load(source, file_name, max_bytes)
    known = frozenset(canonical(header) for header in known_headers if header)
    container = kind_of(data, name)
    if container == "text":
        table = read_text(data, name, lambda row: recognised(row, known))
        if max_bytes is not None:
            table.records.look_through()
        try:
            found = _Found(table.records, known)
            return _sheet(found, data, name, max_rows, table.encoding, table.delimiter)
        except csv.Error:
            table.records.cut_carefully()
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
        self, records: Records, known: frozenset[str], sheet: WorkbookSheet | None = None
    ) -> None:
        self.records = records
        self.sheet = sheet
        self.layout = sheet.layout if sheet else Layout()
        self.top = list(islice(records, HEADER_DEPTH))
        self.titles = find_titles([cells[:_MAX_COLUMNS] for _, cells in self.top], known)
        self.others: list[str] = []  # sheets with titles and lines of their own
        self.notes: list[Note] = []

    def count_lines(self) -> int:
        """How many filled rows stand below the titles."""
        below = islice(self.records, self.titles.data_at, None)
        return sum(1 for _, cells in below if not is_blank(cells))

    def is_table(self) -> bool:
        """Whether it has titles that we know, and lines."""
        return self.titles.score >= ENOUGH and self.count_lines() > 0

    def unmerge(self, file_name: str) -> None:
        """Give merged cells their value in each line and column that they reach over."""
        merged, titles = self.layout.merged, self.titles
        if self.sheet is None or not merged:
            return
        if titles.data_at == titles.at + 1:
            names = spread_titles(titles.names, merged, titles.at)
            self.titles = titles._replace(names=names)
        filled = fill_down(self.sheet.rows, merged, titles.data_at, file_name)
        if filled:
            self.notes.append(Note(MERGED, {"count": filled}))


def _best_sheet(
    data: bytes, container: str, name: str, known: frozenset[str]
) -> tuple[str, _Found]:
    """The sheet whose titles are best recognised, of several alike the one with most lines.

    A hidden one only if no visible one has any titles.
    """
    best: tuple[str, _Found] | None = None
    best_rank = (-1, False, 0)
    tables: list[str] = []
    hidden: list[str] = []
    for sheet in read_workbook(data, container, name):
        if not any(cell != "" for cells in sheet.rows for cell in cells):
            continue
        make_plain(sheet.rows)
        found = _Found(list(enumerate(sheet.rows, 1)), known, sheet)
        if found.is_table():
            (tables if sheet.visible else hidden).append(sheet.name)
        if not sheet.visible and best_rank[0] >= ENOUGH:
            continue
        lines = found.count_lines()
        rank = (found.titles.score, lines > 0, lines)
        if rank > best_rank:
            best, best_rank = (sheet.name, found), rank
    if best is None:
        raise BadInput(N_("« %(file)s » ne contient aucune cellule remplie."), file=name)
    best[1].others = [table for table in tables if table != best[0]]
    best[1].notes = _hidden_sheets(best[0], best[1], hidden)
    best[1].unmerge(name)
    return best


def _hidden_sheets(name: str, found: _Found, hidden: list[str]) -> list[Note]:
    """What is said of sheets that the workbook does not show."""
    notes = []
    if found.sheet and not found.sheet.visible:
        notes.append(Note(HIDDEN_SHEET, {"sheet": name}))
    if unread := [other for other in hidden if other != name]:
        notes.append(Note(HIDDEN_SHEETS_UNREAD, {"sheets": ", ".join(unread)}))
    return notes


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
    if not titles:
        raise BadInput(NOT_A_TABLE, file=name, what=N_("un contenu sans en-têtes de colonnes"))
    number, header_cells = found.top[found.titles.at]
    if any(not is_blank((cell,)) for cell in header_cells[_MAX_COLUMNS:]):
        raise BadInput(TOO_MANY_COLUMNS, file=name, limit=_MAX_COLUMNS)
    if found.sheet and found.sheet.since_1904:
        days = [at for at, title in enumerate(titles) if names_a_date(title)]
        _count_from_1900(found.records, days)
    hidden = frozenset(row + 1 for row in found.layout.hidden_rows)
    rows = DataRows(
        found.records, found.titles.data_at, header_cells, len(titles), delimiter, hidden
    )
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
        hidden=frozenset(rows.hidden),
        notes=[*found.notes, *_hidden_parts(headers, rows.hidden, found.layout)],
        other_sheets=found.others,
        sample=rows.sample,
    )


def _hidden_parts(headers: list[str], rows: Collection[int], layout: Layout) -> list[Note]:
    """What is said of lines and columns that the spreadsheet does not show."""
    notes = []
    columns = [title for at, title in enumerate(headers) if at in layout.hidden_columns]
    if rows:
        notes.append(Note(HIDDEN_ROWS, {"rows": listed(sorted(rows))}))
    if columns:
        notes.append(Note(HIDDEN_COLUMNS, {"columns": ", ".join(columns)}))
    return notes


def listed(numbers: Sequence[int]) -> str:
    """Numbers of lines in a sentence, the first ones of many."""
    said = ", ".join(map(str, numbers[:_LISTED]))
    return f"{said}…" if len(numbers) > _LISTED else said


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
