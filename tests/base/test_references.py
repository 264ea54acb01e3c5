"""The bare key of a reference, under which its shapes meet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energymed.base.text.references import bare_key


@pytest.mark.parametrize(
    "shapes",
    [
        ["0012345", "12345", "12345.0", "12345,00", " 12 345 ", "00012345"],
        ["EDF-001 23", "edf00123", "EDF/001.23", "Edf_00123", "EDF–00123"],
        ["Ａ12", "a-12"],
    ],
)
def test_shapes_of_a_reference_meet(shapes: list[str]) -> None:
    assert len({bare_key(shape) for shape in shapes}) == 1


@pytest.mark.parametrize(
    ("a", "b"),
    [("12345", "123450"), ("EDF1", "ENG1"), ("REF.1", "REF.10"), ("Ω12", "12"), ("1.0.0", "1")],
)
def test_other_references_do_not(a: str, b: str) -> None:
    assert bare_key(a) != bare_key(b)


def test_nothing_has_no_key() -> None:
    assert bare_key("000") == bare_key("-") == bare_key("") == ""


@given(
    st.from_regex(r"[A-Z0-9]{1,12}", fullmatch=True), st.integers(0, 6), st.sampled_from("-_ /.")
)
def test_case_zeros_and_signs_count_for_nothing(code: str, zeros: int, sign: str) -> None:
    written = "0" * zeros + sign.join(code.lower())
    # « 1.0 » and « 1.00 » are a number's decimals
    assert bare_key(written) == bare_key(code) or sign == "."


@given(st.text(max_size=30))
def test_a_key_is_its_own_key(text: str) -> None:
    assert bare_key(bare_key(text)) == bare_key(text)
