"""A partner drops a file, or sends it without a script; the lead refuses it; the partner reads."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.tools import LiveServer
from tests.conftest import SAMPLES

DROP = """([name, content]) => {
  const carried = new DataTransfer();  // a number stands for so many bytes
  const bytes = typeof content === "number" ? new Uint8Array(content) : content;
  carried.items.add(new File([bytes], name));
  const zone = document.querySelector("[data-drop]");
  zone.dispatchEvent(new DragEvent("drop", {dataTransfer: carried, cancelable: true}));
}"""
FILE = "edf-pieges-2026-S46.csv"


def test_a_dropped_file_is_answered(
    page: Page,
    open_page: Callable[..., Page],
    live_server: LiveServer,
    axe: Callable[[Page], None],
) -> None:
    live_server.sign_in(page, "partner")
    page.goto(f"{live_server.url}/partner/deposit")
    page.evaluate(DROP, ["gros.csv", 26 * 1024 * 1024])
    expect(page.locator("[data-problem]")).to_have_text(
        "Ce fichier dépasse 25 Mo : découpez-le et réessayez."
    )
    page.get_by_role("button", name="Déposer le fichier").click()  # the browser keeps it back
    expect(page.get_by_text("Aucun dépôt pour l’instant")).to_be_visible()
    page.evaluate(DROP, [FILE, (SAMPLES / FILE).read_text(encoding="cp1252")])
    expect(page.locator("[data-file-name]")).to_have_text(FILE)
    page.get_by_label("Site de l’association").select_option(label="Portes de Provence")
    page.get_by_role("button", name="Déposer le fichier").click()
    expect(page.get_by_role("cell", name="En attente de validation")).to_be_visible()
    axe(page)

    lead = open_page()
    live_server.sign_in(lead, "lead")
    lead.get_by_role("link", name="Voir ce qui attend").click()
    lead.get_by_role("link", name=FILE).click()
    axe(lead)
    lead.get_by_role("link", name="Refuser ce dépôt").click()
    lead.get_by_label("Motif").select_option(label="Ce n’est pas la période attendue")
    axe(lead)
    lead.get_by_role("button", name="Refuser et répondre").click()
    expect(lead.get_by_role("link", name="Voir ce qui attend")).to_have_count(0)

    page.reload()
    expect(page.get_by_role("cell", name="Ce n’est pas la période attendue.")).to_be_visible()
    axe(page)


def test_a_file_is_deposited_without_script(
    open_page: Callable[..., Page], live_server: LiveServer
) -> None:
    page = open_page(java_script_enabled=False)
    live_server.sign_in(page, "partner")
    page.goto(f"{live_server.url}/partner/deposit")
    page.set_input_files("#file", SAMPLES / FILE)
    page.get_by_label("Site de l’association").select_option(label="Portes de Provence")
    page.get_by_role("button", name="Déposer le fichier").click()
    expect(page.get_by_role("cell", name="En attente de validation")).to_be_visible()
