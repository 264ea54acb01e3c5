"""Check: every line of a file is accepted, rejected or a duplicate (DESIGN, Intake)."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from energymed.base.db.chunks import chunks
from energymed.base.text.folding import collapse
from energymed.intake import rules
from energymed.intake.checking.column_readings import ColumnReadings, Survey
from energymed.intake.checking.decisions import UNDECIDED, Decisions, accepted, left_out
from energymed.intake.checking.fast_path import fast_rows
from energymed.intake.checking.payment_lines import judged, worded_columns
from energymed.intake.checking.row_fields import RowParser, columns_of
from energymed.intake.checking.row_parser import parse_payment, parse_row
from energymed.intake.codes import HOLDING, FileKind, ProblemCode, Severity
from energymed.intake.mapping.headers import require
from energymed.intake.mapping.sensitive_columns import cells_to_keep
from energymed.intake.rows import (
    CheckResult,
    CleanRow,
    DuplicateRow,
    HeaderMap,
    MappedFile,
    PaymentRow,
    PaymentsResult,
    Problem,
    RejectedRow,
    Sheet,
    SheetRow,
    cell_text,
)
from energymed.intake.rules import Truce
from energymed.intake.synonyms import names_a_document
from energymed.partners.rulebook import load_winter_truce

Row = TypeVar("Row", CleanRow, PaymentRow)

PIECE = 1_500  # lines at a time: enough to be quick, few enough to be forgotten soon
_ROWS_SHOWN = 10


@dataclass(slots=True)
class _CheckedRow(Generic[Row]):
    """A line read: its row unless something rejects it, and the key that it may share."""

    line: RowParser
    row: Row | None
    key: Hashable | None
    content: Hashable
    first_row: int | None = None  # of the line that it repeats, or that says it more recently
    outdated: bool = False


def checked_cases(
    session: Session, mapped: MappedFile, on: date, today: date
) -> Iterator[CheckResult]:
    """The lines of a customer file checked, piece by piece, with the winter truce of `on`.

    Raises BadInput when a required column is missing, naming the headers seen.
    """
    require(mapped.mapping, mapped.sheet.headers, mapped.kind)
    return check_pieces(
        mapped.sheet,
        mapped.mapping,
        mapped.kind,
        truce=truce_on(session, on),
        decisions=mapped.decisions,
        today=today,
    )


def truce_on(session: Session, on: date) -> Truce:
    """The winter truce in force on a day, as the check takes it."""
    truce = load_winter_truce(session, on)
    return truce.first, truce.last


def checked_payments(mapped: MappedFile, today: date) -> PaymentsResult:
    """Every line of a payments file checked. Raises BadInput as `checked_cases` does."""
    require(mapped.mapping, mapped.sheet.headers, mapped.kind)
    return check_payments(mapped.sheet, mapped.mapping, mapped.decisions, today=today)


def check_rows(
    sheet: Sheet,
    mapping: HeaderMap,
    kind: FileKind,
    *,
    truce: Truce = rules.TRUCE,
    decisions: Decisions = UNDECIDED,
    today: date | None = None,
) -> CheckResult:
    """Check a whole customer file: `check_pieces` put together, in the order of the lines."""
    result = CheckResult([], [], [], [])
    for piece in check_pieces(sheet, mapping, kind, truce=truce, decisions=decisions, today=today):
        result.accepted.extend(piece.accepted)
        result.rejected.extend(piece.rejected)
        result.duplicates.extend(piece.duplicates)
        result.problems.extend(piece.problems)
        result.notes.extend(piece.notes)
    for lines in (result.accepted, result.rejected, result.duplicates):
        lines.sort(key=lambda line: line.row_number)
    result.problems.sort(key=lambda problem: problem.row)
    return result


def check_pieces(
    sheet: Sheet,
    mapping: HeaderMap,
    kind: FileKind,
    *,
    truce: Truce = rules.TRUCE,
    decisions: Decisions = UNDECIDED,
    today: date | None = None,
    size: int = PIECE,
) -> Iterator[CheckResult]:
    """Check a customer file of `kind`, `size` lines at a time.

    `truce` is ((month, day), (month, day)), both ends included, from the rulebook; `today` tells
    which days cannot be. The first piece has the notes on the whole file. Lines that share a
    reference come last, all together: those that say the same are duplicates of the first; when
    any says something else, all are rejected as conflicting, unless it is decided that the newest
    counts. Nothing is raised: what is wrong is in the result, line by line.
    """
    also_errors = left_out(decisions)
    zero_settles = decisions.get(ProblemCode.AMOUNT_NOT_POSITIVE) == "settled"
    newest = decisions.get(ProblemCode.CONFLICTING_DUPLICATE) == "newest"
    settle = _newest if newest else _in_conflict

    def read(row: SheetRow) -> _CheckedRow[CleanRow]:
        line = RowParser(
            row, columns, mapping, also_errors, zero_settles=zero_settles, readings=readings
        )
        clean = parse_row(line, kind, truce)
        content = clean.content if clean else _mapped(line)
        return _CheckedRow(line, clean, line.reference, (content, documents_of(row)))

    columns, documents_of = columns_of(sheet, mapping), _documents(sheet, mapping)
    aside = _aside(sheet, decisions)
    often, readings = _surveyed(sheet, mapping, columns, today, decisions)
    notes, together = list(readings.notes), list[SheetRow]()
    at = columns["reference"]
    for rows in chunks(sheet.rows, size):
        if often:
            together += [row for row in rows if _reference(row, at) in often]
            rows = [row for row in rows if _reference(row, at) not in often]
        plain = fast_rows(
            rows, columns, kind,
            surname_first=mapping.surname_first, truce=truce, readings=readings,
        )  # fmt: skip
        plain = _without(plain, rows, aside)
        yield CheckResult(*_sorted_out(sheet, read, rows, plain, settle, aside), notes)
        notes = []
    if together:
        plain = [None] * len(together)
        yield CheckResult(*_sorted_out(sheet, read, together, plain, settle, aside))


def _without(
    plain: list[CleanRow | None], rows: Iterable[SheetRow], aside: Mapping[int, ProblemCode]
) -> list[CleanRow | None]:
    """The plain lines but for those aside, which are read by themselves."""
    if not aside:
        return plain
    both = zip(rows, plain, strict=True)
    return [None if row.number in aside else checked for row, checked in both]


def check_payments(
    sheet: Sheet,
    mapping: HeaderMap,
    decisions: Decisions = UNDECIDED,
    *,
    today: date | None = None,
) -> PaymentsResult:
    """Check a file of confirmed payments; `bad_date` is an error here, a payment has its day.

    A payment is known by its case reference and its own reference: told twice alike, the second
    is a duplicate; told with another amount or day, all are rejected as conflicting. Without a
    reference of its own, an identical line is a duplicate. That it is taken back is another line
    under the same reference; one that is held for its words says nothing of the others.
    """

    def read(row: SheetRow) -> _CheckedRow[PaymentRow]:
        line = RowParser(row, columns, mapping, (ProblemCode.BAD_DATE,), readings=readings)
        clean = parsed = parse_payment(line)
        if parsed is not None:
            clean = judged(line, parsed, worded, decisions)
        content: Hashable = clean if clean is not None else _mapped(line)
        own = line.payment_reference
        back = clean is not None and clean.taken_back is not None
        key = (line.reference, own, back) if own else content
        return _CheckedRow(line, clean, key if clean or not parsed else None, content)

    columns, worded = columns_of(sheet, mapping), worded_columns(sheet, mapping)
    _, readings = _surveyed(sheet, mapping, columns, today, decisions)
    rows = list(sheet.rows)
    plain: list[PaymentRow | None] = [None] * len(rows)
    aside = _aside(sheet, decisions)
    result = _sorted_out(sheet, read, rows, plain, _in_conflict, aside)
    return PaymentsResult(*result, list(readings.notes))


def _aside(sheet: Sheet, decisions: Decisions) -> dict[int, ProblemCode]:
    """{number: problem} of the lines that what the reader saw forbids to take as they are."""
    aside = dict.fromkeys(sheet.shifted, ProblemCode.TOO_MANY_CELLS)
    if not accepted(decisions, ProblemCode.HIDDEN_ROW):
        aside |= dict.fromkeys(sheet.hidden, ProblemCode.HIDDEN_ROW)
    return aside


def _documents(sheet: Sheet, mapping: HeaderMap) -> Callable[[SheetRow], Hashable]:
    """Gives the numbers of invoices, cheques and the like that stand beside what is read.

    Two lines that differ in one of them tell two things, however alike they are.
    """
    unread = set(mapping.unmapped)
    places = [
        at
        for at, header in enumerate(sheet.headers)
        if header in unread and names_a_document(header)
    ]
    return lambda row: tuple(collapse(cell_text(row.cells[at])) for at in places)


def _surveyed(
    sheet: Sheet,
    mapping: HeaderMap,
    columns: Mapping[str, int],
    today: date | None,
    decisions: Decisions,
) -> tuple[set[str], ColumnReadings]:
    """References that stand on more than one line, and how each column is to be read."""
    at, survey = columns["reference"], Survey(columns)
    seen: set[str] = set()
    often: set[str] = set()
    for rows in chunks(sheet.rows, PIECE):
        survey.take(rows)
        for row in rows:
            reference = _reference(row, at)
            (often if reference in seen else seen).add(reference)
    often.discard("")
    return often, survey.readings(mapping.fields, today, decisions)


def _reference(row: SheetRow, at: int) -> str:
    cell = row.cells[at]
    return collapse(cell if isinstance(cell, str) else cell_text(cell))


def _sorted_out(
    sheet: Sheet,
    read: Callable[[SheetRow], _CheckedRow[Row]],
    rows: Sequence[SheetRow],
    plain: Sequence[Row | None],
    settle: Callable[[list[_CheckedRow[Row]]], None],
    aside: Mapping[int, ProblemCode],
) -> tuple[list[Row], list[RejectedRow], list[DuplicateRow], list[Problem]]:
    """Accepted, rejected and repeated lines, and every problem but those of the repeats.

    Lines that are not `plain` are read by themselves; `settle` says what becomes of lines that
    share a key and say different things; those `aside` are not taken as they are.
    """
    lines: dict[int, _CheckedRow[Row]] = {}
    for at, row in enumerate(plain):
        if row is None:
            checked = lines[at] = read(rows[at])
            if code := aside.get(checked.line.number):
                checked.line.add(code)
                checked.row = None
                if code in HOLDING:
                    checked.key = None  # nobody has said yet that it counts beside the others
    groups: dict[Hashable, list[_CheckedRow[Row]]] = {}
    for checked in lines.values():
        if checked.key is not None and checked.line.reference is not None:
            groups.setdefault(checked.key, []).append(checked)
    for group in groups.values():
        if all(checked.content == group[0].content for checked in group):
            for checked in group[1:]:
                checked.first_row = group[0].line.number
        else:
            settle(group)
    return _divide(sheet, plain, lines)


def _divide(
    sheet: Sheet, plain: Iterable[Row | None], lines: Mapping[int, _CheckedRow[Row]]
) -> tuple[list[Row], list[RejectedRow], list[DuplicateRow], list[Problem]]:
    accepted: list[Row] = []
    rejected: list[RejectedRow] = []
    duplicates: list[DuplicateRow] = []
    problems: list[Problem] = []
    for at, row in enumerate(plain):
        checked = lines.get(at)
        if checked is None:
            accepted.append(row)  # type: ignore[arg-type]  # what is not plain is in `lines`
            continue
        line = checked.line
        if checked.first_row is not None:
            duplicates.append(
                DuplicateRow(line.number, line.reference or "", checked.first_row, checked.outdated)
            )
            continue
        if checked.row is not None:
            accepted.append(checked.row)
        else:
            rejected.append(_rejected(line, sheet))
        problems.extend(line.problems)
    return accepted, rejected, duplicates, problems


def _newest(group: list[_CheckedRow[CleanRow]]) -> None:
    """Of usable lines that share a reference, the newest counts: by invoice, due date, place."""
    usable = [(checked.row, checked) for checked in group if checked.row is not None]
    if not usable:
        return
    last, newest = max(
        usable,
        key=lambda pair: (
            pair[0].invoice_date or date.min,
            pair[0].due_date or date.min,
            pair[0].row_number,
        ),
    )
    for _row, checked in usable:
        if checked is not newest:
            checked.first_row, checked.outdated = last.row_number, True


def _in_conflict(group: list[_CheckedRow[Row]]) -> None:
    """Lines that share a key and say different things: none of them can be believed."""
    numbers = [str(checked.line.number) for checked in group]
    listed = ", ".join(numbers[:_ROWS_SHOWN]) + (", …" if len(numbers) > _ROWS_SHOWN else "")
    for checked in group:
        checked.row = None
        checked.line.add(ProblemCode.CONFLICTING_DUPLICATE, "reference", rows=listed)


def _mapped(line: RowParser) -> Hashable:
    """What a line that has no clean row says: its mapped cells as text."""
    return tuple(collapse(cell_text(line.cells[at])) for at in line.columns.values())


def _rejected(line: RowParser, sheet: Sheet) -> RejectedRow:
    """The line to mend, without what must never be kept; errors before warnings."""
    problems = sorted(line.problems, key=lambda problem: problem.severity != Severity.ERROR)
    raw = cells_to_keep(line.cells, line.mapping, sheet)
    return RejectedRow(line.number, line.reference, raw, tuple(problems))
