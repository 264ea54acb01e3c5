"""Whether a line that bears a known reference still speaks of the same person. Pure.

A reference outlives who holds it: somebody moves in, and the partner goes on with the number of
the customer before. Whoever is joined to that customer's case is told another person's debt.
"""

from collections.abc import Collection, Sequence
from enum import Enum
from typing import NamedTuple

from rapidfuzz import fuzz

from energymed.base.text.addresses import address_words
from energymed.base.text.same_name import same_name, share_a_word

_ALIKE = 88  # of 100: one street, written twice


class Home(NamedTuple):
    """Where a line says that somebody lives; None where it says nothing."""

    address: str | None
    postal_code: str | None


class Holder(NamedTuple):
    """Who a line speaks of, or who is known: whole name, E.164 numbers, homes."""

    name: str
    numbers: Collection[str] = ()
    homes: Sequence[Home] = ()


class Likeness(Enum):
    """What two holders of one reference are to each other."""

    SAME = 1
    UNSURE = 2  # another name, and nothing that tells
    OTHER = 3  # another name, and another number or address


def likeness(said: Holder, known: Holder) -> Likeness:
    """Whether two holders are one person: by name, else by a number or a home that they share.

    Another name with the number or the home of before is a marriage or a misspelling, unless the
    home (or the number) is another one too. At the same home, and with no number to compare, who
    shares neither first name nor surname may as well be the next tenant.
    """
    if same_name(said.name, known.name):
        return Likeness.SAME
    told = [same_home(here, there) for here in said.homes for there in known.homes]
    at_home = True in told
    if not at_home and False in told:
        return Likeness.OTHER
    if said.numbers and known.numbers:
        shared = any(number in known.numbers for number in said.numbers)
        return Likeness.SAME if shared else Likeness.OTHER
    return Likeness.SAME if at_home and share_a_word(said.name, known.name) else Likeness.UNSURE


def same_home(one: Home, other: Home) -> bool | None:
    """Whether two addresses are one, however they are written; None when too little is said.

    Short forms ('av.', 'bd'), small words, a floor or a building that only one of them has, and
    misspelled streets are forgiven; another house number or postal code is not.
    """
    if one.postal_code and other.postal_code and one.postal_code != other.postal_code:
        return False
    here, there = address_words(one.address), address_words(other.address)
    if not here or not there:
        return None
    numbers = _house(here), _house(there)
    if all(numbers) and numbers[0] != numbers[1]:
        return False
    streets = [" ".join(word for word in words if not word.isdigit()) for words in (here, there)]
    if not all(streets):
        return None if not all(numbers) else True
    return fuzz.token_set_ratio(*streets) >= _ALIKE


def _house(words: list[str]) -> str | None:
    """The first number of an address."""
    return next((word.lstrip("0") for word in words if word.isdigit()), None)
