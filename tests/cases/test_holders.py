"""Whether a line of a known reference still speaks of the same person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energymed.cases.holders import Holder, Home, Likeness, likeness, same_home

A, B = "+33639980001", "+33639980002"
HERE, THERE = Home("12 rue des Écoles", "26110"), Home("3 place de la Gare", "26000")
UNTOLD = Home(None, None)
MOREL, DURAND = "Morel Inès", "Durand Paul"


@pytest.mark.parametrize(
    ("said", "known", "expected"),
    [
        # another name, and another number or address
        (Holder(DURAND, [B], [HERE]), Holder(MOREL, [A], [HERE]), Likeness.OTHER),
        (Holder(DURAND, [A], [THERE]), Holder(MOREL, [A], [HERE]), Likeness.OTHER),
        (Holder(DURAND, [B]), Holder(MOREL, [A]), Likeness.OTHER),
        (Holder(DURAND, [], [THERE]), Holder(MOREL, [A], [HERE]), Likeness.OTHER),
        (Holder(DURAND, [A], [Home(None, "75001")]), Holder(MOREL, [A], [HERE]), Likeness.OTHER),
        # a marriage, or the name of before
        (Holder(DURAND, [A], [HERE]), Holder(MOREL, [A], [HERE]), Likeness.SAME),
        (Holder(DURAND, [A, B], [UNTOLD]), Holder(MOREL, [A], [HERE]), Likeness.SAME),
        (Holder("Durand Inès", [], [HERE]), Holder(MOREL, [A], [HERE]), Likeness.SAME),
        (Holder("Morell Paul", [], [HERE]), Holder(MOREL, [A], [HERE]), Likeness.SAME),
        (Holder(DURAND, [A], [HERE]), Holder(MOREL, [A], [THERE, HERE]), Likeness.SAME),
        # the same name has moved, and has another number
        (Holder("MOREL INES", [B], [THERE]), Holder(MOREL, [A], [HERE]), Likeness.SAME),
        (Holder("Ines Morel"), Holder(MOREL, [A], [HERE]), Likeness.SAME),
        (Holder("Morel-Petit I.", [B]), Holder(MOREL, [A]), Likeness.SAME),
        # nothing tells: at the same home may live a husband, or the next tenant
        (Holder(DURAND, [], [HERE]), Holder(MOREL, [A], [HERE]), Likeness.UNSURE),
        (Holder("Durand P.", [], [HERE]), Holder("Petit P.", [], [HERE]), Likeness.UNSURE),
        (Holder(DURAND), Holder(MOREL, [A], [HERE]), Likeness.UNSURE),
        (Holder(DURAND, [B], [UNTOLD]), Holder(MOREL, [], [HERE]), Likeness.UNSURE),
        (Holder(DURAND, [], [Home(None, "26110")]), Holder(MOREL, [], [HERE]), Likeness.UNSURE),
    ],
)
def test_who_holds_a_reference(said: Holder, known: Holder, expected: Likeness) -> None:
    assert likeness(said, known) is expected
    assert likeness(known, said) is expected


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("12 rue des Écoles", "12, R. DES ECOLES", True),
        ("12 rue des Écoles", "012 rue des ecoles bât B", True),
        ("12 avenue Jean Jaurès", "12 AV JEAN JAURES", True),
        ("12 rue des Ecolles", "12 rue des Ecoles", True),
        ("12 rue des Écoles", "14 rue des Écoles", False),
        ("12 rue des Écoles", "12 rue de la Gare", False),
        ("Lieu-dit Le Serre", "Le Serre", True),
        ("Lieu-dit Le Serre", None, None),
        ("", "12 rue des Écoles", None),
    ],
)
def test_one_address_written_twice(one: str, other: str | None, same: bool | None) -> None:
    assert same_home(Home(one, None), Home(other, None)) is same
    assert same_home(Home(other, "26110"), Home(one, "26110")) is same
    assert same_home(Home(one, "26110"), Home(other, "26000")) is False


WORDS = st.sampled_from(["Morel", "Durand", "Petit", "Inès", "Paul", "Léa", "Benali", "Karim"])
HOLDERS = st.builds(
    Holder,
    st.tuples(WORDS, WORDS).map(" ".join),
    st.lists(st.sampled_from([A, B]), unique=True),
    st.lists(st.sampled_from([HERE, THERE, UNTOLD]), max_size=2),
)


@given(HOLDERS, HOLDERS)
def test_neither_holder_comes_first(one: Holder, other: Holder) -> None:
    assert likeness(one, other) is likeness(other, one)


@given(
    HOLDERS,
    st.sampled_from([str.upper, str.lower, lambda name: " ".join(reversed(name.split())),
                     lambda name: name.replace(" ", "-"), lambda name: f"Mme {name}",
                     lambda name: name.translate(str.maketrans("èé", "ee"))]),
)  # fmt: skip
def test_spelling_is_forgiven_wherever_they_live(one: Holder, respelled: object) -> None:
    assert callable(respelled)
    moved = Holder(respelled(one.name), ["+33639989999"], [Home("1 quai Neuf", "69001")])
    assert likeness(moved, one) is Likeness.SAME


@given(HOLDERS, HOLDERS)
def test_another_name_with_nothing_in_common_is_never_the_same(one: Holder, other: Holder) -> None:
    stranger = Holder("Zwolinski Ursule", ["+33639989999"], [Home("1 quai Neuf", "69001")])
    assert likeness(stranger, one) is not Likeness.SAME
