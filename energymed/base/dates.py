"""Dates: what a cell says, and the working days of a place (DOMAIN §7, §13)."""

import re
from datetime import date, datetime, timedelta
from functools import cache, lru_cache

import holidays

from energymed.base.text.folding import fold

FIRST_YEAR, LAST_YEAR = 1990, 2099
_EPOCH = date(1899, 12, 30)  # serial 0 of spreadsheets, their false 29 February 1900 included

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T].*)?", re.ASCII)
_FRENCH = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?: .*)?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
_SERIAL = re.compile(r"(\d{5})(?:[.,]\d+)?", re.ASCII)
_DAY_FIRST = re.compile(r"(\d\d)(\d\d)(\d{4})", re.ASCII)
# folded: the day of the week or "le" before, the month as a word or a number
_WORDS = re.compile(
    r"(?:le )?(?:[a-z]+ )?(\d{1,2})(?:er)? (?:([a-z]+)|(\d{1,2})) (\d{4}|\d\d)(?: .*)?", re.ASCII
)
_MONTHS = ("janv", "fev", "mars", "avr", "mai", "juin", "juil", "aout", "sept", "oct", "nov", "dec")

_ALSACE = {"67", "68"}
_OVERSEAS = {"971", "972", "973", "974", "976"}
_TERRITORIES = {"975": "PM", "986": "WF", "987": "PF", "988": "NC"}
_POSTAL_CODES = {"97133": "BL", "97150": "MF"}


def parse_date(value: object) -> date:
    """Read a date: a date or datetime cell, a spreadsheet serial, or a text.

    Texts: '13/11/2026' (day first), '13.11.26', '13-11-2026 10:30', '2026-11-13', '20261113',
    '13112026', 'mardi 13/11/2026', '1er mars 2026', '13-nov-26', '46339'. Two digits of year mean
    20xx. Raises ValueError for a day that
    does not exist, a text that is no date, or a year before 1990 or after 2099.
    """
    if isinstance(value, datetime):
        return _sane(value.date())
    if isinstance(value, date):
        return _sane(value)
    if isinstance(value, str):
        return _from_text(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_serial(value)
    raise ValueError("not a date")


def is_working_day(day: date, postal_code: str | None = None) -> bool:
    """Monday to Friday and no public holiday at `postal_code` (Alsace-Moselle has two more)."""
    return day.weekday() < 5 and day not in _holidays(holiday_region(postal_code))


def next_working_day(day: date, postal_code: str | None = None) -> date:
    """`day` itself when it is a working day at `postal_code`, else the first one after it."""
    while not is_working_day(day, postal_code):
        day += timedelta(days=1)
    return day


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
def _holidays(region: str | None) -> holidays.HolidayBase:
    return holidays.country_holidays("FR", subdiv=region)


def _sane(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError("year out of range")
    return day


def _from_serial(serial: float) -> date:
    if not 30_000 <= serial < 75_000:  # 1982 to 2105; also refuses nan and infinity
        raise ValueError("not a date")
    return _sane(_EPOCH + timedelta(days=int(serial)))


@lru_cache(maxsize=8_192)
def _from_text(value: str) -> date:
    """One file says the same few hundred dates over and over, hence the cache."""
    text = value.strip()
    if match := _FRENCH.fullmatch(text):
        day, month, year = (int(part) for part in match.groups())
        return _sane(date(_full(year), month, day))
    if (match := _DAY_FIRST.fullmatch(text)) and int(match[3]) >= FIRST_YEAR:
        return _sane(date(int(match[3]), int(match[2]), int(match[1])))
    if match := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
        return _sane(date(year, month, day))
    if match := _SERIAL.fullmatch(text):
        return _from_serial(int(match[1]))
    if match := _WORDS.fullmatch(fold(text)):
        month = _month(match[2]) if match[2] else int(match[3])
        return _sane(date(_full(int(match[4])), month, int(match[1])))
    raise ValueError("not a date")


def _full(year: int) -> int:
    return year + 2000 if year < 100 else year


def _month(word: str) -> int:
    for number, start in enumerate(_MONTHS, 1):
        if word.startswith(start) or (len(word) >= 3 and start.startswith(word)):
            return number
    raise ValueError("not a month")
