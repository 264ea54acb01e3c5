"""Amounts as utilities write them."""

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energymed.base.money import MAX_CENTS, format_eur, parse_cents

CENTS = st.integers(min_value=-MAX_CENTS, max_value=MAX_CENTS)


@pytest.mark.parametrize(
    ("written", "cents"),
    [
        ("325,00", 32500),
        ("1 234,56 €", 123456),
        ("1\u00a0234,56\u00a0€", 123456),
        ("1\u202f234,56 EUR", 123456),
        ("EUR 12", 1200),
        ("12€50", 1250),
        ("1.234,56", 123456),
        ("1,234.56", 123456),
        ("1'234.50", 123450),
        ("1234.5", 123450),
        ("12,", 1200),
        ("1.234", 123400),
        ("1.234.567", 123456700),
        ("1,234,567", 123456700),
        ("0,120", 12),
        ("1234,560", 123456),
        ("(12,50)", -1250),
        ("-35,20", -3520),
        ("−35,20", -3520),
        ("35,20-", -3520),
        ("+12,50", 1250),
        ("10 000 000,00", MAX_CENTS),
        (308.21, 30821),
        (23142.019999999997, 2314202),
        (7, 700),
        (Decimal("12.30"), 1230),
    ],
)
def test_reads_what_utilities_write(written: str | float | Decimal, cents: int) -> None:
    assert parse_cents(written) == cents


@pytest.mark.parametrize(
    "written",
    [
        "voir avec M. Durand", "", "  ", "€", "1,234", "12,500", "1.234.56", "1,234,56", "0,234",
        "12 34", "1e5", "12 $", "5 k€", "10 000 000,01", "99999999999999", "12/05", "nan", "inf",
        1.234, float("nan"), float("inf"), 1e300, True,
    ],
)  # fmt: skip
def test_refuses_what_has_no_single_reading(written: str | float) -> None:
    with pytest.raises(ValueError):  # the sentence is the intake's
        parse_cents(written)


@given(CENTS)
def test_reads_back_what_it_writes_in_both_languages(cents: int) -> None:
    assert parse_cents(format_eur(cents, "fr")) == cents
    assert parse_cents(format_eur(cents, "en")) == cents


@given(CENTS)
def test_a_spreadsheet_number_loses_no_cent(cents: int) -> None:
    assert parse_cents(cents / 100) == cents


@given(st.text(max_size=20))
def test_any_text_is_an_amount_or_a_value_error(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert isinstance(parse_cents(text), int)


def test_writes_euros() -> None:
    assert format_eur(123456) == "1\u202f234,56\u00a0€"
    assert format_eur(-5, "en") == "-€0.05"
