"""A word that says nothing is an empty cell, and a cut number is no identity. Pure.

One list for every field. What a cell says in place of a value overwrites nothing and joins nobody.
"""

import math
import re
from datetime import date, time, timedelta
from enum import StrEnum

from energymed.base.text.folding import fold


class Kind(StrEnum):
    """What a column holds: some words are nothing in one column and a value in another."""

    TEXT = "text"
    NAME = "name"
    IDENTITY = "identity"
    PHONE = "phone"
    DATE = "date"


_LONGEST = 48  # of a cell that says nothing, gender and all
_SOMETHING = (
    r"(?:info|information|donnee|valeur|telephone|tel|portable|mobile|fixe|numero|num|phone|mail"
    r"|e mail|email|courriel|adresse|nom|prenom|date|ref|reference|contact|coordonnee|objet"
    r"|code postal|commune|ville|complement|pdl|prm|pce|contrat|email valide)s?"
)
_UNSAID = (
    r"(?:renseign|communiqu|conn|precis|fourn|transmis|disponible|dispo|defini|indiqu|applicable"
    r"|attribu|saisi|trouv|donn|declar|identifi|mentionn|recu|specifi|complet|available|known"
    r"|provided|set|found)(?:e|u|i|ee)?"
)
_FEMALE = r"(?: ?e)?(?: ?s)?"  # « renseigné(e) », folded
_TO_DO = r"(?:completer|renseigner|preciser|definir|saisir|demander|verifier|venir|fournir)"
_PHRASE = re.compile(
    rf"aucune?{_FEMALE}(?: {_SOMETHING})?(?: {_UNSAID}{_FEMALE})?"
    rf"|(?:{_SOMETHING} )?inconnu{_FEMALE}(?: a ce jour)?"
    rf"|(?:{_SOMETHING} )?(?:(?:non|pas|not|jamais)(?: encore)?|in) ?{_UNSAID}{_FEMALE}"
    rf"|(?:pas|sans|no) (?:de |d )?{_SOMETHING}(?: (?:connu|renseigne|communique){_FEMALE})?"
    rf"|a {_TO_DO}|en (?:attente|cours)|ne sait pas|meme|x+"
    r"|n [acdr]|s o|r a s|n s p|jj mm aa(?:aa)?|dd mm yyyy|yyyy mm dd"
)
_WORDS = frozenset(
    ("nc", "na", "nd", "nr", "nsp", "ras", "so", "tbd", "tbc", "neant", "aucun", "aucune",
     "inconnu", "inconnue", "inconnus", "rien", "sans", "idem", "dito", "ditto", "vide", "null",
     "none", "nil", "nan", "nul", "blank", "empty", "unknown", "undefined", "missing", "meme")
)  # fmt: skip
# what some people are called: in a column of names a word only where no person is written so
_ALSO_NAMES = frozenset(
    ("na", "nil", "nan", "sans", "vide", "null", "none", "nul", "so", "ras", "rien", "blank",
     "missing", "meme")
)  # fmt: skip
_OF_PROGRAMS = frozenset(("null", "NULL", "none", "None", "nan", "NaN"))
_TRUTHS = frozenset(("vrai", "faux", "true", "false"))  # what a sheet makes of a reference
_MONTH = (
    r"(?:janv?|f[eé]vr?|feb|mars?|avr|apr|mai|may|juin|jun|juil|jul|ao[uû]t|aug|sept?|oct|nov"
    r"|d[eé]c)\.?"
)
_DAY = re.compile(
    r"(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])/(?:19|20)\d\d(?: 0?0:00(?::00)?)?"
    r"|(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:[ T]00:00(?::00)?)?"
    rf"|(?:0?[1-9]|[12]\d|3[01])-{_MONTH}(?:-\d\d)?|{_MONTH}-\d\d",
    re.ASCII | re.IGNORECASE,
)
_NO_PHONE = frozenset(
    ("non", "absent", "absente", "liste rouge", "sur liste rouge", "confidentiel")
)
_NO_DAY = re.compile(
    r"0?[01] 0?1 (?:1900|0001)|(?:1900|0001) 01 0?[01]"
    r"|3[01] 12 (?:1899|9999)|(?:1899|9999) 12 3[01]"
)
_MIDNIGHT = re.compile(r"(?:[T ]\s*)00:00(?::00(?:[.,]0+)?)?\s?Z?$")
_NO_MAILBOX = re.compile(r"(?:no|pas ?de?|sans|aucune?) ?(?:e ?)?(?:mail|courriel|adresse|reply)")
_DIGIT = re.compile(r"[1-9]", re.ASCII)
_AROUND = " .()[]<>«»\"'*-_?\xa0"
_ALIKE = re.compile(r"(\d)\1{7,}|0?123456789\d?|9876543210?", re.ASCII)
_ERROR = re.compile(
    r"#(?:N/[AD]|REF|VALEUR|VALUE|NOM|NAME|NOMBRE|NUM|NUL|NULL|DIV/0|CALC|SPILL|PROPAGATION|"
    r"GETTING_DATA|#+)\s?[!?]?|Err:\d{3}",
    re.IGNORECASE,
)
_EXPONENT = re.compile(
    r"[+-]?\d{1,3}(?:[.,]\d+\s?E\s?[+-]?|\s?E\s?[+-])\d{1,3}", re.ASCII | re.IGNORECASE
)
_CUT = re.compile(r"[1-9]\d{14}0{3,}(?:[.,]0+)?", re.ASCII)
_SHOWN_DIGITS = 10**15  # a spreadsheet keeps fifteen


