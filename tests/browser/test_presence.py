"""Help in a call: asked by a key, seen on the board, read along with what is typed, ended."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_desk_leaving import open_desk
from tests.browser.tools import LiveServer

PHONE = {"width": 390, "height": 844}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
FOLDER = os.environ.get("SHOTS")


def shot(page: Page, name: str) -> None:
    if FOLDER:
        page.screenshot(path=Path(FOLDER) / f"{name}.png")


def test_help_is_asked_by_key_read_by_the_lead_and_ended(
    page: Page,
    open_page: Callable[..., Page],
    live_server: LiveServer,
    axe: Callable[[Page], None],
) -> None:
    lead = open_page()
    live_server.sign_in(lead, "lead")
    lead.goto(f"{live_server.url}/team")
    live_server.sign_in(page, "mediator")
    address = open_desk(page, live_server)
    for key in "1un":
        page.keyboard.press(key)
    page.keyboard.type("Elle attend son salaire.")
    with page.expect_response("**/draft"):
        page.keyboard.press("Escape")

    page.keyboard.press("Shift+G")
    menu = page.locator("#presence summary")
    expect(menu).to_contain_text("Aide demandée")
    expect(menu).to_be_focused()
    axe(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Je n’ai plus besoin d’aide")).to_be_visible()
    axe(page)
    shot(page, "desk-menu")

    expect(lead.get_by_text("Aide demandée pendant un appel")).to_be_visible()
    axe(lead)
    shot(lead, "board")
    lead.get_by_role("link", name="Lire sa page").click()
    typed = lead.locator("#typed")
    expect(typed).to_contain_text("Elle attend son salaire.")
    expect(typed).to_contain_text("Joint – titulaire")
    expect(lead.locator("main").get_by_role("textbox")).to_have_count(0)
    axe(lead)
    shot(lead, "reading")

    page.locator("[name=note]").fill("Elle attend son salaire et une aide.")
    expect(typed).to_contain_text("et une aide.")

    page.locator("[name=note]").press("Escape")
    page.keyboard.press("Shift+G")
    expect(menu).to_contain_text("Aux appels")
    expect(typed).to_contain_text("La demande d’aide est terminée.")
    assert address.endswith(page.url.rsplit("/", 1)[1])
    expect(page.locator("[name=note]")).to_have_value("Elle attend son salaire et une aide.")
    lead.get_by_role("button", name="L’aide est donnée").click()
    lead.wait_for_url("**/team")
    expect(lead.get_by_text("Aide demandée pendant un appel")).to_have_count(0)


@pytest.mark.parametrize("viewport", ["desk", "phone"])
def test_a_pause_is_said_on_the_queue_and_told_on_the_board(
    page: Page,
    phone_page: Page,
    open_page: Callable[..., Page],
    live_server: LiveServer,
    axe: Callable[[Page], None],
    viewport: str,
) -> None:
    mine = phone_page if viewport == "phone" else page
    live_server.sign_in(mine, "mediator")
    mine.goto(f"{live_server.url}/queue")
    mine.locator("#presence summary").click()
    axe(mine)
    shot(mine, f"queue-{viewport}")
    assert mine.evaluate(SIDEWAYS) == 0
    mine.get_by_role("button", name="Pause", exact=True).click()
    expect(mine.locator("#presence summary")).to_contain_text("Pause depuis")
    expect(mine.locator("#presence summary")).to_be_focused()
    lead = open_page(viewport=PHONE) if viewport == "phone" else open_page()
    live_server.sign_in(lead, "lead")
    lead.goto(f"{live_server.url}/team")
    expect(lead.locator("table td").filter(has_text="Pause depuis")).to_have_count(1)
    axe(lead)
    shot(lead, f"board-{viewport}")
    mine.get_by_role("button", name="Appel suivant").click()
    mine.wait_for_url("**/call/*")
    expect(mine.locator("#presence summary")).to_contain_text("Aux appels")
    shot(mine, f"desk-{viewport}")
    assert mine.evaluate(SIDEWAYS) == 0
    mine.keyboard.press("Shift+G")
    expect(mine.locator("#presence summary")).to_contain_text("Aide demandée")
    lead.locator("#help-asked a").click()
    expect(lead.locator("#typed")).to_be_visible()
    assert lead.evaluate(SIDEWAYS) == 0
    shot(lead, f"reading-{viewport}")
