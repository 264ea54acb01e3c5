"""A stop holds everywhere at once, in later files too, and nothing of it can be read."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from energymed.base.context import Context
from energymed.calling.calls.record import correct_call
from energymed.calling.models import Contact
from energymed.calling.queue.automatic_closures import close_never_called
from energymed.calling.queue.view import view_queue
from energymed.cases.known_people import Identity
from energymed.cases.models import Case, Person, Stop
from energymed.cases.people import People
from energymed.cases.stops import forget_lapsed
from tests.calling.conftest import NOW, Desk
from tests.factories import make_case, make_partner, make_person, make_site

A, B = "+33639980001", "+33639980002"
NAMED = {"last_name": "LE GOFF", "first_name": "Zoé", "name_key": "le goff zoe"}
LATER = NOW + timedelta(days=30)


def elsewhere(desk: Desk, *said: Identity, known: bool = False) -> list[Person]:
    """The people as another partner's file brings them to another site, a month later."""
    partner, site = make_partner(desk.session), make_site(desk.session)
    if known:
        partner, site = desk.partner, desk.site
    people = People(desk.session, partner.id, site.id)
    people.look_up(said)
    added = [people.add(one) for one in said]
    people.save(LATER)
    desk.session.expire_all()
    return [desk.session.get_one(Person, one.id) for one in added]


def forgotten(desk: Desk, case: Case) -> None:
    """Another person by now has the row's name and numbers: only the list remembers."""
    case.person.name_key, case.person.customer_reference = "x", None
    for position, phone in enumerate(case.person.phones):
        phone.e164 = f"+3363998900{position}"
    desk.session.flush()


def called(desk: Desk, result: str, **values: object) -> Case:
    person = make_person(
        desk.session, desk.site, desk.partner, phones=(A, B), customer_reference="C1", **NAMED
    )
    case = desk.case(person=person)
    desk.call(case, result, **values)
    return case


def statuses(person: Person) -> dict[str, str]:
    return {phone.e164: phone.status for phone in person.phones}


def test_who_refused_rests_in_every_file_and_in_files_to_come(desk: Desk) -> None:
    twin = make_person(
        desk.session, make_site(desk.session), make_partner(desk.session), phones=(B,), **NAMED
    )
    case = called(desk, "refused")
    until = NOW.date() + timedelta(days=60)
    assert (case.person.rests_until, twin.rests_until) == (until, until)
    forgotten(desk, case)
    (same, namesake) = elsewhere(
        desk,
        Identity("Le Goff", "Zoe", phones=(B,)),
        Identity("Le Goff", "Zoé", phones=("+33639980008",)),
    )
    assert (same.rests_until, namesake.rests_until) == (until, None)


def test_a_rest_is_taken_back_on_every_row(desk: Desk) -> None:
    longer = NOW.date() + timedelta(days=90)
    twin, resting = (
        make_person(
            desk.session, make_site(desk.session), make_partner(desk.session), phones=(B,),
            rests_until=until, **NAMED,
        )
        for until in (None, longer)
    )  # fmt: skip
    case = called(desk, "refused")
    assert twin.rests_until == NOW.date() + timedelta(days=60)
    (contact,) = desk.session.scalars(select(Contact)).all()
    report = desk.report("no_answer")
    correct_call(Context(desk.session, desk.actor, NOW + timedelta(minutes=5)), contact.id, report)
    assert (case.person.rests_until, twin.rests_until) == (None, None)
    assert resting.rests_until == longer, "nothing that this call said"
    assert desk.session.scalars(select(Stop)).all() == []


def test_who_opposed_is_not_called_from_a_later_file(desk: Desk) -> None:
    forgotten(desk, called(desk, "opposed"))
    same, neighbour, namesake = elsewhere(
        desk,
        Identity("Le Goff", "Zoe", phones=(B,)),
        Identity("Martin", "Jean", phones=(A, "+33639980009")),
        Identity("Le Goff", "Zoé", phones=("+33639980008",)),
    )
    assert same.opposed_at == NOW
    assert statuses(same) == {B: "opposed"}
    assert neighbour.opposed_at is None
    assert statuses(neighbour) == {A: "opposed", "+33639980009": "ok"}
    assert (namesake.opposed_at, statuses(namesake)) == (None, {"+33639980008": "ok"})


def test_known_by_the_partners_customer_reference(desk: Desk) -> None:
    forgotten(desk, called(desk, "opposed"))
    said = Identity("Goff", customer_reference="C1", phones=("+33639980007",))
    assert elsewhere(desk, said, known=True)[0].opposed_at == NOW
    assert elsewhere(desk, said)[0].opposed_at is None, "another partner's customer C1"


