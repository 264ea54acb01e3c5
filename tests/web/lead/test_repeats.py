"""Repeated signals by the lead's pages: the list, closing the ticked ones, the way back."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from energymed.base.context import SYSTEM, Context
from energymed.cases.models import Case
from energymed.mediation.plans import agree_plan
from energymed.mediation.rules import PlanTerms
from energymed.web.lead.imported import repeated_cases
from tests.factories import MONDAY_MORNING, make_case, make_person, make_user
from tests.intake.books import csv_bytes
from tests.web.helpers import sign_in, soup, table_rows, text_of
from tests.web.lead.conftest import SECOND_FACTOR, LeadDesk

POINT = "26123456789012"
TITLES = ("Référence", "Nom", "Prénom", "Téléphone", "Montant", "PDL")


@pytest.fixture
def file(desk: LeadDesk, session: Session) -> str:
    """The page of a file with two repeats of a case with a plan, and a line that is none."""
    person = make_person(
        session, desk.site, desk.partner, last_name="MOREL", first_name="Ida",
        name_key="morel ida", phones=("+33639980001",),
    )  # fmt: skip
    earlier = make_case(
        session, site=desk.site, partner=desk.partner, person=person, delivery_point=POINT,
        debt_cents=60_000, opened_at=MONDAY_MORNING - timedelta(days=40), reference="AVANT",
    )  # fmt: skip
    session.commit()
    ctx = Context(session, SYSTEM, MONDAY_MORNING)
    agree_plan(ctx, earlier.id, PlanTerms(60_000, 6, date(2026, 12, 15)))
    session.commit()
    lines = [
        ("R1", "MOREL", "Ida", "0639980001", "600,00", POINT),
        ("R2", "MOREL", "Ida", "0639980001", "20,00", POINT),
        ("R3", "MOREL", "Ida", "0639980001", "600,01", POINT),
        ("R4", "PETIT", "Ali", "0639980002", "5,00", ""),
    ]
    address = desk.send(csv_bytes(*lines, titles=TITLES), "f.csv").headers["Location"]
    assert desk.client.post(f"{address}/import").status_code == 303
    session.rollback()
    return address


def ids(session: Session, *references: str) -> list[int]:
    session.rollback()
    return [
        session.query(Case.id).filter(Case.reference == reference).scalar()
        for reference in references
    ]


def test_an_empty_list_says_what_comes_here(desk: LeadDesk) -> None:
    page = text_of(desk.client.get("/repeats"))
    assert "Aucun signalement répété à décider." in page
    assert "Voir les fichiers" in page


def test_a_file_leads_to_the_repeats_that_it_brought(desk: LeadDesk, file: str) -> None:
    (link,) = soup(desk.client.get(file)).select("section[aria-labelledby=repeats] a")
    assert link.get_text(strip=True) == "Voir 2 signalements répétés"
    rows = table_rows(desk.client.get(str(link["href"])))
    assert [row["Dossier"].split()[0] for row in rows] == ["R1", "R2"]
    assert rows[0]["Nom"] == "Ida MOREL"
    assert rows[0]["Déjà signalé"] == "14 oct. 2026 dossier encore ouvert, 600,00 €"


def test_the_ticked_ones_close_and_come_back(desk: LeadDesk, session: Session, file: str) -> None:
    first, rose = ids(session, "R1", "R3")
    answer = desk.client.post("/repeats/close", data={"case": [first, rose]}, follow_redirects=True)
    assert "1 dossier clos comme signalement répété." in text_of(answer)
    assert "laissés tels quels : R3." in text_of(answer)
    assert [row["Dossier"].split()[0] for row in table_rows(answer)] == ["R2"]
    assert session.get_one(Case, first).closure == "repeated"
    at = soup(answer).select_one("form[action$='/repeats/undo'] input[name=at]")
    assert at is not None
    back = desk.client.post("/repeats/undo", data={"at": at["value"]}, follow_redirects=True)
    assert "1 dossier remis comme avant." in text_of(back)
    assert [row["Dossier"].split()[0] for row in table_rows(back)] == ["R1", "R2"]
    again = desk.client.post("/repeats/undo", data={"at": at["value"]}, follow_redirects=True)
    assert "Rien à défaire" in text_of(again)


def test_nothing_ticked_and_nonsense_change_nothing(desk: LeadDesk, file: str) -> None:
    nothing = desk.client.post("/repeats/close", data={}, follow_redirects=True)
    assert "Cochez d'abord des dossiers." in text_of(nothing)
    nonsense = desk.client.post("/repeats/undo", data={"at": "hier"}, follow_redirects=True)
    assert "Rien à défaire" in text_of(nonsense)
    assert len(table_rows(desk.client.get("/repeats"))) == 2


def test_a_long_list_says_how_much_is_not_shown(
    desk: LeadDesk, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repeated_cases, "SHOWN", 1)
    page = desk.client.get("/repeats")
    assert "Les 1 premiers sur 2." in text_of(page)
    assert len(table_rows(page)) == 1


def test_another_site_sees_and_closes_nothing(
    desk: LeadDesk, client: FlaskClient, session: Session, file: str
) -> None:
    (first,) = ids(session, "R1")
    other = make_user(session, "lead", **SECOND_FACTOR)
    session.commit()
    sign_in(client, other)
    assert "Aucun signalement répété" in text_of(client.get("/repeats"))
    client.post("/repeats/close", data={"case": [first]})
    session.rollback()
    assert session.get_one(Case, first).closure is None
