"""The fields of one line of a file, and all that is wrong with them."""

import re
from collections.abc import Collection
from datetime import date

from energymed.base.dates import says_no_day
from energymed.base.money import read_amount
from energymed.base.text.folding import collapse
from energymed.base.text.nothing import damaged
from energymed.base.text.sensitive import remove_sensitive
from energymed.intake import rules
from energymed.intake.checking.column_readings import (
    FRENCH,
    CannotBe,
    ColumnReadings,
    TwoReadings,
)
from energymed.intake.codes import ProblemCode, Severity
from energymed.intake.fields import AMOUNT_FIELDS
from energymed.intake.rows import (
    Cell,
    HeaderMap,
    Problem,
    Sheet,
    SheetRow,
    cell_text,
    is_nothing,
    shown,
)

_NUMBER = re.compile(r"(?=.*\d)[\d\s.,:/-]+", re.ASCII)  # or a day, or an hour


class RowParser:
    """The fields of one line and the problems found while reading them."""

    def __init__(
        self,
        row: SheetRow,
        columns: dict[str, int],
        mapping: HeaderMap,
        also_errors: Collection[ProblemCode] = (),
        *,
        zero_settles: bool = False,
        readings: ColumnReadings = FRENCH,
    ) -> None:
        self.number, self.cells = row
        self.columns = columns
        self.mapping = mapping
        self.also_errors = also_errors
        self.zero_settles = zero_settles
        self.readings = readings
        self.problems: list[Problem] = []
        self.reference: str | None = None
        self.payment_reference: str | None = None  # of a payment
        self.rejected = False

    def cell(self, field: str) -> Cell:
        """The cell of a field, '' when the file has no such column."""
        at = self.columns.get(field)
        return "" if at is None else self.cells[at]

    def text(self, field: str) -> str:
        """The cell of a field as one line of text; a text longer than its column is an error.

        A word that says nothing is no text, with a warning where a value is expected.
        """
        at = self.columns.get(field)
        if at is None:
            return ""
        cell = self.cells[at]
        text = collapse(cell if isinstance(cell, str) else cell_text(cell))
        longest = rules.MAX_LENGTHS.get(field, rules.LONGEST)
        if len(text) > longest:
            self.add(ProblemCode.TOO_LONG, field, limit=longest)
        if rules.is_empty(field, text):
            if text and field in rules.EXPECTED:
                self.add(ProblemCode.NOTHING_SAID, field, value=shown(text))
            return ""
        return text

    def identity(self, field: str) -> str | None:
        """A number that the partner gives; one that a spreadsheet has damaged is none."""
        cell = self.cell(field)
        if damaged(cell):
            self.add(ProblemCode.REFERENCE_DAMAGED, field, value=shown(cell))
            return None
        return self.text(field) or None

    def name(self, field: str, *, required: bool) -> str | None:
        """A name a person wrote; a number, a day, or what a sheet has damaged is none."""
        cell = self.cell(field)
        text = None if damaged(cell) else self.prose(field)
        if text is None and not damaged(cell):
            return None
        if text is None or _NUMBER.fullmatch(text):
            self.add(ProblemCode.NAME_DAMAGED, field, required=required, value=shown(cell))
            return None
        return text

    def prose(self, field: str) -> str | None:
        """A text a person wrote: NIR and IBAN shapes are removed, with a warning."""
        text = self.text(field)
        return self.without_sensitive(field, text) if text else None

    def without_sensitive(self, field: str, text: str) -> str | None:
        """`text` fit to keep."""
        cleaned, removed = remove_sensitive(text)
        if removed:
            self.add(ProblemCode.SENSITIVE_TEXT, field)
        return cleaned or None

    def add(
        self,
        code: ProblemCode,
        field: str | None = None,
        *,
        required: bool = False,
        **params: str | int,
    ) -> None:
        """Note a problem; an error, or any of what is `required`, rejects the line."""
        column = self.mapping.fields.get(field) if field else None
        is_error = required or code.severity == Severity.ERROR or code in self.also_errors
        self.rejected |= is_error
        if code == ProblemCode.TOO_LONG:
            params["column"] = column or ""
        self.problems.append(
            Problem(
                self.number,
                self.reference,
                Severity.ERROR if is_error else Severity.WARNING,
                code,
                column,
                params,
            )
        )

    def has(self, *codes: ProblemCode) -> bool:
        """Whether a problem of one of these codes was noted."""
        return any(problem.code in codes for problem in self.problems)

    def read_reference(self) -> None:
        """The reference first, so that every later problem names it."""
        cell, text = self.cell("reference"), self.text("reference")
        if damaged(cell) and not isinstance(cell, str):
            self.add(ProblemCode.REFERENCE_DAMAGED, "reference", required=True, value=shown(cell))
        elif not any(map(str.isalnum, text)) or damaged(text):
            self.add(ProblemCode.MISSING_REFERENCE, "reference")
        else:
            self.reference = text[: rules.MAX_LENGTHS["reference"]]

    def amount(self, *, signed: bool = False) -> int | None:
        """A positive amount in cents, or None with an error noted; zero where it settles a debt.

        A negative one too when it is `signed`.

        When several columns are added up, an empty cell among filled ones counts for nothing.
        Decimals beyond cents, which a computed cell has, are rounded as the sheet shows them.
        """
        added = [field for field in AMOUNT_FIELDS if field in self.columns]
        filled = [field for field in added if not is_nothing(self.cell(field))]
        if len(added) < 2 or not filled:
            filled = ["amount"]
        total = 0
        for field in filled:
            cell = self.cell(field)
            try:
                amount = read_amount(
                    cell if isinstance(cell, str | int | float) else "a date",
                    self.readings.signs.get(field),
                )
            except ValueError:
                self.add(ProblemCode.BAD_AMOUNT, field, value=shown(cell))
                return None
            if amount.rounded:
                self.add(ProblemCode.AMOUNT_ROUNDED, field, value=shown(cell))
            total += amount.cents
        if (total < 0 and not signed) or (total == 0 and not self.zero_settles):
            value = " + ".join(shown(self.cell(field)) for field in filled)
            self.add(ProblemCode.AMOUNT_NOT_POSITIVE, "amount", value=value)
        return total

    def day(self, field: str) -> date | None:
        """A date; None when the cell is empty, or cannot be read, with a problem."""
        cell = self.cell(field)
        if cell == "" or says_no_day(cell):
            return None
        try:
            return self.readings.day(field, cell)
        except TwoReadings:
            code = ProblemCode.DATE_ORDER
        except CannotBe:
            code = ProblemCode.IMPLAUSIBLE_DATE
        except ValueError:
            code = ProblemCode.BAD_DATE
        self.add(code, field, value=shown(cell))
        return None


def columns_of(sheet: Sheet, mapping: HeaderMap) -> dict[str, int]:
    """{field: position of its column}."""
    place = {header: at for at, header in enumerate(sheet.headers)}
    return {field: place[header] for field, header in mapping.fields.items() if header in place}
