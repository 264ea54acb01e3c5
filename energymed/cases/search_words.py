"""What a search for people is made of: the words of names and places, kept and typed. Pure."""

from functools import lru_cache

from energymed.base.text.folding import fold

LONGEST = 40  # characters of a word that are kept
_MOST = 12  # words of a place
_SHORT = 4  # letters of a word that may be written as one with the next ('legoff', 'jeanluc')
_TITLES = frozenset(
    ("m", "mr", "mm", "mme", "mmes", "mlle", "melle", "mrs", "ms", "monsieur", "messieurs",
     "madame", "mesdames", "mademoiselle", "dr", "docteur", "me", "maitre", "pr", "professeur",
     "prof", "et", "ou", "vve", "veuve", "veuf", "nee", "epouse", "famille", "succession")
)  # fmt: skip
_LINKS = frozenset(
    ("de", "du", "des", "d", "le", "la", "les", "l", "a", "au", "aux", "en", "sur", "sous", "rue",
     "avenue", "av", "ave", "boulevard", "bd", "place", "pl", "chemin", "che", "impasse", "imp",
     "route", "rte", "allee", "allees", "quai", "cours", "square", "lotissement", "residence",
     "res", "hameau", "lieu", "dit", "montee", "passage", "sentier", "batiment", "bat", "bis",
     "ter", "appartement", "apt", "cedex")
)  # fmt: skip


@lru_cache(maxsize=20_000)
def name_words(name_key: str) -> frozenset[str]:
    """The words of a name, and those that come from writing short ones together."""
    words = name_key.split()
    found = set(words)
    for at, word in enumerate(words[:-1]):
        joined = word
        for following in words[at + 1 : at + 4]:
            if len(joined) > _SHORT:
                break
            joined += following
            found.add(joined)
    return frozenset(word[:LONGEST] for word in found)


@lru_cache(maxsize=20_000)
def place_key(address: str | None, postal_code: str | None, commune: str | None) -> str:
    """The words that tell a place from others, in order: no house, no 'rue'; '' for none.

    Everybody of a street has the same key.
    """
    words = fold(" ".join((address or "", postal_code or "", commune or ""))).split()
    kept = {
        word[:LONGEST]
        for word in words
        if word not in _LINKS and (is_postal(word) or (len(word) > 1 and word.isalpha()))
    }
    return " ".join(sorted(kept)[:_MOST])


def is_postal(word: str) -> bool:
    """Whether it may be a postal code."""
    return len(word) == 5 and word.isdecimal()


def typed_words(text: str) -> list[tuple[str, ...]]:
    """Each word that must be found, in its spellings: alone, and written with what precedes it.

    Titles, 'et', 'ou' count for nothing; nor do particles and 'rue', unless nothing else is typed.
    """
    words = [word[:LONGEST] for word in fold(text).split()]
    for ignored in (_TITLES | _LINKS, _TITLES, frozenset[str]()):
        kept = [word for word in words if len(word) > 1 and word not in ignored]
        kept = [word for word in kept if is_postal(word) or not word.isdigit()]
        if kept:
            return list(dict.fromkeys(_spellings(word, words) for word in kept))
    return []


def _spellings(word: str, words: list[str]) -> tuple[str, ...]:
    """The word, and as one with the particles right before it."""
    at = words.index(word)
    found, joined = [word], word
    while at and words[at - 1] in _LINKS and len(words[at - 1]) <= _SHORT:
        at -= 1
        joined = words[at] + joined
        found.append(joined[:LONGEST])
    return tuple(found)
