"""The queue and a follow-up by keys alone: who is next and why, a call from a follow-up."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.tools import Keyboard, LiveServer


def test_the_queue_and_a_follow_up_by_keys(
    page: Page, keyboard: Keyboard, live_server: LiveServer, axe: Callable[[Page], None]
) -> None:
    live_server.sign_in(page, "mediator")
    page.goto(f"{live_server.url}/queue")
    expect(page.locator(".next-ones li")).to_have_count(5)
    first = page.locator(".next-ones li a").first.inner_text()
    axe(page)
    keyboard.press("n")
    page.wait_for_url("**/call/*")
    expect(page.get_by_role("heading", level=1)).to_contain_text(first.split()[-1])

    page.goto(f"{live_server.url}/queue")
    page.get_by_role("link", name="Comment l’ordre est fait").click()
    axe(page)
    keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Nom, téléphone ou référence")).to_be_focused()
    keyboard.type(first)
    keyboard.press("Enter")
    page.wait_for_url("**/cases?found=1")
    expect(page.get_by_role("region", name="Dossiers")).to_contain_text(first)


def test_one_key_calls_from_a_follow_up(
    page: Page, keyboard: Keyboard, live_server: LiveServer
) -> None:
    live_server.sign_in(page, "mediator")
    page.goto(f"{live_server.url}/tasks")
    callable_rows = page.locator("tr", has=page.get_by_role("button", name=re.compile("^Appeler")))
    row = callable_rows.nth(1)
    name = row.get_by_role("rowheader").get_by_role("link")
    said = name.inner_text()
    name.focus()
    keyboard.press("c")
    page.wait_for_url("**/call/*")
    expect(page.get_by_role("heading", level=1)).to_contain_text(said.split()[-1])
