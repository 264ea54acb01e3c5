"""Titles, particles, initials and married names, as utilities write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energymed.base.text.names import ESTATE, civility, split_name, surnames, take_civility


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("de La TOUR Jean", (None, "de La TOUR", "Jean")),
        ("Jean de La TOUR", (None, "de La TOUR", "Jean")),
        ("Le GOFF Anne", (None, "Le GOFF", "Anne")),
        ("Da SILVA Maria", (None, "Da SILVA", "Maria")),
        ("d'ORNANO Marie", (None, "d'ORNANO", "Marie")),
        ("Ben SALAH Mohamed", (None, "Ben SALAH", "Mohamed")),
        ("Ben ALI", (None, "ALI", "Ben")),
        ("DURAND - MARTIN Anne", (None, "DURAND-MARTIN", "Anne")),
        ("DURAND-MARTIN Anne-Marie", (None, "DURAND-MARTIN", "Anne-Marie")),
        ("DURAND J.", (None, "DURAND", "J.")),
        ("Durand J.", (None, "Durand", "J.")),
        ("J. Durand", (None, "Durand", "J.")),
        ("Durand J.-P.", (None, "Durand", "J.-P.")),
        ("DURAND J.P.", (None, "DURAND", "J.P.")),
        ("Dr DURAND Paul", ("Dr", "DURAND", "Paul")),
        ("Docteur DURAND Paul", ("Dr", "DURAND", "Paul")),
        ("Me DURAND Anne", ("Me", "DURAND", "Anne")),
        ("Pr. DURAND", ("Pr", "DURAND", None)),
        ("Mlle DURAND Zoé", ("Mme", "DURAND", "Zoé")),
        ("Mme Vve DURAND Jeanne", ("Mme", "DURAND", "Jeanne")),
        ("Vve DURAND Jeanne", ("Mme", "DURAND", "Jeanne")),
        ("Feu DURAND Paul", (ESTATE, "DURAND", "Paul")),
        ("Succession de M. DURAND Paul", (ESTATE, "DURAND", "Paul")),
        ("SUCCESSION DURAND", (ESTATE, "DURAND", None)),
        ("Héritiers DURAND", (ESTATE, "DURAND", None)),
        ("M. DURAND et Mme MOREL", ("M.", "DURAND et Mme MOREL", None)),
        ("M. et Mme DURAND Paul et Anne", ("M. et Mme", "DURAND", "Paul et Anne")),
        ("DURAND Zoé Mme", ("Mme", "DURAND", "Zoé")),
        ("MOREL épouse PETIT Inès", (None, "MOREL épouse PETIT", "Inès")),
        ("HÉRITIER Paul", (None, "HÉRITIER", "Paul")),
        ("FEU Paul", (None, "FEU", "Paul")),
        ("ME Kevin", (None, "ME", "Kevin")),
        ("Indivision DURAND", (None, "Indivision DURAND", None)),
    ],
)
def test_splits_a_name(text: str, parts: tuple[str | None, str, str | None]) -> None:
    assert split_name(text) == parts


@pytest.mark.parametrize(
    "name", ["Meyer", "Drouet", "Prost", "Feuillade", "Succar", "Mestre", "Veuvet"]
)
def test_a_surname_that_only_starts_like_a_title_is_left_alone(name: str) -> None:
    assert take_civility(f"{name} Paul") == (None, f"{name} Paul")


@pytest.mark.parametrize(
    ("text", "code"),
    [("Dr", "Dr"), ("docteur", "Dr"), ("Me", "Me"), ("PR", "Pr"), ("Monsieur", "M."),
     ("Mlle", "Mme"), ("Mme et M.", "M. et Mme"), ("Maître", "Maître"), ("", None)],
)  # fmt: skip
def test_titles_have_one_spelling(text: str, code: str | None) -> None:
    assert civility(text) == code


@pytest.mark.parametrize(
    ("last_name", "each"),
    [("MOREL épouse PETIT", ("MOREL", "PETIT")), ("DURAND née Le Goff", ("DURAND", "Le Goff")),
     ("MOREL (née PETIT)", ("MOREL", "PETIT")), ("MOREL-PETIT", ("MOREL-PETIT",)), ("", ())],
)  # fmt: skip
def test_the_surnames_of_a_married_person(last_name: str, each: tuple[str, ...]) -> None:
    assert surnames(last_name) == each


@given(st.text(max_size=40), st.sampled_from([None, True, False]))
def test_no_letter_of_a_name_is_lost(text: str, surname_first: bool | None) -> None:
    title, last, first = split_name(text, surname_first)
    if title is None:
        kept = sorted(sign for sign in last + (first or "") if sign.isalnum())
        assert kept == sorted(sign for sign in text if sign.isalnum())
