"""Rights checked from the desk: typed, answered by the engine, and forgotten."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from tests.browser.test_desk_leaving import open_desk
from tests.browser.tools import Keyboard, LiveServer

WORK, RENT = "1 237,41", "459,83"
WRITTEN = ("1237,41", "1 237,41", "1237.41", "123741", "459,83", "459.83", "45983")
LOADING_MS = 60_000  # an engine that loads beside a browser, on a busy machine


def _open_check(page: Page, server: LiveServer) -> None:
    """The desk of the next call, the result and the dialog, by keys alone."""
    server.sign_in(page, "mediator")
    open_desk(page, server)
    page.keyboard.press("1")
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+Q")
    expect(page.get_by_role("dialog", name="À quoi la personne a-t-elle droit ?")).to_be_visible()
    expect(page.get_by_label("Loyer, sans les charges")).to_be_visible()


def _type_home(keyboard: Keyboard, age: str) -> None:
    keyboard.fill("Âge", age)
    keyboard.fill("Salaire", WORK)
    keyboard.fill("Loyer", RENT)


def _kept(server: LiveServer, log: Path) -> list[str]:
    """The typed amounts that are found in the database, row by row, or in the server's log."""
    with sqlite3.connect(server.instance / "energymed.sqlite") as database:
        lines = [*database.iterdump(), log.read_text(encoding="utf-8")]
    return [line for line in lines if any(number in line for number in WRITTEN)]


def test_rights_are_told_while_the_person_listens_and_nothing_is_kept(
    page: Page,
    keyboard: Keyboard,
    live_server: LiveServer,
    axe: Callable[[Page], None],
    tmp_path: Path,
) -> None:
    before = _kept(live_server, tmp_path / "server.log")
    _open_check(page, live_server)
    axe(page)
    _type_home(keyboard, "30")
    keyboard.press("Enter")
    told = page.locator("#rights-told")
    expect(told.locator("dt")).to_have_count(4, timeout=LOADING_MS)
    expect(told).to_contain_text("Prime d’activité probable")
    expect(told).to_contain_text("RSA peu probable")
    expect(told).to_contain_text("C’est l’organisme qui le vérifie et qui décide.")
    expect(told).to_contain_text("La demande se fait auprès de la CAF")
    axe(page)

    keyboard.activate("Revenir à l’appel")
    page.locator("#note").fill("Calme.")
    with page.expect_response("**/draft"):
        page.keyboard.press("Escape")
        page.locator("#note").press("End")
    expect(page.locator("#saved")).to_have_text("Saisie conservée")
    assert _kept(live_server, tmp_path / "server.log") == before


def test_the_page_asks_again_by_itself_until_the_engine_has_loaded(
    page: Page, keyboard: Keyboard, live_server: LiveServer
) -> None:
    _open_check(page, live_server)
    asked: list[str] = []
    waiting = (
        '<p hx-post="{0}" hx-trigger="every 1s" hx-include="#rights-questions" '
        'hx-target="#rights-told">Le calcul se prépare…</p>'
    )

    def loads(route: Route) -> None:
        asked.append(route.request.post_data or "")
        if len(asked) == 1:
            route.fulfill(content_type="text/html", body=waiting.format(route.request.url))
        else:
            route.continue_()

    page.route("**/rights", loads)
    _type_home(keyboard, "30")
    keyboard.press("Enter")
    told = page.locator("#rights-told")
    expect(told.locator("dt")).to_have_count(4, timeout=LOADING_MS)
    assert len(asked) > 1
    assert asked[1].startswith(asked[0][:40])
