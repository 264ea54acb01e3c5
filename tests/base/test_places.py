"""Postal codes, communes and addresses of one cell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energymed.base.places import code_and_commune, postal_code, split_address


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("26110", "26110"), ("26110,00", "26110"), ("26110.0", "26110"), ("26110,0", "26110"),
        ("F-26110", "26110"), ("FR 26110", "26110"), ("F26110", "26110"), ("FR-26110", "26110"),
        ("1000", "01000"), ("1000,00", "01000"), ("26 110", "26110"), ("26110 CEDEX 2", "26110"),
        ("26110CEDEX", "26110"), ("20000", "20000"), ("97133", "97133"), ("98800", "98800"),
        ("99999", None), ("00100", None), ("2A004", None), ("2611", "02611"), ("261", None),
        ("26110 NYONS", None), ("", None),
    ],
)  # fmt: skip
def test_postal_codes(text: str, code: str | None) -> None:
    assert postal_code(text) == code


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("26110 NYONS", ("26110", "NYONS")), ("26110NYONS", ("26110", "NYONS")),
        ("F-26110 Nyons", ("26110", "Nyons")), ("26110 - Nyons", ("26110", "Nyons")),
        ("26110.0 Nyons", ("26110", "Nyons")), ("26 110 Nyons", ("26 110", "Nyons")),
        ("Nyons (26110)", ("26110", "Nyons")), ("Nyons 26110", ("26110", "Nyons")),
        ("1000 Bourg-en-Bresse", ("1000", "Bourg-en-Bresse")),
        ("26000 VALENCE CEDEX 9", ("26000", "VALENCE CEDEX 9")),
        ("26000 CEDEX 9", ("26000", "")), ("26110,00", ("26110", "")), ("Nyons", ("", "Nyons")),
        ("12 rue 3", ("", "12 rue 3")), ("", ("", "")),
    ],
)  # fmt: skip
def test_a_code_and_its_commune(text: str, parts: tuple[str, str]) -> None:
    assert code_and_commune(text) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("12 rue des Écoles - 26000 Valence", ("12 rue des Écoles", "26000", "Valence")),
        ("12 rue des Écoles, 26000 Valence", ("12 rue des Écoles", "26000", "Valence")),
        ("12 rue des Écoles 26000 VALENCE", ("12 rue des Écoles", "26000", "VALENCE")),
        ("12 rue des Écoles\n26000 Valence", ("12 rue des Écoles", "26000", "Valence")),
        ("12 rue des Écoles (26000 Valence)", ("12 rue des Écoles", "26000", "Valence")),
        ("12 rue des Écoles, Valence 26000", ("12 rue des Écoles", "26000", "Valence")),
        ("12 rue des Écoles - Valence (26000)", ("12 rue des Écoles", "26000", "Valence")),
        ("12 rue des Écoles Valence 26000", ("12 rue des Écoles Valence", "26000", "")),
        ("26000 Valence, 12 rue des Écoles", ("12 rue des Écoles", "26000", "Valence")),
        ("12 rue A - F-26110 Nyons", ("12 rue A", "26110", "Nyons")),
        ("12 rue A, 01000 Bourg-en-Bresse, France", ("12 rue A", "01000", "Bourg-en-Bresse")),
        ("12 rue A - 26000 Valence - bât B", ("12 rue A, bât B", "26000", "Valence")),
        ("BP 12345 26000 Valence CEDEX 9", ("BP 12345", "26000", "Valence CEDEX 9")),
        ("12345 route de Lyon", ("12345 route de Lyon", "", "")),
        ("12345 route de Lyon 26000 Valence", ("12345 route de Lyon", "26000", "Valence")),
        ("26000 Valence", ("", "26000", "Valence")),
        ("12 rue A - 26000", ("12 rue A", "26000", "")),
        ("12 rue des Écoles", ("12 rue des Écoles", "", "")), ("", ("", "", "")),
    ],
)  # fmt: skip
def test_a_whole_address_in_one_cell(text: str, parts: tuple[str, str, str]) -> None:
    assert split_address(text) == parts


@given(
    st.integers(1, 9999),
    st.sampled_from(["rue des Écoles", "allée du Bois", "impasse Léa"]),
    st.sampled_from([" - ", ", ", " ", "\n", " – "]),
    st.from_regex(r"(?:0[1-9]|[1-8][0-9]|9[0-5])[0-9]{3}", fullmatch=True),
    st.sampled_from(["Valence", "Bourg-en-Bresse", "LE TEIL", "Saint-Jean-d'Ardières"]),
)
def test_any_address_comes_apart(house: int, street: str, gap: str, code: str, town: str) -> None:
    assert split_address(f"{house} {street}{gap}{code} {town}") == (f"{house} {street}", code, town)


@given(st.text(max_size=60))
def test_a_code_that_is_found_is_a_code(text: str) -> None:
    place = split_address(text)
    assert place.postal_code == "" or postal_code(place.postal_code) == place.postal_code
