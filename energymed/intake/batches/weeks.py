"""Which week a file speaks of, and the day at which its amounts are true."""

import re
from datetime import date, timedelta

from energymed.base.errors import BadInput
from energymed.base.i18n import N_

_GIVEN = re.compile(r"(20\d\d)-?[WS](\d{1,2})", re.IGNORECASE | re.ASCII)
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
_HALF_A_YEAR = timedelta(days=183)


def week_given(text: str) -> str:
    """A week as a person types it ('2026-W47', '2026-S47') in the form '2026-W47'.

    Raises BadInput for anything else, and for a week that the year does not have.
    """
    match = _GIVEN.fullmatch(text.strip())
    week = _week(int(match[1]), int(match[2])) if match else None
    if week is None:
        raise BadInput(N_("Semaine incorrecte : %(week)s. Forme attendue : 2026-W47."), week=text)
    return week


def week_named(file_name: str, today: date) -> str | None:
    """The week that a file name tells: '…2026-S46…', 'W46', 'semaine 46'; None when it does not.

    Without a year, the one that brings the week closest to `today`.
    """
    stem = file_name.rsplit(".", 1)[0]
    if match := _YEAR_FIRST.search(stem):
        return _week(int(match[1]), int(match[2]))
    if match := _YEAR_LAST.search(stem):
        return _week(int(match[2]), int(match[1]))
    if match := _NO_YEAR.search(stem):
        number = int(match[1])
        for year in (today.year, today.year - 1, today.year + 1):
            week = _week(year, number)
            if week and abs(monday(week) - today) <= _HALF_A_YEAR:
                return week
    return None


def week_of(day: date) -> str:
    """The week '2026-W47' that a day is in."""
    year, number, _weekday = day.isocalendar()
    return f"{year}-W{number:02d}"


def monday(week: str) -> date:
    """First day of a week '2026-W47'."""
    return date.fromisocalendar(int(week[:4]), int(week[6:]), 1)


def as_of(day: date, week: str | None) -> date:
    """The day at which a file's amounts are true: that of the import, kept within its week."""
    if week is None:
        return day
    first = monday(week)
    return min(max(day, first), first + timedelta(days=6))


def _week(year: int, number: int) -> str | None:
    try:
        date.fromisocalendar(year, number, 1)
    except ValueError:
        return None
    return f"{year}-W{number:02d}"
