"""Which passwords are accepted (NIST SP 800-63B, §3.1.1): long ones that nobody would try first.

No rule on capitals or signs: length, and a library's lists of what is commonly chosen, with the
words that whoever knows the person or the house would try.
"""

from collections.abc import Iterable

from energymed.accounts.models import User
from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.base.text.folding import fold

SHORTEST, LONGEST = 12, 128  # characters
_HOUSE = ("energymed", "energie", "mediation", "pimms", "motdepasse")
_READ = 72  # characters: beyond, a password is not commonly chosen, and the library takes long
_STRONG = 3  # of 4: more than 10^8 guesses
_WORD, _LETTERS = 3, 8  # of a word that is tried; of what must be left beside such words


def own_words(user: User) -> list[str]:
    """What somebody who knows this person would try first."""
    return [user.name, user.email, user.site.name if user.site else ""]


def check_password(password: str, words: Iterable[str] = ()) -> None:
    """Refuse a password that is too short, too long, or too easily guessed.

    Args:
        words: what somebody who wants in would try, as `own_words`.

    Raises:
        BadInput: with the sentence to tell; its field is `password`.
    """
    if len(password) < SHORTEST:
        raise BadInput(
            N_("Le mot de passe doit avoir au moins %(length)s caractères."),
            length=SHORTEST,
            field="password",
        )
    if len(password) > LONGEST:
        raise BadInput(
            N_("Le mot de passe doit avoir %(length)s caractères au plus."),
            length=LONGEST,
            field="password",
        )
    if _guessed(password, [*words, *_HOUSE]):
        raise BadInput(
            N_(
                "Ce mot de passe est trop facile à deviner : prenez par exemple quatre mots sans "
                "rapport entre eux, ni nom, ni date, ni suite du clavier."
            ),
            field="password",
        )


def _guessed(password: str, words: Iterable[str]) -> bool:
    from zxcvbn import zxcvbn  # its lists are read at import: a third of a second

    tried = {part for word in words for part in fold(word).split() if len(part) >= _WORD}
    rest = fold(password)
    for word in sorted(tried, key=len, reverse=True):
        rest = rest.replace(word, "")
    letters = sum(letter.isalpha() for letter in rest)
    if letters < _LETTERS and len(rest) < len(fold(password)):
        return True
    return bool(zxcvbn(password[:_READ], user_inputs=sorted(tried))["score"] < _STRONG)
