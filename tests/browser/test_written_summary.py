"""What was agreed goes out in writing: ticked at the desk, printed in the lead's batch."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.test_desk_leaving import open_desk
from tests.browser.tools import Keyboard, LiveServer, Watch, unfold_plan


def test_a_plan_is_written_by_letter_and_printed(
    page: Page, keyboard: Keyboard, live_server: LiveServer, axe: Callable[[Page], None]
) -> None:
    live_server.sign_in(page, "mediator")
    open_desk(page, live_server)
    keyboard.press("1", "u", "e")
    page.get_by_label("Nombre d’échéances").fill("6")
    unfold_plan(page)
    page.get_by_label("Première échéance", exact=True).fill("2026-12-05")
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+W")
    letter = page.get_by_role("radio", name="Courrier", exact=True)
    letter.check()
    expect(page.get_by_text("dans un courrier imprimé avec les prochains")).to_be_visible()
    page.wait_for_load_state("networkidle")  # the plans that may be chosen come in beside
    axe(page)
    page.keyboard.press("Escape")
    keyboard.press("k", "Control+Enter")
    expect(page.get_by_role("status").filter(has_text="Enregistré :")).to_be_visible()

    page.context.clear_cookies()
    live_server.sign_in(page, "lead")
    page.goto(f"{live_server.url}/letters/print")
    expect(page.get_by_text("Ce qui a été convenu", exact=True).first).to_be_visible()
    axe(page)
    with page.expect_download() as batch:
        page.get_by_role("link", name="Imprimer le lot (PDF)").click()
    assert batch.value.path().read_bytes().startswith(b"%PDF-")


def test_a_letter_that_demands_is_refused(
    page: Page, live_server: LiveServer, watch: Watch, axe: Callable[[Page], None]
) -> None:
    live_server.sign_in(page, "lead")
    page.goto(f"{live_server.url}/texts/letters/new")
    page.get_by_label("Courrier", exact=True).select_option("agreed")
    page.get_by_label("Objet").fill("Notre échange")
    page.get_by_label("Texte", exact=True).fill("Bonjour.\n\n{details}")
    expect(page.locator("#preview img")).to_be_visible()
    page.get_by_label("Texte", exact=True).fill("Vous devez payer sous huit jours.\n\n{details}")
    expect(page.locator("#preview").get_by_text("demande de paiement")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_role("alert").get_by_text("Vous devez payer")).to_be_visible()
    watch.expect("422")  # the page that says so
