"""Numbers of many strangers: they join nobody, and stop only whom they were said of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.accounts.models import Site
from energymed.base.context import SYSTEM, Context
from energymed.calling.calls.person_marks import never_again
from energymed.calling.codes import NoCallReason
from energymed.calling.eligibility.same_person import everywhere
from energymed.calling.eligibility.stopped import people_stopped_with, stops_of
from energymed.cases.codes import StopKind
from energymed.cases.households import parts
from energymed.cases.known_people import Identity, Known
from energymed.cases.models import Household, Person, Phone
from energymed.cases.people import People
from energymed.cases.silent_numbers import judge_all_numbers, judge_numbers
from energymed.cases.stops import note_person
from energymed.partners.models import Partner
from energymed.partners.rule_changes import Scope, change_rule
from energymed.partners.rulebook import load_names_per_number
from tests.factories import MONDAY_MORNING, make_partner, make_site

MONDAY = MONDAY_MORNING.date()
SHARED, OWN = "+33639980001", "+33639980002"
NAMES = ("Morel", "Durand", "Petit", "Benali", "Serre", "Giraud", "Faure")


@pytest.fixture
def here(session: Session) -> tuple[Site, Partner]:
    return make_site(session), make_partner(session)


def admit(session: Session, here: tuple[Site, Partner], *said: Identity) -> list[Person]:
    people = People(session, here[1].id, here[0].id)
    people.look_up(said)
    known: list[Known] = [people.find(one) or people.add(one) for one in said]
    people.save(MONDAY_MORNING)
    session.expire_all()
    return [session.get_one(Person, one.id) for one in known]


def strangers(count: int, *more: str) -> list[Identity]:
    return [Identity(name, "Léa", phones=(SHARED, *more)) for name in NAMES[:count]]


def homes(people: list[Person]) -> int:
    return len({person.household_id for person in people})


@pytest.mark.parametrize(("count", "expected"), [(4, 1), (5, 5), (7, 7)])
def test_a_number_joins_up_to_four_names(
    session: Session, here: tuple[Site, Partner], count: int, expected: int
) -> None:
    people = admit(session, here, *strangers(count))
    assert homes(people) == expected
    assert {phone.links for person in people for phone in person.phones} == {count <= 4}


def test_those_who_came_before_are_parted(session: Session, here: tuple[Site, Partner]) -> None:
    """Across partners and sites; whoever shares another number stays together."""
    couple = admit(session, here, *strangers(2, OWN))
    third = admit(session, (make_site(session), here[1]), strangers(3)[2])
    people = admit(session, (here[0], make_partner(session)), *strangers(5)[3:])
    assert homes([*couple, *third, *people]) == 4
    assert homes(couple) == 1
    assert session.scalar(select(func.count()).where(Phone.links.is_(False))) == 5


def test_one_name_twice_is_not_joined_by_it(session: Session, here: tuple[Site, Partner]) -> None:
    admit(session, here, *strangers(5))
    people = People(session, here[1].id, here[0].id)
    namesake = Identity(NAMES[0], "Léa", phones=(SHARED,))
    people.look_up([namesake])
    assert people.find(namesake) is None
    (alone,) = admit(session, here, namesake)
    assert alone.id not in [row.id for row in everywhere(session, alone)[1:]]
    assert len(everywhere(session, alone)) == 1


def test_a_refusal_on_it_stops_the_person(session: Session, here: tuple[Site, Partner]) -> None:
    """Not those who have it, nor those who come later; each of them in this file or the next."""
    refuses, *others = admit(session, here, *strangers(5))
    ctx = Context(session, SYSTEM, MONDAY_MORNING)
    refuses.opposed_at = MONDAY_MORNING
    never_again(ctx, refuses)
    note_person(ctx, StopKind.OPPOSED, refuses)
    others += admit(session, here, Identity("Faure", "Zoé", phones=(SHARED,)))
    for other in others:
        stops = stops_of(session, other)
        assert (stops.opposed, stops.dialable, stops.for_good) == (False, True, None)
    (again,) = admit(session, (here[0], make_partner(session)), strangers(1)[0])
    assert again.opposed_at == MONDAY_MORNING


def test_a_refusal_of_before_does_not_stop_them_all(
    session: Session, here: tuple[Site, Partner]
) -> None:
    (refuses,) = admit(session, here, strangers(1)[0])
    ctx = Context(session, SYSTEM, MONDAY_MORNING)
    never_again(ctx, refuses)
    note_person(ctx, StopKind.OPPOSED, refuses)
    few = admit(session, here, strangers(2)[1])
    assert few[0].phones[0].status == "opposed"
    many = admit(session, here, *strangers(7)[2:])
    assert {person.phones[0].status for person in many} == {"ok"}
    assert all(stops_of(session, person).dialable for person in many)


def test_a_death_stops_the_person(session: Session, here: tuple[Site, Partner]) -> None:
    dead, *others = admit(session, here, *strangers(5))
    dead.deceased_at = MONDAY_MORNING
    session.flush()
    assert people_stopped_with(session, dead, NoCallReason.DECEASED) == [dead.id]
    assert [stops_of(session, other).for_good for other in others] == [None] * 4


def test_the_rule_is_dated(session: Session, here: tuple[Site, Partner]) -> None:
    people = admit(session, here, *strangers(3))
    ctx = Context(session, SYSTEM, MONDAY_MORNING)
    change_rule(ctx, Scope(), "names_per_number", 2, valid_from=MONDAY, source="réunion")
    assert load_names_per_number(session, MONDAY) == 2
    assert judge_all_numbers(session, 2) == 1
    session.expire_all()
    assert homes(people) == 3
    assert judge_all_numbers(session, 4) == 0
    assert session.scalars(select(Phone.links)).all() == [True] * 3


def test_judging_twice_moves_nobody(session: Session, here: tuple[Site, Partner]) -> None:
    admit(session, here, *strangers(5))
    count = session.scalar(select(func.count(Household.id)))
    assert judge_numbers(session, [SHARED], 4) == {}
    assert session.scalar(select(func.count(Household.id))) == count


@given(st.dictionaries(st.integers(1, 9), st.sets(st.integers(0, 6), max_size=3), max_size=9))
def test_parts_share_no_number_and_people_who_do_are_together(
    numbers_of: dict[int, set[int]],
) -> None:
    groups = parts({person: map(str, numbers) for person, numbers in numbers_of.items()})
    assert sorted(person for group in groups for person in group) == sorted(numbers_of)
    group_of = {person: at for at, group in enumerate(groups) for person in group}
    for one, mine in numbers_of.items():
        for other, theirs in numbers_of.items():
            if mine & theirs:
                assert group_of[one] == group_of[other]
    numbers = [set().union(*(numbers_of[person] for person in group)) for group in groups]
    for at, mine in enumerate(numbers):
        assert all(mine.isdisjoint(theirs) for theirs in numbers[at + 1 :])
