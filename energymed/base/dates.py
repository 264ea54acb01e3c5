"""Dates: what a cell says, and the working days of a place (DOMAIN §7, §13)."""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

from energymed.base.clock import PARIS
from energymed.base.text.folding import fold
from energymed.base.text.nothing import Kind, says_nothing

if TYPE_CHECKING:
    import holidays


class DateOrder(StrEnum):
    """Which of two numbers is the day in '11/02/2026'."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


_AMERICAN = DateOrder.MONTH_FIRST
FIRST_YEAR, LAST_YEAR = 1990, 2099
_EPOCH = date(1899, 12, 30)  # serial 0 of spreadsheets, their false 29 February 1900 included
_FIRST_LAST_CENTURY = 70  # two digits from here on are 19xx, as everywhere in computing
_NO_DAYS = frozenset((date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1), date(9999, 12, 31)))
# A program that is some seconds wrong about the offset of a zone (Paris had 9 min 21 s before 1911)
# or rounds a fraction of a day down writes 23:59:39 for midnight. Nobody types those seconds.
_NEARLY_MIDNIGHT = timedelta(minutes=1)

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T].*)?", re.ASCII)
_FRENCH = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?:[ T].*)?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
_SERIAL = re.compile(r"(\d{5})(?:[.,](\d+))?", re.ASCII)
_DAY_FIRST = re.compile(r"(\d\d)(\d\d)(\d{4})", re.ASCII)
# folded: the day of the week or "le" before, the month as a word or a number
_WORDS = re.compile(
    r"(?:le )?(?:[a-z]+ )?(\d{1,2})(?:er)?(?: ?([a-z]+) ?| (\d{1,2}) )(\d{4}|\d\d)(?: .*)?",
    re.ASCII,
)
_MONTH_DAY = re.compile(
    r"(?:[a-z]+ )?([a-z]{3,9}) (\d{1,2})(?:st|nd|rd|th)? (\d{4})(?: .*)?", re.ASCII
)
_TIME = re.compile(
    r"[ T](\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?"
    r"\s?(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?",
    re.ASCII | re.IGNORECASE,
)
_MONTHS = (
    "janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre",
    "octobre", "novembre", "decembre",
)  # fmt: skip
_ENGLISH = {
    "jan": 1, "january": 1, "feb": 2, "february": 2, "march": 3, "apr": 4, "april": 4, "may": 5,
    "jun": 6, "june": 6, "jul": 7, "july": 7, "aug": 8, "august": 8, "september": 9, "october": 10,
    "november": 11, "december": 12, "fevr": 2, "jlt": 7,
}  # fmt: skip

_ALSACE = {"67", "68"}
_OVERSEAS = {"971", "972", "973", "974", "976"}
_TERRITORIES = {"975": "PM", "986": "WF", "987": "PF", "988": "NC"}
_POSTAL_CODES = {"97133": "BL", "97150": "MF"}


class YearOutOfRange(ValueError):
    """A day that exists in a year that no date of ours has, as that of a birth."""


def parse_date(value: object, order: DateOrder = DateOrder.DAY_FIRST) -> date:
    """Read a date: a date or datetime cell, a spreadsheet serial, or a text.

    Texts: '13/11/2026', '13.11.26', '13-11-2026 10:30', '2026-11-13', '20261113', '13112026',
    'mardi 13/11/2026', '1er mars 2026', '13-nov-26', '5 novmbre 2026', '46339'. `order` is that of
    the column (`date_columns.judge_dates`), for texts that have two readings. Two digits of year
    are 20xx up to 69, then 19xx. An instant is the day in Paris: '2026-11-12T23:00:00Z' is the
    13th; some seconds short of midnight is the next day, but for a text that says 23:59:59, which
    is how programs write the end of that day. Raises ValueError for a day that does not exist, a
    text that is no date; YearOutOfRange, one of them, for a year before 1990 or after 2099.
    """
    if isinstance(value, str):
        return _month_first(value) if order is _AMERICAN else _from_text(value)
    if isinstance(value, datetime):
        plain = value.hour < 23 and value.tzinfo is None
        return _sane(value.date() if plain else _day_meant(value))
    if isinstance(value, date):
        return _sane(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_serial(value)
    raise ValueError("not a date")


def says_no_day(value: object) -> bool:
    """Whether a cell holds no day: a word for nothing, 0, or a program's day for none."""
    if isinstance(value, str):
        return says_nothing(value, Kind.DATE)
    if isinstance(value, datetime):
        return value.date() in _NO_DAYS
    if isinstance(value, date):
        return value in _NO_DAYS
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 2


def is_working_day(day: date, postal_code: str | None = None) -> bool:
    """Monday to Friday and no public holiday at `postal_code` (Alsace-Moselle has two more)."""
    return day.weekday() < 5 and day not in _holidays(holiday_region(postal_code))


def next_working_day(day: date, postal_code: str | None = None) -> date:
    """`day` itself when it is a working day at `postal_code`, else the first one after it."""
    while not is_working_day(day, postal_code):
        day += timedelta(days=1)
    return day


