"""A line of a payments file: a payment, one that is taken back, or held as it may be neither."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from energymed.intake.checking.decisions import AS_PAYMENTS, AS_REVERSALS, Decisions
from energymed.intake.checking.payment_words import (
    WORDED,
    Says,
    Voice,
    field_says,
    money_said,
    rejection_day,
    unmapped_says,
)
from energymed.intake.checking.row_fields import RowParser
from energymed.intake.codes import ProblemCode
from energymed.intake.mapping.rejection_column import is_ours
from energymed.intake.rows import HeaderMap, PaymentRow, Sheet, TakenBack, shown
from energymed.intake.synonyms import PAYMENT_TITLES, known_title

_HELD = {Says.AWAITED: ProblemCode.PAYMENT_PENDING, Says.UNCLEAR: ProblemCode.PAYMENT_UNCLEAR}
_READ = ("amount", "payment_reference", *WORDED)


class Column(NamedTuple):
    """A column that may say what became of the money; `field` None for one that is not mapped."""

    at: int
    field: str | None


def worded_columns(sheet: Sheet, mapping: HeaderMap) -> list[Column]:
    """Every column that may say that a payment is none: mapped, named like one, or unknown."""
    return list(_worded(sheet, mapping))


def _worded(sheet: Sheet, mapping: HeaderMap) -> Iterator[Column]:
    mapped = {header: field for field, header in mapping.fields.items()}
    for at, header in enumerate(sheet.headers):
        field = mapped.get(header)
        if field is not None:
            if field in _READ:
                yield Column(at, field)
        elif header not in mapping.left_out and not is_ours(header):
            found = known_title(PAYMENT_TITLES, header)
            yield Column(at, found[0] if found and found[0] in WORDED else None)


def judged(
    line: RowParser, row: PaymentRow, columns: Iterable[Column], decisions: Decisions
) -> PaymentRow | None:
    """The payment with what it is; None when it is held, with the problem noted in `line`.

    `row.amount_cents` comes with its sign, which says that it is taken back as words do.
    """
    negative = row.amount_cents < 0
    voices = [_voice(line, column) for column in columns]
    voice = money_said(voices, negative=negative)
    says = voice.says if voice else Says.NOTHING
    decision = decisions.get(_HELD[says]) if says in _HELD else None
    if voice and says in _HELD and decision not in (AS_PAYMENTS, AS_REVERSALS):
        line.add(_HELD[says], voice.field, value=shown(voice.cell))
        return None
    taken_back = None
    if decision != AS_PAYMENTS and (negative or voice):
        cell = voice.cell if voice else line.cell("amount")
        own = not negative and not _tells_of_another(voices)
        taken_back = TakenBack(shown(cell), _since(voices, row.paid_on), own)
    return replace(row, amount_cents=abs(row.amount_cents), taken_back=taken_back)


def _since(voices: Iterable[Voice], paid_on: date) -> date:
    """The day of a column of rejections, else that of the line."""
    days = (rejection_day(voice.cell) for voice in voices if voice.field == "rejection")
    return max([paid_on, *(day for day in days if day)])


def _tells_of_another(voices: Iterable[Voice]) -> bool:
    """Whether the line is about a rejection, and not a payment whose status says rejected."""
    return any(
        (voice.says is Says.TAKEN_BACK and voice.field in ("method", "label"))
        or (voice.says is Says.UNCLEAR and voice.field == "payment_reference")
        for voice in voices
    )


def _voice(line: RowParser, column: Column) -> Voice:
    cell = line.cells[column.at]
    says = unmapped_says(cell) if column.field is None else field_says(column.field, cell)
    return Voice(says, column.field, cell)
