"""How many pieces a text message takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energymed.messages.segments import measure


@pytest.mark.parametrize(
    ("text", "encoding", "units", "pieces", "room"),
    [
        ("", "GSM-7", 0, 1, 160),
        ("a" * 160, "GSM-7", 160, 1, 160),
        ("a" * 161, "GSM-7", 161, 2, 306),
        ("é" * 160, "GSM-7", 160, 1, 160),
        ("€" * 80, "GSM-7", 160, 1, 160),
        ("€" * 81, "GSM-7", 162, 2, 306),
        ("a" * 306, "GSM-7", 306, 2, 306),
        ("a" * 307, "GSM-7", 307, 3, 459),
        ("ê" * 70, "UCS-2", 70, 1, 70),
        ("ê" * 71, "UCS-2", 71, 2, 134),
        ("😀" * 35, "UCS-2", 70, 1, 70),
        # 33 signs of two units fill 66 of 67: the last one would be split
        ("😀" * 67, "UCS-2", 134, 3, 201),
        # 152 and one of two: the € starts the second piece
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3, 459),
    ],
)
def test_lengths(text: str, encoding: str, units: int, pieces: int, room: int) -> None:
    found = measure(text)
    assert (found.encoding, found.units, found.pieces, found.room) == (
        encoding, units, pieces, room,
    )  # fmt: skip


def test_the_signs_that_cost_are_named_once() -> None:
    assert measure("être, fenêtre, leçon").odd == ("ê", "ç")
    assert measure("élève à Noël").odd == ("ë",)


@given(st.text(max_size=400))
def test_everything_fits_into_its_pieces(text: str) -> None:
    found = measure(text)
    assert found.units <= found.room
    assert found.pieces >= 1
    assert (found.encoding == "UCS-2") == bool(found.odd)
