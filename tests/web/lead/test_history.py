"""The history by pages: who and when, what became of each line, continuations, the way back."""

import csv
from io import StringIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from energymed.base.context import SYSTEM, Context
from energymed.base.db import transaction
from energymed.calling.models import Contact
from energymed.cases import transitions
from energymed.cases.models import Case, LedgerEntry
from energymed.intake.models import Batch, BatchRow
from energymed.mediation.models import Act
from tests.factories import MONDAY_MORNING, make_user
from tests.web.helpers import sign_in, soup, table_rows, text_of
from tests.web.lead.absent import case_of, weeks
from tests.web.lead.conftest import SECOND_FACTOR, LeadDesk

LINES = "section[aria-labelledby=lines] table"
FILE = (
    "Référence;Nom;Prénom;Montant dû\r\n"
    "R1;DURAND;Zoé;120,50\r\nR2;PETIT;Luc;abc\r\nR3;ROUX;Ali;80,00\r\n"
).encode()  # fmt: skip


def brought(desk: LeadDesk, content: bytes = FILE, name: str = "f.csv") -> str:
    """Send and import a file; its address."""
    address = desk.send(content, name).headers["Location"]
    assert desk.client.post(f"{address}/import").status_code == 303
    return address


def mended(desk: LeadDesk, address: str) -> bytes:
    """The rejected lines of a file as they were downloaded, with a good amount."""
    text = desk.client.get(f"{address}/rejected.csv").get_data().decode("utf-8-sig")
    rows = [[cell.replace("abc", "55,00") for cell in row] for row in
            csv.reader(StringIO(text), delimiter=";")]  # fmt: skip
    out = StringIO(newline="")
    csv.writer(out, delimiter=";").writerows(rows)
    return out.getvalue().encode()


def number(address: str) -> str:
    return address.rsplit("/", 1)[-1]


def names(answer: TestResponse) -> list[str]:
    return [row["Fichier"].split()[0] for row in table_rows(answer)]


def test_files_are_searched_without_a_name_in_the_address(desk: LeadDesk) -> None:
    desk.lead.name = "Inès Aubert"
    desk.session.commit()
    address = brought(desk)
    brought(desk, FILE.replace(b"R1", b"S1"), "autre.csv")
    sha256 = desk.session.scalars(select(Batch.sha256).order_by(Batch.id)).first()
    for text, found in (
        ("inès", ["autre.csv", "f.csv"]), ("f.csv", ["f.csv"]), (number(address), ["f.csv"]),
        (str(sha256)[:10].upper(), ["f.csv"]), ("personne", []),
    ):  # fmt: skip
        answer = desk.client.post("/files/search?sort=-uploaded", data={"q": text})
        assert answer.headers["Location"] == "/files?sort=-uploaded&found=1"
        assert names(desk.client.get(answer.headers["Location"])) == found, text
    assert "Effacer les filtres" in text_of(desk.client.get("/files?found=1"))


def test_an_imported_file_tells_who_when_and_which(desk: LeadDesk) -> None:
    address = brought(desk)
    page = text_of(desk.client.get(address))
    sha256 = desk.session.scalars(select(Batch.sha256)).one()
    for words in (f"Lot {number(address)}", desk.lead.name, "23 nov. 2026 à 10 h", sha256):
        assert words in page
    row = table_rows(desk.client.get("/files"))[0]
    assert (row["Lignes"], row["Rejets"], row["Total"]) == ("3", "1", "200,50 €")


def test_each_line_and_where_its_case_stands_today(desk: LeadDesk, session: Session) -> None:
    address = brought(desk)
    transitions.close(Context(session, SYSTEM, MONDAY_MORNING), case_of(session, "R3"), "settled")
    session.commit()
    rows = {row["Référence"]: row for row in table_rows(desk.client.get(address), LINES)}
    assert rows["R1"]["Dossier aujourd'hui"] == "À répartir R1"
    assert rows["R3"]["Dossier aujourd'hui"].startswith("Clos : ")
    assert rows["R2"]["Devenir"] == "Rejeté"
    assert "Le montant « abc » ne peut pas être lu." in rows["R2"]["Remarques"]
    assert "PETIT" in rows["R2"]["Remarques"]


def test_a_file_is_read_when_its_cells_are_gone(desk: LeadDesk, session: Session) -> None:
    address = brought(desk)
    with transaction() as writing:
        writing.execute(update(BatchRow).values(raw=None))
    rows = {row["Référence"]: row for row in table_rows(desk.client.get(address), LINES)}
    assert "ne peut pas être lu" in rows["R2"]["Remarques"]
    assert "PETIT" not in rows["R2"]["Remarques"]


