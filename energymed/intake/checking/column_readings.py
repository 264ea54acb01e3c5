"""How the columns of a file are to be read: each is judged over all its lines (DOMAIN §13).

'11/02/2026' and '1,234' have two readings; the column they stand in nearly always has one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from energymed.base.date_columns import (
    DateColumn,
    Implausible,
    Verdict,
    implausible,
    judge_dates,
    swap_day_and_month,
)
from energymed.base.dates import DateOrder, YearOutOfRange, parse_date
from energymed.base.i18n import N_
from energymed.base.money import SIGNS, Sign, decimal_signs
from energymed.intake import rules
from energymed.intake.checking.decisions import UNDECIDED, WITHOUT, Decisions
from energymed.intake.codes import ProblemCode
from energymed.intake.fields import AMOUNT_FIELDS
from energymed.intake.rows import Cell, Note, SheetRow


class TwoReadings(ValueError):
    """A day that could be a month as well, in a column of which nobody said which is first."""


class CannotBe(ValueError):
    """A day that nothing of its kind has, as a bill that is due in 2062."""


@dataclass(frozen=True, slots=True)
class DateReading:
    """How the dates of one column are read.

    `asks` holds those of two readings; `swapped` date cells have day and month the wrong way round.
    """

    order: DateOrder = DateOrder.DAY_FIRST
    asks: bool = False
    swapped: bool = False

    def read(self, cell: Cell) -> date:
        """The day of a cell. Raises ValueError as `parse_date`, and TwoReadings."""
        if isinstance(cell, date):
            return self._of_date(cell)
        if not self.asks and self.order is DateOrder.DAY_FIRST:
            return parse_date(cell)
        other = next(order for order in DateOrder if order is not self.order)
        try:
            day = parse_date(cell, self.order)
        except YearOutOfRange:
            raise
        except ValueError:
            return parse_date(cell, other)
        if self.asks and _differs(cell, day, other):
            raise TwoReadings
        return day

    def _of_date(self, cell: date) -> date:
        day = parse_date(cell)
        if not self.swapped or day.day > 12:
            return day
        if self.asks and day.day != day.month:
            raise TwoReadings
        return swap_day_and_month(day) if self.order is DateOrder.MONTH_FIRST else day


_FRENCH = DateReading()


@dataclass(frozen=True, slots=True)
class ColumnReadings:
    """How each column is read: {field: reading} of dates, {field: sign} before cents.

    `today` tells which days cannot be; None lets all pass. `implausible` is what was decided about
    those, see `decisions`. `notes` say what was concluded.
    """

    dates: Mapping[str, DateReading] = field(default_factory=dict)
    signs: Mapping[str, Sign] = field(default_factory=dict)
    today: date | None = None
    implausible: str | None = None
    notes: Sequence[Note] = ()

    def day(self, name: str, cell: Cell) -> date | None:
        """The day in a filled cell of a field; None where it cannot be and is left out by decision.

        A payment to come is told by its plan. Raises ValueError: TwoReadings, CannotBe, or another.
        """
        try:
            day = self.dates.get(name, _FRENCH).read(cell)
        except YearOutOfRange:
            if self.today is None or self.implausible == "accept":
                raise
        else:
            if not self._cannot_be(day, name) or self.implausible == "accept":
                return day
        if self.implausible == WITHOUT:
            return None
        raise CannotBe

    def _cannot_be(self, day: date, name: str) -> bool:
        if self.today is None:
            return False
        why = implausible(day, rules.DATES[name], self.today)
        return why is not None and why is not Implausible.AFTER_TODAY


FRENCH = ColumnReadings()


class Survey:
    """What the lines of a file, gone through piece by piece, say of its columns."""

    def __init__(self, columns: Mapping[str, int]) -> None:
        self._dates: dict[str, set[Any]] = {name: set() for name in rules.DATES if name in columns}
        self._signs: dict[str, set[Sign]] = {
            name: set() for name in AMOUNT_FIELDS if name in columns
        }
        self._columns = columns

    def take(self, rows: Iterable[SheetRow]) -> None:
        """Look at some more lines."""
        for name, found in self._dates.items():
            at = self._columns[name]
            found.update([row.cells[at] for row in rows])
        for name, signs in self._signs.items():
            at = self._columns[name]
            if len(signs) < len(SIGNS):
                signs |= decimal_signs([row.cells[at] for row in rows])

    def readings(
        self, titles: Mapping[str, str], today: date | None, decisions: Decisions = UNDECIDED
    ) -> ColumnReadings:
        """The readings, with what was decided; `titles` is {field: header}."""
        judged = {name: judge_dates(cells) for name, cells in self._dates.items()}
        month_first = any(one.verdict is Verdict.MONTH_FIRST for one in judged.values())
        order = decisions.get(ProblemCode.DATE_ORDER)
        dates: dict[str, DateReading] = {}
        notes: list[Note] = []
        for name, column in judged.items():
            doubtful = month_first and column.verdict is Verdict.AMBIGUOUS
            dates[name] = _reading(column, order, doubtful=doubtful)
            if concluded := _concluded(dates[name], column):
                notes.append(Note(concluded, {"column": titles.get(name, "")}))
        signs = {name: next(iter(found)) for name, found in self._signs.items() if len(found) == 1}
        return ColumnReadings(
            dates, signs, today, decisions.get(ProblemCode.IMPLAUSIBLE_DATE), notes
        )


def _reading(column: DateColumn, decided: str | None, *, doubtful: bool) -> DateReading:
    """`doubtful`: nothing in the column tells, and another of the file is not written as here."""
    if not column.asks and not doubtful:
        return DateReading(column.order)
    if decided is None:
        return DateReading(column.order, asks=True, swapped=column.swapped_by_sheet)
    return DateReading(DateOrder(decided), swapped=column.swapped_by_sheet)


def _concluded(reading: DateReading, column: DateColumn) -> str | None:
    """A sentence about a column that is not plainly written as the French do."""
    if reading.asks:
        return N_("« %(column)s » : l'ordre du jour et du mois n'est pas sûr, il est à décider.")
    if reading.order is DateOrder.MONTH_FIRST:
        return N_("« %(column)s » : le mois est lu avant le jour.")
    if column.verdict is Verdict.AMBIGUOUS:
        return N_("« %(column)s » : le jour est lu avant le mois, aucune date ne dit le contraire.")
    return None


def _differs(cell: Cell, day: date, other: DateOrder) -> bool:
    try:
        return parse_date(cell, other) != day
    except ValueError:
        return False
