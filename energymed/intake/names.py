"""Names: a single column ('M. ou Mme HENRY Isabelle') into civility, last and first name."""

import re
from typing import NamedTuple

from energymed.base.text.folding import fold

_ONE = r"(?:m(?:onsieur|r|elle|lle|me)?|madame|mademoiselle|mrs?|ms)"
_CIVILITY = re.compile(
    rf"({_ONE}\.?(?:\s*(?:et|ou|/|&|,|-|\s)\s*{_ONE}\.?)?)(?:\s+|(?<=\.)(?=[^\W\d_]{{2}})|$)",
    re.IGNORECASE,
)
_MAN = {"m", "monsieur", "mr"}
_WOMAN = {"mme", "madame", "mrs", "ms", "mlle", "melle", "mademoiselle"}
_JOINING_OR = re.compile(r"\bou\b|/|-|,", re.IGNORECASE)
_PARTICLES = frozenset(
    [
        "le",
        "la",
        "de",
        "du",
        "des",
        "da",
        "dos",
        "di",
        "del",
        "della",
        "el",
        "al",
        "ait",
        "ben",
        "bel",
        "bou",
        "abd",
        "abou",
        "van",
        "von",
        "der",
        "den",
        "den",
        "mac",
        "mc",
        "saint",
        "st",
        "sainte",
        "ste",
        "san",
    ]
)
# a company or a body: a name in one piece
_COMPANIES = frozenset(
    ["sarl", "sas", "sasu", "sci", "eurl", "earl", "gaec", "scea", "scp", "snc", "sa", "ets",
     "etablissement", "etablissements", "societe", "association", "commune", "mairie", "syndicat",
     "syndic", "sdc", "copropriete", "indivision", "succession", "hoirie"]
)  # fmt: skip
_MARRIED = frozenset(["nee", "ne", "epouse", "ep", "veuve", "vve", "divorcee"])


class Name(NamedTuple):
    """A name in parts; `last_name` is '' when there is none."""

    civility: str | None
    last_name: str
    first_name: str | None


def civility(text: str) -> str | None:
    """'M.', 'Mme', 'M. ou Mme', 'M. et Mme'; another title is kept as written."""
    if not text:
        return None
    words = fold(text).split()
    man, woman = bool(_MAN & set(words)), bool(_WOMAN & set(words))
    if not set(words) <= _MAN | _WOMAN | {"ou", "et"}:
        return text
    if man and woman:
        return "M. ou Mme" if _JOINING_OR.search(text) else "M. et Mme"
    if man or woman:
        return "M." if man else "Mme"
    return text


def take_civility(text: str) -> tuple[str | None, str]:
    """Cut a title off the front of a name; a surname that only starts like one is left alone."""
    match = _CIVILITY.match(text)
    if not match or not text[match.end() :].strip():
        return None, text
    return civility(match[1]), text[match.end() :].strip()


def split_name(text: str, surname_first: bool | None = None) -> Name:
    """Split a whole name. Words in capitals are the surname; a comma follows the surname.

    Without either, `surname_first` (what the column's title says) decides, particles going with
    the word after them: 'Jean Le Goff' and, surname first, 'Le Goff Jean'. With nothing to go
    by, a name all in capitals is read surname first and any other as it is spoken.
    """
    title, rest = take_civility(text)
    if title is None and fold(rest).split(" ", 1)[0] in _COMPANIES:
        return Name(None, rest, None)
    if "," in rest:
        last, _, first = rest.partition(",")
        if last.strip():
            return Name(title, last.strip(), first.strip() or None)
    words = rest.split()
    if len(words) < 2:
        return Name(title, rest, None)
    capitals = [_in_capitals(word) for word in words]
    if any(capitals) and not all(capitals):
        marked = list(zip(words, _surname(words, capitals), strict=True))
        last_words = [word for word, is_last in marked if is_last]
        first_words = [word for word, is_last in marked if not is_last]
    else:
        if surname_first is None:
            surname_first = all(capitals) or fold(words[0]) in _PARTICLES
        cut = _cut(words, surname_first=surname_first)
        last_words, first_words = (
            (words[:cut], words[cut:]) if surname_first else (words[cut:], words[:cut])
        )
    return Name(title, " ".join(last_words), " ".join(first_words) or None)


def _in_capitals(word: str) -> bool:
    """A word of at least two letters, all capitals: an initial such as 'J.' is a first name."""
    word = word.removeprefix("Mc").removeprefix("Mac")  # McDONALD
    return word.isupper() and sum(letter.isalpha() for letter in word) > 1


def _surname(words: list[str], capitals: list[bool]) -> list[bool]:
    """Which words belong to the surname: capitals, 'née', and particles right before capitals."""
    marks = list(capitals)
    for at in range(len(words) - 2, -1, -1):
        word = fold(words[at])
        if marks[at + 1] and (word in _MARRIED or (word in _PARTICLES and words[at].islower())):
            marks[at] = True
    return marks


def _cut(words: list[str], *, surname_first: bool) -> int:
    """Where to cut a name without capitals, keeping particles with the word that follows.

    Particles and one more word are a surname alone.
    """
    if surname_first:
        at = 0
        while at < len(words) - 1 and fold(words[at]) in _PARTICLES:
            at += 1
        return at + 1
    at = len(words) - 1
    while at > 1 and fold(words[at - 1]) in _PARTICLES:
        at -= 1
    return at
