"""A column of dates judged as a whole, and dates that cannot be (DOMAIN §13). Pure.

'11/02/2026' has two readings; the column it stands in nearly always has one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from energymed.base.dates import DateOrder, parse_date, says_no_day

_YEAR = timedelta(days=366)
_OLDEST = timedelta(days=366 * 15)  # nothing that is claimed is as old: a date of birth is


class Verdict(StrEnum):
    """What the texts of a column say about their order."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"
    AMBIGUOUS = "ambiguous"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class DateColumn:
    """How many filled cells of a column are written in which way.

    `day_first` and `month_first` are texts that have that one reading ('13/11', '11/13'), `either`
    have both; `plain` tell their order themselves (ISO, a month's name, a spreadsheet number);
    `typed` are cells that are dates, `typed_either` those of them whose day could be a month;
    `unread` are no dates.
    """

    day_first: int = 0
    month_first: int = 0
    either: int = 0
    plain: int = 0
    typed: int = 0
    typed_either: int = 0
    unread: int = 0

    @property
    def verdict(self) -> Verdict:
        """Mixed when both orders are there; ambiguous when texts could be read in both."""
        if self.day_first and self.month_first:
            return Verdict.MIXED
        if self.month_first:
            return Verdict.MONTH_FIRST
        return Verdict.AMBIGUOUS if self.either and not self.day_first else Verdict.DAY_FIRST

    @property
    def order(self) -> DateOrder:
        """The order to read the column by until a person says another."""
        month_first = self.month_first > self.day_first
        return DateOrder.MONTH_FIRST if month_first else DateOrder.DAY_FIRST

    @property
    def swapped_by_sheet(self) -> bool:
        """Whether the date cells of a month-first column have day and month swapped.

        A French sheet made dates of what it could read day first, and left '11/13/2026' a text.
        """
        return (
            self.verdict is Verdict.MONTH_FIRST
            and not self.either
            and 0 < self.typed == self.typed_either
        )

    @property
    def asks(self) -> bool:
        """Whether a person has to say how to read the column; ambiguous ones are read as French."""
        return self.verdict is Verdict.MIXED or self.swapped_by_sheet


class DateKind(StrEnum):
    """What happened, or shall, on a day."""

    PAYMENT = "payment"
    INVOICE = "invoice"
    DUE = "due"
    INTERVENTION = "intervention"


class Implausible(StrEnum):
    """Why a date cannot be."""

    AFTER_TODAY = "after_today"
    TOO_FAR = "too_far"
    TOO_OLD = "too_old"


def judge_dates(cells: Iterable[object]) -> DateColumn:
    """Count the ways in which the filled cells of a column are written."""
    counts = dict.fromkeys(DateColumn.__slots__, 0)
    for cell in cells:
        if cell == "" or cell is None or says_no_day(cell):
            continue
        counts[_way(cell)] += 1
        if isinstance(cell, date) and cell.day <= 12:
            counts["typed_either"] += 1
    return DateColumn(**counts)


def swap_day_and_month(cell: date) -> date:
    """A date cell that a sheet read in the wrong order (see `swapped_by_sheet`)."""
    day = cell.date() if isinstance(cell, datetime) else cell
    return day.replace(month=day.day, day=day.month)


def implausible(day: date, kind: DateKind, today: date) -> Implausible | None:
    """Why a day cannot be one of its kind, None when it can.

    A payment is not after today; an invoice, a due date and an intervention not more than a year
    after it (366 days), an intervention not more than a year before it; nothing is more than
    fifteen years old, as dates of birth are.
    """
    if kind is DateKind.PAYMENT and day > today:
        return Implausible.AFTER_TODAY
    if day - today > _YEAR:
        return Implausible.TOO_FAR
    oldest = _YEAR if kind is DateKind.INTERVENTION else _OLDEST
    return Implausible.TOO_OLD if today - day > oldest else None


def _way(cell: object) -> str:
    if isinstance(cell, date):
        return "typed"
    day_first, month_first = (_day(cell, order) for order in DateOrder)
    if day_first == month_first:
        return "plain" if day_first else "unread"
    if day_first and month_first:
        return "either"
    return "day_first" if day_first else "month_first"


def _day(cell: object, order: DateOrder) -> date | None:
    try:
        return parse_date(cell, order)
    except ValueError:
        return None
