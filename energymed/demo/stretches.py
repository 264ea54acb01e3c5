"""The past of the demo, seen from the day that it lives in: a whole year, and the weeks since.

The last two weeks are made apart (`demo.today`); what is drafted here ends before them. Pure.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from energymed.base.dates import next_working_day

WEEKS = range(2, 52)  # of a year: those between the feasts, in which files come


@dataclass(frozen=True, slots=True)
class Stretch:
    """ISO weeks of a year in which files come; nothing of them happens after `last_day`."""

    year: int
    weeks: range
    last_day: date

    @property
    def whole(self) -> bool:
        """True for a whole year, whose figures were published."""
        return self.weeks == WEEKS

    def with_next_week(self) -> "Stretch":
        """The same with the week that follows, up to the same day of it."""
        return replace(self, weeks=range(self.weeks.start, self.weeks.stop + 1))

    def received_on(self, week: int) -> date:
        """The day on which the file of an ISO week came: its Monday, or the next working day."""
        return next_working_day(date.fromisocalendar(self.year, week, 1))


def this_week(today: date) -> date:
    """The day on which this week's files came."""
    return next_working_day(today - timedelta(days=today.weekday()))


def last_week(today: date) -> date:
    """The day on which last week's files came."""
    return next_working_day(today - timedelta(days=today.weekday() + 7))


def past_of(today: date) -> tuple[Stretch, Stretch]:
    """The year whose figures were published, and the weeks from then to the week before last.

    Both by the week before: in the first days of January that one still belongs to the old year.
    """
    monday = today - timedelta(days=today.weekday() + 7)
    year, week, _day = monday.isocalendar()
    before = Stretch(year - 1, WEEKS, date(year - 1, 12, 30))
    return before, Stretch(year, range(WEEKS.start, week), monday + timedelta(days=4))
