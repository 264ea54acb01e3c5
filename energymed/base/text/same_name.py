"""Whether two names may be one person's, however they are spelled: the brake before joining. Pure.

Joining two people tells one of them the other's debt, so what is not plainly a matter of spelling
is another name, and a person decides.
"""

from rapidfuzz.distance import OSA

from energymed.base.text.folding import fold
from energymed.base.text.names import MARRIED

_NOT_NAMES = frozenset(
    ("m", "mr", "mme", "mlle", "melle", "monsieur", "madame", "mademoiselle", "dr", "docteur", "me",
     "maitre", "pr", "mrs", "ms", "et", "ou", "succession", "feu", "hoirie", "heritiers")
)  # fmt: skip
_PARTICLES = frozenset(
    ("de", "du", "des", "d", "le", "la", "les", "l", "da", "dos", "di", "del", "della", "van",
     "von", "der", "den", "el", "al", "ait", "ben", "st", "saint", "ste", "sainte")
)  # fmt: skip
_GLUED = _PARTICLES - {"der", "den"} | {"dela", "vander", "vanden", "o"}
_ELIDED = ("d", "l")  # before a vowel; elsewhere they are initials
_SOUNDS = (("ph", "f"), ("y", "i"), ("ck", "k"), ("th", "t"))
_VOWELS = frozenset("aeiouyh")
_ENDS = frozenset("aeio")  # of a first name they tell a man from a woman
_TYPO_FROM = 5  # letters: Léa and Léo, Paul and Raul are two people


def same_name(a: str, b: str) -> bool:
    """Whether two whole names ('Morel Inès', 'Mme I. MOREL-PETIT') may be the same person's.

    Forgiven: accents, capitals, titles, particles, hyphens and blanks, the order of names, one
    typo in a word of five letters, doubled letters and y, ph, th, ck; an initial for a first name;
    a second surname (double, maiden after « née », married after « épouse ») or further first
    names that only one of them has; a first name that one of them lacks. Not forgiven: another
    first name, or an ending that makes one ('Michel', 'Michèle').
    """
    one, other = sorted((a, b), key=lambda name: (len(name), name))
    if fold(one) == fold(other):
        return bool(fold(one)) or one.casefold() == other.casefold()
    words, extra = _words(one)
    others, other_extra = _words(other)
    if not words or not others:
        return False
    if _glued_alike(words + extra, others + other_extra):
        return True
    return _match(words, extra, others, other_extra)


def share_a_word(a: str, b: str) -> bool:
    """Whether a first name or a surname stands in both, one typo forgiven; no initial does."""
    others = [word for words in _words(b) for word in words if len(word) > 1]
    words = [word for words in _words(a) for word in words if len(word) > 1]
    return any(
        alike(one, other)
        for alike in (str.__eq__, _misspelled)
        for one in words
        for other in others
    )


def _words(name: str) -> tuple[list[str], list[str]]:
    """The words that name a person, and those that « née » or « épouse » adds to them."""
    named = [word for word in fold(name).split() if word not in _NOT_NAMES]
    words: list[str] = []
    added: list[str] = []
    married = False
    for word, following in zip(named, [*named, ""][1:], strict=True):
        if word in MARRIED:
            married = True
        elif word not in _PARTICLES or (word in _ELIDED and following[:1] not in _VOWELS):
            (added if married and words else words).append(_plain(word))
            married = False
    return (words, added) if words or added else ([_plain(word) for word in named], [])


def _plain(word: str) -> str:
    """A word without doubled letters, in the spelling of its sound."""
    for written, sound in _SOUNDS:
        word = word.replace(written, sound)
    return "".join(letter for at, letter in enumerate(word) if letter != word[at - 1 : at])


def _match(words: list[str], extra: list[str], others: list[str], other_extra: list[str]) -> bool:
    """Whether the words of the shorter name are all in the other, two of them or its only one.

    Surnames of « née » and « épouse » may stand for a word, and need no counterpart.
    """
    if len(words) > len(others):
        words, extra, others, other_extra = others, other_extra, words, extra
    left = others + other_extra
    missing = 0
    for word in sorted(words, key=len, reverse=True):
        counterpart = _nearest(word, left)
        if counterpart is None:
            missing += 1
        else:
            left.remove(counterpart)
    if missing and extra:
        missing -= sum(1 for word in extra if _nearest(word, left) is not None)
    return missing <= 0 and _says_enough(words, others)


def _says_enough(words: list[str], others: list[str]) -> bool:
    """An initial alone names nobody."""
    return max(map(len, words)) > 1 and max(map(len, others)) > 1


def _nearest(word: str, others: list[str]) -> str | None:
    for alike in (str.__eq__, _misspelled, _initial):
        for other in others:
            if alike(word, other):
                return other
    return None


def _initial(a: str, b: str) -> bool:
    return 1 in (len(a), len(b)) and a[0] == b[0]


def _misspelled(a: str, b: str) -> bool:
    """One typo, or a particle glued to the word ('legoff' for 'goff')."""
    short, long = sorted((a, b), key=len)
    if len(short) > 2 and long.endswith(short) and long[: -len(short)] in _GLUED:
        return True
    if len(short) < _TYPO_FROM or OSA.distance(a, b, score_cutoff=1) > 1:
        return False
    if len(a) == len(b):
        return a[:-1] != b[:-1] or not {a[-1], b[-1]} <= _ENDS
    return long[:-1] != short or long[-1] not in _ENDS


def _glued_alike(words: list[str], others: list[str]) -> bool:
    """Whether the same letters are cut into words in another way, surname first or last."""
    whole = "".join(others)
    return any("".join(words[at:] + words[:at]) == whole for at in range(len(words)))
