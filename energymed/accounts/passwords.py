"""What a password must be, in one place: for the pages, the invitations and the command line.

NIST SP 800-63B (5.1.1.2): long enough, none of those that are tried first, none made of what is
known of the person; no rule on kinds of signs, no change by date. Whether it is guessed is asked
of zxcvbn, which knows lists of common passwords, keyboard rows, dates and repetitions; the words
that the French choose are ours to add, its lists being English.
"""

import re
from collections.abc import Iterable
from unicodedata import combining, normalize

from energymed.base.errors import BadInput
from energymed.base.i18n import N_

SHORTEST = 12
LONGEST = 256
FEWEST_GUESSES = 10**8  # below, a stolen list of hashes gives it away in a day
FEWEST_OF_ONES_OWN = 6  # signs that must be left once the known words are struck out
READ = 72  # signs that zxcvbn is asked about: what stands behind makes it no easier to guess
OF_THE_HOUSE = ("energymed", "mediation", "mediateur", "energie", "association", "telephone")
OF_THE_FRENCH = (
    "motdepasse", "azertyuiop", "azerty", "qsdfghjklm", "qsdfgh", "wxcvbn", "bonjour", "soleil",
    "doudou", "loulou", "chouchou", "jetaime", "chocolat", "coucou", "marseille", "paris", "lyon",
    "france", "bienvenue", "bisous", "toulouse", "bordeaux", "nantes", "dijon", "princesse",
    "papillon", "poussin", "nounours", "maison", "famille", "vacances", "secret", "changer",
    "janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre",
    "octobre", "novembre", "decembre", "printemps", "automne", "hiver",
)  # fmt: skip
FIELD = "password"
FITS = N_("Ce mot de passe convient.")
_WORD = re.compile(r"[^\W\d_]{3,}")


def normalised(password: str) -> str:
    """The password as it is hashed: what looks alike is alike, on every keyboard and system."""
    return normalize("NFKD", password)


def own_words(*texts: str) -> tuple[str, ...]:
    """The words of a name, an address, an association, as they may stand in a password."""
    words = {word for text in texts for word in _WORD.findall(_plain(text))}
    whole = {"".join(_WORD.findall(_plain(text))) for text in texts}
    return tuple(sorted((words | whole) - {""}))


def check_password(password: str, own: Iterable[str] = ()) -> None:
    """Refuse a password that is too short, too long, or among those that are tried first.

    Args:
        own: what is known of the person: name, e-mail, association; as they are written.

    Raises:
        BadInput: why, in one sentence; with `params["field"]`.
    """
    from zxcvbn import zxcvbn  # its lists take 0.3 s to read, which most commands never need

    length = len(normalize("NFC", password))
    if length < SHORTEST:
        raise BadInput(
            N_("Le mot de passe doit avoir au moins %(length)s caractères."),
            length=SHORTEST, field=FIELD,
        )  # fmt: skip
    if length > LONGEST:
        raise BadInput(
            N_("Le mot de passe doit avoir au plus %(length)s caractères."),
            length=LONGEST, field=FIELD,
        )  # fmt: skip
    plain, known = _plain(password), {*own_words(*own), *OF_THE_HOUSE}
    found = zxcvbn(plain[:READ], user_inputs=[*sorted(known), *OF_THE_FRENCH])
    guessed = found["guesses"] < FEWEST_GUESSES
    named = any(part.get("matched_word") in known for part in found["sequence"])
    if _without(plain, known) < FEWEST_OF_ONES_OWN or (guessed and named):
        raise BadInput(
            N_(
                "Ce mot de passe se devine : il est fait de votre nom, de votre adresse ou du nom "
                "de la maison. Prenez plutôt quatre mots sans rapport entre eux."
            ),
            field=FIELD,
        )
    if guessed:
        raise BadInput(
            N_(
                "Ce mot de passe est de ceux qu'on essaie d'abord. "
                "Prenez plutôt quatre mots sans rapport entre eux."
            ),
            field=FIELD,
        )


def _without(plain: str, known: Iterable[str]) -> int:
    """How many letters and digits are left once every known word is struck out."""
    for word in sorted(known, key=len, reverse=True):
        plain = plain.replace(word, " ")
    return sum(sign.isalnum() for sign in plain)


def _plain(text: str) -> str:
    """Small letters without accents: "Médiation" is no better a secret than "mediation"."""
    return "".join(sign for sign in normalize("NFKD", text).lower() if not combining(sign))
