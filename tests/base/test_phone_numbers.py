"""Phones as customers and spreadsheets write them."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energymed.base.phone_numbers import PLACEHOLDERS
from energymed.base.phones import (
    FICTION,
    PROSPECTING,
    is_mobile,
    phones_in,
    plain_french,
    to_e164,
)

MOBILE = "+33639984527"


@pytest.mark.parametrize(
    "written",
    [
        "06 39 98 45 27", "06.39.98.45.27", "06-39-98-45-27", "06/39/98/45/27", "0639984527",
        "06\u00a039\u00a098\u00a045\u00a027", "639984527", "33639984527", "0033639984527",
        "00 33 6 39 98 45 27", "+33 6 39 98 45 27", "+33 (0)6 39 98 45 27", "+330639984527",
        "(06) 39 98 45 27", "639984527.0", "6,39984527E+08", 639984527.0, 639984527, 33639984527.0,
    ],
)  # fmt: skip
def test_reads_every_way_of_typing(written: str | float) -> None:
    assert to_e164(written) == MOBILE


@pytest.mark.parametrize(
    "written",
    [
        "", "06 12", "inconnu", "6,40E+08", "0000000000", "0162345678", "0949 12 34 56",
        "0825 123 456", "0892123456", "3949", "112", "06 39 98 45 2X", "0639984527 0",
        "+33 12", "+999 123 456 789", -639984527.0, 639984527.5, float("nan"), float("inf"), True,
    ],
)  # fmt: skip
def test_refuses_what_no_customer_has(written: str | float) -> None:
    assert to_e164(written) is None


@pytest.mark.parametrize(
    ("written", "postal_code", "number"),
    [
        ("0690 00 12 34", "97110", "+590690001234"),
        ("0692 12 34 56", "97400", "+262692123456"),
        ("0596 30 12 34", "97200", "+596596301234"),
        ("+590 690 00 12 34", None, "+590690001234"),
        ("0692123456", "69003", "+262692123456"),
        ("06 39 98 45 27", "97600", MOBILE),
        ("+32 475 12 34 56", "59000", "+32475123456"),
    ],
)
def test_knows_numbers_from_overseas_and_abroad(
    written: str, postal_code: str | None, number: str
) -> None:
    assert to_e164(written, postal_code) == number


@given(st.sampled_from(FICTION), st.integers(0, 9999))
def test_fiction_ranges_are_good_in_every_spelling(prefix: str, tail: int) -> None:
    national = f"{prefix}{tail:04d}"
    pairs = " ".join(f"0{national}"[at : at + 2] for at in range(0, 10, 2))
    spellings = (f"0{national}", national, f"33{national}", pairs, float(national))
    assert {to_e164(spelling) for spelling in spellings} == {f"+33{national}"}


@given(st.sampled_from(PROSPECTING), st.integers(0, 999_999))
def test_prospecting_prefixes_are_nobody(prefix: str, tail: int) -> None:
    number = f"0{prefix}{tail:06d}"[:10]
    assert to_e164(number) is None
    assert plain_french()(number) is None


@pytest.mark.parametrize("number", ["0947412345", "0936123456", "0940123456"])
def test_their_neighbours_are_somebody(number: str) -> None:
    assert to_e164(number) == f"+33{number[1:]}"


@pytest.mark.parametrize(
    "number",
    [
        "0600000000", "0611111111", "0666666666", "0699999999", "0101010101", "0606060606",
        "0612121212", "0123456789", "0612345678", "0712345678", "0623456789", "0678901234",
        "0987654321", "0687654321", "0698765432", "0102030405", "0607080910", "0601020304",
        "0610203040", "0611223344", "0622334455", "0699887766", "0600000001", "0600000012",
        "0612000000", "0690000000", "0262000000", "0444444444", "600000000", "33600000000",
        "+33 6 00 00 00 00", "06 12 34 56 78", "+32 470 00 00 00",
    ],
)  # fmt: skip
def test_numbers_that_only_fill_a_column_are_nobody(number: str) -> None:
    assert to_e164(number) is None
    assert to_e164(number, "97400") is None
    assert phones_in(number) == ((), (number,), ())
    assert plain_french()(number.replace(" ", "")) is None


@given(st.sampled_from("1234567"), st.integers(0, 99_999_999))
def test_the_expression_and_the_list_of_placeholders_agree(first: str, tail: int) -> None:
    number = f"0{first}{tail:08d}"
    if number[2:] in PLACEHOLDERS and not number[1:].startswith(FICTION):
        assert to_e164(number) is plain_french()(number) is None
    if plain_french()(number):
        assert to_e164(number) == f"+33{number[1:]}"


@pytest.mark.parametrize("tail", sorted(PLACEHOLDERS)[::7])
def test_no_placeholder_passes(tail: str) -> None:
    assert to_e164(f"06{tail}") is None or f"6{tail}".startswith(FICTION)


def test_hardly_any_real_number_is_refused() -> None:
    """As placeholders: 786 of the 100 million ends that a number may have, 1 in 127 000."""
    assert {len(tail) for tail in PLACEHOLDERS} == {8}
    assert len(PLACEHOLDERS) * 100_000 < 10**8
    chance = random.Random(12)
    numbers = [f"06{chance.randrange(10**8):08d}" for _ in range(20_000)]
    assert sum(number[2:] in PLACEHOLDERS for number in numbers) <= 2


@given(st.text(max_size=24))
def test_any_text_is_a_number_or_nothing(text: str) -> None:
    number = to_e164(text)
    assert number is None or to_e164(number) == number
    assert all(to_e164(found) == found for found in phones_in(text).numbers)


@pytest.mark.parametrize(
    ("e164", "mobile"),
    [
        ("+33639980001", True),
        ("+33712345678", True),
        ("+33465710001", False),
        ("+33912345678", False),
        ("+590690001234", True),
        ("+594694201234", True),
        ("+262692123456", True),
        ("+262262123456", False),
        ("+68987123456", True),
        ("+32470123456", False),
    ],
)
def test_which_numbers_take_a_text_message(e164: str, mobile: bool) -> None:
    assert is_mobile(e164) is mobile
