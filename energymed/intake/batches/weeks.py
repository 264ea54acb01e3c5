"""Which week a file speaks of by its name, and the day at which its amounts are true."""

import re
from datetime import date, timedelta

from energymed.base.periods import Period, iso_week, parse_week

_YEAR_FIRST = re.compile(
    r"(?<!\d)(20\d\d)[\s._-]*(?:semaine|sem|[SW])[\s._-]*(\d{1,2})(?!\d)", re.IGNORECASE | re.ASCII
)
_YEAR_LAST = re.compile(
    r"(?<![A-Za-z])(?:semaine|sem|[SW])[\s._-]*(\d{1,2})[\s._-]+(20\d\d)(?!\d)",
    re.IGNORECASE | re.ASCII,
)
_NO_YEAR = re.compile(
    r"(?<![A-Za-z])(?:semaine|sem|[SW])[\s._-]*(\d{1,2})(?!\d)", re.IGNORECASE | re.ASCII
)
HALF_A_YEAR = timedelta(days=183)


def week_named(file_name: str, today: date) -> Period | None:
    """The week that a file name tells: '…2026-S46…', 'W46', 'semaine 46'; None when it does not.

    Without a year, the one that brings the week closest to `today`.
    """
    stem = file_name.rsplit(".", 1)[0]
    if match := _YEAR_FIRST.search(stem):
        return iso_week(int(match[1]), int(match[2]))
    if match := _YEAR_LAST.search(stem):
        return iso_week(int(match[2]), int(match[1]))
    if match := _NO_YEAR.search(stem):
        for year in (today.year, today.year - 1, today.year + 1):
            week = iso_week(year, int(match[1]))
            if week and abs(week.start - today) <= HALF_A_YEAR:
                return week
    return None


def as_of(day: date, week: str | None) -> date:
    """The day at which a file's amounts are true: that of the import, or the last of its week.

    Never a day to come: a file that names next week is imported today.
    """
    return day if week is None else min(day, parse_week(week).end)
