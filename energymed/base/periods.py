"""Periods: "2026-W47", "2026-11", "2026-Q4", "2026", "2026-01-15_2026-02-14" (from, to).

The one place that reads and writes ISO weeks.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from energymed.base.clock import day_bounds
from energymed.base.errors import BadInput
from energymed.base.i18n import N_

# This century: the bounds of a period are instants, which years 1 and 9999 have not on both sides.
_SHAPE = re.compile(r"(20\d{2})(?:-(?:W(\d{2})|[QT]([1-4])|(\d{2})))?", re.ASCII)
_FREE = re.compile(r"(20\d{2}-\d{2}-\d{2})_(20\d{2}-\d{2}-\d{2})", re.ASCII)
_TYPED_WEEK = re.compile(r"(20\d{2})-?[WS](\d{1,2})", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """Days that follow one another: their code, the first and the last (both included)."""

    code: str
    start: date
    end: date

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """First instant of the period and first instant after it, in UTC, by Paris days."""
        return day_bounds(self.start)[0], day_bounds(self.end)[1]

    @property
    def is_free(self) -> bool:
        """Whether it is neither a week nor a month, a quarter or a year."""
        return "_" in self.code

    @property
    def year_before(self) -> "Period | None":
        """The same period of the year before (N-1); none for a week 53 that it did not have."""
        year = int(self.code[:4]) - 1
        try:
            if self.is_free:
                return free_period(_year_earlier(self.start), _year_earlier(self.end))
            return parse_period(f"{year:04d}{self.code[4:]}")
        except BadInput:
            return None

    def runs_on(self, day: date) -> bool:
        """Whether it has begun and is not over at the beginning of that day."""
        return self.start <= day <= self.end

    def compared_with(self, day: date) -> "Period | None":
        """What it is compared with that day: N-1, while it runs only the same days of it."""
        before = self.year_before
        if before is None or not self.runs_on(day) or day == self.end:
            return before
        same = before.start + (day - self.start) if "W" in self.code else _year_earlier(day)
        return free_period(before.start, same)


def parse_period(text: str) -> Period:
    """Read a period: "2026-W47", "2026-11", "2026-Q4" (or T4), "2026", "2026-01-15_2026-02-14".

    Raises:
        BadInput: anything but days of this century that exist, the first before the last.
    """
    found = _SHAPE.fullmatch(text.strip().upper())
    year, week, quarter, month = found.groups() if found else ("0", None, None, None)
    period = None
    if week:
        period = iso_week(int(year), int(week))
    elif quarter:
        period = _quarter(int(year), int(quarter))
    elif month:
        period = _month(int(year), int(month))
    elif found:
        period = Period(year, date(int(year), 1, 1), date(int(year), 12, 31))
    else:
        period = _free(text.strip())
    if period is None:
        raise BadInput(
            N_(
                "Période incorrecte : %(text)s. Écrivez 2026-W47, 2026-11, 2026-T4, 2026 ou "
                "2026-01-15_2026-02-14."
            ),
            text=text,
        )
    return period


def free_period(start: date, end: date) -> Period:
    """The days from one to another.

    Raises:
        BadInput: the last is before the first, or one is of another century.
    """
    return parse_period(f"{start}_{end}")


def parse_week(text: str) -> Period:
    """Read a week as a person types it: "2026-W47", "2026-S47", "2026w7".

    Raises:
        BadInput: anything else, and a week that the year does not have.
    """
    found = _TYPED_WEEK.fullmatch(text.strip())
    week = iso_week(int(found[1]), int(found[2])) if found else None
    if week is None:
        raise BadInput(N_("Semaine incorrecte : %(week)s. Forme attendue : 2026-W47."), week=text)
    return week


def iso_week(year: int, number: int) -> Period | None:
    """The week of this number, "2026-W47"; None when the year has none such."""
    try:
        start = date.fromisocalendar(year, number, 1)
    except ValueError:
        return None
    return Period(f"{year:04d}-W{number:02d}", start, start + timedelta(days=6))


def week_of(day: date) -> Period:
    """The ISO week that `day` lies in."""
    year, number, _weekday = day.isocalendar()
    first = day - timedelta(days=day.weekday())
    return Period(f"{year:04d}-W{number:02d}", first, first + timedelta(days=6))


def latest_weeks(day: date, count: int) -> list[Period]:
    """So many weeks, that of `day` first, then back."""
    return [week_of(day - timedelta(weeks=back)) for back in range(count)]


def latest_months(day: date, count: int) -> list[Period]:
    """So many months, that of `day` first, then back."""
    months = (divmod(day.year * 12 + day.month - 1 - back, 12) for back in range(count))
    return [month for year, before in months if (month := _month(year, before + 1))]


def latest_years(day: date, count: int) -> list[Period]:
    """So many years, that of `day` first, then back."""
    return [parse_period(f"{day.year - back}") for back in range(count)]


def latest_quarters(day: date, count: int) -> list[Period]:
    """So many quarters, that of `day` first, then back."""
    numbers = (divmod(day.year * 4 + (day.month - 1) // 3 - back, 4) for back in range(count))
    return [_quarter(year, before + 1) for year, before in numbers]


def _quarter(year: int, number: int) -> Period:
    last = date(year, 3 * number, 1)
    days = monthrange(year, 3 * number)[1]
    return Period(f"{year}-Q{number}", date(year, 3 * number - 2, 1), last.replace(day=days))


def _free(text: str) -> Period | None:
    found = _FREE.fullmatch(text)
    try:
        start, end = map(date.fromisoformat, found.groups()) if found else (date.max, date.min)
    except ValueError:
        return None
    return Period(f"{start}_{end}", start, end) if start <= end else None


def _year_earlier(day: date) -> date:
    """The same day a year before; of a 29 February the 28th."""
    return day.replace(year=day.year - 1, day=min(day.day, monthrange(day.year - 1, day.month)[1]))


def _month(year: int, number: int) -> Period | None:
    if not 1 <= number <= 12:
        return None
    first = date(year, number, 1)
    return Period(f"{year}-{number:02d}", first, first.replace(day=monthrange(year, number)[1]))
