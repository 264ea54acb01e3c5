"""Who is meant: found by a few letters or figures, whatever their spelling."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from energymed.base.context import Actor, Context
from energymed.base.text.folding import name_key
from energymed.base.text.french_sounds import sound
from energymed.base.text.likeness import likeness
from energymed.calling.assignment.unassigned import CaseFilter, unassigned_cases
from energymed.cases.models import Case, Household
from energymed.cases.queries import CaseSearch, search_cases
from energymed.cases.search import find_people, matches
from energymed.cases.search_index import forget_unused_names
from energymed.cases.search_models import SearchText
from energymed.cases.search_words import typed_words
from tests.exploring import examples
from tests.factories import make_case, make_partner, make_person, make_site, make_user

ADDRESS = {"address": "12 rue des Lilas", "postal_code": "26000", "commune": "Valence"}


@pytest.fixture
def people(session: Session) -> tuple[Actor, dict[str, Case]]:
    site, partner = make_site(session), make_partner(session)
    actor = make_user(session, site=site).as_actor()
    named = {
        "dupont": ("DUPONT", "Hélène", "dupont helene", "+33639981234"),
        "durand": ("DURAND", "Marc", "durand marc", "+33475801234"),
        "goff": ("LE-GOFF", "Zoé", "le goff zoe", "+33639985678"),
        "oconnor": ("O'Connor", "Seán", "o connor sean", "+33639989999"),
    }
    cases = {
        key: make_case(
            session, site=site, partner=partner, reference=f"EDF-{number:05d}", **ADDRESS,
            person=make_person(
                session, site, partner, last_name=last, first_name=first, name_key=name,
                phones=(phone,), customer_reference=f"C{number}900",
                email=f"{key}@example.org",
            ),
        )
        for number, (key, (last, first, name, phone)) in enumerate(named.items(), 1)
    }  # fmt: skip
    cases["goff"].address, cases["goff"].commune = "4 avenue Félix Faure", "Bourg-lès-Valence"
    cases["goff"].delivery_point = "12345678901234"
    cases["oconnor"].reference, cases["durand"].reference = "EDFX3", "Zoe"
    session.flush()
    return actor, cases


@pytest.mark.parametrize(
    ("typed", "whose"),
    [
        ("06 39 98 12 34", ["dupont"]),
        ("+33 6 39 98 12 34", ["dupont"]),
        ("0033639981234", ["dupont"]),
        ("1234", ["durand", "dupont"]),  # the last figures
        ("EDF-00003", ["goff"]),
        ("edf-00003", ["goff"]),
        ("00003", ["goff"]),
        ("C4900", ["oconnor"]),
        ("12345678901234", ["goff"]),
        ("EDFX3", ["oconnor"]),
        ("edfx3 ", ["oconnor"]),
        ("EDFX", []),
        ("Dupont@Example.org", ["dupont"]),
        ("zoe", ["durand", "goff"]),  # a reference, and a first name
        ("dupont", ["dupont"]),
        ("Dupond helene", ["dupont"]),
        ("HÉLÈNE DUPONT", ["dupont"]),
        ("dup val", ["dupont"]),
        ("legoff", ["goff"]),
        ("le goff", ["goff"]),
        ("zoe faure", ["goff"]),
        ("o'connor", ["oconnor"]),
        ("conor sean", ["oconnor"]),
        ("durand 4 avenue felix", []),
        ("rue lilas marc", ["durand"]),
        ("felix faur", ["goff"]),
        ("xyz", []),
        ("?", []),
        ("", []),
        ("%", []),
    ],
)
def test_found(
    session: Session, people: tuple[Actor, dict[str, Case]], typed: str, whose: list[str]
) -> None:
    actor, cases = people
    names = {case.id: name for name, case in cases.items()}
    assert sorted(
        names[case.id] for one in find_people(Context(session, actor), typed) for case in one.cases
    ) == sorted(whose)


def found(session: Session, actor: Actor, typed: str) -> list[int]:
    """Ids of the cases of who is found, in order."""
    return [case.id for one in find_people(Context(session, actor), typed) for case in one.cases]


def test_the_best_fit_comes_first_and_open_before_closed(
    session: Session, people: tuple[Actor, dict[str, Case]]
) -> None:
    actor, cases = people
    cases["dupont"].state, cases["dupont"].closure = "closed", "settled"
    session.flush()
    assert found(session, actor, "1234") == [
        cases["durand"].id, cases["dupont"].id,
    ]  # fmt: skip
    cases["durand"].person.name_key = "dupon marc"
    session.flush()
    assert found(session, actor, "dupont") == [
        cases["dupont"].id, cases["durand"].id,
    ]  # fmt: skip


def test_only_of_ones_own_site(session: Session, people: tuple[Actor, dict[str, Case]]) -> None:
    elsewhere = make_user(session).as_actor()
    assert find_people(Context(session, elsewhere), "dupont") == []
    assert find_people(Context(session, elsewhere), "0639981234") == []


def test_twenty_people_at_most_each_with_all_their_cases(
    session: Session, people: tuple[Actor, dict[str, Case]]
) -> None:
    actor, cases = people
    one = cases["dupont"]
    for _turn in range(25):
        make_case(session, site=one.site, partner=one.partner, person=one.person)
    (found,) = find_people(Context(session, actor), "dupont")
    assert len(found.cases) == 26
    for _turn in range(25):
        person = make_person(
            session, one.site, one.partner, last_name="DUPONT", name_key="dupont camille"
        )
        make_case(session, site=one.site, partner=one.partner, person=person)
    assert len(find_people(Context(session, actor), "dupont")) == 20


SPELLINGS = [
    ("mme serre", "SERRE"),
    ("M. et Mme SERRE", "SERRE"),
    ("monsieur ou madame Serré", "SERRE"),
    ("serre nadia", "SERRE"),
    ("Nadia Serre", "SERRE"),
    ("ser nadi", "SERRE"),
    ("sere", "SERRE"),
    ("chabair", "CHABERT"),
    ("chabert", "CHABERT"),
    ("chaber", "CHABERT"),
    ("jaket", "JACQUET"),
    ("jacquai", "JACQUET"),
    ("jaquet", "JACQUET"),
    ("jcaquet", "JACQUET"),
    ("jaquett", "JACQUET"),
    ("reno", "RENAULT"),
    ("renaud", "RENAULT"),
    ("filipe", "PHILIPPE"),
    ("boisaunais", "BOISSONNET"),
    ("botier", "BAUTHIER"),
    ("de la tour", "DE LA TOUR"),
    ("delatour", "DE LA TOUR"),
    ("latour", "DE LA TOUR"),
    ("jeanluc tour", "DE LA TOUR"),
    ("ou", "OU"),
    ("Me", "ME"),
]


@pytest.mark.parametrize(("typed", "name"), SPELLINGS)
def test_titles_order_typos_and_sounds_are_forgiven_at_every_door(
    session: Session, typed: str, name: str
) -> None:
    """The incoming call, the lists of cases, of the unassigned, of follow-ups, of files."""
    site, partner = make_site(session), make_partner(session)
    ctx = Context(session, make_user(session, "lead", site=site).as_actor())
    for last in dict.fromkeys(last for _typed, last in SPELLINGS):
        first = "Jean-Luc" if last == "DE LA TOUR" else "Nadia"
        person = make_person(
            session, site, partner, last_name=last, first_name=first, name_key=name_key(last, first)
        )
        make_case(session, site=site, partner=partner, person=person)

    def names(statement: Select[Case]) -> set[str]:
        return {case.person.last_name for case in session.scalars(statement)}

    assert find_people(ctx, typed)[0].person.last_name == name
    assert name in names(search_cases(ctx, CaseSearch(text=typed)))
    assert name in names(unassigned_cases(ctx, CaseFilter(text=typed)))
    assert name in names(select(Case).where(matches(ctx, typed)))


def test_one_person_of_two_partners_is_one_with_both_cases(
    session: Session, people: tuple[Actor, dict[str, Case]]
) -> None:
    actor, cases = people
    one, other = cases["dupont"], make_partner(session)
    twin = make_person(
        session, one.site, other, last_name="Dupont", first_name="Helene",
        name_key="dupont helene", household=session.get_one(Household, one.person.household_id),
    )  # fmt: skip
    case = make_case(session, site=one.site, partner=other, person=twin)
    (found,) = find_people(Context(session, actor), "dupont")
    assert {each.id for each in found.cases} == {one.id, case.id}


def test_a_person_is_found_by_what_they_are_called_now(
    session: Session, people: tuple[Actor, dict[str, Case]]
) -> None:
    actor, cases = people
    case = cases["durand"]
    case.person.last_name, case.person.name_key = "MARCHAND", "marchand marc"
    case.commune = "Saillans"
    case.person.phones[0].e164 = "+33639984321"
    session.flush()
    assert found(session, actor, "marchand saillans") == [case.id]
    assert found(session, actor, "4321") == [case.id]
    assert found(session, actor, "durand") == []
    assert found(session, actor, "5801234") == []


def test_a_name_that_nobody_bears_is_forgotten(
    session: Session, people: tuple[Actor, dict[str, Case]]
) -> None:
    one = people[1]["goff"].person
    one.last_name, one.name_key = "MARTIN", "martin zoe"
    session.flush()
    kept = select(func.count()).where(SearchText.text == "le goff zoe")
    assert session.scalar(kept) == 1
    assert forget_unused_names(session) == 1
    assert session.scalar(kept) == 0
    assert found(session, people[0], "martin") == [people[1]["goff"].id]


@given(st.text(max_size=60))
@settings(max_examples=examples(200), deadline=None)
def test_whatever_is_typed_makes_words_that_can_be_looked_up(text: str) -> None:
    for spellings in typed_words(text):
        assert all(0 < len(one) <= 40 and one.isalnum() for one in spellings)
        assert all(sound(one) for one in spellings)


@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=5, max_size=14), st.data())
def test_one_letter_amiss_is_forgiven_in_any_word(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 2))
    kinds = {
        "left out": word[:at] + word[at + 1 :],
        "twice": word[:at] + word[at] + word[at:],
        "other": word[:at] + "q" + word[at + 1 :],
        "changed places": word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    }
    for typed in kinds.values():
        if len(typed) > 4:
            assert likeness(typed, sound(typed), word, sound(word)) > 0
