"""The columns of a file by the lead's pages: proposed, counted, chosen, kept, and compared."""

import pytest
from bs4 import Tag
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from energymed.base.clock import now
from energymed.base.context import SYSTEM, Context
from energymed.base.db import transaction
from energymed.base.files import purge_files
from energymed.cases.models import Case
from energymed.intake.models import RAW_KEPT_FOR, Batch
from energymed.partners.models import ColumnProfile
from tests.factories import make_site, make_user
from tests.intake.books import LINE, csv_bytes
from tests.intake.books import TITLES as BOOK_TITLES
from tests.web.helpers import sign_in, soup, text_of
from tests.web.lead.conftest import SECOND_FACTOR, LeadDesk

TITLES = ("Clé", "Qui", "Joindre", "Somme", "Frais", "NIR")
LINES = [
    ("K-1", "DURAND Léa", "06 39 98 45 27", "12,50", "1", "1 84 05 26 110 042 55"),
    ("K-2", "PETIT Luc", "06 39 98 45 28", "abc", "1", ""),
]
RIGHT = {
    "column-0": "reference", "column-1": "full_name", "column-2": "phone_1", "column-3": "amount",
    "remember": "1", "name": "EDF hebdo",
}  # fmt: skip


def sent(desk: LeadDesk, titles: tuple[str, ...] = TITLES, name: str = "f.csv") -> str:
    content = csv_bytes(*LINES, titles=titles)
    answer = desk.send(content, name, kind="unpaid_bill")
    assert answer.status_code == 303
    return answer.headers["Location"]


def picked(answer: TestResponse) -> dict[str, str]:
    """{header: field chosen} as the page shows it."""
    found: dict[str, str] = {}
    for label in soup(answer).select(".column-what label"):
        option = soup(answer).select_one(f"#{label['for']} option[selected]")
        found[label.get_text(strip=True)] = str(option["value"]) if option else ""
    return found


def test_a_file_in_nobodys_words_leads_to_its_columns(desk: LeadDesk) -> None:
    address = sent(desk)
    assert address.endswith("/columns")
    page = desk.client.get(address)
    assert picked(page) == {
        "Clé": "reference", "Qui": "full_name", "Joindre": "phone_1", "Somme": "", "Frais": "",
    }  # fmt: skip
    said = text_of(page)
    assert "deviné d'après les valeurs" in said
    assert "06 39 98 45 27" in said
    assert "1 84 05" not in said
    assert "Jamais conservée" in said
    assert "Il manque encore une colonne pour : Montant dû" in said
    assert desk.client.get(address.removesuffix("/columns")).headers["Location"] == address


def test_the_choice_leads_to_the_preview_and_is_remembered(
    desk: LeadDesk, session: Session
) -> None:
    address = sent(desk)
    answer = desk.client.post(address, data=RIGHT, follow_redirects=True)
    assert "Colonnes enregistrées" in text_of(answer)
    assert "Rien n'est encore importé" in text_of(answer)
    profile = session.scalars(select(ColumnProfile)).one()
    assert (profile.name, profile.version) == ("EDF hebdo", 1)
    desk.client.post(address.replace("columns", "import"))
    assert session.scalars(select(Case.reference)).all() == ["K-1"]


def test_lines_are_counted_with_and_without_script(desk: LeadDesk, session: Session) -> None:
    address = sent(desk)
    live = desk.client.post(f"{address}/count", data=RIGHT)
    assert "1 ligne sur 2 passerait" in text_of(live)
    assert "1 rejetée" in text_of(live)
    assert "« abc » ne peut pas être lu" in text_of(live)
    assert soup(live).select_one("#basis-3[hx-swap-oob]") is not None
    assert "<html" not in live.get_data(as_text=True)
    plain = desk.client.post(address, data={**RIGHT, "do": "count"})
    assert plain.status_code == 200
    assert "1 ligne sur 2 passerait" in text_of(plain)
    assert picked(plain)["Somme"] == "amount"
    assert session.scalars(select(Batch)).one().mapping["reference"] is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"column-4": "phone_1"}, "« Téléphone 1 » est choisi pour plusieurs colonnes : "
                                  "« Joindre », « Frais »."),
        ({"column-4": "last_name"}, "contient déjà « Nom » (colonne « Frais »)"),
        ({"column-3": ""}, "Choisissez encore une colonne pour : Montant dû."),
        ({"column-3": "nonsense"}, "Choisissez encore une colonne pour : Montant dû."),
        ({"name": " "}, "Donnez un nom au modèle de colonnes"),
    ],
)  # fmt: skip
def test_a_choice_that_cannot_be_is_told(
    desk: LeadDesk, session: Session, change: dict[str, str], said: str
) -> None:
    answer = desk.client.post(sent(desk), data={**RIGHT, **change})
    assert answer.status_code == 422
    alert = soup(answer).select_one("[role=alert][data-focus]")
    assert isinstance(alert, Tag)
    assert said in " ".join(alert.get_text(" ").split())
    assert picked(answer)["Clé"] == "reference"
    assert session.scalars(select(ColumnProfile)).all() == []


