"""The browser tests' own tools see what they are there to see."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route

from tests.browser.tools import Keyboard, LiveServer, Watch

POLICY = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: http:",
    "Content-Type": "text/html",
}
FRAME = '<!doctype html><html lang="fr"><title>Essai</title><main><h1>Essai</h1>{}</main></html>'


def show(page: Page, body: str) -> None:
    """Show `body` under a strict policy."""

    def answer(route: Route) -> None:
        route.fulfill(status=200, headers=POLICY, body=FRAME.format(body))

    page.route("**/trial", answer)
    page.goto("http://127.0.0.1:9/trial")


def test_an_inline_style_is_noticed(page: Page, watch: Watch) -> None:
    show(page, '<p style="color:red">Rouge</p>')
    watch.expect("Content Security Policy")


def test_an_address_outside_is_noticed(page: Page, watch: Watch) -> None:
    show(page, '<img src="http://outside.invalid/x.png" alt="">')
    watch.expect("request to the outside")
    watch.expect("console: Failed to load resource")


def test_axe_works_under_the_policy(page: Page, axe: Callable[[Page], None]) -> None:
    show(page, "<p>Bonjour</p>")
    axe(page)
    show(page, '<img src="data:,">')
    with pytest.raises(AssertionError, match="image-alt"):
        axe(page)


def test_the_keyboard_says_what_it_passed(page: Page, keyboard: Keyboard) -> None:
    show(page, '<a href="#a">Un</a> <button type="button">Deux</button>')
    keyboard.reach("Deux")
    with pytest.raises(AssertionError, match=r"Trois.*passed"):
        keyboard.reach("Trois", most=5)


def test_the_demo_lets_every_role_in(
    live_server: LiveServer, open_page: Callable[..., Page]
) -> None:
    for role in ("admin", "lead", "mediator", "partner"):
        page = open_page()
        live_server.sign_in(page, role)
        assert page.get_by_role("main").is_visible()
        assert page.locator("html").get_attribute("lang") == "fr"


def test_a_phone_shows_the_sign_in(
    live_server: LiveServer, phone_page: Page, axe: Callable[[Page], None]
) -> None:
    phone_page.goto(f"{live_server.url}/login")
    assert phone_page.get_by_label("E-mail").is_visible()
    axe(phone_page)


SENT = """() => performance.getEntriesByType("resource").filter(each => each.transferSize > 0)
  .map(each => each.name)"""


def test_files_of_the_pages_come_once(
    live_server: LiveServer, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    page.goto(f"{live_server.url}/login", wait_until="load")
    assert 0 < len(page.evaluate(SENT)) <= 8  # and the page, and the icon of its tab: ten
    page.goto(f"{live_server.url}/forgotten", wait_until="load")
    assert page.evaluate(SENT) == []
    live_server.sign_in(page, "mediator")
    page.goto(f"{live_server.url}/queue", wait_until="load")
    page.goto(f"{live_server.url}/cases", wait_until="load")
    assert [name for name in page.evaluate(SENT) if "/static/" in name] == []
