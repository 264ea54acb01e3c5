"""A column of dates judged as a whole, and dates that cannot be."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energymed.base.date_columns import (
    DateKind,
    Implausible,
    Verdict,
    implausible,
    judge_dates,
    swap_day_and_month,
)
from energymed.base.dates import DateOrder, parse_date

TODAY = date(2026, 11, 28)
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2099, 12, 31))


@pytest.mark.parametrize(
    ("cells", "verdict", "order"),
    [
        (["11/13/2026", "11/02/2026", "10/27/2026"], Verdict.MONTH_FIRST, DateOrder.MONTH_FIRST),
        (["13/11/2026", "02/11/2026", "", "NC"], Verdict.DAY_FIRST, DateOrder.DAY_FIRST),
        (["02/11/2026", "03/04/2026"], Verdict.AMBIGUOUS, DateOrder.DAY_FIRST),
        (["13/11/2026", "11/14/2026"], Verdict.MIXED, DateOrder.DAY_FIRST),
        (["13/11/2026", "11/14/2026", "10/15/2026"], Verdict.MIXED, DateOrder.MONTH_FIRST),
        (["2026-11-02", "46339", 46339, "2 nov 2026"], Verdict.DAY_FIRST, DateOrder.DAY_FIRST),
        (["11132026", "20261102"], Verdict.MONTH_FIRST, DateOrder.MONTH_FIRST),
        (["05/05/2026"], Verdict.DAY_FIRST, DateOrder.DAY_FIRST),
        ([], Verdict.DAY_FIRST, DateOrder.DAY_FIRST),
    ],
)
def test_a_column_has_one_order(cells: list[object], verdict: Verdict, order: DateOrder) -> None:
    column = judge_dates(cells)
    assert (column.verdict, column.order) == (verdict, order)
    assert column.asks == (verdict is Verdict.MIXED)


def test_every_filled_cell_is_counted_once() -> None:
    cells = ["13/11/2026", "11/13/2026", "02/03/2026", "2026-11-02", TODAY, "demain", "", "-", None]
    column = judge_dates(cells)
    assert (column.day_first, column.month_first, column.either) == (1, 1, 1)
    assert (column.plain, column.typed, column.typed_either, column.unread) == (1, 1, 0, 1)


def test_american_dates_opened_in_french_are_swapped() -> None:
    swapped = datetime.combine(date(2026, 2, 11), time.min)  # « 11/02/2026 », 2 November
    column = judge_dates(["11/13/2026", swapped, date(2026, 1, 12)])
    assert column.swapped_by_sheet
    assert column.asks
    assert swap_day_and_month(swapped) == date(2026, 11, 2)
    assert not judge_dates(["11/13/2026", date(2026, 1, 13)]).swapped_by_sheet
    assert not judge_dates(["13/11/2026", date(2026, 1, 12)]).swapped_by_sheet


@given(st.lists(DAYS, min_size=1), st.sampled_from(["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"]))
def test_a_french_column_is_never_read_month_first(days: list[date], way: str) -> None:
    column = judge_dates([day.strftime(way) for day in days])
    assert column.month_first == 0
    assert column.order is DateOrder.DAY_FIRST


@given(st.lists(DAYS, min_size=1).filter(lambda days: any(day.day > 12 for day in days)))
def test_an_american_column_gives_its_days_back(days: list[date]) -> None:
    cells = [day.strftime("%m/%d/%Y") for day in days]
    order = judge_dates(cells).order
    assert [parse_date(cell, order) for cell in cells] == days


@pytest.mark.parametrize(
    ("kind", "days", "reason"),
    [
        (DateKind.PAYMENT, 0, None), (DateKind.PAYMENT, 1, Implausible.AFTER_TODAY),
        (DateKind.PAYMENT, -400, None), (DateKind.PAYMENT, -366 * 15, None),
        (DateKind.PAYMENT, -366 * 15 - 1, Implausible.TOO_OLD),
        (DateKind.DUE, 366, None), (DateKind.DUE, 367, Implausible.TOO_FAR),
        (DateKind.DUE, -700, None), (DateKind.INVOICE, 367, Implausible.TOO_FAR),
        (DateKind.INVOICE, -366 * 15 - 1, Implausible.TOO_OLD),
        (DateKind.INTERVENTION, 366, None), (DateKind.INTERVENTION, 367, Implausible.TOO_FAR),
        (DateKind.INTERVENTION, -366, None), (DateKind.INTERVENTION, -367, Implausible.TOO_OLD),
    ],
)  # fmt: skip
def test_days_that_cannot_be(kind: DateKind, days: int, reason: Implausible | None) -> None:
    assert implausible(TODAY + timedelta(days=days), kind, TODAY) is reason


def test_the_payment_of_2062() -> None:
    assert implausible(date(2062, 11, 17), DateKind.PAYMENT, TODAY) is Implausible.AFTER_TODAY
    assert implausible(date(1962, 11, 17), DateKind.DUE, TODAY) is Implausible.TOO_OLD
