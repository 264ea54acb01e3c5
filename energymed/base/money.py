"""Money: texts and spreadsheet numbers to whole cents, and back to a French or English text.

Cents are signed ints. Nothing here passes through binary floating point arithmetic, but for a
check that cannot be wrong.
"""

import re
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Literal, NamedTuple, TypeAlias

from babel.numbers import format_currency

from energymed.base.text.folding import visible

Cents: TypeAlias = int  # signed

MAX_CENTS = 1_000_000_000  # 10 million euros: above, a column was misread
Sign = Literal[",", "."]
SIGNS: tuple[Sign, ...] = (",", ".")

_DUST = Decimal("0.0000005")  # of a cent: what a sum of binary fractions is off, and nothing else
_AS_SHOWN = Context(prec=15, rounding=ROUND_HALF_UP)  # a spreadsheet shows no more digits

_PLAIN = re.compile(r"(\d{1,9})(?:[.,](\d{1,2}))?(?:[ \xa0\u202f]?(?:€|EUR))?", re.ASCII)
_SPACES = re.compile(r"\s+")
_CURRENCY = re.compile(r"€|(?<![a-z])(?:euros?|eur|ttc)(?![a-z])|(?<=\d)\s?e$", re.IGNORECASE)
_EURO_AS_POINT = re.compile(r"(\d)\s?(?:€|euros?|eur)\s?(\d\d)$", re.IGNORECASE)
_MINUS = str.maketrans({"−": "-", "–": "-", "‐": "-", "‑": "-", "—": "-", "’": "'"})
_CREDIT = re.compile(r"^(?:cr|crédit|credit|avoir)\b|(?:cr|crédit|credit|avoir)$", re.IGNORECASE)
_DEBIT = re.compile(r"^(?:dr|db|débit|debit)\b|(?:dr|db|débit|debit)$", re.IGNORECASE)
_GROUPS = r"(?P<whole>\d+|\d{1,3}(?:(?P<sep>[ '.,])\d{3})(?:(?P=sep)\d{3})*)"
_NUMBER = re.compile(_GROUPS + r"(?:(?P<point>[.,])(?P<decimals>\d*))?", re.ASCII)
_SIGNS: dict[Sign, Callable[[str], object]] = {  # finds decimals behind the sign
    sign: re.compile(rf"\d[{sign}](?:\d\d?|\d{{4,}})(?!\d)|(?<!\d)0[{sign}]\d", re.ASCII).search
    for sign in SIGNS
}


class Amount(NamedTuple):
    """Signed cents, and whether the cell had more decimals than cents (worth a warning)."""

    cents: int
    rounded: bool


def parse_cents(value: str | float | Decimal) -> Cents:
    """Read an amount in euros that a person typed; return signed cents.

    As `read_amount`, but a third decimal that is not zero raises ValueError: nobody types one.
    """
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value)
        if plain:  # nine cells in ten
            return _within(int(plain[1]) * 100 + int((plain[2] or "0").ljust(2, "0")))
    amount = read_amount(value)
    if amount.rounded:
        raise ValueError("more than two decimals")
    return amount.cents


