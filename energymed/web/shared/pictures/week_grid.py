"""A week by hours: at which of them a person answered, and at which not."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from energymed.web.shared.pictures.frame import WIDTH

NAMES = 36  # room for the names of the days
ROW = 13
TOP = 12  # the hours stand above
EARLY, LATE = 8, 20  # always shown; an hour outside them makes the picture wider
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of the week in which somebody rang, in its place."""

    weekday: int
    hour: int
    answered: int
    missed: int
    x: float = 0
    y: float = 0

    @property
    def calls(self) -> int:
        """All calls of the hour."""
        return self.answered + self.missed


@dataclass(frozen=True, slots=True)
class WeekGrid:
    """The picture; `rows` are weekdays with the height of their middle, `columns` hours."""

    hours: Sequence[Hour]
    rows: Sequence[tuple[int, float]]
    columns: Sequence[tuple[int, float]]
    height: float
    answered: int
    missed: int
    left: float = NAMES
    width: float = WIDTH


def week_grid(calls: Iterable[tuple[datetime, bool]]) -> WeekGrid | None:
    """Calls (what the person's clock showed, whether they answered); None for fewer than two."""
    answered: Counter[tuple[int, int]] = Counter()
    missed: Counter[tuple[int, int]] = Counter()
    for at, reached in calls:
        (answered if reached else missed)[at.weekday(), at.hour] += 1
    known = sorted({*answered, *missed})
    if answered.total() + missed.total() < 2:
        return None
    hours = range(min(EARLY, *(h for _d, h in known)), max(LATE, *(h + 1 for _d, h in known)))
    days = range(max(SATURDAY, *(d for d, _h in known)) + 1)
    step = (WIDTH - NAMES) / len(hours)
    across = {hour: round(NAMES + (i + 0.5) * step, 1) for i, hour in enumerate(hours)}
    down = {day: TOP + (day + 0.5) * ROW for day in days}
    return WeekGrid(
        hours=[Hour(d, h, answered[d, h], missed[d, h], across[h], down[d]) for d, h in known],
        rows=list(down.items()),
        columns=[(hour, round(x - step / 2, 1)) for hour, x in across.items()],
        height=TOP + len(days) * ROW + 1,
        answered=answered.total(),
        missed=missed.total(),
    )
