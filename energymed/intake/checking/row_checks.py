"""Check: every line of a file is accepted, rejected or a duplicate (DESIGN, Intake)."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from energymed.base.db.chunks import chunks
from energymed.base.text.folding import collapse
from energymed.base.text.sensitive import remove_sensitive
from energymed.intake.checking import rules
from energymed.intake.checking.decisions import UNDECIDED, Decisions, left_out
from energymed.intake.checking.fast_path import Truce, plain_rows
from energymed.intake.checking.row_parser import Line, clean_payment, clean_row, columns_of
from energymed.intake.codes import ERRORS
from energymed.intake.mapping.synonyms import names_a_document
from energymed.intake.rows import (
    Cell,
    CheckResult,
    CleanRow,
    DuplicateRow,
    HeaderMap,
    PaymentRow,
    PaymentsResult,
    Problem,
    RejectedRow,
    Sheet,
    SheetRow,
    cell_text,
)

Row = TypeVar("Row", CleanRow, PaymentRow)

PIECE = 1_500  # lines at a time: enough to be quick, few enough to be forgotten soon
_ROWS_SHOWN = 10
# numbers of the partner's own, which may look like a NIR without being one
PARTNER_NUMBERS = (
    "reference", "customer_reference", "contract_number", "delivery_point",
    "phone_1", "phone_2", "phone_3", "payment_reference",
)  # fmt: skip


@dataclass(slots=True)
class _Read(Generic[Row]):
    """A line read: its row unless something rejects it, and the key that it may share."""

    line: Line
    row: Row | None
    key: Hashable | None
    content: Hashable
    first_row: int | None = None  # of the line that it repeats, or that says it more recently
    outdated: bool = False


def check_rows(
    sheet: Sheet,
    mapping: HeaderMap,
    kind: str,
    *,
    truce: Truce = rules.TRUCE,
    decisions: Decisions = UNDECIDED,
) -> CheckResult:
    """Check a whole customer file: `check_pieces` put together, in the order of the lines."""
    result = CheckResult([], [], [], [])
    for piece in check_pieces(sheet, mapping, kind, truce=truce, decisions=decisions):
        result.accepted.extend(piece.accepted)
        result.rejected.extend(piece.rejected)
        result.duplicates.extend(piece.duplicates)
        result.problems.extend(piece.problems)
    for lines in (result.accepted, result.rejected, result.duplicates):
        lines.sort(key=lambda line: line.row_number)
    result.problems.sort(key=lambda problem: problem.row)
    return result


def check_pieces(
    sheet: Sheet,
    mapping: HeaderMap,
    kind: str,
    *,
    truce: Truce = rules.TRUCE,
    decisions: Decisions = UNDECIDED,
    size: int = PIECE,
) -> Iterator[CheckResult]:
    """Check a customer file of `kind`, `size` lines at a time.

    `truce` is ((month, day), (month, day)), both ends included, from the rulebook. Lines that
    share a reference come last, all together: those that say the same are duplicates of the
    first; when any of them says something else, all are rejected as conflicting, unless it is
    decided that the newest counts. Nothing is raised: what is wrong is in the result, line by
    line.
    """
    errors = (*ERRORS, *left_out(decisions))
    zero_settles = decisions.get("amount_not_positive") == "settled"
    settle = _newest if decisions.get("conflicting_duplicate") == "newest" else _in_conflict

    def read(row: SheetRow) -> _Read[CleanRow]:
        line = Line(row, columns, mapping, errors, zero_settles=zero_settles)
        clean = clean_row(line, kind, truce)
        content = clean.content if clean else _mapped(line)
        return _Read(line, clean, line.reference, (content, documents_of(row)))

    columns, documents_of = columns_of(sheet, mapping), _documents(sheet, mapping)
    often = _repeated(sheet.rows, columns["reference"])
    together: list[SheetRow] = []
    for rows in chunks(sheet.rows, size):
        if often:
            at = columns["reference"]
            together += [row for row in rows if _reference(row, at) in often]
            rows = [row for row in rows if _reference(row, at) not in often]
        plain = plain_rows(rows, columns, kind, surname_first=mapping.surname_first, truce=truce)
        if sheet.shifted:
            plain = [
                None if row.number in sheet.shifted else one
                for row, one in zip(rows, plain, strict=True)
            ]
        yield CheckResult(*_sorted_out(sheet, read, rows, plain, settle))
    if together:
        plain = [None] * len(together)
        yield CheckResult(*_sorted_out(sheet, read, together, plain, settle))


def check_payments(sheet: Sheet, mapping: HeaderMap) -> PaymentsResult:
    """Check a file of confirmed payments; `bad_date` is an error here, a payment has its day.

    A payment is known by its case reference and its own reference: told twice alike, the second
    is a duplicate; told with another amount or day, all are rejected as conflicting. Without a
    reference of its own, an identical line is a duplicate.
    """

    def read(row: SheetRow) -> _Read[PaymentRow]:
        line = Line(row, columns, mapping, (*ERRORS, "bad_date"))
        clean = clean_payment(line)
        content: Hashable = clean if clean is not None else _mapped(line)
        own = collapse(cell_text(line.cell("payment_reference")))
        return _Read(line, clean, (line.reference, own) if own else content, content)

    columns = columns_of(sheet, mapping)
    rows = list(sheet.rows)
    plain: list[PaymentRow | None] = [None] * len(rows)
    return PaymentsResult(*_sorted_out(sheet, read, rows, plain, _in_conflict))


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


def _repeated(rows: Iterable[SheetRow], at: int) -> set[str]:
    """References that stand on more than one line."""
    seen: set[str] = set()
    often: set[str] = set()
    for row in rows:
        reference = _reference(row, at)
        (often if reference in seen else seen).add(reference)
    often.discard("")
    return often


def _reference(row: SheetRow, at: int) -> str:
    cell = row.cells[at]
    return collapse(cell if isinstance(cell, str) else cell_text(cell))


def _sorted_out(
    sheet: Sheet,
    read: Callable[[SheetRow], _Read[Row]],
    rows: Sequence[SheetRow],
    plain: Sequence[Row | None],
    settle: Callable[[list[_Read[Row]]], None],
) -> tuple[list[Row], list[RejectedRow], list[DuplicateRow], list[Problem]]:
    """Accepted, rejected and repeated lines, and every problem but those of the repeats.

    Lines that are not `plain` are read by themselves; `settle` says what becomes of lines that
    share a key and say different things.
    """
    lines: dict[int, _Read[Row]] = {}
    for at, row in enumerate(plain):
        if row is None:
            one = lines[at] = read(rows[at])
            if one.line.number in sheet.shifted:
                one.line.add("too_many_cells")
                one.row = None
    groups: dict[Hashable, list[_Read[Row]]] = {}
    for one in lines.values():
        if one.key is not None and one.line.reference is not None:
            groups.setdefault(one.key, []).append(one)
    for group in groups.values():
        if all(one.content == group[0].content for one in group):
            for one in group[1:]:
                one.first_row = group[0].line.number
        else:
            settle(group)
    return _divide(sheet, plain, lines)


def _divide(
    sheet: Sheet, plain: Iterable[Row | None], lines: Mapping[int, _Read[Row]]
) -> tuple[list[Row], list[RejectedRow], list[DuplicateRow], list[Problem]]:
    accepted: list[Row] = []
    rejected: list[RejectedRow] = []
    duplicates: list[DuplicateRow] = []
    problems: list[Problem] = []
    for at, row in enumerate(plain):
        one = lines.get(at)
        if one is None:
            accepted.append(row)  # type: ignore[arg-type]  # what is not plain is in `lines`
            continue
        line = one.line
        if one.first_row is not None:
            duplicates.append(
                DuplicateRow(line.number, line.reference or "", one.first_row, one.outdated)
            )
            continue
        if one.row is not None:
            accepted.append(one.row)
        else:
            rejected.append(_rejected(line, sheet))
        problems.extend(line.problems)
    return accepted, rejected, duplicates, problems


def _newest(group: list[_Read[CleanRow]]) -> None:
    """Of usable lines that share a reference, the newest counts: by invoice, due date, place."""
    usable = [(one.row, one) for one in group if one.row is not None]
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
    for _row, one in usable:
        if one is not newest:
            one.first_row, one.outdated = last.row_number, True


def _in_conflict(group: list[_Read[Row]]) -> None:
    """Lines that share a key and say different things: none of them can be believed."""
    numbers = [str(one.line.number) for one in group]
    listed = ", ".join(numbers[:_ROWS_SHOWN]) + (", …" if len(numbers) > _ROWS_SHOWN else "")
    for one in group:
        one.row = None
        one.line.add("conflicting_duplicate", "reference", rows=listed)


def _mapped(line: Line) -> Hashable:
    """What a line that has no clean row says: its mapped cells as text."""
    return tuple(collapse(cell_text(line.cells[at])) for at in line.columns.values())


def _rejected(line: Line, sheet: Sheet) -> RejectedRow:
    """The line to mend, without what must never be kept; errors before warnings."""
    problems = sorted(line.problems, key=lambda problem: problem.severity != "error")
    raw = cells_to_keep(line.cells, line.mapping, sheet)
    return RejectedRow(line.number, line.reference, raw, tuple(problems))


def cells_to_keep(cells: Sequence[Cell], mapping: HeaderMap, sheet: Sheet) -> list[str]:
    """The cells of a line as text, without what must never be kept (see `RejectedRow`)."""
    kept_as_is = {mapping.fields.get(field) for field in PARTNER_NUMBERS}
    return [
        _fit_to_keep(cell_text(cell), header, mapping.left_out, kept_as_is)
        for header, cell in zip(sheet.headers, cells, strict=True)
    ]


def _fit_to_keep(
    text: str, header: str, left_out: Iterable[str], kept_as_is: set[str | None]
) -> str:
    if header in left_out:
        return ""
    return text if header in kept_as_is else remove_sensitive(text)[0]
