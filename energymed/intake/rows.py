"""What passes between the steps of an intake: read → map → check → plan → commit.

`Sheet` is what the reader saw, `HeaderMap` which column is which field, `CheckResult` and
`PaymentsResult` what the check made of each line. All are plain values: no database, no clock.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple, Self

from energymed.base.text.folding import collapse
from energymed.base.text.nothing import lost_digits, says_nothing
from energymed.base.text.sensitive import strip_sensitive
from energymed.cases.codes import SupplyState
from energymed.intake.codes import (
    HOLDING,
    FileKind,
    ProblemCode,
    RowOutcome,
    SensitiveKind,
    Severity,
)
from energymed.partners.codes import Energy

Cell = str | int | float | bool | date | datetime | time | timedelta
_LONGEST_SHOWN = 40
_EMPTY = "–"
# letters and digits but Latin ones, and signs without a shape
_UNSEEN = re.compile(
    "[\u00ad\u034f\u0370-\u1dff\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\uff01-\uff5a]"
)


class SheetRow(NamedTuple):
    """One line of data: its number as a person sees it, and as many cells as there are headers.

    In a workbook the number is the spreadsheet's own; in a text file it is the line on which
    the record starts (a quoted line break makes the next record start further down).
    """

    number: int
    cells: tuple[Cell, ...]


class Note(NamedTuple):
    """Something that was concluded about the whole file, for a person to know.

    `message` is a French msgid whose places `params` fill.
    """

    message: str
    params: dict[str, str | int]

    def __str__(self) -> str:
        """The French sentence with its values."""
        return self.message % self.params


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as read. An empty cell is ''; `headers` are unique (a repeated one gets ' (2)').

    `encoding` and `delimiter` are None for a workbook, `sheet_name` is None for a text file.
    `rows` may be read anew from the file each time one goes over them; they hold neither blank
    nor total lines: `ignored` counts those below the header.
    `repeated` names the headers that the file had more than once; `shifted` are the numbers of
    lines with more cells than titles, `hidden` those of lines that the spreadsheet does not show;
    `notes` say what was concluded; `other_sheets` the sheets of the workbook that have titles
    and lines as well and are not read; `sample` some lines from all over the file, of any length.
    """

    file_name: str
    sha256: str
    size_bytes: int
    encoding: str | None
    delimiter: str | None
    sheet_name: str | None
    header_row_number: int
    headers: list[str]
    rows: Sequence[SheetRow]
    ignored: int
    repeated: list[str] = field(default_factory=list)
    shifted: frozenset[int] = frozenset()
    hidden: frozenset[int] = frozenset()
    notes: list[Note] = field(default_factory=list)
    other_sheets: list[str] = field(default_factory=list)
    sample: Sequence[Sequence[Cell]] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class HeaderMap:
    """Which header of the file feeds which of our fields.

    `fields` is {field: header}; `missing` lists the required fields without a header;
    `unmapped` the headers that nothing uses; `left_out` is {header: kind} of those that hold what
    we never keep (NIR, IBAN, date of birth); `surname_first` how a single name column is written.
    `how` is {field: "profile", "title" or "synonym"}, what each choice rests on. `lost` are
    the {field: header} that the profile adds up and the file no longer has: they are missing,
    for a sum without one of its parts would be wrong in silence.
    """

    fields: dict[str, str]
    missing: list[str]
    unmapped: list[str]
    left_out: dict[str, SensitiveKind]
    surname_first: bool | None = None
    how: dict[str, str] = field(default_factory=dict)
    lost: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MappedFile:
    """A file with its columns matched, not yet checked: `mapping.missing` may name some.

    `decisions` are what was decided about its problems (see `checking.decisions`).
    """

    sheet: Sheet
    mapping: HeaderMap
    kind: FileKind
    decisions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one line. `column` is the file's own header, None for the whole line.

    `message` is a French msgid with named places that `params` fill (short strings and ints).
    """

    row: int
    reference: str | None
    severity: Severity
    code: ProblemCode
    column: str | None = None
    params: dict[str, str | int] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The sentence to translate."""
        return self.code.label

    def __str__(self) -> str:
        """The French sentence with its values."""
        return self.message % self.params

    def as_kept(self) -> dict[str, Any]:
        """As it is kept with its line, in JSON."""
        return {
            "severity": self.severity,
            "code": self.code,
            "column": self.column,
            "params": self.params,
        }

    @classmethod
    def from_kept(cls, row: int, reference: str | None, kept: dict[str, Any]) -> Self:
        """The problem of a line, from what `as_kept` made."""
        severity, code = Severity(kept["severity"]), ProblemCode(kept["code"])
        return cls(row, reference, severity, code, kept["column"], kept["params"])


class CleanRow(NamedTuple):
    """A line that becomes or updates a case. Every text is trimmed, None where the file is empty.

    `debt_cents` is None unless the kind is unpaid_bill, and 0 only where that settles a debt;
    `phones` are E.164, best first, without repeats; `phone_remarks` what the file says beside one
    of them, as (E.164, text); `delivery_point` is 14 digits or GI + 6 digits; `postal_code` 5
    digits. `energy_cheque_year` is what a "yes" means on the day of the file: the plan says so.
    `raw` are the line's cells as read.
    """

    row_number: int
    reference: str
    last_name: str
    customer_reference: str | None = None
    contract_number: str | None = None
    delivery_point: str | None = None
    civility: str | None = None
    first_name: str | None = None
    phones: tuple[str, ...] = ()
    phone_remarks: tuple[tuple[str, str], ...] = ()
    email: str | None = None
    address: str | None = None
    address_extra: str | None = None
    postal_code: str | None = None
    commune: str | None = None
    energy: Energy | None = None
    debt_cents: int | None = None
    invoice_date: date | None = None
    due_date: date | None = None
    reminders_count: int | None = None
    cutoff_date: date | None = None
    cutoff_slot: str | None = None
    supplier: str | None = None
    energy_cheque: bool | None = None
    energy_cheque_year: int | None = None
    supply_state: SupplyState | None = None
    limited_kva: int | None = None
    supply_since: date | None = None
    first_letter_on: date | None = None
    second_letter_on: date | None = None
    main_residence: bool | None = None
    communicating_meter: bool | None = None
    comment: str | None = None
    raw: tuple[Cell, ...] = ()

    @property
    def name(self) -> str:
        """Whom it speaks of, as one says it."""
        return " ".join(filter(None, (self.civility, self.first_name, self.last_name)))

    @property
    def content(self) -> tuple[object, ...]:
        """What the line says, wherever it stands and however it was written."""
        return self[1:-1]