def test_who_died_is_not_asked_for_again(desk: Desk) -> None:
    forgotten(desk, called(desk, "deceased"))
    same, widower = elsewhere(
        desk, Identity("LE GOFF", "Zoé", phones=(A,)), Identity("Le Goff", "Alain", phones=(A,))
    )
    assert same.deceased_at == NOW
    assert widower.deceased_at is None
    assert statuses(widower) == {A: "ok"}
    assert same.household_id == widower.household_id, "one household: nobody there is called"


def test_a_wrong_number_is_wrong_for_that_person_alone(desk: Desk) -> None:
    forgotten(desk, called(desk, "wrong_number"))
    same, owner = elsewhere(
        desk, Identity("Le Goff", "Zoé", phones=(A, B)), Identity("Martin", "Jean", phones=(A,))
    )
    assert statuses(same) == {A: "wrong", B: "ok"}
    assert statuses(owner) == {A: "ok"}


def test_a_number_out_of_service_is_so_for_everybody_for_a_year(desk: Desk) -> None:
    forgotten(desk, called(desk, "invalid_number"))
    assert statuses(elsewhere(desk, Identity("Martin", phones=(A,)))[0]) == {A: "invalid"}
    assert forget_lapsed(desk.session, now=NOW + timedelta(days=364)) == 0
    assert forget_lapsed(desk.session, now=NOW + timedelta(days=365)) == 1
    assert statuses(elsewhere(desk, Identity("Martin", phones=(A,)))[0]) == {A: "ok"}


@pytest.mark.parametrize("result", ["opposed", "deceased"])
def test_at_once_at_every_site_and_partner(desk: Desk, result: str) -> None:
    """Their case there is closed as well; one of another person is not."""
    partner, site = make_partner(desk.session), make_site(desk.session)
    there = make_case(
        desk.session, site=site, partner=partner,
        person=make_person(desk.session, site, partner, phones=(B,), **NAMED),
    )  # fmt: skip
    apart = make_case(
        desk.session, site=site, partner=partner,
        person=make_person(desk.session, site, partner, phones=("+33639980008",), **NAMED),
    )  # fmt: skip
    case = called(desk, result)
    assert {case.closure, there.closure} == {result}
    assert apart.state == "to_assign"
    (contact,) = case_contacts(desk, case)
    correct_call(Context(desk.session, desk.actor, desk.now), contact, desk.report("no_answer"))
    assert (there.state, there.person.opposed_at, there.person.deceased_at) == (
        "to_assign", None, None,
    )  # fmt: skip
    assert statuses(there.person) == {B: "ok"}
    assert desk.session.scalars(select(Stop)).all() == []


def test_a_wrong_number_is_marked_in_their_other_files(desk: Desk) -> None:
    partner = make_partner(desk.session)
    other = make_person(desk.session, desk.site, partner, phones=(A,), **NAMED)
    stranger = make_person(desk.session, desk.site, partner, phones=(A,))
    called(desk, "wrong_number")
    assert statuses(other) == {A: "wrong"}
    assert statuses(stranger) == {A: "ok"}


def test_the_case_of_a_later_file_goes_back_to_its_partner(desk: Desk) -> None:
    forgotten(desk, called(desk, "opposed"))
    (person,) = elsewhere(desk, Identity("Le Goff", "Zoe", phones=(B,)), known=True)
    waiting, given = make_case(
        desk.session, site=desk.site, partner=desk.partner, person=person
    ), desk.case(person=person, reference="GIVEN")  # fmt: skip
    assert view_queue(Context(desk.session, desk.actor, NOW)).ready == []
    assert close_never_called(desk.session, now=LATER) == 1
    assert (given.state, given.closure) == ("closed", "opposed")
    assert waiting.state == "to_assign", "its file can still be undone"


def test_nothing_can_be_read_from_the_list(desk: Desk) -> None:
    called(desk, "opposed")
    stops = desk.session.scalars(select(Stop)).all()
    assert {stop.kind for stop in stops} == {"opposed"}
    assert len(stops) == 5, "two numbers, the name at each, the customer"
    for stop in stops:
        assert len(bytes.fromhex(stop.key)) == 32
        assert (stop.since, stop.until) == (NOW, NOW + timedelta(days=1096))


def case_contacts(desk: Desk, case: Case) -> list[int]:
    return list(desk.session.scalars(select(Contact.id).where(Contact.case_id == case.id)))
