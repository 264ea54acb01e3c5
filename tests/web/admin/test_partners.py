"""Partners and their conventions, by an administrator."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.base.context import SYSTEM, Context
from energymed.calling.models import Contact
from energymed.partners.models import Convention, Partner, PartnerContact
from energymed.partners.service import add_partner
from energymed.partners.taking import missions_given
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_case, make_partner, make_site
from tests.reporting.makers import received
from tests.web.admin.conftest import counted
from tests.web.helpers import soup, table_rows, text_of

YEAR = {"kind": "unpaid_bill", "valid_from": "2026-01-01", "valid_to": "2026-12-31",
        "unit": "cases", "volume": "4", "price": "12,50"}  # fmt: skip


@pytest.fixture
def edf(session: Session) -> Partner:
    partner = make_partner(session, "edf")
    session.commit()
    return partner


def told(session: Session, partner: Partner, **changes: object) -> dict[str, object]:
    """The partner's form as its page shows it, with these changes."""
    given = {"name": partner.name, "missions": missions_given(session, partner.id)}
    return {**given, **changes}


def test_partners_are_found_with_their_missions(desk: FlaskClient, session: Session) -> None:
    edf = add_partner(Context(session, SYSTEM, NOW), "edf", "EDF", ["unpaid_bill"])
    make_case(session, partner=edf)
    add_partner(Context(session, SYSTEM, NOW), "suez", "Suez", [])
    session.commit()
    rows = table_rows(desk.get("/admin/partners"))
    assert [row["Missions confiées"] for row in rows] == ["Médiation sur impayés", "aucune"]
    assert [row["Dossiers en cours"] for row in rows] == ["1", "0"]
    assert table_rows(desk.get("/admin/partners?sort=-name"))[0]["Nom"] == "Suez"
    assert table_rows(desk.get("/admin/partners?sort=-cases"))[0]["Nom"] == "EDF"
    assert [row["Nom"] for row in table_rows(desk.get("/admin/partners?q=sue"))] == ["Suez"]
    assert "Aucun partenaire ne correspond" in text_of(desk.get("/admin/partners?q=nobody"))


def test_a_list_of_partners_takes_as_many_queries_for_many(
    desk: FlaskClient, session: Session, edf: Partner
) -> None:
    with counted() as few:
        desk.get("/admin/partners")
    for _ in range(10):
        make_partner(session)
    session.commit()
    with counted() as many:
        desk.get("/admin/partners")
    assert len(many) == len(few)


def test_a_partner_is_added_with_the_missions_that_it_gives(
    desk: FlaskClient, session: Session
) -> None:
    data = {"code": "enedis", "name": "Enedis", "missions": ["appointment", "cutoff_notice"]}
    added = desk.post("/admin/partners", data=data)
    partner = session.scalars(select(Partner)).one()
    assert added.headers["Location"].endswith(f"/admin/partners/{partner.id}")
    assert missions_given(session, partner.id) == ["cutoff_notice", "appointment"]


def test_a_partner_is_set_right(desk: FlaskClient, session: Session, edf: Partner) -> None:
    one, _two = make_site(session), make_site(session)
    session.commit()
    page = f"/admin/partners/{edf.id}"
    data = told(session, edf, name="EDF Solidarité", shown_phone="04 65 71 00 05", sites=[one.id],
                missions=["unpaid_bill"])  # fmt: skip
    assert desk.post(page, data=data).status_code == 303
    session.refresh(edf)
    assert (edf.name, edf.shown_phone) == ("EDF Solidarité", "+33465710005")
    assert missions_given(session, edf.id) == ["unpaid_bill"]
    form = soup(desk.get(page))
    assert [box["value"] for box in form.select("input[name=sites][checked]")] == [str(one.id)]
    assert [box["value"] for box in form.select("input[name=missions][checked]")] == ["unpaid_bill"]
    desk.post(page, data=told(session, edf))
    assert soup(desk.get(page)).select("input[name=sites][checked]") == []


def test_a_withdrawn_mission_is_told_with_what_runs(
    desk: FlaskClient, session: Session, edf: Partner
) -> None:
    make_case(session, partner=edf)
    session.commit()
    page = f"/admin/partners/{edf.id}"
    assert "1 dossier" in text_of(desk.get(page))
    data = told(session, edf, name="Autre", missions=["appointment"])
    refused = desk.post(page, data=data)
    assert refused.status_code == 422
    assert "Dossiers en cours : 1." in text_of(refused)
    session.refresh(edf)
    assert (edf.name, len(missions_given(session, edf.id))) == ("EDF", 3)
    assert desk.post(page, data={**data, "confirmed": "y"}).status_code == 303
    assert missions_given(session, edf.id) == ["appointment"]


