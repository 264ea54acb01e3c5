"""Names: a single column ('M. ou Mme HENRY Isabelle') into civility, last and first name."""

import re
from typing import NamedTuple

from energymed.base.text.folding import fold

_ONE = (
    r"(?:m(?:onsieur|r|elle|lle|me)?|madame|mademoiselle|mrs?|ms|dr|docteur|me|ma[iî]tre|pr|prof"
    r"|professeur)"
)
_CIVILITY = re.compile(
    rf"({_ONE}\.?(?:\s*(?:et|ou|/|&|,|-|\s)\s*{_ONE}\.?)*)(?:\s+|(?<=\.)(?=[^\W\d_]{{2}})|$)",
    re.IGNORECASE,
)
_WIDOW = re.compile(r"(?:vve|veuve|veuf)\.?\s+(?=\S)", re.IGNORECASE)
_ESTATE = re.compile(
    r"(?:(?:la\s+)?succ(?:ession|\.)?|hoirie|(?:les\s+)?h[eé]ritiers?|ayants?[ -]droits?|feue?"
    r"|indivision\s+successorale)\b\.?\s*(?:de\s+feue?\s+|de\s+la\s+|de\s+|d['’]\s*|-\s*|:\s*)?(?=\S)",
    re.IGNORECASE,
)
ESTATE = "Succession"
_LAST_TITLE = re.compile(r"[\s,]+\(?(mme|mlle|melle|mr|monsieur|madame)\.?\)?$", re.IGNORECASE)
_MAN = {"m", "monsieur", "mr"}
_WOMAN = {"mme", "madame", "mrs", "ms", "mlle", "melle", "mademoiselle"}
_PROFESSIONS = {
    "dr": "Dr",
    "docteur": "Dr",
    "me": "Me",
    "pr": "Pr",
    "prof": "Pr",
    "professeur": "Pr",
}
_ALSO_SURNAMES = frozenset(("me", "pr", "dr", "prof", "veuve", "feu", "heritier", "maitre"))
_JOINING_OR = re.compile(r"\bou\b|/|-|,", re.IGNORECASE)
_HYPHEN = re.compile(r"(?<=[^\W\d_])\s*[-‐‑]\s+(?=[^\W\d_])|(?<=[^\W\d_])\s+[-‐‑](?=[^\W\d_])")
_INITIALS = re.compile(r"(?:[^\W\d_]\.?-?){1,3}\.|[^\W\d_](?:-[^\W\d_])?\.?")
_ELIDED = re.compile(r"[dlo]['’]", re.IGNORECASE)
# never a first name; a name beginning with one of the others may be (« Ben », « Mac »)
_ARTICLES = frozenset(
    ("le", "la", "les", "de", "du", "des", "da", "dos", "di", "della", "van", "von", "der", "den")
)
_PARTICLES = _ARTICLES | {
    "del", "el", "al", "ait", "ben", "bel", "bou", "abd", "abou", "mac", "mc", "saint", "st",
    "sainte", "ste", "san",
}  # fmt: skip
# a company or a body: a name in one piece
_COMPANIES = frozenset(
    ["sarl", "sas", "sasu", "sci", "eurl", "earl", "gaec", "scea", "scp", "snc", "sa", "ets",
     "etablissement", "etablissements", "societe", "association", "commune", "mairie", "syndicat",
     "syndic", "sdc", "copropriete", "indivision"]
)  # fmt: skip
MARRIED = frozenset(("nee", "ne", "epouse", "ep", "veuve", "vve", "divorcee", "dit", "dite"))


class Name(NamedTuple):
    """A name in parts; `last_name` is '' when there is none."""

    civility: str | None
    last_name: str
    first_name: str | None


def civility(text: str) -> str | None:
    """'M.', 'Mme', 'M. ou Mme', 'M. et Mme', 'Dr', 'Me', 'Pr'; another title is kept as written."""
    if not text:
        return None
    words = fold(text).split()
    man, woman = bool(_MAN & set(words)), bool(_WOMAN & set(words))
    if len(words) == 1 and words[0] in _PROFESSIONS:
        return _PROFESSIONS[words[0]]
    if not set(words) <= _MAN | _WOMAN | {"ou", "et"}:
        return text
    if man and woman:
        return "M. ou Mme" if _JOINING_OR.search(text) else "M. et Mme"
    if man or woman:
        return "M." if man else "Mme"
    return text


