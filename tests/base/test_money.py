"""Amounts as utilities write them."""

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energymed.base.money import (
    MAX_CENTS,
    Sign,
    decimal_sign_of,
    format_eur,
    parse_cents,
    read_amount,
)

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


@pytest.mark.parametrize(
    ("written", "cents"),
    [
        (120.504, 12050), (120.505, 12051), (33.33333333333333, 3333), ("120.49999999", 12050),
        ("33.333333", 3333), ("33,3333", 3333), ("1234,567", 123457), ("1 234,567 €", 123457),
        ("0,234", 23), (1.005, 101), (2.4949999999999997, 250), (-120.505, -12051),
        (0.004, 0), (Decimal("12.345"), 1235),
    ],
)  # fmt: skip
def test_computed_cents_are_taken_as_the_sheet_shows_them(
    written: str | float | Decimal, cents: int
) -> None:
    assert read_amount(written) == (cents, True)


@pytest.mark.parametrize("written", ["120,50", 120.5, 23142.019999999997, "308.21000000000004", 7])
def test_whole_cents_and_the_dust_of_a_sum_are_not_told(written: str | float) -> None:
    assert not read_amount(written).rounded


@pytest.mark.parametrize(
    ("written", "sign", "amount"),
    [
        ("120,505", ",", (12051, True)), ("120.505", ".", (12051, True)),
        ("120.505", ",", (12050500, False)), ("120,505", ".", (12050500, False)),
        ("1.234", None, (123400, False)), ("12,500", ",", (1250, False)),
    ],
)  # fmt: skip
def test_three_digits_behind_a_sign_are_read_by_the_column(
    written: str, sign: Sign | None, amount: tuple[int, bool]
) -> None:
    assert read_amount(written, sign) == amount


def test_without_its_column_a_comma_before_three_digits_is_refused() -> None:
    with pytest.raises(ValueError):
        read_amount("120,505")


@pytest.mark.parametrize(
    ("cells", "sign"),
    [
        (["100,00", "120,505"], ","), (["33,3333"], ","), (["1.234,50"], ","), (["120.5 €"], "."),
        (["1,234.50", 12.5], "."), (["0,234"], ","), (["1,234"], None), (["1.234.567"], None),
        (["1,5", "1.5"], None), ([12.5, ""], None), ([], None),
    ],
)  # fmt: skip
def test_a_column_has_one_decimal_sign(cells: list[object], sign: Sign | None) -> None:
    assert decimal_sign_of(cells) == sign


@pytest.mark.parametrize(
    "written",
    [
        "-12,50", "- 12,50 €", "−12,50", "–12,50", "12,50-", "12,50 €-", "(12,50)", "(12,50 €)",
        "(12,50) €", "12,50 CR", "12,50CR", "CR 12,50", "12,50 € cr", "avoir 12,50", "-12,5",
        "\u202d-12,50\u202c", "−\u00a012,50\u202f€", "12\u00ad,50-",
    ],
)  # fmt: skip
def test_negative_in_every_writing(written: str) -> None:
    assert parse_cents(written) == -1250


@pytest.mark.parametrize(
    "written",
    ["12,50 DB", "débit 12,50", "12,50 euros", "12 euros 50", "12,50E", "EUR 12,50", "12,50 TTC",
     "\u202a12,50\u202c", "12,5\u200b0", "\u200e12,50", "12\u2007,50"],
)  # fmt: skip
def test_positive_with_words_and_odd_signs(written: str) -> None:
    assert parse_cents(written.replace("\u2007", "")) == 1250


@given(st.decimals(min_value=-100_000, max_value=100_000, allow_nan=False, places=6))
def test_an_amount_is_never_half_a_cent_off(euros: Decimal) -> None:
    for written in (euros, str(euros).replace(".", ","), float(euros)):
        amount = read_amount(written, ",")
        assert abs(amount.cents - euros * 100) <= Decimal("0.5")
        assert amount.rounded == (euros * 100 % 1 != 0)
