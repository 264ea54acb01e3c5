"""One phone number: any French way of typing to E.164 (DOMAIN §13).

One expression compiled from phonenumbers' own French metadata answers for nearly every cell;
the library itself is asked only about overseas and foreign numbers.
"""

import math
import re
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache

import phonenumbers
from phonenumbers import PhoneMetadata

# numbers of canvassers and platforms: no customer has one
PROSPECTING = (
    "162", "163", "270", "271", "377", "378", "424", "425", "568", "569", "948", "949",
    "9475", "9476", "9477", "9478", "9479", "937", "938", "939",
)  # fmt: skip
FICTION = ("19900", "26191", "35301", "46571", "53649", "63998")

_OVERSEAS = {
    "971": "GP", "972": "MQ", "973": "GF", "974": "RE", "975": "PM", "976": "YT",
    "977": "BL", "978": "MF", "986": "WF", "987": "PF", "988": "NC",
}  # fmt: skip
_DIALLED_FROM_FRANCE = ("GP", "MQ", "GF", "RE", "YT")  # ten digits starting with 0, as at home
_HOUSEHOLD_TYPES = (
    phonenumbers.PhoneNumberType.FIXED_LINE,
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    phonenumbers.PhoneNumberType.VOIP,
)
_MOBILE_TYPES = (
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
)
_MARTINIQUE = "596"  # the French metadata claims 0596 as well
_FLOAT_TEXT = re.compile(r"(\d{9,13})[.,]0", re.ASCII)
_EXPONENT = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.ASCII | re.IGNORECASE)
_ALLOWED = re.compile(r"\+?[\d\s.\-/()\u00a0\u202f\u2009\u2010\u2011–]+", re.ASCII)
_NOT_DIGIT = re.compile(r"\D")


def _placeholders() -> frozenset[str]:
    """The last eight digits of numbers that people type to fill a column.

    All alike, rising or falling (12345678), four times the same pair (12121212), pairs that rise
    or fall by 1, 10 or 11 (01020304, 10203040, 11223344), six zeros around any two digits. Fewer
    than one real number in 100,000 ends so.
    """
    digits = "0123456789" * 2
    rising = [digits[at : at + 8] for at in range(10)]
    pairs = [
        "".join(f"{first + step * at:02d}" for at in range(4))
        for step in (0, 1, -1, 10, -10, 11, -11)
        for first in range(100)
        if 0 <= first + step * 3 < 100
    ]
    zeros = [zeros for two in range(100) for zeros in (f"{two:02d}000000", f"000000{two:02d}")]
    return frozenset((*rising, *(tail[::-1] for tail in rising), *pairs, *zeros))


def _one_of(words: Iterable[str]) -> str:
    """An expression for any of some words, none the beginning of another.

    It gives up at the first sign that none of them has there.
    """
    by_first: dict[str, list[str]] = {}
    for word in sorted(words):
        by_first.setdefault(word[:1], []).append(word[1:])
    branches = [first + (_one_of(rests) if rests[0] else "") for first, rests in by_first.items()]
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"


def _french_pattern(*never: str) -> str:
    """The nine digits of a number that a customer can have, none of which begins with `never`.

    The most frequent kind first. Of placeholders every second digit is looked at first: nearly
    all numbers are through after three of them.
    """
    metadata = PhoneMetadata.metadata_for_region("FR")
    if metadata is None:
        raise RuntimeError("phonenumbers has no French metadata")
    fixed, mobile, voip = (
        (kind and kind.national_number_pattern) or ""
        for kind in (metadata.fixed_line, metadata.mobile, metadata.voip)
    )
    every_second = {"." + ".".join(tail[1::2]) for tail in PLACEHOLDERS}
    placeholder = rf"\d(?={_one_of(every_second)}){_one_of(PLACEHOLDERS)}"
    others = rf"(?!{_one_of((*PROSPECTING, *never))})(?:{fixed}|{voip})"
    return rf"(?!{placeholder})(?:{mobile}|{others})"


PLACEHOLDERS = _placeholders()
Match = Callable[[str], re.Match[str] | None]


@cache
def _french() -> Match:
    """Matches the nine digits of a number that a customer can have; read at the first number."""
    return re.compile(_french_pattern(), re.ASCII).fullmatch