def read_amount(value: str | float | Decimal, decimal_sign: Sign | None = None) -> Amount:
    """Read an amount in euros as its sheet shows it: half a cent is rounded up (away from zero).

    Texts: '1 234,56 €' (any space), '1.234,56', '1,234.56', '1234.5', '12€50', 'EUR 12';
    negative are '(12,50)', '12,50-', '−12,50' and '12,50 CR'. A number of a spreadsheet is taken
    by its shortest writing, to fifteen digits, so 308.21 is 30821, 120.505 is 12051 and the dust
    of a sum (23142.019999999997) is brushed off and not told.

    `decimal_sign` is that of the column (`decimal_sign_of`), for a lone separator before exactly
    three digits. Without it '1.234' is 1 234 €, for the French never use the point otherwise;
    '1,234' has two honest readings a thousand times apart, so it is refused and a person looks.

    Raises ValueError for anything else: words, nothing, infinity, more than 10 million euros.
    """
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value)
        if plain:
            cents = int(plain[1]) * 100 + int((plain[2] or "0").ljust(2, "0"))
            return Amount(_within(cents), rounded=False)
        return _to_cents(_from_text(value, decimal_sign))
    if value is True or value is False:  # an int to Python, a ticked box in a sheet
        raise ValueError("not an amount")
    if isinstance(value, float) and abs(value) < MAX_CENTS:
        cents = round(value * 100)
        if cents / 100 == value:  # the very number that these cents write
            return Amount(_within(cents), rounded=False)
    return _to_cents(Decimal(repr(value) if isinstance(value, float) else value))


def decimal_sign_of(cells: Iterable[object]) -> Sign | None:
    """The sign before the decimals in a column of amounts; None when no text or both tell it."""
    found = decimal_signs(cells)
    return found.pop() if len(found) == 1 else None


def decimal_signs(cells: Iterable[object]) -> set[Sign]:
    """Every sign that stands before decimals in some cells, each looked for in all at once."""
    text = "\n".join(cell for cell in cells if isinstance(cell, str))
    return {sign for sign, stands_in in _SIGNS.items() if sign in text and stands_in(text)}


def format_eur(cents: Cents, locale: str = "fr") -> str:
    """The amount for a person: '1 234,56 €' in French, '€1,234.56' in English."""
    return str(format_currency(Decimal(cents) / 100, "EUR", locale=locale))


def _within(cents: int) -> int:
    if abs(cents) > MAX_CENTS:
        raise ValueError("amount above 10 million euros")
    return cents


def _to_cents(euros: Decimal) -> Amount:
    try:
        cents = euros * 100
        if not cents.is_finite() or abs(cents) > MAX_CENTS + 1:
            raise ValueError("amount out of range")
        whole = cents.to_integral_value()
        if whole != cents:
            whole = _AS_SHOWN.plus(cents).to_integral_value(ROUND_HALF_UP)
    except InvalidOperation as error:
        raise ValueError("not an amount") from error
    return Amount(_within(int(whole)), rounded=abs(cents - whole) > _DUST)


def _from_text(value: str, decimal_sign: Sign | None) -> Decimal:
    text = _EURO_AS_POINT.sub(r"\1,\2", _SPACES.sub(" ", visible(value)).strip())
    text, negative = _sign(_CURRENCY.sub("", text).translate(_MINUS).strip())
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise ValueError("not an amount")
    whole, sep, point, decimals = match.group("whole", "sep", "point", "decimals")
    decimals = decimals or ""
    if sep and sep == point:
        raise ValueError("one separator in two roles")
    if not sep and len(decimals) == 3 and len(whole) <= 3 and whole[0] != "0":
        if point == "," and decimal_sign is None:
            raise ValueError("'1,234' has two readings")
        if point != decimal_sign:
            whole, decimals = whole + decimals, ""
    digits = re.sub(r"\D", "", whole)
    if len(digits) > 12:
        raise ValueError("amount out of range")
    return Decimal(f"{'-' if negative else ''}{digits}.{decimals or 0}")


def _sign(text: str) -> tuple[str, bool]:
    """Take the sign off: brackets, a minus on either side, CR (accounting), or a plus."""
    if not text[:1].isdigit() or not text[-1:].isdigit():
        credit = _CREDIT.sub("", text, count=1).strip()
        if credit != text:
            return credit, True
        text = _DEBIT.sub("", text).strip()
    if text.startswith("(") and text.endswith(")"):
        return text[1:-1].strip(), True
    if text.startswith("-"):
        return text[1:].strip(), True
    if text.endswith("-"):
        return text[:-1].strip(), True
    return text.removeprefix("+").strip(), False