class Doubt(NamedTuple):
    """What a person is to compare: the known case of a line, the name there and in the line."""

    case_id: int | None
    former: str
    said: str


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A line left aside, with all that is wrong with it (errors first): rejected, or held.

    It is held when a person has to decide about each of its errors, unless one has `refused` it.
    `raw` are its cells as text, safe to keep: columns of `HeaderMap.left_out` are emptied and NIR
    or IBAN shapes removed. `doubt` is for the preview alone.
    """

    row_number: int
    reference: str | None
    raw: list[str]
    problems: tuple[Problem, ...]
    doubt: Doubt | None = None
    refused: bool = False

    @property
    def outcome(self) -> RowOutcome:
        """rejected or held."""
        errors = (problem for problem in self.problems if problem.severity == Severity.ERROR)
        held = not self.refused and all(problem.code in HOLDING for problem in errors)
        return RowOutcome.HELD if held else RowOutcome.REJECTED


@dataclass(frozen=True, slots=True)
class DuplicateRow:
    """A line that says again what line `first_row` said, or what that one says more recently."""

    row_number: int
    reference: str
    first_row: int
    outdated: bool = False


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The lines of a customer file: accepted + rejected + duplicates = lines of the sheet.

    `problems` has every error and warning in the order of the lines; `notes` tell how the columns
    were read.
    """

    accepted: list[CleanRow]
    rejected: list[RejectedRow]
    duplicates: list[DuplicateRow]
    problems: list[Problem]
    notes: list[Note] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many lines of data the file has."""
        return len(self.accepted) + len(self.rejected) + len(self.duplicates)

    @property
    def total_debt_cents(self) -> int:
        """Sum of the amounts of the accepted lines, in cents."""
        return sum(row.debt_cents or 0 for row in self.accepted)


class TakenBack(NamedTuple):
    """That a payment did not come, or went back: what says so, since when.

    It is the payment that the line itself is (`own_payment`), or another.
    """

    said: str
    on: date
    own_payment: bool = False


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment that the partner confirms, or takes back. Equality is by content.

    `amount_cents` is positive.
    """

    row_number: int = field(compare=False)
    reference: str
    paid_on: date
    amount_cents: int
    method: str | None = None
    payment_reference: str | None = None
    taken_back: TakenBack | None = None
    raw: tuple[Cell, ...] = field(default=(), repr=False, compare=False)

    @property
    def on(self) -> date:
        """The day on which it moves the debt."""
        return self.taken_back.on if self.taken_back else self.paid_on

    @property
    def signed_cents(self) -> int:
        """What it adds to what is repaid: less than nothing when it is taken back."""
        return -self.amount_cents if self.taken_back else self.amount_cents


@dataclass(frozen=True, slots=True)
class PaymentsResult:
    """The lines of a payments file; whether a reference is known is for the plan to say."""

    accepted: list[PaymentRow]
    rejected: list[RejectedRow]
    duplicates: list[DuplicateRow]
    problems: list[Problem]
    notes: list[Note] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many lines of data the file has."""
        return len(self.accepted) + len(self.rejected) + len(self.duplicates)

    @property
    def total_cents(self) -> int:
        """Sum of the accepted payments less those taken back, in cents."""
        return sum(row.signed_cents for row in self.accepted)


def texts(cells: Sequence[Cell]) -> list[str]:
    """Cells as a person would type them: whole floats without '.0', dates as dd/mm/yyyy."""
    return [cell_text(cell) for cell in cells]


def cell_text(cell: Cell) -> str:
    """One cell as a person would type it (see `texts`)."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime) and cell.time() != time.min:
        return cell.strftime("%d/%m/%Y %H:%M")
    if isinstance(cell, date):
        return cell.strftime("%d/%m/%Y")
    if isinstance(cell, time):
        return cell.strftime("%H:%M")
    return str(cell)


def is_nothing(cell: Cell) -> bool:
    """Whether a cell of any column is empty, or a word that says so; 0 and x are values here."""
    if not isinstance(cell, str) or not cell:
        return cell == ""
    return says_nothing(cell) and not any(sign.isdigit() or sign in "xX" for sign in cell)


def shown(cell: Cell) -> str:
    """A cell short enough for a sentence, without anything that must not be kept.

    What a person would not see is spelled out, so that no wrong value looks right: signs without
    a shape, letters and digits of other scripts ('[U+200B]'), digits that a number has lost.
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool) and lost_digits(cell):
        return f"{cell:.10G}".replace(".", ",")
    written = cell_text(cell)
    text = strip_sensitive(collapse(written))
    if not written.isascii() and text == collapse(written):
        text = collapse(_UNSEEN.sub(lambda sign: f"[U+{ord(sign[0]):04X}]", written))
    return (text[: _LONGEST_SHOWN - 1] + "…" if len(text) > _LONGEST_SHOWN else text) or _EMPTY
