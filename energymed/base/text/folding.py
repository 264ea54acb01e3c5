"""One spelling of a text, for storing and for comparing. Pure."""

import re
import unicodedata
from functools import cache, lru_cache

_NOT_WORD = re.compile(r"[^a-z0-9]+")
_LIGATURES = str.maketrans(
    {"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"}
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_NUMBER = re.compile(r"[0-9]{1,9}")  # what every database takes

# Nothing to see: control characters but tab and line ends, soft hyphen, zero widths, directions,
# embeddings, isolates, joiners, variation selectors, tags, fillers, private and half signs
_SHAPELESS = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ud800-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc"
    "\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff]+"
)
_ODD_BLANKS = re.compile(
    "[\x0b\x0c\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u2800\u3000]"
)
_BEYOND_LATIN = re.compile("[^\x00-\u02ff\u2010-\u20cf]")  # where accents stand by themselves
_LOOK_ALIKES = str.maketrans("аеорсухіѕјԁһкмтвнгαεορνυικτχ", "aeopcyxisjdhkmtbhraeopvuiktx")
_LATIN = re.compile("[a-z]")
_MOST_MARKS = 4  # on one letter, in any language; putting more in order takes their square in time


def visible(text: str) -> str:
    """The text without characters that have no shape, every odd blank made a space. Linear.

    A letter and its accent become one character where there is one (NFC); an accent that has no
    such letter stays. Tabs and line ends stay. A plainly printable text is returned as it is.
    """
    beyond = not text.isascii() and _BEYOND_LATIN.search(text)
    if text.isprintable() and not beyond:
        return text
    text = _ODD_BLANKS.sub(" ", _SHAPELESS.sub("", text))
    return unicodedata.normalize("NFC", _too_many_marks().sub(r"\1", text)) if beyond else text


def all_visible(letters: str) -> bool:
    """Whether any text that has these characters, tabs and line ends aside, is as `visible`."""
    return letters.isprintable() and not _BEYOND_LATIN.search(letters)


@cache
def _too_many_marks() -> re.Pattern[str]:
    """Finds more accents on one letter than any language has."""
    marks = "".join(chr(at) for at in range(0x300, 0x1F000) if unicodedata.combining(chr(at)))
    return re.compile(f"([{marks}]{{{_MOST_MARKS}}})[{marks}]+")


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


def in_latin(word: str) -> str:
    """A word with a letter of ours, its Cyrillic and Greek ones as those that they look like.

    For comparing with words that must not stand somewhere; any other word is as it is.
    """
    if word.isascii():
        return word
    lowered = word.casefold()
    return lowered.translate(_LOOK_ALIKES) if _LATIN.search(lowered) else word


def name_key(last_name: str, first_name: str | None = None) -> str:
    """The key under which a person is recognised: accents, case and punctuation aside.

    'LE-GOFF', 'Zoé' and 'Le Goff', 'ZOE' give the same 'le goff zoe'.
    """
    return fold(f"{last_name} {first_name or ''}")


def header_key(header: str) -> str:
    """The key under which a column title is compared. '°' and '€' count for nothing."""
    return fold(header.replace("°", " ").replace("º", " "))
