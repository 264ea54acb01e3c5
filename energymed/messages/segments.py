"""How long a text message is: GSM-7 or UCS-2, and into how many pieces it is cut. Pure.

A piece carries 160 signs of GSM-7 or 70 units of UTF-16; of a longer message each piece loses
room for its number (153 and 67), and no sign is split between two pieces (3GPP TS 23.038, 23.040).
"""

from collections.abc import Iterable
from dataclasses import dataclass

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")  # two signs each
_ROOM = {"GSM-7": (160, 153), "UCS-2": (70, 67)}
# what word processors put where a plain sign says the same
_PLAIN = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "…": "...", "–": "-", "—": "-",
     "\N{NO-BREAK SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " "}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Length:
    """A message's length: `units` used of `room` in its pieces, and the signs that cost most.

    `odd` are the signs outside GSM-7, each once: they halve the room of every piece.
    """

    encoding: str
    units: int
    pieces: int
    room: int
    odd: tuple[str, ...]


def plain(text: str) -> str:
    """The text with typographic signs made plain, so that they do not halve its room."""
    return text.translate(_PLAIN)


def measure(text: str) -> Length:
    """How many pieces a text message takes; an empty one takes one."""
    odd = tuple(dict.fromkeys(s for s in text if s not in _BASIC and s not in _EXTENDED))
    if odd:
        encoding, sizes = "UCS-2", [1 + (ord(sign) > 0xFFFF) for sign in text]
    else:
        encoding, sizes = "GSM-7", [1 + (sign in _EXTENDED) for sign in text]
    alone, each = _ROOM[encoding]
    units = sum(sizes)
    if units <= alone:
        return Length(encoding, units, 1, alone, odd)
    pieces = _packed(sizes, each)
    return Length(encoding, units, pieces, pieces * each, odd)


def _packed(sizes: Iterable[int], each: int) -> int:
    pieces, used = 1, 0
    for size in sizes:
        if used + size > each:
            pieces, used = pieces + 1, 0
        used += size
    return pieces