def test_a_mission_without_an_open_case_is_withdrawn_at_once(
    desk: FlaskClient, session: Session, edf: Partner
) -> None:
    make_case(session, partner=edf, state="closed", closure="settled")
    make_case(session, partner=edf, campaign_kind="appointment", debt_cents=None)
    session.commit()
    data = told(session, edf, missions=["appointment"])
    assert desk.post(f"/admin/partners/{edf.id}", data=data).status_code == 303
    assert missions_given(session, edf.id) == ["appointment"]


def test_contacts_are_kept_and_an_emptied_line_goes(
    desk: FlaskClient, session: Session, edf: Partner
) -> None:
    page = f"/admin/partners/{edf.id}/contacts"
    first = {"people-0-name": "Claire Petit", "people-0-role": "Pôle solidarité",
             "people-0-email": "Claire@Example.org", "people-0-phone": "04 65 71 00 04",
             "people-1-name": "Luc"}  # fmt: skip
    assert desk.post(page, data=first).status_code == 303
    kept = session.scalars(select(PartnerContact).order_by(PartnerContact.id)).all()
    assert [(one.name, one.email, one.phone) for one in kept] == [
        ("Claire Petit", "claire@example.org", "+33465710004"), ("Luc", None, None),
    ]  # fmt: skip
    desk.post(page, data={"people-0-name": "", "people-1-name": "Luc"})
    assert session.scalars(select(PartnerContact.name)).all() == ["Luc"]


def test_each_contact_is_told_what_is_wrong_with_it(
    desk: FlaskClient, session: Session, edf: Partner
) -> None:
    wrong = {"people-0-name": "Claire", "people-0-email": "rien", "people-1-phone": "12"}
    page = desk.post(f"/admin/partners/{edf.id}/contacts", data=wrong)
    assert page.status_code == 422
    found = soup(page)
    assert "Adresse e-mail incorrecte" in found.find(id="people-0-email-error").get_text()
    assert "Ce numéro ne se lit pas" in found.find(id="people-1-phone-error").get_text()
    assert "Donnez un nom" in found.find(id="people-1-name-error").get_text()
    assert session.scalars(select(PartnerContact)).all() == []


def test_what_is_told_is_chosen(desk: FlaskClient, session: Session, edf: Partner) -> None:
    page = f"/admin/partners/{edf.id}/told"
    assert soup(desk.get(page)).select("input[name=topics][checked]") == []
    desk.post(page, data={"topics": ["referrals"]})
    ticked = soup(desk.get(page)).select("input[name=topics][checked]")
    assert [box["value"] for box in ticked] == ["referrals"]
    assert "Orientations et noms des organismes" in text_of(desk.get(f"/admin/partners/{edf.id}"))
    assert desk.post(page, data={"topics": ["no_such"]}).status_code == 422


def test_a_partner_is_retired_and_used_again(
    desk: FlaskClient, session: Session, edf: Partner
) -> None:
    make_case(session, partner=edf)
    session.commit()
    use = f"/admin/partners/{edf.id}/use"
    desk.post(use, data={})
    session.refresh(edf)
    assert edf.retired_at is None
    desk.post(use, data={"confirmed": "1"})
    session.refresh(edf)
    assert edf.retired_at == NOW
    assert "depuis le 23 nov. 2026" in text_of(desk.get(f"/admin/partners/{edf.id}"))
    offered = soup(desk.get("/admin/users/new")).select("#partner_id option:not([value=''])")
    assert offered == []
    desk.post(use, data={"use": "again"})
    session.refresh(edf)
    assert edf.retired_at is None


def test_a_rule_is_offered_for_missions_that_are_given(
    desk: FlaskClient, session: Session, edf: Partner
) -> None:
    desk.post(f"/admin/partners/{edf.id}", data=told(session, edf, missions=["unpaid_bill"]))
    scopes = [option.get_text() for option in soup(desk.get("/admin/rules")).select("option")]
    assert [scope for scope in scopes if scope.startswith("EDF")] == ["EDF · Médiation sur impayés"]


def test_the_running_convention_says_what_is_used(
    desk: FlaskClient, session: Session, edf: Partner
) -> None:
    for day in (NOW, NOW - timedelta(days=300), NOW - timedelta(days=400)):
        received(session, make_case(session, partner=edf), day)
    received(session, make_case(session, partner=edf, campaign_kind="appointment"), NOW)
    make_case(session, partner=edf)  # taken up by hand: nobody entrusted it
    session.commit()
    page = f"/admin/partners/{edf.id}/conventions"
    assert desk.post(page, data=YEAR).status_code == 303
    said = text_of(desk.get(page))
    assert "Unité Dossiers Volume 2 sur 4" in said
    assert "Volume utilisé : 50" in said
    assert "encore 39 jours" in said
    assert "12,50 €" in said


