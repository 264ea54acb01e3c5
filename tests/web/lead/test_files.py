"""Files by the lead's pages: send, check, import, mend, take back; own site only."""

import csv
from io import StringIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.calling.models import Contact
from energymed.cases.models import Case
from energymed.intake.models import Batch
from tests.factories import MONDAY_MORNING, make_site, make_user
from tests.web.helpers import sign_in, soup, table_rows, text_of
from tests.web.lead.conftest import SAMPLES, SECOND_FACTOR, LeadDesk

BAD_LINES = (
    "Référence;Nom;Prénom;Téléphone;Montant dû\r\n"
    "R1;DURAND;Zoé;06 39 98 00 01;120,50\r\n"
    "R2;=1+1;<b>Léa</b>;06 39 98 00 02;80,00\r\n"
    "R3;\"MARTIN\r\nDUPONT\";Ali;+33 6 39 98 00 03;abc\r\n"
    ";PETIT;Luc;06 39 98 00 04;10,00\r\n"
    "=R5;@SUM;Luc;06 39 98 00 05;-3,00\r\n"
).encode()  # fmt: skip


def states(session: Session) -> list[str]:
    session.expire_all()
    return list(session.scalars(select(Batch.state).order_by(Batch.id)))


def case_count(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Case)) or 0


def test_an_empty_desk_says_what_to_do(desk: LeadDesk) -> None:
    answer = desk.client.get("/files")
    assert "Importer un premier fichier" in text_of(answer)


def test_the_whole_path_from_sending_to_undoing(desk: LeadDesk, session: Session) -> None:
    address = desk.send_sample("edf-impayes-2026-S46.csv")
    page = text_of(desk.client.get(address))
    assert "Rien n'est encore importé" in page
    assert "semaine 46 de 2026" in page
    assert case_count(session) == 0

    answer = desk.client.post(f"{address}/import", follow_redirects=True)
    assert "Fichier importé" in text_of(answer)
    made = case_count(session)
    assert made > 0
    assert states(session) == ["committed"]

    row = table_rows(desk.client.get("/files"))[0]
    assert row["Fichier"].startswith("edf-impayes-2026-S46.csv lot ")
    assert f"{made} créés" in row["Résultat"]

    answer = desk.client.post(f"{address}/undo", follow_redirects=True)
    assert "Import annulé" in text_of(answer)
    assert states(session) == ["undone"]
    assert case_count(session) == 0


def test_a_second_click_imports_once(desk: LeadDesk, session: Session) -> None:
    address = desk.bring("edf-impayes-2026-S46.csv")
    made = case_count(session)
    answer = desk.client.post(f"{address}/import", follow_redirects=True)
    assert "a déjà été traité" in text_of(answer)
    assert case_count(session) == made


def test_the_same_bytes_again_name_the_first_file(desk: LeadDesk, session: Session) -> None:
    desk.bring("edf-impayes-2026-S46.csv")
    content = (SAMPLES / "edf-impayes-2026-S46.csv").read_bytes()
    answer = desk.send(content, "autre-nom.csv")
    assert answer.status_code == 422
    assert "a déjà été importé le 23/11/2026 sous le nom « edf-impayes-2026-S46.csv »" in text_of(
        answer
    )
    assert states(session) == ["committed"]


def test_the_next_week_shows_what_changes_and_what_is_missing(desk: LeadDesk) -> None:
    desk.bring("edf-impayes-2026-S46.csv")
    page = desk.client.get(desk.send_sample("edf-impayes-2026-S47.csv"))
    changes = table_rows(page, "section[aria-labelledby=changes] table")
    assert {"Ligne", "Référence", "Donnée", "Aujourd'hui", "Après l'import"} == set(changes[0])
    amounts = [row for row in changes if row["Donnée"] == "Montant dû"]
    assert amounts
    assert all(row["Aujourd'hui"] != row["Après l'import"] for row in amounts)
    assert table_rows(page, "section[aria-labelledby=missing] table")


