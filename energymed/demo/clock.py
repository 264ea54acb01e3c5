"""The demo's own clock: it starts at ten on a working day, and runs on from there. Pure.

A demo that is started again goes on where it was, and never back: what was done stays in the past.
Only where nobody could be called any more it goes forward, to the next time at which work begins.
The hours are those that the rules give a new installation (DOMAIN §8).
"""

from datetime import date, datetime, time, timedelta

from energymed.base.clock import at_paris, paris, paris_date
from energymed.base.dates import next_working_day

TEN = time(10)
MORNING = (time(9), time(12, 30))
AFTERNOON = (time(13, 30), time(19))
ENOUGH = timedelta(minutes=30)  # less than that before a pause is too little to try anything
STARTS = (TEN, AFTERNOON[0])  # when work begins, as the demo sees it


def first_shift_s(real: datetime) -> int:
    """By how many seconds a new demo lives at another time than `real`: ten on a working day."""
    return _seconds(at_paris(next_working_day(paris_date(real)), TEN), real)


def later_shift_s(real: datetime, shift_s: int) -> int:
    """The shift of a demo that is started again: its own, or more where nobody is called now."""
    at = real + timedelta(seconds=shift_s)
    return shift_s if is_open(at) else _seconds(next_start(at), real)


def is_open(at: datetime) -> bool:
    """Whether people may be called at `at` and for half an hour more."""
    day = paris_date(at)
    if next_working_day(day) != day:
        return False
    return any(
        at_paris(day, opens) <= at <= at_paris(day, closes) - ENOUGH
        for opens, closes in (MORNING, AFTERNOON)
    )


def next_start(at: datetime) -> datetime:
    """The first time from `at` on at which work begins: ten, or the afternoon of a day begun."""
    day = paris_date(at)
    if next_working_day(day) == day:
        for start in STARTS:
            if paris(at).time() <= start:
                return at_paris(day, start)
    return at_paris(next_working_day(_after(day)), TEN)


def _after(day: date) -> date:
    return day + timedelta(days=1)


def _seconds(start: datetime, real: datetime) -> int:
    """Whole seconds from `real` to `start`, so that the demo's clock is not before `start`."""
    return int((start - real.replace(microsecond=0)).total_seconds())
