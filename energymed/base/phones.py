"""Phones: any French way of typing to E.164 (DOMAIN §13).

One expression compiled from phonenumbers' own French metadata answers for nearly every cell;
the library itself is asked only about overseas and foreign numbers.
"""

import math
import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import PhoneMetadata

from energymed.base.text.folding import fold

PROSPECTING = (
    "162", "163", "270", "271", "377", "378", "424", "425", "568", "569", "948", "949",
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
_NOTHING = frozenset(
    ("", "0", "inconnu", "neant", "aucun", "sans", "nc", "n c", "na", "n a", "non", "x", "absent",
     "null", "nan", "non renseigne", "non communique", "pas de telephone", "sans telephone",
     "liste rouge")
)  # fmt: skip
_FLOAT_TEXT = re.compile(r"(\d{9,13})[.,]0", re.ASCII)
_EXPONENT = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.ASCII | re.IGNORECASE)
_ALLOWED = re.compile(r"\+?[\d\s.\-/()\u00a0\u202f\u2009\u2010\u2011–]+", re.ASCII)
_NOT_DIGIT = re.compile(r"\D")
_BETWEEN = re.compile(r"\s*(?:[;,|/\n]| ou | et | puis | - |\()\s*", re.IGNORECASE)
_WORDS = re.compile(r"[^\d+()]*[^\W\d_]{2,}[^\d+()]*")
# numbers among whatever else a person wrote; and hours, which are none
_AMONG = re.compile(
    r"(?<!\d)(?:(?:\+|00)33[\s.\-]?(?:\(0\))?[\s.\-]?|0)[1-9](?:[\s.\-/]?\d\d){4}(?!\d)", re.ASCII
)
_HOURS = re.compile(r"\d{1,2}\s?h(?:\s?\d\d)?(?!\w)", re.IGNORECASE | re.ASCII)


class PhonesFound(NamedTuple):
    """What one cell held: the good numbers, and whether something in it was no number."""

    numbers: tuple[str, ...]
    unread: bool


def _french_pattern() -> str:
    metadata = PhoneMetadata.metadata_for_region("FR")
    if metadata is None:
        raise RuntimeError("phonenumbers has no French metadata")
    kinds = (metadata.fixed_line, metadata.mobile, metadata.voip)
    patterns = [kind.national_number_pattern or "" for kind in kinds if kind is not None]
    return rf"(?!{'|'.join(PROSPECTING)})(?:{'|'.join(patterns)})"


_FRENCH = re.compile(_french_pattern(), re.ASCII)
# Matches a French number without separators that needs no second look: its last nine digits,
# behind +33, are its E.164 form wherever the customer lives in mainland France.
PLAIN_FRENCH = re.compile(
    rf"(?:0|\+33|0033)(?!{_MARTINIQUE})(?:(?:{'|'.join(FICTION)})\d{{4}}|{_french_pattern()})",
    re.ASCII,
).fullmatch


def to_e164(raw: str | float, postal_code: str | None = None) -> str | None:
    """One number to E.164, or None when it is not a number a customer can have.

    Understands spaces, dots, dashes, '+33', '0033', '33', '(0)', a zero lost by a spreadsheet
    and numbers that became floats. A number such as '6,40E+08' has lost its digits: None.
    `postal_code` tells the region of overseas customers. Prefixes kept for prospecting and
    special-rate numbers are refused; ranges kept for fiction are always good.
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


def phones_in(cell: object, postal_code: str | None = None) -> PhonesFound:
    """Every number in a cell: '06 39 98 00 01 / 04 65 71 00 02 (bureau)' holds two.

    Words that mean "none" (inconnu, néant, NC) are an empty cell, not an unread one.
    """
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        return PhonesFound((), unread=True)
    number = to_e164(cell, postal_code)
    if number:
        return PhonesFound((number,), unread=False)
    if not isinstance(cell, str):
        return PhonesFound((), unread=True)
    if fold(cell) in _NOTHING:
        return PhonesFound((), unread=False)
    return _several(cell, postal_code)


def _several(cell: str, postal_code: str | None) -> PhonesFound:
    digits = _NOT_DIGIT.sub("", cell)
    if len(digits) == 20 and digits[0] == digits[10] == "0" and _ALLOWED.fullmatch(cell):
        pieces = [digits[:10], digits[10:]]
    else:
        pieces = [_WORDS.sub("", piece) for piece in _BETWEEN.split(cell)]
    numbers: list[str] = []
    unread = False
    for piece in pieces:
        number = to_e164(piece, postal_code)
        found, rest = ([number], "") if number else _among(piece, postal_code)
        numbers += [each for each in found if each not in numbers]
        unread |= any(sign.isdigit() for sign in rest)
    return PhonesFound(tuple(numbers), unread or not numbers)


def _among(text: str, postal_code: str | None) -> tuple[list[str], str]:
    """The good numbers in a text, and what is left of it without them and without hours."""
    numbers: list[str] = []
    rest = text
    for written in _AMONG.findall(text):
        number = to_e164(written, postal_code)
        if number:
            numbers.append(number)
            rest = rest.replace(written, " ", 1)
    return numbers, _HOURS.sub("", rest)


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
    if department in _OVERSEAS or national.startswith(_MARTINIQUE):
        return _overseas(national, department) or _mainland(national)
    return _mainland(national) or _overseas(national, department)


def _mainland(national: str) -> str | None:
    return "+33" + national if _FRENCH.fullmatch(national) else None


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
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
