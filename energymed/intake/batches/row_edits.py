"""Lines corrected on screen before the import: the file itself stays as it came.

They are kept with the batch as {line number: {column: text}} and laid over the lines whenever the
file is read again, so that a corrected line is checked, planned and imported as any other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import overload

from energymed.base import audit
from energymed.base.context import Context
from energymed.base.errors import BadInput, NotFound
from energymed.base.i18n import N_
from energymed.base.text.folding import tidy_lines
from energymed.base.text.sensitive import strip_sensitive
from energymed.intake.fields import PARTNER_NUMBERS
from energymed.intake.mapping.sensitive_columns import cells_to_keep
from energymed.intake.models import Batch
from energymed.intake.rows import MappedFile, Sheet, SheetRow

LONGEST_CELL = 4_000
MOST_EDITS = 2_000  # above, the file is corrected where it was made


@dataclass(frozen=True, slots=True)
class EditableRow:
    """A line as it stands, corrections included: (column, text), without columns never kept."""

    row_number: int
    cells: list[tuple[str, str]]
    edited: bool


class EditedRows(Sequence[SheetRow]):
    """The lines of a sheet with the corrections laid over."""

    def __init__(self, sheet: Sheet, edits: Mapping[str, Mapping[str, str]]) -> None:
        self.rows = sheet.rows
        place = {header: at for at, header in enumerate(sheet.headers)}
        self.edits = {
            int(number): {place[header]: text for header, text in cells.items() if header in place}
            for number, cells in edits.items()
        }

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[SheetRow]:
        for row in self.rows:
            edit = self.edits.get(row.number)
            if edit is None:
                yield row
            else:
                cells = (edit.get(at, cell) for at, cell in enumerate(row.cells))
                yield SheetRow(row.number, tuple(cells))

    @overload
    def __getitem__(self, at: int) -> SheetRow: ...
    @overload
    def __getitem__(self, at: slice) -> list[SheetRow]: ...
    def __getitem__(self, at: int | slice) -> SheetRow | list[SheetRow]:
        """One line or several, by going over the file: not for loops."""
        return list(self)[at]


def apply_edits(mapped: MappedFile, edits: Mapping[str, Mapping[str, str]]) -> MappedFile:
    """The file with its corrections; a shifted line that a person corrected is one no more."""
    if not edits:
        return mapped
    sheet = mapped.sheet
    rows = EditedRows(sheet, edits)
    shifted = sheet.shifted - rows.edits.keys()
    return replace(mapped, sheet=replace(sheet, rows=rows, shifted=shifted))


def editable_row(mapped: MappedFile, batch: Batch, row_number: int) -> EditableRow:
    """A line to be corrected.

    Raises:
        NotFound: the file has no such line.
    """
    sheet, mapping = mapped.sheet, mapped.mapping
    found = next((row for row in sheet.rows if row.number == row_number), None)
    if found is None:
        raise NotFound(N_("Ce fichier n'a pas de telle ligne."))
    texts = zip(sheet.headers, cells_to_keep(found.cells, mapping, sheet), strict=True)
    cells = [(header, text) for header, text in texts if header not in mapping.left_out]
    return EditableRow(row_number, cells, str(row_number) in batch.row_edits)


def save_edit(ctx: Context, batch: Batch, line: EditableRow, texts: Mapping[str, str]) -> bool:
    """Keep what was corrected of a line; returns whether anything was. The batch is locked.

    NIR, IBAN and the like are cut out of what was typed, as they are out of a file.

    Raises:
        BadInput: a text is too long, or too many lines were corrected already.
    """
    known = dict(line.cells)
    numbers = {batch.mapping.get(field) for field in PARTNER_NUMBERS}
    changed = {
        header: text if header in numbers else strip_sensitive(text)
        for header, typed in texts.items()
        if header in known and (text := tidy_lines(typed)) != tidy_lines(known[header])
    }
    if not changed:
        return False
    if any(len(text) > LONGEST_CELL for text in changed.values()):
        raise BadInput(N_("Ce texte dépasse %(most)s caractères."), most=LONGEST_CELL)
    number = str(line.row_number)
    if number not in batch.row_edits and len(batch.row_edits) >= MOST_EDITS:
        raise BadInput(
            N_("Plus de %(most)s lignes corrigées : corrigez plutôt le fichier et renvoyez-le."),
            most=MOST_EDITS,
        )
    batch.row_edits = {**batch.row_edits, number: {**batch.row_edits.get(number, {}), **changed}}
    audit.record(
        ctx, "batch.line_mended", batch, after={"row": line.row_number, "columns": sorted(changed)}
    )
    ctx.session.flush()
    return True
