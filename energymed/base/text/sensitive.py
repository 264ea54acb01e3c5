"""What is never kept: NIR, bank and card numbers, dates of birth (DOMAIN §12). Pure."""

import re

from stdnum import iban, luhn
from stdnum.fr import nir

# two glances, so that ordinary texts cost one search
_NUMBERS = re.compile(r"\d\d(?:\d\d|[\s.\-/]\d\d)")
_SUSPECT = re.compile(
    r"\d(?:[\s.\-]?\d){6}|[A-Za-z]{2}\s?\d{2}\s?[A-Za-z0-9]{3}|2[ABab][\s.\-]?\d{3}"
)

_NIR = re.compile(
    r"(?<!\d)[1-478](?P<g>[\s.\-]?)\d\d(?P=g)(?:0[1-9]|1[0-2]|[2-9]\d)(?P=g)(?:\d\d|2[ABab])"
    r"(?P=g)\d{3}(?P=g)\d{3}(?:[\s.\-/]{0,3}\d\d)?(?!\d)"
)
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\s?\d\d(?:[\s.\-]?[A-Za-z0-9]){11,30}")
_FRENCH_IBAN_LENGTH = 27
_CARD = re.compile(
    r"(?<!\d)(?:[2456]\d{3}(?:(?P<c>[\s.\-]?)\d{4})(?:(?P=c)\d{4}){2}"
    r"|3[47]\d{2}[\s.\-]?\d{6}[\s.\-]?\d{5})(?!\d)"
)
_BORN = re.compile(
    r"\b(?P<said>n(?:é|e|ée|ee)(?:\(e\)|[.·]e)?\s+(?:le|en)|(?:date\s+de\s+|d\.?\s*)?naiss(?:ance|\.)?|ddn)"
    r"\s*:?\s*(?:le\s+)?(?:\d{1,2}(?:er)?\s*[\s/.\-]\s*(?:\d{1,2}|[^\W\d_]{3,9}\.?)\s*[\s/.\-]\s*"
    r"(?:\d{4}|\d{2})|\d{4}(?:-\d\d-\d\d)?|\d{8})(?!\d)",
    re.IGNORECASE,
)

REMOVED = "[…]"


def remove_sensitive(text: str) -> tuple[str, bool]:
    """Cut NIR, IBAN and card numbers and dates of birth out of a free text; say if any was there.

    A shape is enough for a NIR, a wrong control key does not make the number fit to keep; a card
    number has its key right. Delivery points (14 digits) and phones (10) are not shapes of a NIR
    (13 or 15 digits). A date is one of birth when the words before it say so.
    """
    if not _NUMBERS.search(text) or not (_SUSPECT.search(text) or _BORN.search(text)):
        return text, False
    cleaned = _IBAN.sub(_without_iban, text)
    cleaned = _NIR.sub(_without_nir, cleaned)
    cleaned = _CARD.sub(_without_card, cleaned)
    cleaned = _BORN.sub(rf"\g<said> {REMOVED}", cleaned)
    return cleaned, cleaned != text


def strip_sensitive(text: str) -> str:
    """A free text fit to keep."""
    return remove_sensitive(text)[0]


def _without_card(match: re.Match[str]) -> str:
    digits = "".join(sign for sign in match[0] if sign.isdigit())
    return REMOVED if luhn.is_valid(digits) else match[0]


def _without_nir(match: re.Match[str]) -> str:
    digits = re.sub(r"[^0-9A-Za-z]", "", match[0])
    # thirteen digits without a key and without spaces may be any number of the partner's
    if len(digits) == 13 and not match["g"] and not nir.is_valid(digits + _nir_key(digits)):
        return match[0]
    if len(digits) == 13 and not match["g"] and digits[5:7] == "00":
        return match[0]
    return REMOVED


def _nir_key(digits: str) -> str:
    return str(nir.calc_check_digits(digits.upper() + "00"))


def _without_iban(match: re.Match[str]) -> str:
    """Keep what follows the IBAN: the shape runs on into the next words."""
    found = match[0]
    ends = [i + 1 for i, sign in enumerate(found) if sign.isalnum()]
    if found[:2].upper() == "FR" and len(ends) >= _FRENCH_IBAN_LENGTH:
        return REMOVED + found[ends[_FRENCH_IBAN_LENGTH - 1] :]
    for end in reversed(ends[14:]):
        if iban.is_valid(found[:end], check_country=False):
            return REMOVED + found[end:]
    return found
