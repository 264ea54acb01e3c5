"""Letters by pages: found, exported for a mail merge, noted as sent; own site only."""

import csv
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO, StringIO

import pytest
import time_machine
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from energymed.accounts.models import User
from energymed.calling.models import Contact
from energymed.cases.models import Case
from tests.factories import make_case, make_partner, make_person, make_site, make_user
from tests.web.helpers import sign_in, soup, table_rows, text_of
from tests.web.lead.conftest import SECOND_FACTOR, LeadDesk

Make = Callable[..., Case]


@pytest.fixture
def silent(desk: LeadDesk, session: Session) -> Make:
    """Makes a case whose person has no number: `silent("A", last_name=…, case={…})`."""

    def make(reference: str, case: dict[str, object] | None = None, **person: object) -> Case:
        who = make_person(session, desk.site, desk.partner, phones=(), **person)
        values = {"site": desk.site, "partner": desk.partner, **(case or {})}
        made = make_case(session, person=who, reference=reference, **values)  # type: ignore[arg-type]
        session.commit()
        return made

    return make


def form_of(answer: TestResponse, scope: str = "ticked") -> dict[str, str]:
    """What the page's form would send, apart from the ticks."""
    fields = {
        field["name"]: field["value"]
        for field in soup(answer).select("form[action*='/letters/sent'] input[type=hidden]")
    }
    return {**{str(k): str(v) for k, v in fields.items()}, "scope": scope}


def letter_count(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count(Contact.id)).where(Contact.channel == "letter")) or 0


def references(answer: TestResponse) -> list[str]:
    return [row["Référence"].split()[0] for row in table_rows(answer)]


def test_an_empty_list_says_what_comes_here(desk: LeadDesk) -> None:
    page = text_of(desk.client.get("/letters"))
    assert "Aucun courrier à envoyer." in page
    assert "Voir les courriers déjà notés" in page


def test_a_name_is_searched_for_without_an_address_that_holds_it(
    desk: LeadDesk, silent: Make
) -> None:
    silent("A", last_name="MÜLLER", name_key="muller camille")
    silent("B")
    answer = desk.client.post("/letters/search?sort=name", data={"q": "Müller"})
    assert answer.headers["Location"] == "/letters?sort=name&found=1"
    page = desk.client.get(answer.headers["Location"])
    assert references(page) == ["A"]
    assert all("ller" not in str(link["href"]).lower() for link in soup(page).select("a[href]"))
    assert references(desk.client.get("/letters")) == ["A", "B"]


def test_a_filter_that_makes_no_sense_asks_nothing(desk: LeadDesk, silent: Make) -> None:
    silent("A")
    page = desk.client.get("/letters?partner=x&batch=-&sort=password&written=perhaps&page=99")
    assert references(page) == ["A"]


def test_the_mail_merge_has_each_line_of_the_address(desk: LeadDesk, silent: Make) -> None:
    case = {
        "address": "3 rue du Lac", "address_extra": "Bât. B", "postal_code": "07000",
        "commune": "Privas", "debt_cents": 12050, "cutoff_date": date(2026, 12, 1),
    }  # fmt: skip
    silent("007", case, last_name="=1+1", first_name="Zoé", civility="Mme")
    answer = desk.client.get("/letters/export?form=csv")
    titles, line = csv.reader(StringIO(answer.get_data().decode("utf-8-sig")), delimiter=";")
    merged = dict(zip(titles, line, strict=True))
    assert merged["Code postal et commune"] == "07000 PRIVAS"
    assert (merged["Adresse"], merged["Complément d'adresse"]) == ("3 rue du Lac", "Bât. B")
    assert (merged["Nom"], merged["Prénom"], merged["Civilité"]) == ("'=1+1", "Zoé", "Mme")
    assert (merged["Référence"], merged["Reste dû"]) == ("007", "120,50")
    assert merged["Coupure prévue"] == "01/12/2026"
    assert answer.headers["Cache-Control"] == "no-store"
    book = load_workbook(BytesIO(desk.client.get("/letters/export?form=xlsx").get_data()))
    assert book.active is not None
    cells = [cell for cell in book.active[2] if cell.value == "=1+1"]
    assert [cell.data_type for cell in cells] == ["s"]