def test_calls_and_hours_are_units_too(desk: FlaskClient, session: Session, edf: Partner) -> None:
    case = make_case(session, partner=edf)
    session.add(Contact(case_id=case.id, person_id=case.person_id, channel="call_out",
                        result="no_answer", started_at=NOW, ended_at=NOW))  # fmt: skip
    session.commit()
    page = f"/admin/partners/{edf.id}/conventions"
    desk.post(page, data={**YEAR, "unit": "calls", "volume": ""})
    assert "Unité Appels Volume 1" in text_of(desk.get(page))
    desk.post(page, data={**YEAR, "unit": "hours", "kind": "appointment"})
    assert "Unité Heures Volume 4 (non compté ici)" in text_of(desk.get(page))


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"valid_from": "2026-12-31", "valid_to": "2027-12-31"}, True),
        ({"valid_from": "2027-01-01", "valid_to": "2027-12-31"}, False),
        ({"valid_from": "2025-01-01", "valid_to": "2026-01-01"}, True),
        ({"valid_from": "2025-01-01", "valid_to": "2025-12-31"}, False),
        ({"kind": "appointment"}, False),
        ({"kind": ""}, True),
    ],
)
def test_two_conventions_never_hold_for_one_mission_on_a_day(
    desk: FlaskClient, session: Session, edf: Partner, change: dict[str, str], refused: bool
) -> None:
    page = f"/admin/partners/{edf.id}/conventions"
    desk.post(page, data=YEAR)
    answer = desk.post(page, data={**YEAR, **change})
    assert answer.status_code == (422 if refused else 303)
    if refused:
        assert "vaut déjà pour cette mission du 01/01/2026 au 31/12/2026" in text_of(answer)
    assert len(session.scalars(select(Convention)).all()) == (1 if refused else 2)


def test_one_for_all_missions_leaves_no_room_for_one(
    desk: FlaskClient, session: Session, edf: Partner
) -> None:
    page = f"/admin/partners/{edf.id}/conventions"
    desk.post(page, data={**YEAR, "kind": ""})
    assert desk.post(page, data=YEAR).status_code == 422
    other = make_partner(session)
    session.commit()
    assert desk.post(f"/admin/partners/{other.id}/conventions", data=YEAR).status_code == 303


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"valid_to": "2025-12-31"}, "La convention finit avant de commencer."),
        ({"valid_to": "2100-01-01"}, "Cette date est trop lointaine."),
        ({"volume": "0"}, ""),
        ({"volume": "10000001"}, "Donnez un volume au-dessus de zéro"),
        ({"price": "-1"}, "Ce prix n'est pas possible."),
        ({"price": "douze"}, "Ce montant ne se lit pas"),
    ],
)
def test_a_convention_that_makes_no_sense_is_refused(
    desk: FlaskClient, session: Session, edf: Partner, change: dict[str, str], said: str
) -> None:
    page = desk.post(f"/admin/partners/{edf.id}/conventions", data={**YEAR, **change})
    assert page.status_code == 422
    assert said in text_of(page)
    assert session.scalars(select(Convention)).all() == []


def test_a_convention_is_set_right_in_its_own_place(
    desk: FlaskClient, session: Session, edf: Partner
) -> None:
    page = f"/admin/partners/{edf.id}/conventions"
    desk.post(page, data=YEAR)
    (held,) = session.scalars(select(Convention)).all()
    form = soup(desk.get(f"{page}/{held.id}"))
    assert form.find(id="price")["value"] == "12,50"
    assert form.find(id="volume")["value"] == "4"
    ended = {**YEAR, "valid_to": "2026-06-30", "price": ""}
    assert desk.post(f"{page}/{held.id}", data=ended).status_code == 303
    session.refresh(held)
    assert (held.valid_to.isoformat(), held.price_cents) == ("2026-06-30", None)
    assert "Passées et à venir" in text_of(desk.get(page))
    other = make_partner(session)
    session.commit()
    assert desk.get(f"/admin/partners/{other.id}/conventions/{held.id}").status_code == 404
    last = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(2)).all()
    edited = next(event for event in last if event.action == "convention.edited")
    assert (edited.before["valid_to"], edited.after["valid_to"]) == ("2026-12-31", "2026-06-30")