def add_months(day: date, months: int) -> date:
    """The same day of the month, `months` later; the last day where the month is shorter."""
    total = day.month - 1 + months
    year, month = day.year + total // 12, total % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def is_public_holiday(day: date, postal_code: str | None = None) -> bool:
    """Whether `day` is a public holiday at `postal_code`."""
    return day in _holidays(holiday_region(postal_code))


def holiday_region(postal_code: str | None) -> str | None:
    """The code of `holidays` for the public holidays of a French postal code; None: the common."""
    code = postal_code or ""
    if code[:2] == "57":
        return "57"
    if code[:2] in _ALSACE:
        return "6AE"
    if code in _POSTAL_CODES:
        return _POSTAL_CODES[code]
    return code[:3] if code[:3] in _OVERSEAS else _TERRITORIES.get(code[:3])


@cache
def _holidays(region: str | None) -> "holidays.HolidayBase":
    import holidays  # its tables take longer to load than most commands to answer

    return holidays.country_holidays("FR", subdiv=region)


def _sane(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise YearOutOfRange(day.isoformat())
    return day


def _day_meant(instant: datetime) -> date:
    """The day in Paris of an instant, or of a wall-clock time; nearly midnight is the next day."""
    _sane(instant.date())
    if instant.tzinfo is not None:
        instant = instant.astimezone(PARIS)
    if instant.hour == 23 and instant.minute == 59 and instant.second:
        instant += _NEARLY_MIDNIGHT
    return instant.date()


def _from_serial(serial: float) -> date:
    if not 30_000 <= serial < 75_000:  # 1982 to 2105; also refuses nan and infinity
        raise ValueError("not a date")
    days = int(serial)
    seconds = round((serial - days) * 86_400)
    return _sane(_EPOCH + timedelta(days=days + (seconds > 86_340)))  # 23:59, see above


@lru_cache(maxsize=8_192)
def _from_text(value: str) -> date:
    """One file says the same few hundred dates over and over, hence the cache."""
    text = value.strip()
    if match := _FRENCH.fullmatch(text):
        return _with_time(date(_full(match[3]), int(match[2]), int(match[1])), text)
    return _one_reading(text)


@lru_cache(maxsize=8_192)
def _month_first(value: str) -> date:
    """As `_from_text`, in a column that writes the month before the day."""
    text = value.strip()
    match = _FRENCH.fullmatch(text) or _DAY_FIRST.fullmatch(text)
    if match and (_full(match[3]) >= FIRST_YEAR or "/" in text):
        return _with_time(date(_full(match[3]), int(match[1]), int(match[2])), text)
    return _one_reading(text)


def _one_reading(text: str) -> date:
    """A text whose order says itself, compact days apart."""
    if (match := _DAY_FIRST.fullmatch(text)) and int(match[3]) >= FIRST_YEAR:
        return _sane(date(int(match[3]), int(match[2]), int(match[1])))
    if match := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
        return _with_time(date(year, month, day), text)
    if match := _SERIAL.fullmatch(text):
        return _from_serial(float(f"{match[1]}.{match[2] or 0}"))
    folded = fold(text)
    if match := _WORDS.fullmatch(folded):
        month = _month(match[2]) if match[2] else int(match[3])
        return _with_time(date(_full(match[4]), month, int(match[1])), text)
    if match := _MONTH_DAY.fullmatch(folded):
        return _sane(date(int(match[3]), _month(match[1]), int(match[2])))
    raise ValueError("not a date")


def _with_time(day: date, text: str) -> date:
    """The day that a text means when it tells the time as well."""
    if len(text) <= 10 or (match := _TIME.search(text)) is None:
        return _sane(day)
    hour, minute, second, fraction, zone = match.groups()
    if int(hour) > 23 or int(minute) > 59 or int(second or 0) > 59:
        return _sane(day)
    if second == "59" and zone is None and not (fraction or "").strip("0"):
        return _sane(day)
    clock = time(int(hour), int(minute), int(second or 0), tzinfo=_zone(zone) if zone else None)
    return _sane(_day_meant(datetime.combine(day, clock)))


def _zone(text: str) -> timezone:
    """'Z', 'UTC', '+01', '+0100' or '-05:00' as a zone."""
    if text[0] not in "+-":
        return UTC
    away = timedelta(hours=int(text[1:3]), minutes=int(text[3:].lstrip(":") or 0))
    return timezone(-away if text[0] == "-" else away)


def _full(digits: str) -> int:
    year = int(digits)
    if len(digits) > 2:
        return year
    return year + (1900 if year >= _FIRST_LAST_CENTURY else 2000)


@cache
def _month(word: str) -> int:
    """A month by its name, French or English, shortened or with a letter or two amiss."""
    if word in _ENGLISH:
        return _ENGLISH[word]
    begun = [number for number, name in enumerate(_MONTHS, 1) if name.startswith(word)]
    if len(word) >= 3 and len(begun) == 1:
        return begun[0]
    amiss = 1 if len(word) <= 5 else 2
    near = [OSA.distance(word, name, score_cutoff=amiss) for name in _MONTHS]
    if len(word) >= 4 and min(near) <= amiss and near.count(min(near)) == 1:
        return near.index(min(near)) + 1
    raise ValueError("not a month")
