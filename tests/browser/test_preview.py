"""A file before its import: decided about with the keyboard, and a large one worked on beside."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.tools import Keyboard, LiveServer
from tests.intake.books import csv_bytes

WIDTH = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
LINES = (
    ("P-1", "DURAND", "Léa", "", "12,50"),
    ("P-2", "ROUX", "Ida", "06 39 98 00 29", "5,00"),
    ("P-2", "ROUX", "Ida", "06 39 98 00 29", "7,00"),
)
MANY = 3_200  # above what is worked on while the page is waited for


def upload(page: Page, live_server: LiveServer, content: bytes, name: str) -> None:
    page.goto(f"{live_server.url}/files/new")
    file: FilePayload = {"name": name, "mimeType": "text/csv", "buffer": content}
    page.set_input_files("#file", file)
    page.get_by_label("Partenaire").select_option(label="Veolia")
    page.get_by_label("Type de fichier").select_option("unpaid_bill")
    page.get_by_role("button", name="Vérifier le fichier").click()
    page.wait_for_url(re.compile(r"/files/\d+"))
    if page.url.endswith("/columns"):  # other columns than this partner's last file
        page.goto(page.url.removesuffix("/columns"))


@pytest.mark.parametrize("size", [(1280, 720), (390, 844)])
def test_what_becomes_of_a_kind_of_problem_is_decided(
    open_page: Callable[..., Page],
    live_server: LiveServer,
    axe: Callable[[Page], None],
    size: tuple[int, int],
) -> None:
    page = open_page(viewport={"width": size[0], "height": size[1]})
    live_server.sign_in(page, "lead")
    upload(page, live_server, csv_bytes(*LINES), f"a-decider-{size[0]}.csv")
    page.get_by_text("Rien n’est encore importé").wait_for()
    axe(page)
    assert page.evaluate(WIDTH) <= 0
    keyboard = Keyboard(page)
    keyboard.activate("Garder la plus récente de chaque référence")
    expect(page.locator("main")).to_contain_text("La ligne 4, plus récente, compte à sa place.")
    expect(page.locator("#decided-conflicting_duplicate")).to_be_focused()
    axe(page)
    page.get_by_role("link", name="Voir ces lignes : Aucun numéro").click()
    expect(page.locator("section[aria-labelledby=lines] tbody tr")).to_have_count(1)
    axe(page)
    assert page.evaluate(WIDTH) <= 0


def test_a_large_file_tells_how_far_it_is(
    page: Page, live_server: LiveServer, axe: Callable[[Page], None]
) -> None:
    lines = [(f"G-{at}", "DURAND", "Léa", "", f"{at},00") for at in range(1, MANY + 1)]
    live_server.sign_in(page, "lead")
    upload(page, live_server, csv_bytes(*lines), "gros.csv")
    page.wait_for_url("**/progress")
    page.get_by_role("heading", name="Contrôle en cours").wait_for()
    axe(page)
    assert page.evaluate(WIDTH) <= 0
    page.get_by_role("button", name="Importer", exact=True).wait_for(timeout=60_000)
    expect(page.locator("nav.paging")).to_contain_text("1 à 50 sur 3 200")
    page.get_by_role("button", name="Importer", exact=True).click()
    page.wait_for_url("**/progress")
    expect(page.locator("main")).to_contain_text("3 200 lignes retenues", timeout=60_000)
    axe(page)
