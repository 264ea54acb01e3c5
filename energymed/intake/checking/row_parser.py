"""One line of a customer file to a `CleanRow`, with all that is wrong with it."""

import re
from collections.abc import Collection
from datetime import date, datetime, time

from energymed.base.dates import parse_date
from energymed.base.money import parse_cents
from energymed.base.phones import phones_in
from energymed.base.text.folding import collapse, fold, tidy_lines
from energymed.base.text.names import civility, split_name, take_civility
from energymed.base.text.sensitive import remove_sensitive
from energymed.cases.codes import Energy
from energymed.intake import rules
from energymed.intake.codes import FileKind, ProblemCode, Severity
from energymed.intake.fields import AMOUNT_FIELDS, PHONE_FIELDS
from energymed.intake.rows import (
    Cell,
    CleanRow,
    HeaderMap,
    PaymentRow,
    Problem,
    Sheet,
    SheetRow,
    cell_text,
    is_nothing,
    shown,
)

_EMPTY = "–"
_NO_DAY = frozenset(
    ("nc", "n c", "na", "n a", "null", "nan", "neant", "inconnu", "inconnue", "sans", "aucune",
     "non renseigne", "non renseignee", "non communique", "00 00 0000", "0000 00 00", "0")
)  # fmt: skip
_HOUR = re.compile(r"[ T]([01]?\d|2[0-3])\s?[:hH]\s?([0-5]\d)?(?!\d)")


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
    ) -> None:
        self.number, self.cells = row
        self.columns = columns
        self.mapping = mapping
        self.also_errors = also_errors
        self.zero_settles = zero_settles
        self.problems: list[Problem] = []
        self.reference: str | None = None
        self.rejected = False

    def cell(self, field: str) -> Cell:
        """The cell of a field, '' when the file has no such column."""
        at = self.columns.get(field)
        return "" if at is None else self.cells[at]

    def text(self, field: str) -> str:
        """The cell of a field as one line of text; a text longer than its column is an error."""
        at = self.columns.get(field)
        if at is None:
            return ""
        cell = self.cells[at]
        text = collapse(cell if isinstance(cell, str) else cell_text(cell))
        longest = rules.MAX_LENGTHS.get(field, rules.LONGEST)
        if len(text) > longest:
            self.add(ProblemCode.TOO_LONG, field, limit=longest)
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

    def add(self, code: ProblemCode, field: str | None = None, **params: str | int) -> None:
        """Note a problem; an error rejects the line."""
        column = self.mapping.fields.get(field) if field else None
        is_error = code.severity == Severity.ERROR or code in self.also_errors
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

    def has(self, code: ProblemCode) -> bool:
        """Whether a problem of this code was noted."""
        return any(problem.code == code for problem in self.problems)

    def read_reference(self) -> None:
        """The reference first, so that every later problem names it."""
        text = self.text("reference")
        if not any(sign.isalnum() for sign in text) or rules.is_exponent(text):
            self.add(ProblemCode.MISSING_REFERENCE, "reference")
        else:
            self.reference = text[: rules.MAX_LENGTHS["reference"]]

    def amount(self, *, signed: bool = False) -> int | None:
        """A positive amount in cents, or None with an error noted; zero where it settles a debt.

        A negative one too when it is `signed`.

        When several columns are added up, an empty cell among filled ones counts for nothing.
        """
        added = [field for field in AMOUNT_FIELDS if field in self.columns]
        filled = [field for field in added if not is_nothing(self.cell(field))]
        if len(added) < 2 or not filled:
            filled = ["amount"]
        total = 0
        for field in filled:
            cell = self.cell(field)
            try:
                total += parse_cents(cell if isinstance(cell, str | int | float) else "a date")
            except ValueError:
                self.add(ProblemCode.BAD_AMOUNT, field, value=shown(cell))
                return None
        if (total < 0 and not signed) or (total == 0 and not self.zero_settles):
            value = " + ".join(shown(self.cell(field)) for field in filled)
            self.add(ProblemCode.AMOUNT_NOT_POSITIVE, "amount", value=value)
        return total

    def day(self, field: str) -> date | None:
        """A date; None when the cell is empty, or unreadable with a warning."""
        cell = self.cell(field)
        if is_nothing(cell) or (isinstance(cell, str) and fold(cell) in _NO_DAY):
            return None
        try:
            return parse_date(cell)
        except ValueError:
            self.add(ProblemCode.BAD_DATE, field, value=shown(cell))
            return None


def columns_of(sheet: Sheet, mapping: HeaderMap) -> dict[str, int]:
    """{field: position of its column}."""
    place = {header: at for at, header in enumerate(sheet.headers)}
    return {field: place[header] for field, header in mapping.fields.items() if header in place}


