"""Several cases of one person in one conversation: one call, several results, no second ring."""

from datetime import timedelta

import pytest

from energymed.base.context import Context
from energymed.base.errors import BadInput, Conflict, NotFound, Refused
from energymed.base.periods import parse_period
from energymed.calling.calls.linked_cases import Agreed, other_cases, record_others
from energymed.calling.eligibility.assess import verdict_on
from energymed.calling.models import Contact
from energymed.cases.models import Case, Person
from energymed.reporting.indicators import total
from energymed.reporting.scope import Scope
from tests.calling.conftest import NOW, Desk
from tests.factories import make_case, make_partner, make_person, make_user

WEEK = NOW + timedelta(days=7)


def twin(desk: Desk, case: Case, **values: object) -> Case:
    """A case of another partner whose file names the same person, at the same home."""
    suez = make_partner(desk.session)
    person = make_person(desk.session, desk.site, suez)
    person.last_name, person.first_name = case.person.last_name, case.person.first_name
    person.name_key, person.household_id = case.person.name_key, case.person.household_id
    desk.session.flush()
    return desk.case(person=person, partner=suez, **values)


def talked(desk: Desk, case: Case) -> Contact:
    """The holder was reached and the case waits for a week."""
    return desk.call(case, "reached_holder", next_step="follow_up", follow_up_at=WEEK)


def test_the_same_person_in_the_files_of_two_partners_is_found(desk: Desk) -> None:
    case = desk.case()
    water, closed = twin(desk, case), twin(desk, case)
    closed.state, closed.closure = "closed", "settled"
    neighbour = twin(desk, case)
    neighbour.person.name_key = "somebody else"
    desk.session.flush()
    assert [one.id for one in other_cases(Context(desk.session, desk.actor), case)] == [water.id]


def test_one_call_settles_several_cases_and_counts_once(desk: Desk) -> None:
    case = desk.case()
    water, gas = twin(desk, case), twin(desk, case)
    call = talked(desk, case)
    made = record_others(
        Context(desk.session, desk.actor, desk.now),
        call,
        [Agreed(water.id, "close", "informed_only"), Agreed(gas.id, "follow_up", None, WEEK)],
    )
    assert [one.call_of_id for one in made] == [call.id, call.id]
    assert (water.state, water.closure) == ("closed", "informed_only")
    assert (gas.state, gas.next_action_at) == ("waiting", WEEK)
    period = parse_period("2026-11")
    assert total(desk.session, "calls_out", Scope(period)) == 1
    assert total(desk.session, "cases_reached", Scope(period)) == 3


def test_a_second_press_records_nothing_more(desk: Desk) -> None:
    case = desk.case()
    water = twin(desk, case)
    call = talked(desk, case)
    agreed = [Agreed(water.id, "close", "informed_only")]
    assert len(record_others(Context(desk.session, desk.actor, desk.now), call, agreed)) == 1
    assert record_others(Context(desk.session, desk.actor, desk.now), call, agreed) == []


def test_the_other_case_is_not_called_the_same_day(desk: Desk) -> None:
    case = desk.case()
    water = twin(desk, case)
    assert verdict_on(desk.session, water.id, NOW).allowed
    desk.call(case, "no_answer")
    assert verdict_on(desk.session, water.id, desk.now).reason == "attempted_today"


def test_what_is_missing_names_the_case(desk: Desk) -> None:
    case = desk.case()
    water = twin(desk, case)
    with pytest.raises(BadInput) as refused:
        record_others(
            Context(desk.session, desk.actor, NOW), talked(desk, case), [Agreed(water.id)]
        )
    assert refused.value.params["reference"] == water.reference


def test_only_the_persons_own_open_cases_and_only_when_reached(desk: Desk) -> None:
    case, stranger = desk.case(), desk.case()
    water = twin(desk, case)
    missed = desk.call(case, "no_answer")
    done = [Agreed(water.id, "close", "informed_only")]
    with pytest.raises(Refused, match="Sans avoir joint"):
        record_others(Context(desk.session, desk.actor, desk.now), missed, done)
    call = talked(desk, stranger)
    with pytest.raises(Conflict, match="pas de la personne appelée"):
        record_others(Context(desk.session, desk.actor, desk.now), call, done)
    elsewhere = make_case(desk.session, assigned_to=make_user(desk.session))
    with pytest.raises(NotFound):
        record_others(
            Context(desk.session, desk.actor, desk.now),
            call,
            [Agreed(elsewhere.id, "close", "settled")],
        )


def test_people_of_one_home_are_called_each_for_themselves(desk: Desk) -> None:
    case = desk.case()
    other = twin(desk, case)
    other.person.name_key = "another person"
    desk.session.flush()
    desk.call(case, "no_answer")
    assert desk.session.get_one(Person, other.person_id).household_id == case.person.household_id
    assert verdict_on(desk.session, other.id, desk.now).allowed
