"""Characters without a shape, and blanks that look like a space."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energymed.base.text.folding import visible

SHAPELESS = (
    "\u200b", "\u200c", "\u200d", "\ufeff", "\u00ad", "\u200e", "\u200f", "\u202a", "\u202c",
    "\u202e", "\u2066", "\u2069", "\u2060", "\ufe0f", "\U000e0041", "\U000e0100", "\x00", "\x07",
    "\x7f", "\x90", "\u061c", "\u034f", "\u3164", "\u115f", "\ud800", "\ue000", "\ufffc",
)  # fmt: skip
BLANKS = (
    "\u00a0", "\u202f", "\u2007", "\u2009", "\u200a", "\u3000", "\u2003", "\u205f", "\u1680",
    "\u2800",     "\u2028", "\u2029", "\x0b", "\x0c", "\x85", "\x1f",
)  # fmt: skip


@pytest.mark.parametrize("sign", SHAPELESS)
def test_what_has_no_shape_goes(sign: str) -> None:
    assert visible(f"{sign}12{sign}0,50{sign}") == "120,50"


@pytest.mark.parametrize("sign", BLANKS)
def test_an_odd_blank_is_a_space(sign: str) -> None:
    assert visible(f"06{sign}39") == "06 39"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ine\u0300s", "Inès"),
        ("E\u0301loi\u0308se", "Éloïse"),
        ("m\u0303\u0254\u0301", "m\u0303\u0254\u0301"),  # letters that have no other form
        ("a\tb\nc\r\nd", "a\tb\nc\r\nd"),
        ("12 €, l’été – « oui »", "12 €, l’été – « oui »"),
        ("\u202a120,50\u202c", "120,50"),
        ("नमस्ते", "नमस्ते"),
    ],
)
def test_letters_keep_their_accents(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize("text", ["MOREL", "Inès Éloïse", "120,50", "D’Angelo", ""])
def test_a_plain_text_is_returned_itself(text: str) -> None:
    assert visible(text) is text


@given(st.text())
def test_once_is_enough_and_nothing_hidden_is_left(text: str) -> None:
    shown = visible(text)
    assert visible(shown) == shown
    assert not set(shown) & set(SHAPELESS + BLANKS)
    assert unicodedata.is_normalized("NFC", shown)


@given(st.lists(st.sampled_from([*SHAPELESS, "a", "é", "1"])))
def test_what_can_be_seen_stays(signs: list[str]) -> None:
    assert visible("".join(signs)) == "".join(sign for sign in signs if sign not in SHAPELESS)


@pytest.mark.parametrize("piece", ["a\u0301\u0323", "\u0301\u0323", "\u200b", "\u00a0a", "e\u0301"])
def test_time_is_linear(piece: str) -> None:
    def seconds(length: int) -> float:
        text = "a" + piece * (length // len(piece))
        start = time.process_time()
        visible(text)
        return time.process_time() - start

    seconds(1_000)
    assert seconds(400_000) < 40 * max(seconds(40_000), 0.005)
