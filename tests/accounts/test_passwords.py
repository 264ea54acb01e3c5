"""Passwords: long enough, not among those tried first, not made of what is known of the person."""

import unicodedata

import pytest

from energymed.accounts.passwords import LONGEST, SHORTEST, check_password, normalised, own_words
from energymed.base.errors import BadInput

OWN = ("Amélie Martin-Dupuis", "amelie.martin@mediation-dijon.fr", "Dettes et Dignité")


def refused(password: str) -> str:
    with pytest.raises(BadInput) as error:
        check_password(password, OWN)
    return str(error.value)


@pytest.mark.parametrize(
    "password",
    [
        "cheval agrafe pile correct", "le petit chat boit du lait", "Xk9$vQ2!mLp4zR",
        "tournevis bleu nuage", "éàçùèéàçùèéà-zorglub", "nuage nuage 7 tournesol",
    ],
)  # fmt: skip
def test_what_nobody_tries_first_is_taken(password: str) -> None:
    check_password(password, OWN)


@pytest.mark.parametrize(
    "password",
    [
        "aaaaaaaaaaaa", "123456789012", "abcdefghijkl", "password1234", "azertyuiop123",
        "qsdfghjklmwxcvbn", "motdepasse2024", "bonjourbonjour", "Marseille2024", "jetaimedoudou",
        "P@ssw0rd1234", "Novembre2026!",
    ],
)  # fmt: skip
def test_what_is_tried_first_is_refused(password: str) -> None:
    assert "on essaie d'abord" in refused(password)


@pytest.mark.parametrize(
    "password",
    [
        "energymed2026", "AmelieMartin1", "amélie.martin", "martin-dupuis", "DettesDignité1",
        "mediation-dijon", "Médiation2026", "ENERGYMED!!!!",
    ],
)  # fmt: skip
def test_what_is_known_of_the_person_or_the_house_is_refused(password: str) -> None:
    assert "se devine" in refused(password)


def test_both_sides_of_the_lengths() -> None:
    long = "tournevis bleu nuage agrafe " * 20
    check_password("zorglub qu1x"[:SHORTEST], OWN)
    assert str(SHORTEST) in refused("zorglub qu1x"[: SHORTEST - 1])
    check_password(long[:LONGEST], OWN)
    assert str(LONGEST) in refused(long[: LONGEST + 1])


def test_no_kind_of_sign_is_asked_for() -> None:
    check_password("tournevis bleu nuage", OWN)
    check_password("85203974106385", OWN)


def test_accents_count_once_and_are_hashed_alike_however_they_are_typed() -> None:
    composed = unicodedata.normalize("NFC", "éèàùçêîôûëï")  # eleven letters, twice as many signs
    apart = unicodedata.normalize("NFD", composed)
    for typed in (composed, apart):
        assert str(SHORTEST) in refused(typed)
    assert normalised(composed) == normalised(apart)


def test_own_words_are_words_and_whole_names() -> None:
    words = own_words("Amélie Martin", "a.martin@exemple.fr", "")
    assert {"amelie", "martin", "ameliemartin", "exemple"} <= set(words)
    assert "fr" not in words
