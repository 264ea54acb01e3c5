"""Dates of cells, and working days."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energymed.base.clock import at_paris
from energymed.base.dates import (
    DateOrder,
    is_public_holiday,
    is_working_day,
    next_working_day,
    parse_date,
    says_no_day,
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
    ("text", "month"),
    [
        ("5 novmbre 2026", 11), ("5 nov. 26", 11), ("5 fevirer 2026", 2), ("5 févr. 2026", 2),
        ("5 setembre 2026", 9), ("5 sept 2026", 9), ("5 jullet 2026", 7), ("5 juil 2026", 7),
        ("5 aoùt 2026", 8), ("5 decmbre 2026", 12), ("5 janvire 2026", 1), ("5 avr 2026", 4),
        ("5-Aug-2026", 8), ("5 June 2026", 6), ("May 5, 2026", 5), ("5mars2026", 3),
    ],
)  # fmt: skip
def test_reads_months_shortened_or_misspelled(text: str, month: int) -> None:
    assert parse_date(text) == date(2026, month, 5)


@pytest.mark.parametrize("text", ["5 jui 2026", "5 marseille 2026", "5 ma 2026", "5 maison 2026"])
def test_a_word_that_is_no_month_or_two_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_date(text)


@pytest.mark.parametrize(
    "cell",
    [
        "2026-11-12T23:00:00Z", "2026-11-12T23:00:00+00:00", "2026-11-12T23:00:00.000Z",
        "2026-11-12 23:00:00 UTC", "2026-11-12T23:00:00+0000", "2026-11-13T00:00:00+01:00",
        "2026-11-12T18:00:00-05:00", "2026-11-12T22:59:39Z", "12/11/2026 23:00:00Z",
        "2026-11-12 23:59:58", "2026-11-12T23:59:39.000", "2026-11-12T23:59:59.999",
        "12/11/2026 23:59:58", "46338,999999", "46338.99999", 46338.999999,
        datetime(2026, 11, 12, 23, 0, tzinfo=UTC),
        datetime.combine(date(2026, 11, 12), time(23, 59, 58)),
        datetime.combine(date(2026, 11, 12), time(23, 59, 59)),
    ],
)  # fmt: skip
def test_an_instant_is_the_day_that_was_meant(cell: object) -> None:
    assert parse_date(cell) == DAY


@pytest.mark.parametrize(
    "cell",
    ["2026-11-13 23:59:59", "13/11/2026 23:59:59", "2026-11-13 23:59", "2026-11-13T22:00:00Z",
     "2026-11-13T00:00:00Z", 46339.9, datetime.combine(DAY, time(23, 59)),
     datetime.combine(DAY, time(23, 58, 59))],
)  # fmt: skip
def test_the_end_of_a_day_is_that_day(cell: object) -> None:
    assert parse_date(cell) == DAY


@given(DAYS.filter(lambda day: date(1990, 1, 1) < day))
def test_midnight_in_paris_is_that_day_in_every_zone(day: date) -> None:
    midnight = at_paris(day, time.min)
    assert parse_date(midnight) == parse_date(midnight.isoformat()) == day
    assert parse_date(midnight.strftime("%Y-%m-%dT%H:%M:%SZ")) == day
    assert parse_date(midnight - timedelta(seconds=21)) == day


@given(DAYS)
def test_an_american_column_is_read_month_first(day: date) -> None:
    for way in ("%m/%d/%Y", "%m-%d-%Y", "%m%d%Y", "%m/%d/%Y 10:30"):
        assert parse_date(day.strftime(way), DateOrder.MONTH_FIRST) == day
    assert parse_date(day.isoformat(), DateOrder.MONTH_FIRST) == day
    assert parse_date(day.strftime("%Y%m%d"), DateOrder.MONTH_FIRST) == day


@pytest.mark.parametrize(
    ("text", "year"), [("13/11/69", 2069), ("13/11/26", 2026), ("13/11/98", 1998)]
)
def test_two_digits_of_year_are_of_the_nearest_century(text: str, year: int) -> None:
    assert parse_date(text).year == year


@pytest.mark.parametrize(
    "cell",
    ["01/01/1900", "00/00/0000", "30/12/1899", "1899-12-30", "NC", "-", "0", 0, 0.0, 1,
     date(1899, 12, 30), date(1900, 1, 1), datetime.combine(date(1899, 12, 30), time.min)],
)  # fmt: skip
def test_the_days_that_programs_write_for_none(cell: object) -> None:
    assert says_no_day(cell)


@pytest.mark.parametrize("cell", ["13/11/2026", DAY, 46339, "46339", True, None])
def test_a_day_is_a_day(cell: object) -> None:
    assert not says_no_day(cell)


@given(st.text(max_size=30) | st.datetimes() | st.floats() | st.integers())
def test_anything_is_a_day_or_a_value_error(cell: object) -> None:
    for order in DateOrder:
        try:
            assert isinstance(parse_date(cell, order), date)
        except ValueError:
            continue


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
