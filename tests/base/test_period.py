"""Periods as people write them, and their edges as instants of Paris."""

from datetime import UTC, date, datetime

import pytest

from energymed.base.errors import BadInput
from energymed.base.periods import (
    latest_months,
    latest_weeks,
    latest_years,
    parse_period,
    parse_week,
    week_of,
)


def at(year: int, month: int, day: int, hour: int) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "code", "start", "end"),
    [
        ("2026", "2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-11", "2026-11", date(2026, 11, 1), date(2026, 11, 30)),
        ("2028-02", "2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-12", "2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2026-W47", "2026-W47", date(2026, 11, 16), date(2026, 11, 22)),
        ("2026-W01", "2026-W01", date(2025, 12, 29), date(2026, 1, 4)),
        ("2026-W53", "2026-W53", date(2026, 12, 28), date(2027, 1, 3)),
        (" 2026-w47 ", "2026-W47", date(2026, 11, 16), date(2026, 11, 22)),
    ],
)
def test_a_year_a_month_or_a_week(text: str, code: str, start: date, end: date) -> None:
    period = parse_period(text)
    assert (period.code, period.start, period.end) == (code, start, end)


@pytest.mark.parametrize(
    "text",
    [
        "", "hier", "26", "2026-", "2026-1", "2026-00", "2026-13", "2026-W00", "2026-W54",
        "2025-W53", "2026-W5", "2026W47", "2026-11-23", "2026-T5", "0000", "0001", "1999", "9999",
        "9999-W52", "٢٠٢٦", "２０２６", "2026-11\n2026", "%(text)s",
    ],
)  # fmt: skip
def test_anything_else_is_refused_in_a_sentence_that_shows_how(text: str) -> None:
    with pytest.raises(BadInput) as refusal:
        parse_period(text)
    assert str(refusal.value) == (
        f"Période incorrecte : {text}. Écrivez 2026-W47, 2026-11, 2026-T4, 2026 ou "
        "2026-01-15_2026-02-14."
    )


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        # both edges in winter time, one hour ahead of UTC
        ("2026-W47", at(2026, 11, 15, 23), at(2026, 11, 22, 23)),
        ("2026", at(2025, 12, 31, 23), at(2026, 12, 31, 23)),
        # the clocks change on 29 March and on 25 October 2026
        ("2026-03", at(2026, 2, 28, 23), at(2026, 3, 31, 22)),
        ("2026-W43", at(2026, 10, 18, 22), at(2026, 10, 25, 23)),
        ("2026-07", at(2026, 6, 30, 22), at(2026, 7, 31, 22)),
    ],
)
def test_the_edges_are_midnights_of_paris(text: str, first: datetime, after: datetime) -> None:
    assert parse_period(text).bounds == (first, after)


@pytest.mark.parametrize("text", ["2000", "2000-W01", "2099", "2099-12", "2099-W53"])
def test_every_period_that_is_accepted_has_edges(text: str) -> None:
    first, after = parse_period(text).bounds
    assert first < after


@pytest.mark.parametrize(
    ("one", "next_one"),
    [("2026", "2027"), ("2026-11", "2026-12"), ("2026-12", "2027-01"), ("2026-W53", "2027-W01")],
)
def test_a_period_ends_where_the_next_begins(one: str, next_one: str) -> None:
    assert parse_period(one).bounds[1] == parse_period(next_one).bounds[0]


@pytest.mark.parametrize(
    ("text", "before"),
    [("2026", "2025"), ("2026-11", "2025-11"), ("2028-02", "2027-02"), ("2026-W47", "2025-W47")],
)
def test_the_year_before(text: str, before: str) -> None:
    assert parse_period(text).year_before == parse_period(before)


@pytest.mark.parametrize("text", ["2026-W53", "2000"])
def test_some_periods_had_none_the_year_before(text: str) -> None:
    assert parse_period(text).year_before is None


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2026, 11, 23), "2026-W48"),
        (date(2026, 11, 22), "2026-W47"),
        (date(2025, 12, 29), "2026-W01"),
        (date(2027, 1, 3), "2026-W53"),
    ],
)
def test_the_week_of_a_day_is_the_iso_week(day: date, code: str) -> None:
    period = week_of(day)
    assert period.code == code
    assert period.start <= day <= period.end


@pytest.mark.parametrize("text", ["2026-W07", " 2026-w7 ", "2026-S07", "2026s7"])
def test_a_week_as_people_type_it(text: str) -> None:
    assert parse_week(text) == parse_period("2026-W07")


@pytest.mark.parametrize("text", ["46", "2026-W54", "2025-W53", "2026-W0", "2026-11", "hier", ""])
def test_what_is_no_week_is_refused_in_a_sentence_that_shows_how(text: str) -> None:
    with pytest.raises(BadInput) as refusal:
        parse_week(text)
    assert str(refusal.value) == f"Semaine incorrecte : {text}. Forme attendue : 2026-W47."


def test_the_latest_weeks_months_and_years() -> None:
    day = date(2027, 1, 3)
    assert [one.code for one in latest_weeks(day, 2)] == ["2026-W53", "2026-W52"]
    assert [one.code for one in latest_months(day, 3)] == ["2027-01", "2026-12", "2026-11"]
    assert [one.code for one in latest_years(day, 2)] == ["2027", "2026"]


@pytest.mark.parametrize(
    ("text", "code", "first", "last"),
    [
        ("2026-Q1", "2026-Q1", "2026-01-01", "2026-03-31"),
        ("2026-t4", "2026-Q4", "2026-10-01", "2026-12-31"),
        ("2026-01-15_2026-02-14", "2026-01-15_2026-02-14", "2026-01-15", "2026-02-14"),
    ],
)
def test_a_quarter_and_free_days(text: str, code: str, first: str, last: str) -> None:
    period = parse_period(text)
    assert (period.code, str(period.start), str(period.end)) == (code, first, last)
    assert period.is_free == ("_" in code)


@pytest.mark.parametrize(
    "text", ["2026-Q5", "2026-02-14_2026-01-15", "2026-02-30_2026-03-01", "2026-01-01_", "2026-Q"]
)
def test_days_that_are_no_period_are_refused(text: str) -> None:
    with pytest.raises(BadInput, match="Période incorrecte"):
        parse_period(text)


@pytest.mark.parametrize(
    ("code", "today", "compared"),
    [
        ("2026-11", date(2026, 11, 23), "2025-11-01_2025-11-23"),
        ("2026-11", date(2026, 11, 30), "2025-11"),  # its last day: the whole month
        ("2026-11", date(2026, 12, 1), "2025-11"),
        ("2028", date(2028, 2, 29), "2027-01-01_2027-02-28"),
        ("2026-Q4", date(2026, 11, 23), "2025-10-01_2025-11-23"),
        ("2026-W48", date(2026, 11, 25), "2025-11-24_2025-11-26"),  # the same days of the week
        ("2026-W53", date(2027, 2, 1), None),
        ("2028-02-01_2028-02-29", date(2029, 1, 1), "2027-02-01_2027-02-28"),
    ],
)
def test_what_a_period_is_compared_with(code: str, today: date, compared: str | None) -> None:
    found = parse_period(code).compared_with(today)
    assert (found.code if found else None) == compared
