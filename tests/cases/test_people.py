"""People recognised, their phones and households."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.accounts.models import Site
from energymed.cases.known_people import OWN_FIELDS, Identity, Known
from energymed.cases.models import Household, Person, Phone
from energymed.cases.people import People
from energymed.partners.models import Partner
from tests.factories import MONDAY_MORNING, make_case, make_partner, make_person, make_site

A, B, C = "+33639980001", "+33639980002", "+33639980003"


@pytest.fixture
def here(session: Session) -> tuple[Site, Partner]:
    return make_site(session), make_partner(session)


def recognise(session: Session, here: tuple[Site, Partner], said: Identity) -> Known | None:
    people = People(session, here[1].id, here[0].id)
    people.look_up([said])
    return people.find(said)


def admit(session: Session, here: tuple[Site, Partner], *said: Identity) -> list[Person]:
    people = People(session, here[1].id, here[0].id)
    people.look_up(said)
    known = [people.find(one) or people.add(one) for one in said]
    people.save(MONDAY_MORNING)
    session.expire_all()
    return [session.get_one(Person, one.id) for one in known]


def test_by_customer_reference(session: Session, here: tuple[Site, Partner]) -> None:
    person = make_person(session, *here, customer_reference="0900")
    found = recognise(session, here, Identity("AUTRE", customer_reference="0900"))
    assert found is not None
    assert found.id == person.id


def test_by_name_and_a_shared_phone(session: Session, here: tuple[Site, Partner]) -> None:
    person = make_person(
        session, *here, last_name="LE-GOFF", first_name="Zoé", name_key="le goff zoe",
        phones=(A, B),
    )  # fmt: skip
    found = recognise(session, here, Identity("Le Goff", "ZOE", phones=(C, B)))
    assert found is not None
    assert found.id == person.id
    assert recognise(session, here, Identity("Le Goff", "Zoé", phones=(C,))) is None
    assert recognise(session, here, Identity("Le Goff", "Marc", phones=(A,))) is None


def test_not_among_another_partner_or_site(session: Session, here: tuple[Site, Partner]) -> None:
    site, partner = here
    make_person(session, site, make_partner(session), customer_reference="0900")
    make_person(session, make_site(session), partner, customer_reference="0900")
    assert recognise(session, here, Identity("X", customer_reference="0900")) is None


def test_two_lines_of_one_person_make_one(session: Session, here: tuple[Site, Partner]) -> None:
    first, second = admit(
        session,
        here,
        Identity("NOM", "Léa", customer_reference="1", phones=(A,)),
        Identity("Nom", "LEA", phones=(A, B)),
    )
    assert first.id == second.id


def test_a_household_crosses_partners(session: Session, here: tuple[Site, Partner]) -> None:
    site, _ = here
    neighbour = make_person(session, site, make_partner(session), phones=(A,))
    stranger = make_person(session, make_site(session), here[1], phones=(A,))
    (new,) = admit(session, here, Identity("NOM", "Léa", phones=(B, A)))
    assert new.household_id == neighbour.household_id
    assert new.household_id != stranger.household_id
    assert [phone.e164 for phone in new.phones] == [B, A]


def test_a_wrong_number_joins_nobody(session: Session, here: tuple[Site, Partner]) -> None:
    other = make_person(session, *here, phones=(A,))
    other.phones[0].status = "wrong"
    session.flush()
    (new,) = admit(session, here, Identity("NOM", phones=(A,)))
    assert new.household_id != other.household_id


def test_two_households_become_the_older(session: Session, here: tuple[Site, Partner]) -> None:
    first, second = (make_person(session, *here, phones=(number,)) for number in (A, B))
    old = second.household_id
    people = People(session, here[1].id, here[0].id)
    people.add(Identity("NOM", phones=(A, B)))
    saved = people.save(MONDAY_MORNING)
    session.expire_all()
    assert first.household_id == second.household_id
    assert saved.moved_households == {second.id: old}


def test_a_number_marked_wrong_stays_so(session: Session, here: tuple[Site, Partner]) -> None:
    person = make_person(session, *here, phones=(A,))
    person.phones[0].status = "wrong"
    session.flush()
    people = People(session, here[1].id, here[0].id)
    people.load([person.id])
    assert people.add_phones(people.by_id[person.id], [A, B]) == [B]
    people.save(MONDAY_MORNING)
    rows = session.execute(select(Phone.e164, Phone.status).order_by(Phone.position))
    assert [tuple(row) for row in rows] == [(A, "wrong"), (B, "ok")]
    assert session.scalar(select(func.count(Household.id))) == 1


def test_what_changes(session: Session, here: tuple[Site, Partner]) -> None:
    person = make_person(session, *here, last_name="NOM", email=None, civility="M.")
    said = Identity("Nom-Neuf", person.first_name, "Mme", email="a@example.org")
    people = People(session, here[1].id, here[0].id)
    people.load([person.id])
    known = people.by_id[person.id]
    assert known.changes(said) == {
        "civility": ("M.", "Mme"),
        "last_name": ("NOM", "Nom-Neuf"),
        "email": (None, "a@example.org"),
    }
    assert known.changes(Identity("NOM")) == {}


def test_a_person_of_two_cases_only_gains(session: Session, here: tuple[Site, Partner]) -> None:
    site, partner = here
    person = make_person(session, site, partner, civility="M.", email=None)
    for _ in range(2):
        make_case(session, site=site, partner=partner, person=person)
    people = People(session, partner.id, site.id)
    people.load([person.id])
    said = Identity(person.last_name, civility="Mme", email="a@example.org")
    assert people.by_id[person.id].changes(said) == {"email": (None, "a@example.org")}


@pytest.mark.parametrize(
    ("known", "told", "kept"),
    [("Ida", "I.", "Ida"), ("Ida", "i", "Ida"), ("I.", "Ida", "Ida"), ("Ida", "P.", "P."),
     ("Élise", "E.", "Élise"), (None, "I.", "I.")],
)  # fmt: skip
def test_an_initial_tells_nothing_that_the_name_did_not(
    known: str | None, told: str, kept: str
) -> None:
    values = dict.fromkeys(OWN_FIELDS) | {"last_name": "ROUX", "first_name": known}
    changes = Known(1, values).changes(Identity("ROUX", told))
    assert changes.get("first_name", (None, known))[1] == kept