@pytest.mark.parametrize(
    ("text", "found"), [("r2", ["R2"]), ("4", ["R3"]), ("R", ["R1", "R2", "R3"]), ("_", [])]
)
def test_a_line_is_searched_for_by_post(desk: LeadDesk, text: str, found: list[str]) -> None:
    address = brought(desk)
    answer = desk.client.post(f"{address}/search", data={"q": text})
    assert answer.headers["Location"] == f"{address}?found=1"
    page = desk.client.get(answer.headers["Location"])
    assert [row["Référence"] for row in table_rows(page, LINES)] == found


def test_mended_lines_are_told_as_a_continuation(desk: LeadDesk) -> None:
    first = brought(desk)
    assert "il est reconnu comme la suite de celui-ci" in text_of(desk.client.get(first))
    second = desk.send(mended(desk, first), "corrige.csv").headers["Location"]
    checked = desk.client.get(second)
    assert "Suite d'un autre fichier" in text_of(checked)
    assert soup(checked).select_one(f"a[href='{first}']") is not None
    desk.client.post(f"{second}/import")
    page = desk.client.get(first)
    assert "1 ligne laissée de côté sur 1 est entrée depuis." in text_of(page)
    assert soup(page).select_one(f"a[href='{second}']") is not None
    assert "il est reconnu comme la suite" not in text_of(page)
    row = table_rows(desk.client.get("/files"))[0]
    assert f"suite du lot {number(first)}" in row["Fichier"]


def test_an_undo_tells_beforehand_what_it_will_do(desk: LeadDesk, session: Session) -> None:
    _first, second = weeks(desk)
    page = text_of(desk.client.get(f"{second}/undo"))
    for words in (
        "1 dossier connu reprendra ses valeurs d'avant",
        "3 dossiers ne seront plus comptés comme absents",
        "Oui, annuler l'import",
    ):
        assert words in page
    answer = desk.client.post(f"{second}/undo", follow_redirects=True)
    assert "Import annulé" in text_of(answer)
    assert "Aucun dossier absent." in text_of(desk.client.get("/missing"))
    again = desk.client.get(f"{second}/undo", follow_redirects=True)
    assert "il n'y a rien à annuler" in text_of(again)
    assert "il n'y a rien à annuler" in text_of(
        desk.client.post(f"{second}/undo", follow_redirects=True)
    )


def test_what_stands_in_the_way_is_named_with_links(desk: LeadDesk, session: Session) -> None:
    first, second = weeks(desk)
    mediator = make_user(session, site=desk.site, name="Ada Blanc")
    called, acted, held, aided = (case_of(session, f"R{at}") for at in (1, 2, 3, 4))
    session.add_all([
        Contact(case_id=called.id, person_id=called.person_id, user_id=mediator.id,
                channel="call_out", result="no_answer", started_at=MONDAY_MORNING),
        Act(case_id=acted.id, kind="info_given", acted_on=MONDAY_MORNING.date(),
            created_at=MONDAY_MORNING),
        LedgerEntry(case_id=aided.id, kind="correction", amount_cents=-1, source="x",
                    on_date=MONDAY_MORNING.date(), recorded_at=MONDAY_MORNING),
    ])  # fmt: skip
    transitions.assign(Context(session, SYSTEM, MONDAY_MORNING), held, mediator.id)
    transitions.claim(
        Context(session, SYSTEM, MONDAY_MORNING), held, mediator.id, until=MONDAY_MORNING
    )
    session.commit()
    answer = desk.client.get(f"{first}/undo")
    page = text_of(answer)
    for words in (
        "Cet import ne peut plus être annulé.",
        "Un travail est enregistré sur 3 dossiers",
        "Appel sortant (Absent), le 23 nov. 2026 à 10 h, par Ada Blanc",
        "R4 – une écriture au compte",
        "R3 – en appel avec Ada Blanc",
    ):
        assert words in page
    links = {str(link["href"]) for link in soup(answer).select("main a[href]")}
    assert {f"{second}/undo", *(f"/cases/{one.id}" for one in (called, acted, held))} <= links
    assert soup(answer).select_one("main form") is None
    answer = desk.client.post(f"{first}/undo", follow_redirects=True)
    assert "a été importé depuis sur les mêmes dossiers" in text_of(answer)
    session.rollback()
    assert session.scalar(select(func.count(Case.id))) == 4


def test_another_sites_file_is_not_there(
    desk: LeadDesk, session: Session, client: FlaskClient
) -> None:
    address = brought(desk)
    sign_in(client, make_user(session, "lead", **SECOND_FACTOR))
    session.commit()
    assert names(client.get("/files")) == []
    for path in ("", "/undo", "/rejected.csv", "/rejected.xlsx"):
        assert client.get(f"{address}{path}").status_code == 404, path
    assert client.post(f"{address}/undo").status_code == 404
    session.rollback()
    assert session.scalars(select(Batch.state)).one() == "committed"