@cache
def plain_french() -> Match:
    """Matches a French number without separators that needs no second look.

    Its last nine digits, behind +33, are its E.164 form wherever in mainland France one lives.
    """
    digits = rf"{_french_pattern(_MARTINIQUE)}|{_one_of(FICTION)}\d{{4}}"
    return re.compile(rf"(?:0|\+33|0033)(?:{digits})", re.ASCII).fullmatch


def to_e164(raw: str | float, postal_code: str | None = None) -> str | None:
    """One number to E.164, or None when it is not a number a customer can have.

    Understands spaces, dots, dashes, '+33', '0033', '33', '(0)', a zero lost by a spreadsheet
    and numbers that became floats. A number such as '6,40E+08' has lost its digits: None.
    `postal_code` tells the region of overseas customers. Prefixes kept for prospecting and
    special-rate numbers are refused, and so are those that only fill a column (0600000000,
    0612345678, 0101010101); ranges kept for fiction are always good.
    """
    if isinstance(raw, bool):
        return None
    if isinstance(raw, str):
        return _parse(raw.strip(), (postal_code or "")[:3])
    return _parse(_from_number(raw), (postal_code or "")[:3])


def is_mobile(e164: str) -> bool:
    """Whether a number of France or its overseas territories takes a text message.

    06 and 07, those kept for fiction included, and the mobile ranges of each territory.
    """
    if e164.startswith(("+336", "+337")):
        return True
    number = phonenumbers.parse(e164)
    return (
        phonenumbers.region_code_for_number(number) in _OVERSEAS.values()
        and phonenumbers.number_type(number) in _MOBILE_TYPES
    )


def _from_number(raw: float) -> str:
    if not math.isfinite(raw) or raw != int(raw) or raw <= 0:
        return ""
    return str(int(raw))


def _restore(text: str) -> str:
    """Undo what spreadsheets do to numbers; '' when digits are lost for good."""
    if match := _FLOAT_TEXT.fullmatch(text):
        return match[1]
    if _EXPONENT.fullmatch(text):
        try:
            number = Decimal(text.replace(",", "."))
        except InvalidOperation:
            return ""
        return str(int(number)) if len(number.as_tuple().digits) >= 9 else ""
    return text


@lru_cache(maxsize=65_536)
def _parse(raw: str, department: str) -> str | None:
    text = _restore(raw)
    if not _ALLOWED.fullmatch(text):
        return None
    digits = _NOT_DIGIT.sub("", text.replace("(0)", ""))
    international = text.lstrip(" (").startswith("+")
    if digits.startswith("00"):
        digits, international = digits[2:], True
    national = _national(digits, international)
    if national is None:
        return _foreign(digits) if international else None
    if national.startswith(FICTION):
        return "+33" + national
    if national[1:] in PLACEHOLDERS:
        return None
    if department in _OVERSEAS or national.startswith(_MARTINIQUE):
        return _overseas(national, department) or _mainland(national)
    return _mainland(national) or _overseas(national, department)


def _mainland(national: str) -> str | None:
    return "+33" + national if _french()(national) else None


def _national(digits: str, international: bool) -> str | None:
    """The nine digits of a French number, or None when it is not one."""
    if digits.startswith("33") and (international or len(digits) in (11, 12)):
        digits = digits[2:].removeprefix("0")
    elif international:
        return None
    elif len(digits) == 10 and digits[0] == "0":
        digits = digits[1:]
    return digits if len(digits) == 9 and digits[0] != "0" else None


def _overseas(national: str, department: str) -> str | None:
    if national.startswith(PROSPECTING):
        return None
    home = _OVERSEAS.get(department)
    for region in (home, *_DIALLED_FROM_FRANCE) if home else _DIALLED_FROM_FRANCE:
        number = phonenumbers.parse("0" + national, region)
        if phonenumbers.is_valid_number(number) and _ordinary(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None


def _ordinary(number: phonenumbers.PhoneNumber) -> bool:
    """A line that a household has, not a special rate or a service."""
    return phonenumbers.number_type(number) in _HOUSEHOLD_TYPES


def _foreign(digits: str) -> str | None:
    try:
        number = phonenumbers.parse("+" + digits, None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number) or not _ordinary(number):
        return None
    if digits[-8:] in PLACEHOLDERS:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