def parse_row(line: RowParser, kind: FileKind, truce: rules.Truce) -> CleanRow | None:
    """The line as a `CleanRow`, or None when an error rejects it; problems stay in `line`."""
    line.read_reference()
    title, last_name, first_name = _name(line)
    debt_cents = line.amount() if kind == FileKind.UNPAID_BILL else None
    postal_code, commune = _place(line)
    energy = rules.energy_code(line.text("energy")) if "energy" in line.columns else None
    row = CleanRow(
        row_number=line.number,
        reference=line.reference or "",
        last_name=last_name,
        customer_reference=line.text("customer_reference") or None,
        contract_number=line.text("contract_number") or None,
        delivery_point=_delivery_point(line),
        civility=title,
        first_name=first_name,
        phones=_phones(line, postal_code),
        email=rules.email(line.text("email")),
        address=line.prose("address"),
        address_extra=line.prose("address_extra"),
        postal_code=postal_code,
        commune=commune,
        energy=energy,
        debt_cents=debt_cents,
        invoice_date=line.day("invoice_date"),
        due_date=line.day("due_date"),
        reminders_count=rules.small_count(line.text("reminders_count")),
        cutoff_date=_cutoff_date(line, kind, energy, truce),
        cutoff_slot=line.prose("cutoff_slot") or _hour(line.cell("cutoff_date")),
        supplier=line.text("supplier") or None,
        energy_cheque=rules.yes_no(line.text("energy_cheque")),
        comment=_comment(line),
        raw=line.cells,
    )
    return None if line.rejected else row


def parse_payment(line: RowParser) -> PaymentRow | None:
    """The line as a `PaymentRow`, or None when an error rejects it; problems stay in `line`.

    Its amount has the sign of the cell: `payment_lines` says what that means.
    """
    line.read_reference()
    amount_cents = line.amount(signed=True)
    paid_on = line.day("paid_on")
    if paid_on is None and not line.has(ProblemCode.BAD_DATE):
        line.add(ProblemCode.BAD_DATE, "paid_on", value=_EMPTY)
    method = line.prose("method")
    payment_reference = line.text("payment_reference") or None
    if line.rejected or paid_on is None or amount_cents is None:
        return None
    return PaymentRow(
        line.number, line.reference or "", paid_on, amount_cents, method, payment_reference,
        raw=line.cells,
    )  # fmt: skip


def _name(line: RowParser) -> tuple[str | None, str, str | None]:
    title = civility(line.text("civility"))
    if "full_name" in line.columns:
        whole = line.without_sensitive("full_name", line.text("full_name")) or ""
        name = split_name(whole, line.mapping.surname_first)
        last, first, own_title = name.last_name, name.first_name, name.civility
        field = "full_name"
    else:
        own_title, last = take_civility(line.prose("last_name") or "")
        first, field = line.prose("first_name"), "last_name"
    if not any(sign.isalnum() for sign in last):
        line.add(ProblemCode.MISSING_NAME, field)
    for part in (last, first or ""):
        if field == "full_name" and len(part) > rules.MAX_LENGTHS["last_name"]:
            line.add(ProblemCode.TOO_LONG, field, limit=rules.MAX_LENGTHS["last_name"])
            break
    return title or own_title, last, first


def _phones(line: RowParser, postal_code: str | None) -> tuple[str, ...]:
    numbers: list[str] = []
    for field in PHONE_FIELDS:
        cell = line.cell(field)
        if cell == "":
            continue
        found = phones_in(cell, postal_code)
        numbers += [number for number in found.numbers if number not in numbers]
        if found.unread:
            line.add(ProblemCode.BAD_PHONE, field, value=shown(cell))
    if not numbers:
        line.add(ProblemCode.NO_PHONE)
    return tuple(numbers)


def _place(line: RowParser) -> tuple[str | None, str | None]:
    """Postal code and commune, from their columns or a single one."""
    if "postal_commune" in line.columns:
        field, whole = "postal_commune", line.prose("postal_commune")
        written, commune = rules.code_and_commune(whole or "")
    else:
        field, written = "postal_code", line.text("postal_code")
        commune = line.prose("commune") or ""
    code = rules.postal_code(written) if written else None
    if written and code is None:
        line.add(ProblemCode.BAD_POSTAL_CODE, field, value=shown(written))
    return code, commune or None


def _delivery_point(line: RowParser) -> str | None:
    cell = line.cell("delivery_point")
    text = collapse(rules.point_text(cell)) if isinstance(cell, str | int | float) else ""
    point = rules.delivery_point(text) if text else None
    if point is None and cell != "" and text:
        line.add(ProblemCode.DELIVERY_POINT_DAMAGED, "delivery_point", value=shown(text))
    return point


def _cutoff_date(
    line: RowParser, kind: FileKind, energy: Energy | None, truce: rules.Truce
) -> date | None:
    day = line.day("cutoff_date")
    if day and rules.truce_concerns(kind, energy) and rules.in_truce(day, *truce):
        line.add(ProblemCode.CUTOFF_IN_TRUCE, "cutoff_date", date=day.strftime("%d/%m/%Y"))
    return day


def _hour(cell: Cell) -> str | None:
    """The hour of a cut-off written with its date in one cell."""
    if isinstance(cell, datetime) and cell.time() != time.min:
        return cell.strftime("%Hh%M")
    found = _HOUR.search(cell) if isinstance(cell, str) else None
    if found and (found[1], found[2] or "00") != ("00", "00"):
        return f"{int(found[1]):02d}h{found[2] or '00'}"
    return None


def _comment(line: RowParser) -> str | None:
    cell = line.cell("comment")
    if cell == "":
        return None
    text = line.without_sensitive("comment", tidy_lines(cell_text(cell)))
    if text and len(text) > rules.MAX_COMMENT:
        line.add(ProblemCode.COMMENT_CUT, "comment", limit=rules.MAX_COMMENT)
        text = text[: rules.MAX_COMMENT].rstrip()
    return text
