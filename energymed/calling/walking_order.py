"""The order in which one walks from door to door: commune, street, then the number. Pure."""

import re

from energymed.base.text.addresses import address_words
from energymed.base.text.folding import fold

_NUMBER = re.compile(r"0*(\d+)([a-z]?)")
_AFTER = ("bis", "ter", "quater", "a", "b", "c", "d", "e", "f")
Place = tuple[str, str, int, str]


def walking_key(commune: str | None, address: str | None) -> Place:
    """What sorts an address among others: 3, 3 bis and 12 of a street follow one another.

    An address without a number comes before the doors of its street.
    """
    words = address_words(address)
    number, after = 0, ""
    found = _NUMBER.fullmatch(words[0]) if words else None
    if found is not None:
        number, after, words = int(found[1]), found[2], words[1:]
        if not after and words and words[0] in _AFTER:
            after, words = words[0], words[1:]
    return fold(commune or ""), " ".join(words), number, after
