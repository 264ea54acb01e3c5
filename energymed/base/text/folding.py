"""One spelling of a text, for storing and for comparing. Pure."""

import re
import unicodedata
from functools import lru_cache

_NOT_WORD = re.compile(r"[^a-z0-9]+")
_LIGATURES = str.maketrans(
    {"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"}
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_NUMBER = re.compile(r"[0-9]{1,9}")  # what every database takes


def collapse(text: str) -> str:
    """Trim, make one space of every run of blanks (no-break ones too), drop what has no shape."""
    words = " ".join(text.split())
    if words.isprintable():
        return words
    return "".join(sign for sign in words if sign.isprintable()).strip()


def tidy_lines(text: str) -> str:
    """Trim a text of several lines: control characters out, line ends as '\\n', lines kept."""
    text = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "\n".join(collapse(line) for line in text.split("\n")).strip()


def storable(text: str) -> str:
    """The text without what no database keeps: control characters and halves of a sign."""
    return _CONTROLS.sub("", text)


def whole_number(text: str | None) -> int | None:
    """The number that up to nine plain digits write; None for anything else."""
    return int(text) if text and _NUMBER.fullmatch(text) else None


def strip_accents(text: str) -> str:
    """The same letters without accents; ligatures are opened (œ gives oe)."""
    if text.isascii():
        return text
    opened = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    return "".join(letter for letter in opened if not unicodedata.combining(letter))


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """Lower case, no accents, everything but letters and digits turned into single spaces."""
    return _NOT_WORD.sub(" ", strip_accents(text).casefold()).strip()


def name_key(last_name: str, first_name: str | None = None) -> str:
    """The key under which a person is recognised: accents, case and punctuation aside.

    'LE-GOFF', 'Zoé' and 'Le Goff', 'ZOE' give the same 'le goff zoe'.
    """
    return fold(f"{last_name} {first_name or ''}")


def header_key(header: str) -> str:
    """The key under which a column title is compared. '°' and '€' count for nothing."""
    return fold(header.replace("°", " ").replace("º", " "))
