"""What the values of a customer file mean: pure rules of the trade (DOMAIN §3, §13)."""

import re
from datetime import date
from decimal import Decimal

from energymed.base.date_columns import DateKind
from energymed.base.text.folding import fold
from energymed.base.text.nothing import Kind, lost_digits, says_nothing
from energymed.intake.codes import FileKind
from energymed.partners.codes import Energy

MonthDay = tuple[int, int]
Truce = tuple[MonthDay, MonthDay]  # first and last day, both included

# Longest text kept of each field, in characters: those of the tables, which reject the line
MAX_LENGTHS = {
    "reference": 60,
    "customer_reference": 60,
    "contract_number": 60,
    "civility": 20,
    "last_name": 120,
    "first_name": 120,
    "email": 254,
    "address": 250,
    "address_extra": 250,
    "commune": 120,
    "postal_commune": 120,
    "supplier": 60,
    "cutoff_slot": 30,
    "method": 60,
    "payment_reference": 60,
}
LONGEST = 1_000  # of any other field
DATES = {
    "invoice_date": DateKind.INVOICE,
    "due_date": DateKind.DUE,
    "cutoff_date": DateKind.INTERVENTION,
    "limited_since": DateKind.INVOICE,
    "cut_since": DateKind.INVOICE,
    "terminated_since": DateKind.INVOICE,
    "first_letter_on": DateKind.INVOICE,
    "second_letter_on": DateKind.INVOICE,
    "paid_on": DateKind.PAYMENT,
}
IDENTITIES = (
    "reference", "customer_reference", "contract_number", "delivery_point", "payment_reference",
)  # fmt: skip
_KINDS = {
    **dict.fromkeys(("last_name", "first_name", "full_name"), Kind.NAME),
    **dict.fromkeys(IDENTITIES, Kind.IDENTITY),
}
# where a person expects a value: a word that says nothing is told; those required are told anyway
EXPECTED = frozenset(
    (*IDENTITIES[1:], "first_name", "address", "postal_code", "commune", "postal_commune")
)
_ZEROS_COUNT = frozenset(
    ("reminders_count", "energy_cheque", "main_residence", "communicating_meter")
)
MAX_COMMENT = 2_000  # a longer comment is cut, the line is kept

TRUCE: Truce = ((11, 1), (3, 31))  # winter truce, when no other period is given
_TRUCE_KINDS = (FileKind.UNPAID_BILL, FileKind.CUTOFF_NOTICE)

_POINT = re.compile(r"\d{14}|GI\d{6}", re.ASCII)
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")
_TRUE = frozenset(("o", "oui", "1", "vrai", "true", "x", "y", "yes", "ok"))
_FALSE = frozenset(("n", "non", "0", "faux", "false", "no"))
_ENERGY_LETTERS = {
    **dict.fromkeys(("e", "el", "ele", "kwh"), Energy.ELECTRICITY),
    **dict.fromkeys(("g", "gn"), Energy.GAS),
    **dict.fromkeys(("eg", "ge", "e g", "g e", "bi"), Energy.BOTH),
}


def is_empty(field: str, text: str) -> bool:
    """Whether a field's text is a word that says nothing, or no word at all."""
    if not text:
        return True
    return field not in _ZEROS_COUNT and says_nothing(text, _KINDS.get(field, Kind.TEXT))


def has_letter(text: str) -> bool:
    """Whether a text may be a name."""
    return any(map(str.isalpha, text))


def in_truce(day: date, first: MonthDay = TRUCE[0], last: MonthDay = TRUCE[1]) -> bool:
    """Whether `day` falls in the truce, both (month, day) ends included, over the new year."""
    here = (day.month, day.day)
    if first <= last:
        return first <= here <= last
    return here >= first or here <= last


def truce_concerns(kind: FileKind, energy: Energy | None) -> bool:
    """Whether a cut-off line of this mission is abnormal inside the truce (DOMAIN §3).

    Unpaid bills and Enedis notices alike are cut-off lines; an appointment is none. The truce
    is about electricity, gas and heat; an unknown energy is taken for one of them.
    """
    return kind in _TRUCE_KINDS and energy != Energy.WATER


def delivery_point(text: str) -> str | None:
    """14 digits, or GI + 6 digits; zeros lost by a spreadsheet restored. None when damaged.

    Eight zeros at the end are digits that a spreadsheet threw away, not a real number.
    """
    if lost_digits(text):
        return None
    compact = re.sub(r"[\s.\-]", "", text.removesuffix(".0")).upper()
    if compact.isdecimal() and 12 <= len(compact) <= 13:
        compact = compact.zfill(14)
    if not _POINT.fullmatch(compact) or compact.endswith("00000000"):
        return None
    return compact


def point_text(cell: str | float) -> str:
    """A delivery point cell as text: a spreadsheet number holds all 14 digits exactly."""
    if isinstance(cell, str):
        return cell
    whole = Decimal(cell)
    return str(int(whole)) if whole.is_finite() and whole == int(whole) else str(cell)


def energy_code(text: str) -> Energy | None:
    """electricity, gas, both, water, heat, or None when the word is none of these."""
    words = fold(text)
    electricity = "elec" in words
    gas = "gaz" in words or Energy.GAS in words.split()
    if (electricity and gas) or "dual" in words or "bi energie" in words or "2 energies" in words:
        return Energy.BOTH
    if electricity or gas:
        return Energy.ELECTRICITY if electricity else Energy.GAS
    if {"eau", Energy.WATER, "assainissement"} & set(words.split()):
        return Energy.WATER
    if "chaleur" in words or "chauffage" in words or Energy.HEAT in words:
        return Energy.HEAT
    return _ENERGY_LETTERS.get(words)


def yes_no(text: str) -> bool | None:
    """True for O, Oui, 1, X…; False for N, Non, 0…; None for anything else."""
    word = fold(text)
    if word in _TRUE:
        return True
    return False if word in _FALSE else None


def email(text: str) -> str | None:
    """An address that could receive a message, in lower case; None when it is not one."""
    return text.lower() if _EMAIL.fullmatch(text) else None


def small_count(text: str) -> int | None:
    """A count from 0 to 999, as '4', '4.0' or '4 relances'; None when it is not one."""
    match = re.fullmatch(r"(\d{1,3})(?:[.,]0+)?(?:\s\D*)?", text, re.ASCII)
    return int(match[1]) if match else None
