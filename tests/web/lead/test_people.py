"""A lead's pages about people: likely pairs, the preview of a merge, the split, the undo."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.cases.models import Case, Person
from energymed.cases.person_models import PersonChange
from tests.factories import make_case, make_partner, make_person, make_user
from tests.web.helpers import sign_in, soup, text_of
from tests.web.lead.conftest import LeadDesk

ONE, TWO, THREE = "+33639981001", "+33639981002", "+33639981003"


class People:
    """Léa Durand twice, with a case each and the number TWO in common."""

    def __init__(self, desk: LeadDesk) -> None:
        self.desk, self.session, self.client = desk, desk.session, desk.client
        self.kept = self.person("DURAND", "durand lea", (ONE, TWO), email="lea@example.org")
        self.other = self.person("DURANT", "durant lea", (TWO, THREE), customer_reference="C2")
        self.mine, self.theirs = self.case(self.kept, "K1"), self.case(self.other, "O1")
        self.session.commit()
        self.merge_page = f"/people/{self.kept.id}/merge/{self.other.id}"

    def person(self, last: str, key: str, phones: tuple[str, ...], **values: object) -> Person:
        return make_person(
            self.session, self.desk.site, self.desk.partner, last_name=last, first_name="Léa",
            name_key=key, phones=phones, **values,
        )  # fmt: skip

    def case(self, person: Person, reference: str) -> Case:
        return make_case(
            self.session, site=self.desk.site, partner=self.desk.partner, person=person,
            reference=reference,
        )  # fmt: skip

    def owner(self, case: Case) -> int:
        self.session.rollback()
        self.session.expire_all()
        return case.person_id


@pytest.fixture
def people(desk: LeadDesk) -> People:
    return People(desk)


def test_likely_pairs_are_listed_from_the_search_of_cases(people: People) -> None:
    assert soup(people.client.get("/cases")).select_one("a[href='/people']")
    page = people.client.get("/people")
    assert "même numéro" in text_of(page)
    assert soup(page).select_one(f"a[href='{people.merge_page}']")


def test_the_case_leads_to_its_person_and_to_who_may_be_the_same(people: People) -> None:
    link = f"/people/{people.kept.id}"
    assert soup(people.client.get(f"/cases/{people.mine.id}")).select_one(f"a[href='{link}']")
    page = people.client.get(link)
    assert soup(page).select_one(f"a[href='{people.merge_page}']")
    assert "Séparer" not in text_of(page)  # one case only


def test_another_row_is_found_by_a_reference(people: People) -> None:
    answer = people.client.post(f"/people/{people.kept.id}/find", data={"reference": "O1"})
    assert answer.headers["Location"] == people.merge_page
    answer = people.client.post(
        f"/people/{people.kept.id}/find", data={"reference": "zz"}, follow_redirects=True
    )
    assert "Aucun dossier de ce partenaire" in text_of(answer)


def test_the_preview_says_what_moves_and_who_keeps_what(people: People) -> None:
    page = people.client.get(people.merge_page)
    told = text_of(page)
    for words in ("O1", "K1", "DURANT", "sur les deux fiches", "Les dettes restent séparées"):
        assert words in told
    ticked = {box["name"]: box["value"] for box in soup(page).select("input[type=radio][checked]")}
    assert ticked == {"name": "kept", "email": "kept", "customer_reference": "other"}
    assert people.owner(people.theirs) == people.other.id


def test_a_merge_and_its_undo(people: People) -> None:
    answer = people.client.post(people.merge_page, data={"name": "other"}, follow_redirects=True)
    assert "n'en font plus qu'une" in text_of(answer)
    assert people.owner(people.theirs) == people.kept.id
    assert people.kept.last_name == "DURANT"
    undo = soup(answer).select_one("form[action$='/undo']")
    assert undo is not None
    answer = people.client.post(str(undo["action"]), follow_redirects=True)
    assert "comme avant" in text_of(answer)
    assert people.owner(people.theirs) == people.other.id
    assert people.kept.last_name == "DURAND"
    answer = people.client.post(str(undo["action"]), follow_redirects=True)
    assert "déjà défait" in text_of(answer)


def test_a_merged_row_leads_to_the_one_that_stays(people: People) -> None:
    people.client.post(people.merge_page)
    page = people.client.get(f"/people/{people.other.id}")
    assert soup(page).select_one(f".notice a[href='/people/{people.kept.id}']")
    assert "Aucune fiche en double" in text_of(people.client.get("/people"))


def test_rows_of_two_partners_are_not_merged(people: People) -> None:
    stranger = make_person(people.session, people.desk.site, make_partner(people.session))
    people.session.commit()
    for method in (people.client.get, people.client.post):
        answer = method(f"/people/{people.kept.id}/merge/{stranger.id}", follow_redirects=True)
        assert "partenaires différents" in text_of(answer)


def test_a_split_by_page(people: People) -> None:
    people.client.post(people.merge_page)
    address = f"/people/{people.kept.id}/split"
    numbers = {
        f"number-{phone.id}": "goes" if phone.e164 == THREE else "stays"
        for phone in people.session.get_one(Person, people.kept.id).phones
    }
    wrong = people.client.post(address, data={"last_name": "MOREL", **numbers})
    assert wrong.status_code == 422
    assert "mais pas tous" in text_of(wrong)
    assert soup(wrong).select_one("input[name=last_name][value=MOREL]")
    answer = people.client.post(
        address,
        data={"last_name": "MOREL", "case": people.theirs.id, **numbers},
        follow_redirects=True,
    )
    assert "voici la nouvelle" in text_of(answer)
    new = people.session.get_one(Person, people.owner(people.theirs))
    assert (new.last_name, [phone.e164 for phone in new.phones]) == ("MOREL", [THREE])


def test_another_site_sees_nothing_of_it(people: People, session: Session) -> None:
    people.client.post(people.merge_page)
    change = session.scalars(select(PersonChange.id)).one()
    second = {"tf_totp_secret": "set", "tf_primary_method": "authenticator"}
    stranger = make_user(session, "lead", **second)
    session.commit()
    client: FlaskClient = people.desk.app.test_client()
    sign_in(client, stranger)
    for address in (f"/people/{people.kept.id}", people.merge_page):
        assert client.get(address).status_code == 404
    assert client.post(people.merge_page).status_code == 404
    assert client.post(f"/people/changes/{change}/undo").status_code == 404
    assert "Durand" not in text_of(client.get("/people"))