def says_nothing(text: str, kind: Kind = Kind.TEXT) -> bool:
    """Whether the whole cell is a word that stands for no value: '-', 'NC', '0', 'néant', 'x'.

    Not for amounts, counts and yes-or-no columns, where 0 and x are values.

    `kind` says what the column holds. NAME: people are called Na, Nil, Nan, Sans, Vide, Null or So,
    so these count only as programs write them ('null', 'NULL', 'None', 'NaN'); with a slash or
    points ('N/A', 'S.O.') and without a vowel ('NC', 'NR') nobody is. IDENTITY: eight digits alike
    and 123456789 too, which number nobody (a shorter one may be the partner's own counter), and
    what a sheet writes for true and false. PHONE: 'non', 'absent' and 'liste rouge' too. DATE: the
    days that programs write for none (01/01/1900, 30/12/1899, 31/12/9999) too.
    """
    if len(text) > _LONGEST:
        return False
    if text.isalpha():  # nearly every name
        return _word(text, text.lower(), kind)
    if _DIGIT.search(text):
        return _number(text.strip(), kind)
    folded = fold(text)
    if not folded.strip("0 "):
        return folded != "" or not any(sign.isalnum() for sign in text)
    bare = text.strip(_AROUND)
    return (
        _word(bare, bare.lower(), kind)
        or (folded not in _ALSO_NAMES and _PHRASE.fullmatch(folded) is not None)
        or (kind is Kind.PHONE and folded in _NO_PHONE)
        or _ERROR.fullmatch(text.strip()) is not None
        or _no_mailbox(text)
    )


def lost_digits(cell: str | float) -> bool:
    """Whether a sheet has cut this number: '2,14E+13', or more than its fifteen digits.

    Such a number is no identity: two customers may share what is left of theirs. A code such as
    '3E12' (no decimals, no sign) is not what a sheet writes. In a text, digits are cut when there
    are at least three zeros after the fifteenth.
    """
    if isinstance(cell, str):
        text = cell.strip()
        return _EXPONENT.fullmatch(text) is not None or _CUT.fullmatch(text) is not None
    return not math.isfinite(cell) or abs(cell) >= _SHOWN_DIGITS


def damaged(cell: object) -> bool:
    """Whether a spreadsheet made something else of a reference or a name.

    A day ('12-05'), an hour, a truth value, a number with decimals, or one with lost digits; also
    as it writes a day into a text file ('12/05/2026', '12-mai', 'mai-26').
    """
    if isinstance(cell, str):
        return _DAY.fullmatch(cell.strip()) is not None or lost_digits(cell)
    if isinstance(cell, bool | date | time | timedelta):
        return True
    if isinstance(cell, float) and not cell.is_integer():
        return True
    return isinstance(cell, int | float) and lost_digits(cell)


def _word(text: str, lower: str, kind: Kind) -> bool:
    word = lower if lower.isascii() else fold(lower)
    if word in _WORDS:
        return kind is not Kind.NAME or word not in _ALSO_NAMES or text in _OF_PROGRAMS
    if word[:1] == "x":
        return not word.strip("x")
    if kind is Kind.IDENTITY:
        return word in _TRUTHS
    return kind is Kind.PHONE and word in _NO_PHONE


def _number(text: str, kind: Kind) -> bool:
    """Whether a text with digits other than 0 says nothing."""
    if kind is Kind.IDENTITY:
        return _ALIKE.fullmatch(text) is not None or _ERROR.fullmatch(text) is not None
    if kind is Kind.DATE:
        return _NO_DAY.fullmatch(fold(_MIDNIGHT.sub("", text))) is not None
    return _ERROR.fullmatch(text) is not None


def _no_mailbox(text: str) -> bool:
    """Whether an e-mail address only fills its column: 'nc@nc.fr', 'pasdemail@edf.fr'."""
    box, at, _ = text.partition("@")
    return (
        box != ""
        and at != ""
        and (_NO_MAILBOX.fullmatch(fold(box)) is not None or says_nothing(box))
    )
