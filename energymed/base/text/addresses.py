"""Addresses as files write them, brought to one spelling. Pure."""

from functools import lru_cache

from energymed.base.text.folding import fold

_SHORT_FORMS = {
    "av": "avenue", "ave": "avenue", "bd": "boulevard", "bld": "boulevard", "bvd": "boulevard",
    "ch": "chemin", "che": "chemin", "chem": "chemin", "imp": "impasse", "pl": "place",
    "r": "rue", "rte": "route", "all": "allee", "allees": "allee", "lot": "lotissement",
    "res": "residence", "bat": "batiment", "apt": "appartement", "appt": "appartement",
    "st": "saint", "ste": "sainte", "fg": "faubourg", "q": "quai",
}  # fmt: skip
_SMALL_WORDS = frozenset(("de", "du", "des", "d", "la", "le", "les", "l", "a", "au", "aux"))


def address_words(address: str | None) -> list[str]:
    """The words that tell an address, folded: short forms ('av.', 'bd') opened, small words out."""
    words = fold(address or "").split()
    return [_SHORT_FORMS.get(word, word) for word in words if word not in _SMALL_WORDS]


@lru_cache(maxsize=20_000)
def address_key(
    address: str | None, postal_code: str | None, commune: str | None = None
) -> str | None:
    """The key under which one address is found again, however it is written.

    '012, av. de la Gare' in 26000 and '12 AVENUE DE LA GARE' there give the same. The commune
    stands in where the postal code is missing; None when either half is.
    """
    words = [word.lstrip("0") if word.isdigit() else word for word in address_words(address)]
    where = postal_code or fold(commune or "")
    street = " ".join(filter(None, words))
    return f"{where} {street}" if where and street else None
