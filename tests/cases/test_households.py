"""Households joined by the phones they share."""

from hypothesis import given
from hypothesis import strategies as st

from energymed.cases.households import Joiner


def test_two_new_people_of_one_phone_share_a_new_household() -> None:
    joiner = Joiner()
    joiner.person(1, None, ["+33639980001"])
    joiner.person(2, None, ["+33639980002", "+33639980001"])
    joiner.person(3, None, ["+33639980003"])
    new = joiner.new_households()
    assert len(new) == 2
    joiner.name(new, [70, 71])
    assert [joiner.household_of(key) for key in (1, 2, 3)] == [70, 70, 71]
    assert joiner.merged() == {}


def test_a_phone_known_elsewhere_brings_its_household() -> None:
    joiner = Joiner()
    joiner.phone_of("+33639980001", 5)
    joiner.person(1, None, ["+33639980001"])
    assert joiner.new_households() == []
    assert joiner.household_of(1) == 5


def test_a_person_with_the_phones_of_two_households_joins_them_into_the_older() -> None:
    joiner = Joiner()
    joiner.phone_of("+33639980001", 9)
    joiner.phone_of("+33639980002", 4)
    joiner.person(1, None, ["+33639980001", "+33639980002"])
    assert joiner.household_of(1) == 4
    assert joiner.merged() == {9: 4}


def test_a_person_without_a_phone_lives_alone() -> None:
    joiner = Joiner()
    joiner.person(1, None, [])
    joiner.person(2, 8, [])
    assert joiner.new_households() == [("new", 1)]
    assert joiner.household_of(2) == 8


@given(
    people=st.lists(
        st.tuples(st.one_of(st.none(), st.integers(1, 6)), st.sets(st.integers(0, 9))), max_size=12
    )
)
def test_whoever_shares_a_phone_shares_a_household(
    people: list[tuple[int | None, set[int]]],
) -> None:
    joiner = Joiner()
    for key, (household, numbers) in enumerate(people):
        joiner.person(key, household, [str(number) for number in sorted(numbers)])
    new = joiner.new_households()
    joiner.name(new, range(100, 100 + len(new)))
    for one, (_, numbers) in enumerate(people):
        for other, (_, others) in enumerate(people):
            if numbers & others:
                assert joiner.household_of(one) == joiner.household_of(other)
