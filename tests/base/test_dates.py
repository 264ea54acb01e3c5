"""Dates of cells, and working days."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energymed.base.dates import (
    is_public_holiday,
    is_working_day,
    next_working_day,
    parse_date,
)

DAY = date(2026, 11, 13)
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2099, 12, 31))


@pytest.mark.parametrize(
    "cell",
    [
        "13/11/2026", "13.11.2026", "13-11-2026", "13/11/26", " 13/11/2026 ", "13/11/2026 10:30",
        "2026-11-13", "2026-11-13T10:30:00", "2026/11/13", "20261113", "13 novembre 2026",
        "vendredi 13 nov. 2026", "46339", "46339,5", 46339, 46339.75, DAY,
        datetime(2026, 11, 13, 9),  # noqa: DTZ001  # as a spreadsheet gives it
    ],
)  # fmt: skip
def test_reads_every_way_of_writing_a_day(cell: object) -> None:
    assert parse_date(cell) == DAY


def test_reads_months_by_name() -> None:
    assert parse_date("1er mars 2026") == date(2026, 3, 1)
    assert parse_date("5 août 2026") == date(2026, 8, 5)
    assert parse_date("2 juil. 2026") == date(2026, 7, 2)


@pytest.mark.parametrize(
    "cell",
    [
        "31/02/2026", "13/13/2026", "00/00/0000", "", "n/a", "demain", "13/11", "1 brumaire 2026",
        "13/11/1026", 12, 1e9, float("nan"), float("inf"), True, None,
    ],
)  # fmt: skip
def test_refuses_what_is_no_day(cell: object) -> None:
    with pytest.raises(ValueError):  # the sentence is the intake's
        parse_date(cell)


@given(DAYS)
def test_reads_back_french_iso_and_serial(day: date) -> None:
    serial = day.toordinal() - date(1899, 12, 30).toordinal()
    assert parse_date(day.strftime("%d/%m/%Y")) == parse_date(day.isoformat()) == day
    assert parse_date(serial) == day


def test_working_days_depend_on_the_place() -> None:
    boxing_day = date(2025, 12, 26)  # a Friday
    assert is_working_day(boxing_day, "26000")
    assert not is_working_day(boxing_day, "67000")
    assert not is_working_day(boxing_day, "57000")
    assert is_public_holiday(date(2026, 5, 27), "97110")  # abolition of slavery, Guadeloupe
    assert not is_public_holiday(date(2026, 5, 27), None)


@given(DAYS.filter(lambda day: day.year < 2099), st.sampled_from([None, "26000", "68100", "97400"]))
def test_the_next_working_day_is_near_and_works(day: date, postal_code: str | None) -> None:
    moved = next_working_day(day, postal_code)
    assert is_working_day(moved, postal_code)
    assert 0 <= (moved - day).days <= 5