def test_the_export_is_the_filtered_list_and_no_other_site(
    desk: LeadDesk, silent: Make, session: Session
) -> None:
    other = make_partner(session)
    silent("A")
    silent("B", {"partner": other})
    make_case(
        session, reference="C",
        person=make_person(session, make_site(session), desk.partner, phones=()),
    )  # fmt: skip
    session.commit()

    def exported(query: str) -> list[str]:
        text = desk.client.get(f"/letters/export?{query}").get_data().decode("utf-8-sig")
        return sorted(row["Référence"] for row in csv.DictReader(StringIO(text), delimiter=";"))

    assert exported("") == ["A", "B"]
    assert exported(f"partner={other.id}") == ["B"]


def test_letters_are_noted_once_however_often_the_form_is_sent(
    desk: LeadDesk, silent: Make, session: Session
) -> None:
    ids = [silent(reference).id for reference in "ABC"]
    form = {**form_of(desk.client.get("/letters")), "case": ids[:2]}
    answer = desk.client.post("/letters/sent", data=form, follow_redirects=True)
    assert "2 courriers notés." in text_of(answer)
    assert references(answer) == ["C"]
    desk.client.post("/letters/sent", data=form)
    assert letter_count(session) == 2


def test_a_colleague_was_quicker(
    desk: LeadDesk, silent: Make, session: Session, clock: time_machine.Traveller
) -> None:
    case = silent("A")
    form = {**form_of(desk.client.get("/letters")), "case": case.id}
    clock.shift(timedelta(minutes=1))
    other = form_of(desk.client.get("/letters"))
    desk.client.post("/letters/sent", data={**other, "case": case.id})
    answer = desk.client.post("/letters/sent", data=form, follow_redirects=True)
    assert "Un courrier vient déjà d'être noté pour A" in text_of(answer)
    assert letter_count(session) == 1


def test_the_whole_list_only_as_it_was_read(desk: LeadDesk, silent: Make, session: Session) -> None:
    for at in range(27):
        silent(f"R{at:02d}")
    form = form_of(desk.client.get("/letters"), "all")
    assert form["expected"] == "27"
    silent("R99")
    answer = desk.client.post("/letters/sent", data=form, follow_redirects=True)
    assert "La liste a changé entre-temps" in text_of(answer)
    assert letter_count(session) == 0
    form = form_of(desk.client.get("/letters"), "all")
    answer = desk.client.post("/letters/sent", data=form, follow_redirects=True)
    assert "28 courriers notés." in text_of(answer)
    assert letter_count(session) == 28


def test_nothing_ticked_and_nothing_usable(desk: LeadDesk, silent: Make, session: Session) -> None:
    case = silent("A")
    form = form_of(desk.client.get("/letters"))
    answer = desk.client.post("/letters/sent", data=form, follow_redirects=True)
    assert "Cochez les dossiers" in text_of(answer)
    form = {"case": case.id, "request_key": "x", "scope": "ticked"}
    answer = desk.client.post("/letters/sent", data=form, follow_redirects=True)
    assert "Rechargez la page" in text_of(answer)
    assert letter_count(session) == 0


def test_another_sites_case_is_left_aside(
    desk: LeadDesk, silent: Make, session: Session, client: FlaskClient
) -> None:
    case = silent("A")
    stranger: User = make_user(session, "lead", **SECOND_FACTOR)
    session.commit()
    sign_in(client, stranger)
    assert "Aucun courrier à envoyer." in text_of(client.get("/letters"))
    form = {"case": case.id, "request_key": "7f0c6b9e-0000-4000-8000-000000000003"}
    client.post("/letters/sent", data=form)
    assert letter_count(session) == 0
