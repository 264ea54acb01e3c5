"""The campaigns of the energy cheque on the administrator's desk."""

from datetime import date

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from energymed.partners.cheque_campaign_rows import load_cheque_campaigns
from tests.web.helpers import soup, text_of

NEW = {
    "year": "2027", "sent_from": "2027-04-01", "sent_until": "2027-05-31",
    "spend_until": "2028-03-31", "protections_end": "2028-04-30", "certainty": "P",
    "source": "à confirmer",
}  # fmt: skip


def test_the_running_campaign_is_marked(desk: FlaskClient) -> None:
    page = desk.get("/admin/cheque-campaigns")
    rows = [" ".join(row.get_text(" ").split()) for row in soup(page).select("tbody tr")]
    assert [row[:4] for row in rows] == ["2026", "2025", "2024"]
    assert ["en cours" in row for row in rows] == [True, False, False]
    assert "31 mars 2026 si émis après le 1 sept. 2024" in rows[2]


def test_a_new_campaign_is_noted(desk: FlaskClient, session: Session) -> None:
    page = desk.post("/admin/cheque-campaigns", data=NEW, follow_redirects=True)
    assert "La campagne est enregistrée." in text_of(page)
    assert "à venir" in text_of(page)
    assert load_cheque_campaigns(session).of_year(2027) is not None


def test_the_days_of_a_campaign_are_set_right(desk: FlaskClient, session: Session) -> None:
    address = "/admin/cheque-campaigns/2026"
    form = soup(desk.get(address))
    shown = form.select_one("input[name=protections_end]")
    assert shown is not None
    assert shown["value"] == "2027-04-30"
    sent = {**NEW, "sent_from": "2026-04-02", "sent_until": "2026-05-31",
            "spend_until": "2027-03-31", "protections_end": "2027-05-15"}  # fmt: skip
    assert desk.post(address, data=sent).status_code == 303
    found = load_cheque_campaigns(session).of_year(2026)
    assert found is not None
    assert (found.sent_from, found.protections_end) == (date(2026, 4, 2), date(2027, 5, 15))


def test_what_is_wrong_is_told_beside_its_field(desk: FlaskClient) -> None:
    wrong = desk.post("/admin/cheque-campaigns", data={**NEW, "sent_until": "2027-03-01"})
    assert wrong.status_code == 422
    error = soup(wrong).select_one("#sent_until-error")
    assert error is not None
    assert "précède" in error.get_text()
    assert desk.post("/admin/cheque-campaigns", data={**NEW, "year": "2026"}).status_code == 422
    assert desk.post("/admin/cheque-campaigns", data={}).status_code == 422
    assert desk.get("/admin/cheque-campaigns/2031").status_code == 404


def test_an_energy_and_a_practice_are_rules_of_a_campaign(desk: FlaskClient) -> None:
    why = {"valid_from": "2026-11-23", "source": "convention"}
    scope = "scope=kind-unpaid_bill"
    page = desk.post(
        f"/admin/rules/usual_energy?{scope}", data={**why, "energy": "water"}, follow_redirects=True
    )
    assert "Eau" in text_of(page)
    assert desk.post(
        f"/admin/rules/supplier_cuts?{scope}", data={**why, "yes": "no"}
    ).status_code == 303  # fmt: skip
    # the law is the same for everybody
    assert desk.post(
        f"/admin/rules/limited_days?{scope}", data={**why, "number": "90"}
    ).status_code == 422  # fmt: skip
