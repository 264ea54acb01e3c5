"""Phones as customers and spreadsheets write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energymed.base.phones import FICTION, PROSPECTING, is_mobile, phones_in, to_e164

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
    assert to_e164(f"0{prefix}{tail:06d}") is None


@given(st.text(max_size=24))
def test_any_text_is_a_number_or_nothing(text: str) -> None:
    number = to_e164(text)
    assert number is None or to_e164(number) == number
    assert all(to_e164(found) == found for found in phones_in(text).numbers)


@pytest.mark.parametrize(
    ("cell", "numbers", "unread"),
    [
        ("06 39 98 00 01 / 04 65 71 00 02", ("+33639980001", "+33465710002"), False),
        ("06 39 98 00 01 (fils) 04 65 71 00 02", ("+33639980001", "+33465710002"), False),
        ("0639980001 ou 0465710002", ("+33639980001", "+33465710002"), False),
        ("06 39 98 00 01 - 04 65 71 00 02", ("+33639980001", "+33465710002"), False),
        ("06399800010465710002", ("+33639980001", "+33465710002"), False),
        ("Tél : 06 39 98 00 01 Mme", ("+33639980001",), False),
        ("0639980001 / 0639980001", ("+33639980001",), False),
        ("0639980001 / 06 12", ("+33639980001",), True),
        ("06/39/98/00/01", ("+33639980001",), False),
        (639980001.0, ("+33639980001",), False),
        ("inconnu", (), False),
        ("-", (), False),
        ("06 12", (), True),
        (None, (), True),
        (12.5, (), True),
    ],
)
def test_finds_every_number_of_a_cell(cell: object, numbers: tuple[str, ...], unread: bool) -> None:
    assert phones_in(cell) == (numbers, unread)


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
