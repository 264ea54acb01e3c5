"""What is done in emergencies, on the administrator's desk."""

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from energymed.mediation.codes import Emergency
from energymed.mediation.emergencies import emergency_lines, get_emergency
from tests.factories import MONDAY_MORNING
from tests.web.helpers import soup, text_of

ADDRESS = "/admin/emergencies/heating"
TODAY = MONDAY_MORNING.date().isoformat()
NEW = {"advice": "Restez calme.", "whom": "La mairie", "phone": "04 65 71 00 00"}


def test_every_situation_is_listed_and_opens(desk: FlaskClient) -> None:
    page = soup(desk.get("/admin/emergencies"))
    assert len(page.select("tbody tr")) == len(Emergency)
    assert text_of(desk.get("/admin/emergencies")).count("aucun numéro") == 2
    for situation in Emergency:
        assert desk.get(f"/admin/emergencies/{situation}").status_code == 200
    assert desk.get("/admin/emergencies/flood").status_code == 404
    assert "/admin/emergencies" in desk.get("/admin/rules").text


def test_a_number_is_noted_with_the_day_of_its_check(desk: FlaskClient, session: Session) -> None:
    refused = desk.post(ADDRESS, data=NEW)
    assert refused.status_code == 422
    assert "Dites quel jour ce numéro a été vérifié." in text_of(refused)
    page = desk.post(ADDRESS, data={**NEW, "checked_on": TODAY}, follow_redirects=True)
    assert "La conduite à tenir est enregistrée." in text_of(page)
    row = get_emergency(session, Emergency.HEATING)
    assert (row.advice, row.whom, row.phone) == ("Restez calme.", "La mairie", "04 65 71 00 00")


def test_our_words_saved_again_stay_as_they_are(desk: FlaskClient, session: Session) -> None:
    before = {row.situation: (row.advice, row.whom) for row in emergency_lines(session)}
    for situation in Emergency:
        address = f"/admin/emergencies/{situation}"
        page = soup(desk.get(address))
        names = ("advice", "whom", "phone", "checked_on")
        fields = {name: page.select_one(f"#{name}") for name in names}
        typed = {
            name: (field.get_text() if field.name == "textarea" else field.get("value", ""))
            for name, field in fields.items()
            if field is not None
        }
        if typed["checked_on"]:
            typed["checked_on"] = TODAY  # the seeds are of a later day than this test
        assert desk.post(address, data=typed).status_code == 303
    session.expire_all()
    assert {row.situation: (row.advice, row.whom) for row in emergency_lines(session)} == before


def test_an_empty_text_is_refused(desk: FlaskClient) -> None:
    for name in ("advice", "whom"):
        assert desk.post(ADDRESS, data={**NEW, name: "", "checked_on": TODAY}).status_code == 422
