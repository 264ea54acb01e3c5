"""The association and its sites, by an administrator: found, set right, retired, used again."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.association import association
from energymed.base.audit import AuditEvent
from energymed.messages.models import MessageSender
from tests.factories import make_case, make_site, make_user
from tests.web.admin.conftest import counted
from tests.web.helpers import soup, table_rows, text_of

NAMED = {"association": "PIMMS Exemple", "phone": "04 65 71 00 00"}


def actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def test_sites_are_found_sorted_and_counted(desk: FlaskClient, session: Session) -> None:
    valence, lyon = make_site(session, "valence"), make_site(session, "lyon")
    valence.name, lyon.name = "Valence", "Lyon"
    make_user(session, site=valence)
    make_user(session, site=valence, active=False)
    make_case(session, site=valence)
    make_case(session, site=valence, state="closed", closure="settled")
    session.commit()
    rows = table_rows(desk.get("/admin/sites"))
    assert [row["Nom"] for row in rows] == ["Lyon", "Valence"]
    assert (rows[1]["Équipe"], rows[1]["Dossiers en cours"]) == ("1", "1")
    for sort, first in (("-name", "Valence"), ("-cases", "Valence"), ("cases", "Lyon"),
                        ("-team", "Valence"), ("code", "Lyon")):  # fmt: skip
        assert table_rows(desk.get(f"/admin/sites?sort={sort}"))[0]["Nom"] == first, sort
    assert [row["Nom"] for row in table_rows(desk.get("/admin/sites?q=VAL"))] == ["Valence"]
    assert "Aucun site ne correspond" in text_of(desk.get("/admin/sites?q=%25"))


def test_a_list_of_sites_takes_as_many_queries_for_many(
    desk: FlaskClient, session: Session
) -> None:
    make_site(session)
    session.commit()
    with counted() as few:
        desk.get("/admin/sites")
    for _ in range(10):
        make_user(session, site=make_site(session))
    session.commit()
    with counted() as many:
        desk.get("/admin/sites")
    assert len(many) == len(few)


def test_a_site_is_set_right_and_signs_its_messages(desk: FlaskClient, session: Session) -> None:
    site = make_site(session)
    session.commit()
    desk.post("/admin/association", data=NAMED)
    told = {"name": "Valence", "phone": "04 65 71 00 01", "department": "2a",
            "address": "1 rue du Port\r\n26000 Valence"}  # fmt: skip
    assert desk.post(f"/admin/sites/{site.id}", data=told).status_code == 303
    session.refresh(site)
    assert (site.name, site.department) == ("Valence", "2A")
    assert site.address == "1 rue du Port\n26000 Valence"
    sender = session.scalars(select(MessageSender)).one()
    assert (sender.association, sender.phone) == ("PIMMS Exemple", "+33465710001")
    form = soup(desk.get(f"/admin/sites/{site.id}"))
    assert form.find(id="phone")["value"].replace("\xa0", " ") == "04 65 71 00 01"
    desk.post(f"/admin/sites/{site.id}", data={**told, "phone": ""})
    session.refresh(sender)
    assert sender.phone == "+33465710000"


def test_all_that_is_wrong_is_told_at_once(desk: FlaskClient, session: Session) -> None:
    site = make_site(session)
    session.commit()
    desk.post("/admin/association", data=NAMED)
    page = desk.post(f"/admin/sites/{site.id}",
                     data={"name": "X", "phone": "12", "department": "99"})  # fmt: skip
    assert page.status_code == 422
    assert "Ce département n'existe pas" in text_of(page)
    assert "Ce numéro ne se lit pas" in text_of(page)
    session.refresh(site)
    assert site.name != "X"


def test_a_number_needs_an_association_that_signs(desk: FlaskClient, session: Session) -> None:
    site = make_site(session)
    session.commit()
    page = desk.post(f"/admin/sites/{site.id}", data={"name": "X", "phone": "04 65 71 00 01"})
    assert "Donnez d'abord son nom à l'association." in text_of(page)
    assert session.scalars(select(MessageSender)).all() == []


def test_the_association_renamed_is_renamed_where_it_signs(
    desk: FlaskClient, session: Session
) -> None:
    first, second = make_site(session), make_site(session)
    session.commit()
    desk.post("/admin/association", data=NAMED)
    told = {"name": "Deux", "phone": "04 65 71 00 02"}
    desk.post(f"/admin/sites/{second.id}", data=told)
    desk.post("/admin/association", data={"association": "Autre", "phone": "04 65 71 00 09"})
    known = association(session)
    assert known is not None
    assert (known.name, known.phone) == ("Autre", "+33465710009")
    senders = {row.site_id: (row.association, row.phone)
               for row in session.scalars(select(MessageSender))}  # fmt: skip
    assert senders == {first.id: ("Autre", "+33465710009"), second.id: ("Autre", "+33465710002")}


def test_a_name_that_tells_of_debts_is_refused(desk: FlaskClient, session: Session) -> None:
    make_site(session)
    session.commit()
    page = desk.post("/admin/association", data={**NAMED, "association": "SOS dettes"})
    assert page.status_code == 422
    assert association(session) is None


@pytest.mark.parametrize(
    "wrong", [{"association": " "}, {"phone": "12"}, {"association": "x" * 81}]
)
def test_an_association_needs_a_name_and_a_number(
    desk: FlaskClient, session: Session, wrong: dict[str, str]
) -> None:
    assert desk.post("/admin/association", data={**NAMED, **wrong}).status_code == 422
    assert association(session) is None


def test_a_site_is_retired_by_whoever_knows_what_runs(desk: FlaskClient, session: Session) -> None:
    site = make_site(session)
    make_case(session, site=site)
    session.commit()
    assert "1 dossier y est en cours" in text_of(desk.get(f"/admin/sites/{site.id}"))
    desk.post(f"/admin/sites/{site.id}/use", data={})
    session.refresh(site)
    assert site.retired_at is None
    desk.post(f"/admin/sites/{site.id}/use", data={"confirmed": "1"})
    session.refresh(site)
    assert site.retired_at is not None
    assert [row["État"] for row in table_rows(desk.get("/admin/sites?state=retired"))] == ["Retiré"]
    assert table_rows(desk.get("/admin/sites?state=open")) == []
    desk.post(f"/admin/sites/{site.id}/use", data={"use": "again"})
    session.refresh(site)
    assert site.retired_at is None
    assert actions(session)[-2:] == ["site.retired", "site.used_again"]


def test_no_account_is_opened_on_a_retired_site(desk: FlaskClient, session: Session) -> None:
    site, other = make_site(session), make_site(session)
    session.commit()
    desk.post(f"/admin/sites/{site.id}/use", data={"confirmed": "1"})
    page = soup(desk.get("/admin/users/new"))
    offered = [option["value"] for option in page.select("#site_id option:not([value=''])")]
    assert offered == [str(other.id)]
