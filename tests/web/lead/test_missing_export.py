"""The references that go to a partner: that partner's alone, and nothing that could run."""

import csv
from io import BytesIO, StringIO

from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from tests.factories import make_partner, make_user
from tests.web.helpers import sign_in, text_of
from tests.web.lead.absent import cases_of, weeks
from tests.web.lead.conftest import SECOND_FACTOR, LeadDesk


def exported(client: FlaskClient, query: str = "") -> list[dict[str, str]]:
    answer = client.get(f"/missing/export?{query}")
    assert answer.status_code == 200, answer.headers.get("Location")
    text = answer.get_data().decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text), delimiter=";"))


def test_the_export_has_references_and_no_person(desk: LeadDesk) -> None:
    weeks(desk)
    rows = exported(desk.client, "sort=reference")
    assert rows[0] == {
        "Référence": "R2",
        "Numéro de contrat": "",
        "Mission": "Médiation sur impayés",
        "Dernier fichier": "s46.csv",
        "Solde connu": "50,00",
        "Absent depuis le fichier": "s47.csv",
        "Votre réponse": "",
    }
    assert [row["Référence"] for row in rows] == ["R2", "R3", "R4"]
    answer = desk.client.get("/missing/export")
    assert "absents-edf.csv" in answer.headers["Content-Disposition"]
    assert "DURAND" not in answer.get_data(as_text=True)


def test_a_partner_never_gets_anothers_references(desk: LeadDesk, session: Session) -> None:
    other = make_partner(session, "engie")
    session.commit()
    weeks(desk)
    weeks(desk, partner=other, prefix="E")
    answer = desk.client.get("/missing/export?sort=reference")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/missing?sort=reference"
    assert "Choisissez d'abord un partenaire" in text_of(desk.client.get("/missing"))
    rows = exported(desk.client, f"partner={other.id}")
    assert {row["Référence"][0] for row in rows} == {"E"}
    rows = exported(desk.client, f"partner={desk.partner.id}&form=csv")
    assert {row["Référence"][0] for row in rows} == {"R"}


def test_the_export_is_what_the_list_shows(desk: LeadDesk) -> None:
    weeks(desk)
    assert [row["Référence"] for row in exported(desk.client, "least=100")] == ["R3"]
    desk.client.post("/missing/search", data={"q": "R4"})
    assert [row["Référence"] for row in exported(desk.client, "found=1")] == ["R4"]
    desk.client.post("/missing/act", data={"act": "ask", "case": cases_of(desk, "R2")})
    assert [row["Référence"] for row in exported(desk.client, "asked=yes")] == ["R2"]


def test_an_empty_list_is_not_exported(desk: LeadDesk) -> None:
    answer = desk.client.get("/missing/export", follow_redirects=True)
    assert "Aucun dossier à envoyer" in text_of(answer)


def test_a_reference_cannot_run(desk: LeadDesk) -> None:
    weeks(desk, names={2: "=cmd|'/c calc'!A1", 3: "@SUM(1)"})
    found = {row["Référence"] for row in exported(desk.client)}
    assert {"'=cmd|'/c calc'!A1", "'@SUM(1)"} <= found
    book = load_workbook(BytesIO(desk.client.get("/missing/export?form=xlsx").get_data()))
    assert book.active is not None
    for row in book.active.iter_rows():
        for cell in row:
            assert cell.data_type in ("s", "n")


def test_another_site_exports_nothing(
    desk: LeadDesk, session: Session, client: FlaskClient
) -> None:
    weeks(desk)
    sign_in(client, make_user(session, "lead", **SECOND_FACTOR))
    session.commit()
    assert client.get(f"/missing/export?partner={desk.partner.id}").status_code == 303