def test_missing_cases_stay_listed_after_the_import(desk: LeadDesk) -> None:
    desk.bring("edf-impayes-2026-S46.csv")
    page = desk.client.get(desk.bring("edf-impayes-2026-S47.csv"))
    assert soup(page).select_one("section[aria-labelledby=missing] a[href$='/missing']")


def test_payments_show_their_own_counts(desk: LeadDesk) -> None:
    desk.bring("edf-impayes-2026-S46.csv")
    address = desk.send_sample("edf-reglements-2026-S47.csv")
    page = text_of(desk.client.get(address))
    assert "Règlements à enregistrer" in page
    assert "Montant confirmé" in page
    desk.client.post(f"{address}/import")
    assert "Règlements enregistrés" in text_of(desk.client.get(address))


def test_problems_are_grouped_with_one_example(desk: LeadDesk) -> None:
    page = desk.client.get(desk.send(BAD_LINES, "f.csv").headers["Location"])
    rows = table_rows(page, "section[aria-labelledby=problems] table")
    sentence = "Le montant « abc » ne peut pas être lu."
    (amount,) = [row for row in rows if row["Exemple"].startswith(sentence)]
    assert amount["Lignes"] == "1"
    assert "R3" in amount["Exemple"]
    assert rows[0]["Effet"] == "rejetée"


def test_what_a_file_says_is_shown_as_text(desk: LeadDesk) -> None:
    page = desk.client.get(desk.send(BAD_LINES, "f.csv").headers["Location"])
    assert "<b>Léa" not in page.get_data(as_text=True)
    assert "<b>Léa</b> =1+1" in text_of(page)


def test_rejected_lines_come_back_to_be_mended(desk: LeadDesk) -> None:
    address = desk.send(BAD_LINES, "f.csv").headers["Location"]
    assert desk.client.get(f"{address}/rejected.csv").status_code == 404
    desk.client.post(f"{address}/import")
    answer = desk.client.get(f"{address}/rejected.csv")
    assert "f-rejets.csv" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(StringIO(answer.data.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows[0] == [
        "Référence", "Nom", "Prénom", "Téléphone", "Montant dû",
        f"Motif du rejet (lot {address.split('/')[-1]})",
    ]  # fmt: skip
    assert [row[0] for row in rows[1:]] == ["R3", "", "'=R5"]
    assert rows[1][3] == "'+33 6 39 98 00 03"
    assert rows[3][1] == "'@SUM"
    assert rows[3][4] == "'-3,00"
    assert "ne peut pas être lu" in rows[1][5]


def test_rejected_lines_as_a_workbook(desk: LeadDesk, tmp_path) -> None:  # type: ignore[no-untyped-def]
    address = desk.send(BAD_LINES, "f.csv").headers["Location"]
    desk.client.post(f"{address}/import")
    path = tmp_path / "rejets.xlsx"
    path.write_bytes(desk.client.get(f"{address}/rejected.xlsx").data)
    sheet = load_workbook(path).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]][-1] == f"Motif du rejet (lot {address.split('/')[-1]})"
    assert sheet.max_row == 4


def test_mended_lines_can_be_imported(desk: LeadDesk, session: Session) -> None:
    address = desk.send(BAD_LINES, "f.csv").headers["Location"]
    desk.client.post(f"{address}/import")
    before = case_count(session)
    text = desk.client.get(f"{address}/rejected.csv").data.decode("utf-8-sig")
    again = desk.send(text.replace("abc", "55,00").encode(), "corrige.csv").headers["Location"]
    desk.client.post(f"{again}/import")
    assert case_count(session) == before + 1


def test_giving_up_a_file_writes_nothing(desk: LeadDesk, session: Session) -> None:
    address = desk.send_sample("edf-impayes-2026-S46.csv")
    assert "Oui, abandonner" in text_of(desk.client.get(f"{address}/discard"))
    answer = desk.client.post(f"{address}/discard", follow_redirects=True)
    assert "rien n'a été importé" in text_of(answer)
    assert states(session) == ["discarded"]
    assert "Aucun fichier" in text_of(answer)
    assert len(table_rows(desk.client.get("/files?state=discarded"))) == 1


