"""One line of a customer file to a `CleanRow`, with all that is wrong with it."""

import re
from collections.abc import Callable, Collection
from datetime import date, datetime

from energymed.base import places
from energymed.base.clock import PARIS
from energymed.base.dates import says_no_day
from energymed.base.money import read_amount
from energymed.base.phone_remarks import WARNED
from energymed.base.phones import PhoneRemark, phones_in
from energymed.base.text.folding import collapse, fold, tidy_lines
from energymed.base.text.names import civility, split_name, take_civility
from energymed.base.text.nothing import damaged
from energymed.base.text.sensitive import remove_sensitive
from energymed.cases.codes import Energy
from energymed.intake import rules
from energymed.intake.checking.column_readings import (
    FRENCH,
    CannotBe,
    ColumnReadings,
    TwoReadings,
)
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
_DAY_PROBLEMS = (ProblemCode.BAD_DATE, ProblemCode.DATE_ORDER, ProblemCode.IMPLAUSIBLE_DATE)
_MIDNIGHTS = ("00h00", "23h59")  # the second is written for it: nobody comes at that minute
_ZONED = re.compile(r"\d:\d\d\S*(?:Z|[+-]\d\d:?\d\d)$")
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
        """A name a person wrote; one without a letter, or that a sheet has damaged, is none."""
        cell = self.cell(field)
        text = None if damaged(cell) else self.prose(field)
        if text is None and not damaged(cell):
            return None
        if text is None or (not rules.has_letter(text) and _has(str.isdigit, text)):
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
        elif not _has(str.isalnum, text) or damaged(text):
            self.add(ProblemCode.MISSING_REFERENCE, "reference")
        else:
            self.reference = text[: rules.MAX_LENGTHS["reference"]]

    def amount(self) -> int | None:
        """A positive amount in cents, or None with an error noted; zero where it settles a debt.

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
        if total < 0 or (total == 0 and not self.zero_settles):
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


def parse_row(line: RowParser, kind: FileKind, truce: rules.Truce) -> CleanRow | None:
    """The line as a `CleanRow`, or None when an error rejects it; problems stay in `line`."""
    line.read_reference()
    title, last_name, first_name = _name(line)
    debt_cents = line.amount() if kind == FileKind.UNPAID_BILL else None
    address, postal_code, commune = _place(line)
    phones, phone_remarks = _phones(line, postal_code)
    energy = rules.energy_code(line.text("energy")) if "energy" in line.columns else None
    row = CleanRow(
        row_number=line.number,
        reference=line.reference or "",
        last_name=last_name,
        customer_reference=line.identity("customer_reference"),
        contract_number=line.identity("contract_number"),
        delivery_point=_delivery_point(line),
        civility=title,
        first_name=first_name,
        phones=phones,
        phone_remarks=phone_remarks,
        email=rules.email(line.text("email")),
        address=address,
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
    """The line as a `PaymentRow`, or None when an error rejects it; problems stay in `line`."""
    line.read_reference()
    amount_cents = line.amount()
    paid_on = line.day("paid_on")
    if paid_on is None and not line.has(*_DAY_PROBLEMS):
        line.add(ProblemCode.BAD_DATE, "paid_on", value=_EMPTY)
    method = line.prose("method")
    line.payment_reference = line.identity("payment_reference")
    if line.rejected or paid_on is None or amount_cents is None:
        return None
    return PaymentRow(
        line.number, line.reference or "", paid_on, amount_cents, method,
        line.payment_reference, line.cells,
    )  # fmt: skip


def _name(line: RowParser) -> tuple[str | None, str, str | None]:
    title = civility(line.text("civility"))
    field = "full_name" if "full_name" in line.columns else "last_name"
    written = line.name(field, required=True) or ""
    told = line.has(ProblemCode.NAME_DAMAGED)
    if field == "full_name":
        own_title, last, first = split_name(written, line.mapping.surname_first)
    else:
        own_title, last = take_civility(written)
        first = line.name("first_name", required=False)
    if not told and not rules.has_letter(last):
        line.add(ProblemCode.MISSING_NAME, field)
    for part in (last, first or ""):
        if field == "full_name" and len(part) > rules.MAX_LENGTHS["last_name"]:
            line.add(ProblemCode.TOO_LONG, field, limit=rules.MAX_LENGTHS["last_name"])
            break
    return title or own_title, last, first


def _phones(
    line: RowParser, postal_code: str | None
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """The numbers, each once, and what is said beside them; a lead is told what matters."""
    numbers: list[str] = []
    remarks: dict[str, PhoneRemark] = {}
    for field in PHONE_FIELDS:
        cell = line.cell(field)
        if cell == "":
            continue
        found = phones_in(cell, postal_code)
        numbers += [number for number in found.numbers if number not in numbers]
        if found.unread:
            line.add(ProblemCode.BAD_PHONE, field, value=shown(cell))
        for remark in found.remarks:
            remarks.setdefault(remark.e164, remark)
            if not WARNED.isdisjoint(remark.codes):
                line.add(ProblemCode.PHONE_REMARK, field, remark=remark.text)
    if not numbers:
        line.add(ProblemCode.NO_PHONE)
    return tuple(numbers), tuple((one.e164, one.text) for one in remarks.values())


def _place(line: RowParser) -> tuple[str | None, str | None, str | None]:
    """Address, postal code and commune, from their columns or from those that hold several."""
    address = line.prose("address")
    if "postal_commune" in line.columns:
        field = "postal_commune"
        written, commune = places.code_and_commune(line.prose(field) or "")
    else:
        field = "postal_code"
        written, commune = line.text(field), line.prose("commune") or ""
        if not written and commune:
            written, commune = places.code_and_commune(commune)
        elif written and places.postal_code(written) is None:
            first, town = places.code_and_commune(written)
            written, commune = first or written, commune or town
    code = places.postal_code(written) if written else None
    if written and code is None:
        line.add(ProblemCode.BAD_POSTAL_CODE, field, value=shown(written))
    if address and not written:
        place = places.split_address(address)
        if place.postal_code and (not commune or fold(place.commune) in ("", fold(commune))):
            address, code = place.address or None, places.postal_code(place.postal_code)
            commune = commune or place.commune
    return address, code, commune or None


def _delivery_point(line: RowParser) -> str | None:
    cell = line.cell("delivery_point")
    text = collapse(rules.point_text(cell) if isinstance(cell, int | float) else cell_text(cell))
    if rules.is_empty("delivery_point", text):
        line.text("delivery_point")  # tells of a word that says nothing
        return None
    point = rules.delivery_point(text)
    if point is None:
        line.add(ProblemCode.DELIVERY_POINT_DAMAGED, "delivery_point", value=shown(cell))
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
    if isinstance(cell, str) and _ZONED.search(cell):
        try:
            cell = datetime.fromisoformat(cell.strip())
        except ValueError:
            return None
    if isinstance(cell, datetime):
        said = (cell.astimezone(PARIS) if cell.tzinfo else cell).strftime("%Hh%M")
    else:
        found = _HOUR.search(cell) if isinstance(cell, str) else None
        said = f"{int(found[1]):02d}h{found[2] or '00'}" if found else _MIDNIGHTS[0]
    return None if said in _MIDNIGHTS else said


def _comment(line: RowParser) -> str | None:
    cell = line.cell("comment")
    written = tidy_lines(cell_text(cell))
    if rules.is_empty("comment", written):
        return None
    text = line.without_sensitive("comment", written)
    if text and len(text) > rules.MAX_COMMENT:
        line.add(ProblemCode.COMMENT_CUT, "comment", limit=rules.MAX_COMMENT)
        text = text[: rules.MAX_COMMENT].rstrip()
    return text


def _has(test: Callable[[str], bool], text: str) -> bool:
    """Whether a sign of the text passes a test."""
    return any(map(test, text))
