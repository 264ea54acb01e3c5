"""One person in the files of two sites: their phone rings once, and their wishes hold."""

from datetime import time, timedelta

import pytest

from energymed.base.context import Actor, Context
from energymed.base.errors import Conflict
from energymed.calling.calls.person_marks import note_availability
from energymed.calling.eligibility.assess import verdict_on
from energymed.calling.eligibility.availability import Availability, availability_of
from energymed.calling.queue.claims import claim_case, claim_first
from energymed.calling.queue.next_call import next_calls
from energymed.cases.models import Case
from tests.calling.conftest import MINUTE, NOW, Desk
from tests.factories import make_case, make_partner, make_person, make_site, make_user

NAME = {"last_name": "WEBER", "first_name": "Jean", "name_key": "weber jean"}
NUMBER, OTHER = "+33639981002", "+33639981003"


@pytest.fixture
def here(desk: Desk) -> Case:
    return desk.case(
        person=make_person(desk.session, desk.site, desk.partner, phones=(NUMBER,), **NAME)
    )


@pytest.fixture
def there(desk: Desk) -> tuple[Case, Actor]:
    """The same person's case at another site, with its mediator."""
    site, partner = make_site(desk.session), make_partner(desk.session)
    user = make_user(desk.session, site=site)
    person = make_person(desk.session, site, partner, phones=(OTHER, NUMBER), **NAME)
    case = make_case(desk.session, site=site, partner=partner, person=person, assigned_to=user)
    return case, user.as_actor()


def test_while_one_site_talks_the_other_waits(
    desk: Desk, here: Case, there: tuple[Case, Actor]
) -> None:
    case, actor = there
    claim_case(Context(desk.session, desk.actor, NOW), here.id)
    assert verdict_on(desk.session, case.id, NOW).reason == "household_in_call"
    assert desk.claim_next(actor) is None
    with pytest.raises(Conflict):
        claim_case(Context(desk.session, actor, NOW), case.id)


def test_a_case_read_before_the_other_site_took_theirs_is_not_given(
    desk: Desk, here: Case, there: tuple[Case, Actor]
) -> None:
    case, actor = there
    offered = next_calls(Context(desk.session, actor, NOW))
    assert [one.case_id for one in offered] == [case.id]
    claim_case(Context(desk.session, desk.actor, NOW), here.id)
    assert claim_first(Context(desk.session, actor, NOW), offered) is None


def test_an_attempt_of_one_site_counts_at_the_other(
    desk: Desk, here: Case, there: tuple[Case, Actor]
) -> None:
    case, _actor = there
    desk.call(here, "no_answer")
    assert verdict_on(desk.session, case.id, NOW + MINUTE).reason == "attempted_today"
    namesake = make_person(desk.session, desk.site, desk.partner, phones=("+33639981009",), **NAME)
    assert verdict_on(desk.session, desk.case(person=namesake).id, NOW + MINUTE).allowed


def test_a_wish_holds_for_every_file_of_the_person(
    desk: Desk, here: Case, there: tuple[Case, Actor]
) -> None:
    case, _actor = there
    evenings = Availability(not_before=time(17))
    note_availability(Context(desk.session, desk.actor, NOW), here.id, evenings)
    assert availability_of(case.person.availability) == evenings
    assert verdict_on(desk.session, case.id, NOW).reason == "availability"
    assert verdict_on(desk.session, case.id, NOW + timedelta(hours=8)).allowed


def test_a_wish_that_stands_reaches_a_file_that_came_later(desk: Desk, here: Case) -> None:
    evenings = Availability(not_before=time(17))
    note_availability(Context(desk.session, desk.actor, NOW), here.id, evenings)
    later = make_person(
        desk.session, make_site(desk.session), make_partner(desk.session), phones=(NUMBER,), **NAME
    )
    assert note_availability(Context(desk.session, desk.actor, NOW), here.id, evenings)
    assert availability_of(later.availability) == evenings
    assert not note_availability(Context(desk.session, desk.actor, NOW), here.id, evenings)