def test_undo_asks_first_and_is_refused_after_work(desk: LeadDesk, session: Session) -> None:
    address = desk.bring("edf-impayes-2026-S46.csv")
    assert "Oui, annuler l'import" in text_of(desk.client.get(f"{address}/undo"))
    work_on_a_case(session, desk)
    answer = desk.client.post(f"{address}/undo", follow_redirects=True)
    assert "ne peut plus être annulé" in text_of(answer)
    assert states(session) == ["committed"]


def work_on_a_case(session: Session, desk: LeadDesk) -> None:
    case = session.scalars(select(Case).limit(1)).one()
    session.add(
        Contact(
            case_id=case.id,
            person_id=case.person_id,
            user_id=desk.lead.id,
            channel="call_out",
            result="no_answer",
            started_at=MONDAY_MORNING,
        )
    )
    session.commit()


def test_files_are_found_by_partner_kind_and_state(desk: LeadDesk) -> None:
    desk.bring("edf-impayes-2026-S46.csv")
    desk.send_sample("edf-reglements-2026-S47.csv")

    def names(query: str) -> list[str]:
        return [row["Fichier"].split()[0] for row in table_rows(desk.client.get(f"/files?{query}"))]

    assert names("kind=payments") == ["edf-reglements-2026-S47.csv"]
    assert names("state=committed") == ["edf-impayes-2026-S46.csv"]
    assert names(f"partner={desk.partner.id}&kind=payments") == ["edf-reglements-2026-S47.csv"]
    assert names("state=discarded") == []


def test_lines_are_filtered_by_what_became_of_them(desk: LeadDesk) -> None:
    address = desk.send(BAD_LINES, "f.csv").headers["Location"]
    section = "section[aria-labelledby=lines] table"
    before = table_rows(desk.client.get(f"{address}?outcome=rejected"), section)
    assert {row["Devenir"] for row in before} == {"Rejeté"}
    desk.client.post(f"{address}/import")
    after = table_rows(desk.client.get(f"{address}?outcome=created"), section)
    assert {row["Devenir"] for row in after} == {"Créé"}


@pytest.mark.parametrize("what", ["", "/undo", "/discard", "/rejected.csv"])
def test_another_sites_file_is_not_found(
    desk: LeadDesk, client: FlaskClient, session: Session, what: str
) -> None:
    address = desk.bring("edf-impayes-2026-S46.csv")
    other = make_user(session, "lead", site=make_site(session), **SECOND_FACTOR)
    session.commit()
    sign_in(client, other)
    assert client.get(f"{address}{what}").status_code == 404
    assert table_rows(client.get("/files")) == []


@pytest.mark.parametrize("what", ["import", "undo", "discard"])
def test_nothing_is_done_to_another_sites_file(
    desk: LeadDesk, client: FlaskClient, session: Session, what: str
) -> None:
    address = desk.send_sample("edf-impayes-2026-S46.csv")
    other = make_user(session, "lead", site=make_site(session), **SECOND_FACTOR)
    session.commit()
    sign_in(client, other)
    assert client.post(f"{address}/{what}").status_code == 404
    assert states(session) == ["preview"]


@pytest.mark.parametrize("role", ["mediator", "partner", "admin"])
def test_only_a_lead_handles_files(client: FlaskClient, session: Session, role: str) -> None:
    user = make_user(session, role, **SECOND_FACTOR)
    session.commit()
    sign_in(client, user)
    for address in ("/files", "/files/new", "/files/1"):
        assert client.get(address).status_code == 403


def test_a_stale_week_and_kind_are_kept_as_chosen(desk: LeadDesk, session: Session) -> None:
    desk.send(BAD_LINES, "f.csv", week="2026-W46", kind="appointment")
    batch = session.scalars(select(Batch)).one()
    assert (batch.week, batch.kind) == ("2026-W46", "appointment")


def test_the_form_names_what_is_missing(desk: LeadDesk) -> None:
    answer = desk.client.post("/files/new", data={"partner_id": desk.partner.id})
    assert answer.status_code == 422
    assert soup(answer).select_one("#file-error") is not None
    assert "Choisissez un fichier." in text_of(answer)
