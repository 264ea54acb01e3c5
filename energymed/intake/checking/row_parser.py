"""One line of a customer file to a `CleanRow`, with all that is wrong with it."""

import re
from datetime import date, datetime

from energymed.base import places
from energymed.base.clock import PARIS
from energymed.base.phone_remarks import WARNED
from energymed.base.phones import PhoneRemark, phones_in
from energymed.base.text.folding import collapse, fold, tidy_lines
from energymed.base.text.names import civility, split_name, take_civility
from energymed.cases.codes import SupplyState
from energymed.intake import rules, supply_words
from energymed.intake.checking.row_fields import RowParser
from energymed.intake.codes import FileKind, ProblemCode
from energymed.intake.fields import PHONE_FIELDS
from energymed.intake.rows import (
    Cell,
    CleanRow,
    PaymentRow,
    cell_text,
    shown,
)
from energymed.partners.codes import Energy

_EMPTY = "–"
_DAY_PROBLEMS = (ProblemCode.BAD_DATE, ProblemCode.DATE_ORDER, ProblemCode.IMPLAUSIBLE_DATE)
_MIDNIGHTS = ("00h00", "23h59")  # the second is written for it: nobody comes at that minute
_ZONED = re.compile(r"\d:\d\d\S*(?:Z|[+-]\d\d:?\d\d)$")
_HOUR = re.compile(r"[ T]([01]?\d|2[0-3])\s?[:hH]\s?([0-5]\d)?(?!\d)")


def parse_row(line: RowParser, kind: FileKind, truce: rules.Truce) -> CleanRow | None:
    """The line as a `CleanRow`, or None when an error rejects it; problems stay in `line`."""
    line.read_reference()
    title, last_name, first_name = _name(line)
    debt_cents = line.amount() if kind == FileKind.UNPAID_BILL else None
    address, postal_code, commune = _place(line)
    phones, phone_remarks = _phones(line, postal_code)
    energy = rules.energy_code(line.text("energy")) if "energy" in line.columns else None
    state, since = _supply(line)
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
        supply_state=state,
        limited_kva=supply_words.kva(line.text("limited_kva")),
        supply_since=since,
        first_letter_on=line.day("first_letter_on"),
        second_letter_on=line.day("second_letter_on"),
        main_residence=supply_words.main_residence(line.text("main_residence")),
        communicating_meter=supply_words.communicating_meter(line.text("communicating_meter")),
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
    if paid_on is None and not line.has(*_DAY_PROBLEMS):
        line.add(ProblemCode.BAD_DATE, "paid_on", value=_EMPTY)
    method = line.prose("method")
    line.payment_reference = line.identity("payment_reference")
    if line.rejected or paid_on is None or amount_cents is None:
        return None
    return PaymentRow(
        line.number, line.reference or "", paid_on, amount_cents, method,
        line.payment_reference, raw=line.cells,
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
    if not told and (not any(map(str.isalnum, last)) or rules.is_empty("last_name", last)):
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
            wrong = ", ".join(found.unread) if found.numbers else cell
            line.add(ProblemCode.BAD_PHONE, field, value=shown(wrong))
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


def _supply(line: RowParser) -> tuple[SupplyState | None, date | None]:
    days = {state: line.day(field) for state, field in supply_words.SINCE.items()}
    return supply_words.supply_of(supply_words.supply_state(line.text("supply_state")), days)


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
