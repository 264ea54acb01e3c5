"""Which week a file speaks of, and the day of its amounts."""

from datetime import date, timedelta

import pytest

from energymed.base.periods import parse_week
from energymed.intake.batches import weeks

TODAY = date(2026, 11, 23)
HALF = weeks.HALF_A_YEAR.days


@pytest.mark.parametrize(
    ("name", "week"),
    [
        ("edf-impayes-2026-S46.csv", "2026-W46"),
        ("2026W7.xlsx", "2026-W07"),
        ("Liste S46-2026.csv", "2026-W46"),
        ("relances semaine 46.csv", "2026-W46"),
        ("W46.csv", "2026-W46"),
        ("sem_2.csv", "2026-W02"),
        ("impayes.csv", None),
        ("2026-S60.csv", None),
        ("clients46.csv", None),
        ("impayes-20261123.csv", None),
    ],
)
def test_the_week_in_a_name(name: str, week: str | None) -> None:
    found = weeks.week_named(name, TODAY if "2." not in name else date(2026, 1, 5))
    assert (found.code if found else None) == week


def test_a_week_without_a_year_is_the_closest() -> None:
    assert weeks.week_named("S52.csv", date(2027, 1, 4)) == parse_week("2026-W52")
    assert weeks.week_named("S1.csv", date(2026, 12, 30)) == parse_week("2027-W01")


@pytest.mark.parametrize(("days", "year"), [(HALF, 2026), (HALF + 1, 2025)])
def test_a_week_to_come_is_of_this_year_up_to_half_a_year_ahead(days: int, year: int) -> None:
    first = date(2026, 8, 24)  # a Monday, of week 35
    found = weeks.week_named("S35.csv", first - timedelta(days=days))
    assert found == parse_week(f"{year}-W35")


def test_the_day_is_that_of_the_import_within_the_week() -> None:
    assert weeks.as_of(TODAY, None) == TODAY
    assert weeks.as_of(TODAY, "2026-W46") == date(2026, 11, 15)
    assert weeks.as_of(TODAY, "2026-W48") == TODAY
    assert weeks.as_of(TODAY, "2026-W52") == TODAY, "nothing happens on a day to come"
