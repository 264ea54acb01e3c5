"""The brake before joining: spelling is forgiven, another person is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energymed.base.text.same_name import same_name

NAMES = st.sampled_from(
    ["Morel", "Petit", "Durand", "Lefebvre", "Nguyen", "Le Goff", "De La Tour", "Benali", "Roux"]
)
FIRST_NAMES = st.sampled_from(["Inès", "Samir", "Léa", "Jean-Paul", "Anne Marie", "Karim", "Zoé"])


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Morel Inès", "MOREL INES"), ("Morel Inès", "Inès Morel"), ("Morel I.", "Morel Inès"),
        ("Mme Morel Inès", "Morel Inès"), ("Morel", "Morel Inès"), ("Morell Inès", "Morel Inès"),
        ("Moreil Inès", "Morel Inès"), ("Dupond Marie", "Dupont Marie"),
        ("Lefebvre Marie", "Lefevbre Marie"), ("LE GOFF Anne", "Legoff Anne"),
        ("Le-Goff Anne", "LE GOFF ANNE"), ("de La Tour Jean", "Latour Jean"),
        ("de la Tour Jean", "DELATOUR Jean"), ("D'Angelo Zoé", "Dangelo Zoe"),
        ("O'Connor Sam", "OConnor Sam"), ("Saint-Martin Paul", "ST MARTIN Paul"),
        ("Morel Jean-Paul", "Morel Jeanpaul"), ("Morel J.-P.", "Morel Jean-Pierre"),
        ("Durand Philippe", "Durand Philipe"), ("Durand Stéphane", "Durand Stefane"),
        ("Durand Mathieu", "DURAND Matthieu"), ("Morel Anna", "Morel Ana"),
        ("MOREL épouse PETIT Inès", "PETIT Inès"), ("MOREL née PETIT Inès", "Morel Inès"),
        ("MOREL née PETIT Inès", "Petit Inès"), ("MOREL-PETIT Inès", "Morel Inès"),
        ("MOREL née DUPONT Inès", "MOREL épouse PETIT Inès"), ("Nguyen Thi Hoa", "NGUYEN Hoa"),
        ("M. et Mme DURAND Paul et Anne", "DURAND Anne"), ("SARL Dupont", "Dupont SARL"),
        ("Succession MOREL Inès", "MOREL Inès"), ("Œuvrard Éloïse", "OEUVRARD Eloise"),
    ],
)  # fmt: skip
def test_spelling_order_and_marriage_are_forgiven(a: str, b: str) -> None:
    assert same_name(a, b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Morel Inès", "Petit Paul"), ("Morel Inès", "Morel Paul"), ("Morel Inès", "Petit Inès"),
        ("Petit Léa", "Petit Léo"), ("Petit Ana", "Petit Eva"), ("Roux Paul", "Doux Paul"),
        ("Durand Michel", "Durand Michèle"), ("Durand Louis", "Durand Louise"),
        ("Durand Marcel", "Durand Marcelle"), ("Durand Daniel", "Durand Danielle"),
        ("Durand Mario", "Durand Maria"), ("Durand Jean", "Durand Jeanne"),
        ("Morel Paul Jean", "Morel Pierre Jean"), ("Durand Jean-Paul", "Durand Jean-Pierre"),
        ("Martin Paul", "Paul Durand"), ("Morel I.", "Morel Paul"), ("Morel D.", "Morel Paul"),
        ("Morel", "Petit"), ("M.", "Morel"), ("", "Morel"), ("Benali Karim", "Benali Samir"),
        ("MOREL née DUPONT Inès", "DUPONT Paul"),
    ],
)  # fmt: skip
def test_another_person_is_not(a: str, b: str) -> None:
    assert not same_name(a, b)


@given(st.text(max_size=30), st.text(max_size=30))
def test_the_question_has_one_answer_whoever_asks(a: str, b: str) -> None:
    assert same_name(a, b) == same_name(b, a)
    assert same_name(a, a)


@given(NAMES, FIRST_NAMES, st.sampled_from(["{0} {1}", "{1} {0}", "Mme {0} {1}", "{0}, {1}"]))
def test_every_way_of_writing_a_name_is_that_name(last: str, first: str, way: str) -> None:
    written = way.format(last, first)
    assert same_name(f"{last} {first}", written.upper())
    assert same_name(f"{last} {first}", written.replace("-", " ").replace("è", "e"))


@given(NAMES, FIRST_NAMES, NAMES, FIRST_NAMES)
def test_another_surname_or_first_name_is_another_person(a: str, b: str, c: str, d: str) -> None:
    alike = a == c and (b == d)
    assert same_name(f"{a} {b}", f"{c} {d}") == alike
