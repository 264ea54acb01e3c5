"""Periods as people write them: "2026-W47", "2026-11", "2026"."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from energymed.base.clock import day_bounds
from energymed.base.errors import BadInput
from energymed.base.i18n import N_

# This century: the bounds of a period are instants, which years 1 and 9999 have not on both sides.
_SHAPE = re.compile(r"(20\d{2})(?:-(?:W(\d{2})|(\d{2})))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """A week, month or year: its code, first and last civil day (both included)."""

    code: str
    start: date
    end: date

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """First instant of the period and first instant after it, in UTC, by Paris days."""
        return day_bounds(self.start)[0], day_bounds(self.end)[1]

    @property
    def year_before(self) -> "Period | None":
        """The same period of the year before (N-1); none for a week 53 that it did not have."""
        year = int(self.code[:4]) - 1
        try:
            return parse_period(f"{year:04d}{self.code[4:]}")
        except BadInput:
            return None


def parse_period(text: str) -> Period:
    """Read a period.

    Raises:
        BadInput: anything but an ISO week, a month or a year of this century that exists.
    """
    found = _SHAPE.fullmatch(text.strip().upper())
    refusal = BadInput(
        N_("Période incorrecte : %(text)s. Écrivez 2026-W47, 2026-11 ou 2026."), text=text
    )
    if found is None:
        raise refusal
    year, week, month = found.groups()
    try:
        if week:
            start = date.fromisocalendar(int(year), int(week), 1)
            return Period(f"{year}-W{week}", start, start + timedelta(days=6))
        if month:
            first = date(int(year), int(month), 1)
            last = monthrange(first.year, first.month)[1]
            return Period(f"{year}-{month}", first, first.replace(day=last))
        return Period(year, date(int(year), 1, 1), date(int(year), 12, 31))
    except ValueError:
        raise refusal from None


def week_of(day: date) -> Period:
    """The ISO week that `day` lies in."""
    year, week, _weekday = day.isocalendar()
    return parse_period(f"{year:04d}-W{week:02d}")