def test_several_amounts_are_added_up(desk: LeadDesk, session: Session) -> None:
    address = sent(desk)
    data = {**RIGHT, "column-4": "amount"}
    assert "Somme + Frais" in text_of(desk.client.post(f"{address}/count", data=data))
    desk.client.post(address, data=data)
    desk.client.post(address.replace("columns", "import"))
    assert session.scalars(select(Case.debt_cents)).all() == [1350]
    session.expire_all()
    assert session.scalars(select(Batch)).one().mapping["amount_2"] == "Frais"


def test_the_week_after_takes_ten_seconds(desk: LeadDesk) -> None:
    desk.client.post(sent(desk), data=RIGHT)
    content = csv_bytes(*LINES, LINES[0], titles=TITLES)
    address = desk.send(content, "g.csv", kind="unpaid_bill").headers["Location"]
    assert not address.endswith("/columns")
    assert "Les colonnes ont changé" not in text_of(desk.client.get(address))


def test_a_changed_layout_is_told_on_both_pages(desk: LeadDesk) -> None:
    desk.client.post(sent(desk), data=RIGHT)
    address = sent(desk, ("Clé", "Qui", "Contact", "Somme", "Frais", "NIR"))
    assert address.endswith("/columns")
    page = desk.client.get(address)
    said = text_of(page)
    assert "depuis le modèle « EDF hebdo » (version 1)" in said
    assert "La colonne « Joindre » a disparu : elle donnait « Téléphone 1 »." in said
    assert "La colonne « Contact » est nouvelle." in said
    assert picked(page)["Contact"] == "phone_1"
    preview = text_of(desk.client.get(address.removesuffix("/columns")))
    assert "La colonne « Joindre » a disparu" in preview
    assert "Vérifier les colonnes" in preview
    desk.client.post(address, data=RIGHT)
    assert "a disparu" not in text_of(desk.client.get(address.removesuffix("/columns")))


def test_new_columns_alone_are_told_in_the_preview(desk: LeadDesk) -> None:
    address = desk.send(csv_bytes(LINE), "f.csv").headers["Location"]
    desk.client.post(f"{address}/import")
    more = csv_bytes((*LINE, "x", "y"), titles=(*BOOK_TITLES, "Envoi", "Visa"))
    page = desk.client.get(desk.send(more, "g.csv").headers["Location"])
    assert "depuis le fichier « f.csv »" in text_of(page)
    assert "Les colonnes « Envoi », « Visa » sont nouvelles." in text_of(page)
    assert soup(page).select_one(".notice-info") is not None


def test_another_file_altogether_is_told_in_one_line(desk: LeadDesk) -> None:
    desk.client.post(sent(desk), data=RIGHT)
    said = text_of(desk.client.get(sent(desk, ("A", "B", "C", "D", "Frais", "NIR"))))
    assert "Colonnes disparues : 4 ; nouvelles : 4." in said
    assert "a disparu :" not in said


def test_for_this_file_only(desk: LeadDesk, session: Session) -> None:
    data = {key: value for key, value in RIGHT.items() if key != "remember"}
    address = sent(desk)
    assert desk.client.post(address, data=data).status_code == 303
    assert session.scalars(select(ColumnProfile)).all() == []
    assert "choisi à la main" in text_of(desk.client.get(address))


def test_an_imported_file_has_no_columns_to_choose(desk: LeadDesk) -> None:
    address = desk.bring("edf-impayes-2026-S46.csv")
    for answer in (
        desk.client.get(f"{address}/columns"),
        desk.client.post(f"{address}/columns", data=RIGHT),
        desk.client.post(f"{address}/columns/count", data=RIGHT),
    ):
        assert answer.status_code == 303
        assert answer.headers["Location"] == address


def test_a_file_no_longer_kept_says_so(desk: LeadDesk) -> None:
    address = sent(desk)
    with transaction() as writing:
        purge_files(Context(writing, SYSTEM, now() + RAW_KEPT_FOR))
    answer = desk.client.get(address, follow_redirects=True)
    assert "n'est plus conservé" in text_of(answer)


def test_a_preview_leads_to_its_columns(desk: LeadDesk) -> None:
    address = desk.send(csv_bytes(LINE), "f.csv").headers["Location"]
    page = soup(desk.client.get(address))
    assert page.select_one(f"a[href='{address}/columns']") is not None
    assert "titre reconnu" in text_of(desk.client.get(f"{address}/columns"))


def test_another_sites_columns_are_not_found(
    desk: LeadDesk, client: FlaskClient, session: Session
) -> None:
    address = sent(desk)
    other = make_user(session, "lead", site=make_site(session), **SECOND_FACTOR)
    session.commit()
    sign_in(client, other)
    assert client.get(address).status_code == 404
    assert client.post(address, data=RIGHT).status_code == 404
    assert client.post(f"{address}/count", data=RIGHT).status_code == 404