def take_civility(text: str) -> tuple[str | None, str]:
    """Cut a title off the front of a name, or a plain one off its end ('DURAND Zoé Mme').

    A surname that only starts like one is left alone. 'Vve' goes with the title; of a succession
    ('Feu', 'Succession de', 'Hoirie') the title is `ESTATE`, whoever died: nobody asks for them.
    """
    if (estate := _ESTATE.match(text)) and not _is_surname(text, estate.end()):
        return ESTATE, take_civility(text[estate.end() :])[1]
    match = _CIVILITY.match(text)
    if match and text[match.end() :].strip() and not _is_surname(text, match.end()):
        rest = text[match.end() :].strip()
        return civility(match[1]), _WIDOW.sub("", rest, count=1) if _WIDOW.match(rest) else rest
    if (widow := _WIDOW.match(text)) and not _is_surname(text, widow.end()):
        return "Mme", text[widow.end() :].strip()
    if last := _LAST_TITLE.search(text):
        return civility(last[1]), text[: last.start()].strip()
    return None, text


def _is_surname(text: str, end: int) -> bool:
    """Whether a title that is also a surname is one here: 'HÉRITIER Paul', 'ME Kevin'."""
    words = text[end:].split()
    return (
        fold(text[:end]) in _ALSO_SURNAMES
        and text[:end].strip().isupper()
        and not any(_in_capitals(word) for word in words)
    )


def split_name(text: str, surname_first: bool | None = None) -> Name:
    """Split a whole name. Words in capitals are the surname; a comma follows the surname.

    Without either, initials are no surname ('Durand J.-P.'), else `surname_first` (what the
    column's title says) decides, particles going with the word after them: 'Jean Le Goff' and,
    surname first, 'Le Goff Jean'. With nothing to go by, a name all in capitals is read surname
    first and any other as it is spoken.
    """
    title, rest = take_civility(text)
    if title is None and fold(rest).split(" ", 1)[0] in _COMPANIES:
        return Name(None, rest, None)
    if "," in rest:
        last, _, first = rest.partition(",")
        if last.strip():
            return Name(title, last.strip(), first.strip() or None)
    words = _HYPHEN.sub("-", rest).split()
    if len(words) < 2:
        return Name(title, rest, None)
    capitals = [_in_capitals(word) for word in words]
    if any(capitals) and not all(capitals):
        marked = list(zip(words, _surname(words, capitals), strict=True))
        last_words = [word for word, is_last in marked if is_last]
        first_words = [word for word, is_last in marked if not is_last]
    else:
        first_is_initial, last_is_initial = (_is_initials(words[at]) for at in (0, -1))
        if first_is_initial != last_is_initial:
            surname_first = last_is_initial
        elif surname_first is None:
            surname_first = all(capitals) or fold(words[0]) in _PARTICLES
        cut = _cut(words, surname_first=surname_first)
        last_words, first_words = (
            (words[:cut], words[cut:]) if surname_first else (words[cut:], words[:cut])
        )
    return Name(title, " ".join(last_words), " ".join(first_words) or None)


def surnames(last_name: str) -> tuple[str, ...]:
    """Each surname of a married person: 'MOREL épouse PETIT' holds two, 'née DURAND' one."""
    found: list[list[str]] = [[]]
    for word in last_name.replace("(", " ").replace(")", " ").split():
        if fold(word) in MARRIED:
            found.append([])
        else:
            found[-1].append(word)
    return tuple(" ".join(words) for words in found if words)


def _is_initials(word: str) -> bool:
    return _INITIALS.fullmatch(word) is not None


def _in_capitals(word: str) -> bool:
    """A word of at least two letters, all capitals: an initial such as 'J.' is a first name."""
    word = word.removeprefix("Mc").removeprefix("Mac")  # McDONALD
    if _ELIDED.match(word):
        word = word[2:]  # d'ORNANO
    letters = sum(letter.isalpha() for letter in word)
    return word.isupper() and letters > 1 and not (word.endswith(".") and _is_initials(word))


def _surname(words: list[str], capitals: list[bool]) -> list[bool]:
    """Which words belong to the surname: capitals, 'née', and particles right before capitals.

    What joins two surnames in capitals ('DURAND et Mme MOREL') belongs to them. A particle that
    may be a first name ('Ben ALI') is taken for one when there is no other.
    """
    marks = list(capitals)
    for at in range(len(words) - 2, -1, -1):
        word = fold(words[at])
        others = sum(not mark for mark in marks) > 1
        if marks[at + 1] and (
            word in MARRIED
            or word in _ARTICLES
            or (word in _PARTICLES and (words[at].islower() or others))
        ):
            marks[at] = True
    if _joins(words, marks):
        first, last = marks.index(True), len(marks) - marks[::-1].index(True)
        marks[first:last] = [True] * (last - first)
    return marks


def _joins(words: list[str], marks: list[bool]) -> bool:
    """Whether what stands between surnames are only titles and joining words."""
    first, last = marks.index(True), len(marks) - marks[::-1].index(True)
    between = {fold(word) for word, mark in zip(words, marks, strict=True) if not mark}
    inside = {fold(words[at]) for at in range(first, last) if not marks[at]}
    return bool(inside) and bool(between) and inside <= _MAN | _WOMAN | {"et", "ou", ""}


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
