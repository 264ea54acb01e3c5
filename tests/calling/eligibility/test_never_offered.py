"""The queue itself never offers a forbidden call, whatever two sites did with one person."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from energymed.base.context import Actor, Context
from energymed.calling.calls.record import record_call
from energymed.calling.eligibility.availability import Availability
from energymed.calling.queue.claims import claim_first
from energymed.calling.queue.next_call import next_calls
from energymed.cases.models import Case
from tests.calling.conftest import NOW, Desk
from tests.calling.eligibility.test_never_forbidden import Person, forbidden
from tests.exploring import examples
from tests.factories import make_case, make_partner, make_person, make_site, make_user

NAME = {"last_name": "WEBER", "first_name": "Jean", "name_key": "weber jean"}
NUMBERS = ("+33639981002", "+33639981003", "+33639981004")
RESULTS = (
    "no_answer", "busy", "voicemail_left", "third_party", "hung_up", "technical", "refused",
    "opposed", "deceased", "wrong_number", "invalid_number",
)  # fmt: skip
NO_WISH = Availability()
Site = tuple[Case, Actor]


def of_a_site(desk: Desk) -> Site:
    """The person's case at a site of its own, for a partner of its own, with its mediator."""
    site, partner = make_site(desk.session), make_partner(desk.session)
    user = make_user(desk.session, site=site)
    person = make_person(desk.session, site, partner, phones=NUMBERS, **NAME)
    case = make_case(desk.session, site=site, partner=partner, person=person, assigned_to=user)
    return case, user.as_actor()


def play(desk: Desk, sites: list[Site], story: list[tuple[int, str, int]]) -> int:
    """Press "Appel suivant" at each moment of the story; how many calls were made."""
    person, at, made = Person(), NOW, 0
    for which, result, minutes in story:
        at += timedelta(minutes=minutes)
        desk.now = at
        case, actor = sites[which]
        case_id = claim_first(
            Context(desk.session, actor, at), next_calls(Context(desk.session, actor, at))
        )
        if case_id is None:
            continue
        assert case_id == case.id
        assert forbidden(person, NO_WISH, "26000", at) is None
        dialled = next(phone for phone in case.person.phones if phone.status == "ok")
        report = desk.report(result, phone_id=dialled.id)
        record_call(Context(desk.session, actor, at), case_id, report)
        person.called(at, result)
        made += 1
    return made


@pytest.mark.slow
@settings(max_examples=examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, 1), st.sampled_from(RESULTS), st.integers(0, 60 * 24 * 3)),
        min_size=2, max_size=8,
    )
)  # fmt: skip
def test_whatever_two_sites_do_no_forbidden_call_is_offered(
    desk: Desk, story: list[tuple[int, str, int]]
) -> None:
    with desk.session.begin_nested() as tried:
        play(desk, [of_a_site(desk), of_a_site(desk)], story)
        tried.rollback()


@pytest.mark.parametrize(("result", "calls"), [("no_answer", 2), ("refused", 1), ("opposed", 1)])
def test_such_a_story_makes_calls(desk: Desk, result: str, calls: int) -> None:
    sites = [of_a_site(desk), of_a_site(desk)]
    tomorrow = 60 * 28
    assert play(desk, sites, [(0, result, 5), (1, result, 5), (1, result, tomorrow)]) == calls
