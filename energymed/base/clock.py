"""The only clock. Instants are aware UTC; civil dates are those of Europe/Paris."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")

_shift = timedelta(0)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC) + _shift


def shift_clock(by: timedelta) -> None:
    """Let this process live at another time: the demo and benchmarks, never a real installation."""
    global _shift  # one clock a process
    _shift = by


def paris(instant: datetime) -> datetime:
    """The same instant as wall-clock time in Paris."""
    return instant.astimezone(PARIS)


def paris_date(instant: datetime) -> date:
    """The civil date in Paris at `instant`."""
    return paris(instant).date()


def today() -> date:
    """The civil date in Paris now."""
    return paris_date(now())


def at_paris(day: date, clock_time: time) -> datetime:
    """The instant (UTC) when the clocks of Paris show `clock_time` on `day`."""
    return at_zone(day, clock_time, PARIS)


def at_zone(day: date, clock_time: time, zone: ZoneInfo) -> datetime:
    """The instant (UTC) when the clocks of a zone show `clock_time` on `day`."""
    return datetime.combine(day, clock_time, tzinfo=zone).astimezone(UTC)


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """First instant of `day` in Paris and first instant of the next day, in UTC."""
    following = date.fromordinal(day.toordinal() + 1)
    return at_paris(day, time.min), at_paris(following, time.min)
