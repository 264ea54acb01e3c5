"""A lead says what the columns of an unseen file are: without a mouse, with the count at hand."""

from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.tools import Keyboard, LiveServer
from tests.intake.books import csv_bytes

WIDTH = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
TITLES = ("Clé", "Qui", "Joindre", "Où", "Énergie due", "Frais de retard", "NIR")
LINES = [
    (f"K-{at}", f"{name} Léa", f"06 39 98 00 0{at}", "26290 DONZERE", f"1{at},50", "2,00",
     "1 84 05 26 110 042 55")
    for at, name in enumerate(["DURAND", "PETIT", "ROUX"], 1)
]  # fmt: skip


def upload(page: Page, live_server: LiveServer, titles: tuple[str, ...] = TITLES) -> None:
    """Send a file of three lines; it leads to its columns."""
    page.goto(f"{live_server.url}/files/new")
    file: FilePayload = {
        "name": "inconnu.csv", "mimeType": "text/csv", "buffer": csv_bytes(*LINES, titles=titles),
    }  # fmt: skip
    page.set_input_files("#file", file)
    page.get_by_label("Partenaire").select_option(label="Engie")
    page.get_by_label("Type de fichier").select_option("unpaid_bill")
    page.get_by_role("button", name="Vérifier le fichier").click()
    page.wait_for_url("**/columns")


@pytest.mark.parametrize("size", [(1280, 720), (390, 844)])
def test_the_columns_of_an_unseen_file(
    open_page: Callable[..., Page],
    live_server: LiveServer,
    axe: Callable[[Page], None],
    size: tuple[int, int],
) -> None:
    page = open_page(viewport={"width": size[0], "height": size[1]})
    live_server.sign_in(page, "lead")
    upload(page, live_server)
    axe(page)
    assert page.evaluate(WIDTH) <= 0
    count = page.locator("#count")
    expect(count).to_contain_text("Il manque encore une colonne pour : Montant dû")

    keyboard = Keyboard(page)
    keyboard.reach("Énergie due")
    keyboard.type("Montant")
    expect(count).to_contain_text("3 lignes sur 3 passeraient")
    expect(count).to_contain_text("37,50")
    keyboard.reach("Frais de retard")
    keyboard.type("Montant")
    expect(count).to_contain_text("Énergie due + Frais de retard")
    expect(page.locator("#basis-5")).to_contain_text("choisi à la main")
    axe(page)
    keyboard.reach("Retenir ces colonnes")
    keyboard.press("Space")
    keyboard.activate("Enregistrer et vérifier")
    page.get_by_text("Rien n’est encore importé").wait_for()
    axe(page)
    assert page.evaluate(WIDTH) <= 0


def test_a_preview_that_tells_of_other_columns(
    page: Page, live_server: LiveServer, axe: Callable[[Page], None]
) -> None:
    live_server.sign_in(page, "lead")
    upload(page, live_server)
    page.locator("#column-4").select_option("amount")
    page.get_by_label("Nom du modèle").fill("Essai")
    page.get_by_role("button", name="Enregistrer et vérifier").click()
    page.get_by_text("Rien n’est encore importé").wait_for()
    upload(page, live_server, (*TITLES[:2], "Contact", *TITLES[3:]))
    page.goto(page.url.removesuffix("/columns"))
    expect(page.locator("main")).to_contain_text("La colonne « Joindre » a disparu")
    axe(page)


def test_one_field_for_two_columns_is_said_at_once(page: Page, live_server: LiveServer) -> None:
    live_server.sign_in(page, "lead")
    upload(page, live_server)
    page.locator("#column-5").select_option("phone_1")
    said = "« Téléphone 1 » est choisi pour plusieurs colonnes"
    expect(page.locator("#count")).to_contain_text(said)
