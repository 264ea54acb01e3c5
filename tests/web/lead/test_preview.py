"""A file before its import by the pages: decisions, filters, and large files worked on beside."""

import subprocess
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from energymed.base.context import SYSTEM, Context
from energymed.base.progress import (
    LongWork,
    WorkState,
    announce,
    ask_to_stop,
    progress_of,
    telling,
)
from energymed.cases.models import Case
from energymed.casework import import_batch as work
from energymed.intake.models import Batch
from energymed.partners.rule_changes import Scope, change_rule
from tests.factories import MONDAY_MORNING, make_case, make_partner, make_site, make_user
from tests.intake.books import csv_bytes
from tests.web.helpers import sign_in, soup, table_rows, text_of
from tests.web.lead.conftest import SECOND_FACTOR, LeadDesk

LINES = (
    ("R1", "DURAND", "Léa", "06 39 98 45 27", "12,50"),
    ("R2", "PETIT", "Ali", "", "3,00"),
    ("R3", "ROUX", "Ida", "06 39 98 45 29", "5,00"),
    ("R3", "ROUX", "Ida", "06 39 98 45 29", "7,00"),
)
PROBLEMS = "section[aria-labelledby=problems] table"
ALL_LINES = "section[aria-labelledby=lines] table"


def waiting(desk: LeadDesk) -> str:
    """The address of a file that waits."""
    return desk.send(csv_bytes(*LINES), "f.csv").headers["Location"]


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Every file counts as large; the commands that would have been started."""
    started: list[list[str]] = []

    def start(command: list[str], **_how: object) -> None:
        started.append(command)

    monkeypatch.setattr(work, "AT_ONCE", 0)
    monkeypatch.setattr(subprocess, "Popen", start)
    return started


def number(address: str) -> int:
    return int(address.rsplit("/", 1)[1])


def carry_out(desk: LeadDesk, address: str, what: str) -> None:
    """What the process of its own does."""
    work.carry_out(desk.lead.id, number(address), what)


def pressed(answer: TestResponse) -> list[str]:
    """The choices that stand."""
    buttons = soup(answer).select("form.decision button[aria-pressed=true]")
    return [" ".join(each.get_text().split()) for each in buttons]


def test_one_press_decides_and_another_takes_it_back(desk: LeadDesk) -> None:
    address = waiting(desk)
    kept, rejected = "Garder la plus récente de chaque référence", "Les rejeter toutes"
    assert rejected in pressed(desk.client.get(address))
    for choice, stands in (("newest", kept), ("reject", rejected)):
        form = {"code": "conflicting_duplicate", "choice": choice}
        answer = desk.client.post(f"{address}/decide", data=form)
        place = answer.headers["Location"].partition("#")[2]
        page = desk.client.get(address)
        assert stands in pressed(page)
        button = soup(page).select_one(f"button#{place}[aria-pressed=true]")
        assert button is not None
        assert " ".join(button.get_text().split()) == stands
    assert "Appliquer" not in text_of(page)


def test_a_decision_changes_what_becomes_of_the_lines(desk: LeadDesk, session: Session) -> None:
    address = waiting(desk)
    (conflict, no_phone) = table_rows(desk.client.get(address), PROBLEMS)
    assert (conflict["Lignes"], conflict["Effet"]) == ("2", "rejetée")
    assert (no_phone["Lignes"], no_phone["Effet"]) == ("1", "à vérifier")
    answer = desk.client.post(
        f"{address}/decide", data={"code": "conflicting_duplicate", "choice": "newest"},
        follow_redirects=True,
    )  # fmt: skip
    effects = {row["Effet"]: row for row in table_rows(answer, PROBLEMS)}
    assert effects["à décider"]["Lignes"] == "1"
    assert "Garder la plus récente de chaque référence" in pressed(answer)
    assert "La ligne 5, plus récente, compte à sa place." in text_of(answer)
    desk.client.post(f"{address}/import")
    session.rollback()
    debt = session.scalar(select(Case.debt_cents).where(Case.reference == "R3"))
    assert debt == 700


@pytest.mark.parametrize(
    "form", [{}, {"code": "no_phone"}, {"code": "bad_amount", "choice": "keep"}]
)
def test_a_choice_that_is_none_is_refused_in_a_sentence(
    desk: LeadDesk, form: dict[str, str]
) -> None:
    address = waiting(desk)
    answer = desk.client.post(f"{address}/decide", data=form, follow_redirects=True)
    assert "Ce choix n'existe pas" in text_of(answer)


def test_lines_are_found_by_what_becomes_of_them_and_by_problem(desk: LeadDesk) -> None:
    address = waiting(desk)

    def found(query: str) -> list[str]:
        return [row["Référence"] for row in table_rows(desk.client.get(address + query), ALL_LINES)]

    assert found("") == ["R1", "R2", "R3", "R3"]
    assert found("?outcome=created") == ["R1", "R2"]
    assert found("?code=conflicting_duplicate") == ["R3", "R3"]
    assert found("?outcome=created&code=no_phone") == ["R2"]
    assert found("?outcome=nothing&code=nothing&page=x") == ["R1", "R2", "R3", "R3"]
    assert "Aucune ligne de cette sorte" in text_of(
        desk.client.get(f"{address}?outcome=updated&code=no_phone")
    )


def test_what_changes_is_told_line_by_line(desk: LeadDesk) -> None:
    desk.client.post(f"{waiting(desk)}/import")
    newer = desk.send(csv_bytes(("R1", "DURAND", "Léa", "06 39 98 45 27", "20,00")), "g.csv")
    page = desk.client.get(newer.headers["Location"])
    (row,) = table_rows(page, "section[aria-labelledby=changes] table")
    assert (row["Donnée"], row["Aujourd'hui"], row["Après l'import"]) == (
        "Montant dû", "12,50 €", "20,00 €",
    )  # fmt: skip
    assert "Montant dû : 12,50 € → 20,00 €" in text_of(page)
    assert "Dossiers que ce fichier ne cite plus" in text_of(page)


def test_a_large_file_is_checked_beside(desk: LeadDesk, large: list[list[str]]) -> None:
    address = waiting(desk)
    answer = desk.client.get(address)
    assert answer.headers["Location"] == f"{address}/progress"
    assert "Contrôle en cours" in text_of(desk.client.get(f"{address}/progress"))
    assert desk.client.get(address).headers["Location"] == f"{address}/progress"
    (command,) = large
    assert command[5] == "check"
    carry_out(desk, address, "check")
    assert desk.client.get(f"{address}/progress").headers["Location"] == address
    assert len(table_rows(desk.client.get(address), ALL_LINES)) == 4


def test_a_large_file_is_imported_beside(
    desk: LeadDesk, session: Session, large: list[list[str]]
) -> None:
    address = waiting(desk)
    for _click in range(2):
        answer = desk.client.post(f"{address}/import")
        assert answer.headers["Location"] == f"{address}/progress"
    assert [command[5] for command in large] == ["import"]
    assert session.get_one(Batch, number(address)).state == "preview"
    carry_out(desk, address, "import")
    page = desk.client.get(f"{address}/progress", headers={"HX-Request": "true"})
    assert page.headers["HX-Redirect"] == address
    assert "2 lignes retenues" in text_of(desk.client.get(address))


def test_a_large_file_is_undone_beside(
    desk: LeadDesk, session: Session, large: list[list[str]]
) -> None:
    address = waiting(desk)
    carry_out(desk, address, "import")
    desk.client.get(f"{address}/progress")
    for _click in range(2):
        answer = desk.client.post(f"{address}/undo")
        assert answer.headers["Location"] == f"{address}/progress"
    assert [command[5] for command in large] == ["undo"]
    assert "Annulation en cours" in text_of(desk.client.get(f"{address}/progress"))
    assert desk.client.get(address).headers["Location"] == f"{address}/progress"
    carry_out(desk, address, "undo")
    assert session.scalars(select(Case)).all() == []
    assert desk.client.get(f"{address}/progress").headers["Location"] == address
    assert "Import annulé" in text_of(desk.client.get(address))


def test_an_undo_that_is_stopped_or_barred_leaves_the_import(
    desk: LeadDesk, session: Session, large: list[list[str]]
) -> None:
    address = waiting(desk)
    carry_out(desk, address, "import")
    desk.client.get(f"{address}/progress")
    with telling(number(address), "undo", 4) as tick:
        ask_to_stop(number(address))
        tick(1, 4)
    assert "Annulation arrêtée" in text_of(desk.client.get(f"{address}/progress"))
    case = session.scalars(select(Case)).first()
    assert case is not None
    case.state, case.claimed_by_id = "in_call", desk.lead.id
    session.commit()
    carry_out(desk, address, "undo")
    page = text_of(desk.client.get(f"{address}/progress"))
    assert f"Un médiateur est en appel sur le dossier {case.reference}" in page
    assert session.get_one(Batch, number(address)).state == "committed"


def test_how_far_it_is(
    desk: LeadDesk,
    large: list[list[str]],
    clock: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = waiting(desk)
    monkeypatch.setattr("energymed.base.progress.BEAT", 0.001)
    with telling(number(address), "import", 4) as tick:
        clock.shift(timedelta(seconds=2))
        tick(1, 4)
        while "1 sur 4" not in (words := text_of(part := desk.client.get(
            f"{address}/progress", headers={"HX-Request": "true"}))):  # fmt: skip
            pass
        assert "6 secondes" in words
        assert "<html" not in part.get_data(as_text=True)
        desk.client.post(f"{address}/progress/stop")
        tick(2, 4)
        pytest.fail("it was not stopped")
    assert "Import arrêté" in text_of(desk.client.get(f"{address}/progress"))


def test_stopped_or_lost_work_is_told_and_taken_up_again(
    desk: LeadDesk, session: Session, large: list[list[str]], clock: time_machine.Traveller
) -> None:
    address = waiting(desk)
    with telling(number(address), "import", 4) as tick:
        ask_to_stop(number(address))
        tick(1, 4)
    told = progress_of(session, number(address))
    assert told is not None
    assert told.state == WorkState.CANCELLED
    assert "rien n'a été écrit" in text_of(desk.client.get(f"{address}/progress"))
    announce(number(address), "import", 4)
    clock.shift(timedelta(minutes=1))
    lost = text_of(desk.client.get(f"{address}/progress"))
    assert "Le serveur s'est arrêté pendant l'import : rien n'a été importé." in lost
    assert desk.client.post(f"{address}/import").status_code == 303
    assert [command[5] for command in large] == ["import"]


def test_a_line_of_a_large_file_is_shown_again_once_it_is_checked(
    desk: LeadDesk, session: Session, large: list[list[str]]
) -> None:
    address = waiting(desk)
    carry_out(desk, address, "check")
    line = f"{address}/lines/3"
    assert "Aucun numéro" in text_of(desk.client.get(line))
    answer = desk.client.post(line, data={"cell-3": "06 39 98 45 28"})
    assert answer.headers["Location"] == f"{address}/progress?line=3"
    carry_out(desk, address, "check")
    assert desk.client.get(f"{address}/progress?line=3").headers["Location"] == line
    assert "Rien à redire sur cette ligne" in text_of(desk.client.get(line))


def test_the_work_on_a_file_of_another_site_is_not_there(
    desk: LeadDesk, session: Session, large: list[list[str]]
) -> None:
    address = waiting(desk)
    desk.client.get(address)
    stranger = make_user(session, "lead", site=make_site(session, "lyon"), **SECOND_FACTOR)
    session.commit()
    sign_in(desk.client, stranger)
    assert desk.client.get(f"{address}/progress").status_code == 404
    assert desk.client.post(f"{address}/progress/stop").status_code == 404
    assert desk.client.post(f"{address}/decide", data={"code": "no_phone"}).status_code == 404
    session.rollback()
    assert not session.get_one(LongWork, number(address)).stop_asked


def test_households_known_are_told_with_their_lines_and_never_block(
    desk: LeadDesk, session: Session
) -> None:
    other, point = make_partner(session, "veolia"), "26123456789012"
    for partner, closed in ((desk.partner, True), (other, False)):
        make_case(
            session, site=desk.site, partner=partner, delivery_point=point, reference="AUTRE",
            opened_at=MONDAY_MORNING - timedelta(days=20),
            **({"state": "closed", "closure": "plan_running"} if closed else {}),
        )  # fmt: skip
    session.commit()
    titles = ("Référence", "Nom", "Téléphone", "Montant", "PDL")
    lines = [
        ("R1", "MOREL", "0639984527", "12,50", point),
        ("R2", "ROUX", "0639984529", "5,00", ""),
    ]
    address = desk.send(csv_bytes(*lines, titles=titles), "f.csv").headers["Location"]
    page = desk.client.get(address)
    repeat, several = table_rows(page, PROBLEMS)
    assert (repeat["Lignes"], repeat["Effet"]) == ("1", "à savoir")
    assert "déjà signalé récemment. Dont 1 avec un échéancier en cours" in repeat["Exemple"]
    assert "suivi aussi pour d'autres partenaires" in several["Exemple"]
    (link,) = soup(page).select(f"{PROBLEMS} a[href*='code=several']")
    assert [row["Référence"] for row in table_rows(desk.client.get(link["href"]), ALL_LINES)] == [
        "R1"
    ]
    shown = text_of(page)
    assert "Foyer déjà signalé, avec un échéancier en cours à la clôture." in shown
    assert "veolia" not in shown.casefold()
    assert "AUTRE" not in shown
    assert desk.client.post(f"{address}/import").status_code == 303


def test_a_line_outside_the_convention_is_decided_on(desk: LeadDesk, session: Session) -> None:
    ctx = Context(session, SYSTEM, MONDAY_MORNING)
    change_rule(
        ctx, Scope(), "least_debt_cents", 400, valid_from=MONDAY_MORNING.date(), source="convention"
    )  # fmt: skip
    session.commit()
    address = waiting(desk)
    effects = {row["Exemple"].split(",")[0]: row["Effet"] for row in table_rows(
        desk.client.get(address), PROBLEMS)}  # fmt: skip
    assert effects["Le montant"] == "à vérifier"
    answer = desk.client.post(
        f"{address}/decide", data={"code": "below_amount", "choice": "hold"}, follow_redirects=True
    )
    effects = {row["Exemple"].split(",")[0]: row["Effet"] for row in table_rows(answer, PROBLEMS)}
    assert effects["Le montant"] == "laissée de côté"
    desk.client.post(f"{address}/import")
    session.rollback()
    assert session.scalars(select(Case.reference).order_by(Case.reference)).all() == ["R1"]
