"""Money: texts and spreadsheet numbers to whole cents, and back to a French or English text.

Cents are signed ints. Nothing here ever passes through binary floating point arithmetic.
"""

import re
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from babel.numbers import format_currency

Cents: TypeAlias = int  # signed

_DUST = 8  # decimals: what a program writes of a sum of binary fractions, and nobody types
MAX_CENTS = 1_000_000_000  # 10 million euros: above, a column was misread

_PLAIN = re.compile(r"(\d{1,9})(?:[.,](\d{1,2}))?", re.ASCII)
_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
_CURRENCY = re.compile(r"€|(?<![a-z])(?:euros?|eur|ttc)(?![a-z])", re.IGNORECASE)
_EURO_AS_POINT = re.compile(r"(\d)\s?€\s?(\d\d)$")
_GROUPS = r"(?P<whole>\d+|\d{1,3}(?:(?P<sep>[ '.,])\d{3})(?:(?P=sep)\d{3})*)"
_NUMBER = re.compile(_GROUPS + r"(?:(?P<point>[.,])(?P<decimals>\d*))?", re.ASCII)


def parse_cents(value: str | float | Decimal) -> Cents:
    """Read an amount in euros; return signed cents.

    Texts: '1 234,56 €' (any space), '1.234,56', '1,234.56', '1234.5', '12€50', 'EUR 12',
    '(12,50)' and '12,50-' are negative; '308.21000000000004' is 308.21. Numbers of a spreadsheet
    are taken as they are shown, so 308.21 is 30821 and the dust of a sum (23142.019999999997) is
    brushed off.

    A lone separator before exactly three digits: '1.234' is 1 234 €, for no amount is written
    with three decimals and the French never use the point otherwise; '1,234' has two honest
    readings (a French decimal comma, an English thousands comma) a thousand times apart, so it
    is refused and a person looks.

    Raises ValueError for anything else: words, nothing, infinity, a third decimal that is not
    zero, more than 10 million euros.
    """
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value)
        if plain:  # nine cells in ten
            return _within(int(plain[1]) * 100 + int((plain[2] or "0").ljust(2, "0")))
        return _within(_from_text(value))
    return _within(_from_number(value))


def format_eur(cents: Cents, locale: str = "fr") -> str:
    """The amount for a person: '1 234,56 €' in French, '€1,234.56' in English."""
    return str(format_currency(Decimal(cents) / 100, "EUR", locale=locale))


def _within(cents: int) -> int:
    if abs(cents) > MAX_CENTS:
        raise ValueError("amount above 10 million euros")
    return cents


def _from_number(value: float | Decimal) -> int:
    if value is True or value is False:  # an int to Python, a ticked box in a sheet
        raise ValueError("not an amount")
    try:
        cents = Decimal(repr(value) if isinstance(value, float) else value) * 100
        if not cents.is_finite() or abs(cents) > MAX_CENTS:
            raise ValueError("amount out of range")
        whole = cents.to_integral_value()
    except InvalidOperation as error:
        raise ValueError("not an amount") from error
    if abs(cents - whole) > Decimal("0.00001"):
        raise ValueError("more than two decimals")
    return int(whole)


def _from_text(value: str) -> int:
    text = _EURO_AS_POINT.sub(r"\1,\2", _SPACES.sub(" ", value).strip())
    text = _CURRENCY.sub("", text).replace("−", "-").replace("’", "'").strip()
    text, negative = _sign(text)
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise ValueError("not an amount")
    whole, sep, point, decimals = match.group("whole", "sep", "point", "decimals")
    decimals = decimals or ""
    if sep and sep == point:
        raise ValueError("one separator in two roles")
    if not sep and len(decimals) == 3 and len(whole) <= 3 and whole[0] != "0":
        if point == ",":
            raise ValueError("'1,234' has two readings")
        whole, decimals = whole + decimals, ""
    digits = re.sub(r"\D", "", whole)
    if len(digits) > 12:
        raise ValueError("amount out of range")
    if decimals[2:].strip("0"):
        if len(decimals) < _DUST:
            raise ValueError("more than two decimals")
        cents = _from_number(Decimal(f"{digits}.{decimals}"))
        return -cents if negative else cents
    cents = int(digits) * 100 + int(decimals[:2].ljust(2, "0"))
    return -cents if negative else cents


def _sign(text: str) -> tuple[str, bool]:
    """Take the sign off: brackets, a minus on either side (accounting), or a plus."""
    if text.startswith("(") and text.endswith(")"):
        return text[1:-1].strip(), True
    if text.startswith("-"):
        return text[1:].strip(), True
    if text.endswith("-"):
        return text[:-1].strip(), True
    return text.removeprefix("+").strip(), False
