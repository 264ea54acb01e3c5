"""Where things stand in the pictures: nothing over another, nothing outside, sums that agree."""

from datetime import UTC, date, datetime, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from energymed.web.shared.pictures.date_line import Mark, Stretch, date_line
from energymed.web.shared.pictures.debt_line import debt_line
from energymed.web.shared.pictures.frame import WIDTH, text_width
from energymed.web.shared.pictures.week_grid import week_grid

TODAY = date(2026, 11, 23)
DAYS = st.dates(date(2025, 1, 1), date(2028, 1, 1))
MARKS = st.lists(
    st.builds(Mark, on=DAYS, text=st.sampled_from(["", "5 déc.", "une coupure annoncée"]))
)


@given(MARKS)
def test_no_words_lie_over_others_or_outside(marks: list[Mark]) -> None:
    line = date_line(marks, [], TODAY)
    words = [sign.words for sign in line.signs if sign.words]
    assert len(words) == sum(bool(mark.text) for mark in marks)
    for each in words:
        assert 0 <= each.x <= WIDTH - text_width(each.text) + 0.1
        assert line.axis < each.y < line.height
    for one, other in combinations(words, 2):
        first, second = sorted((one, other), key=lambda each: each.x)
        assert one.y != other.y or first.x + text_width(first.text) < second.x


def test_the_line_runs_from_the_earliest_to_the_latest_with_today() -> None:
    line = date_line(
        [Mark(TODAY - timedelta(days=10)), Mark(TODAY + timedelta(days=30))],
        [Stretch(TODAY, TODAY + timedelta(days=10), "trêve")],
        TODAY,
    )
    assert [sign.x for sign in line.signs] == [8, 292]
    (bar,) = line.bars
    assert bar.x == line.today == 79
    assert bar.width == 71
    assert date_line([], [], TODAY).signs == []  # one day: nothing to divide by


def test_the_debt_steps_down_where_it_is_paid() -> None:
    line = debt_line(
        [(date(2026, 9, 1), 60_000, False), (date(2026, 10, 1), -20_000, True),
         (date(2026, 10, 1), -10_000, False)],
        TODAY,
    )  # fmt: skip
    assert line is not None
    opening, step = line.turns
    assert (opening.y, step.paid) == (18, True)
    assert opening.y < step.y < line.ground
    assert line.opened == (date(2026, 9, 1), 60_000)
    assert line.latest[1] == 30_000


def test_a_debt_that_never_moved_is_not_drawn_and_one_overpaid_goes_below_the_ground() -> None:
    assert debt_line([(TODAY, 60_000, False)], TODAY) is None
    line = debt_line([(TODAY, 100, False), (TODAY + timedelta(days=1), -300, True)], TODAY)
    assert line is not None
    assert line.turns[-1].y > line.ground
    assert line.latest[1] == -200


def test_the_week_shows_each_hour_once_with_its_calls() -> None:
    monday = datetime(2026, 11, 23, 18, 10, tzinfo=UTC)
    calls = [(monday, False), (monday, True), (monday.replace(hour=7), False)]
    grid = week_grid([*calls, (monday + timedelta(days=6), False)])
    assert grid is not None
    assert (grid.answered, grid.missed) == (1, 3)
    assert [(each.weekday, each.hour, each.calls) for each in grid.hours] == [
        (0, 7, 1), (0, 18, 2), (6, 18, 1),
    ]  # fmt: skip
    assert len(grid.rows) == 7  # a Sunday is shown once somebody rang on one
    assert grid.columns[0][0] == 7
    assert week_grid(calls[:1]) is None  # one call is told by the history
