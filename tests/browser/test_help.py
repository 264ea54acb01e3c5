"""The help's pages and pictures: each shows a page of ours that opens.

With `ENERGYMED_HELP_PICTURES=1` the pictures are taken anew into `static/img/help`.
"""

import os
import re
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from energymed.accounts.codes import Role
from energymed.web.account.help.guides import GUIDES, readable
from energymed.web.account.help.shapes import HEIGHT, WIDTH
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_desk_leaving import open_desk
from tests.browser.tools import LiveServer
from tests.conftest import SAMPLES
from tests.guards.source import ROOT

FOLDER = ROOT / "static" / "img" / "help"
COLOURS = 64  # enough for flat pages, and a third of the bytes
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CUT = "() => { const s = document.querySelector('.side'); return s.scrollHeight - s.clientHeight; }"
WHOLE = "image => image.complete && image.naturalWidth > 0"


def queue(page: Page, server: LiveServer) -> None:
    page.goto(f"{server.url}/queue")
    expect(page.get_by_role("button", name="Appel suivant")).to_be_visible()


def call_desk(page: Page, server: LiveServer) -> None:
    open_desk(page, server)
    page.keyboard.press("1")
    page.keyboard.press("u")
    page.keyboard.press("n")
    page.keyboard.type("Elle attend son salaire.")
    with page.expect_response("**/draft"):
        page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Enregistrer", exact=True)).to_be_visible()


def file_preview(page: Page, server: LiveServer) -> None:
    page.goto(f"{server.url}/files/new")
    page.set_input_files("#file", SAMPLES / "edf-pieges-2026-S46.csv")
    page.get_by_label("Partenaire").select_option(label="EDF")
    page.get_by_role("button", name="Vérifier le fichier").click()
    expect(page.get_by_text("Rien n’est encore importé")).to_be_visible()
    page.evaluate("scrollTo(0, 0)")


def board(page: Page, server: LiveServer) -> None:
    page.goto(f"{server.url}/team")
    expect(page.get_by_role("heading", name="Équipe", level=1)).to_be_visible()


def partner(page: Page, server: LiveServer) -> None:
    page.goto(f"{server.url}/partner")
    expect(page.get_by_role("heading", name="Vue d’ensemble")).to_be_visible()


SHOWN: dict[str, tuple[str, Callable[[Page, LiveServer], None]]] = {
    "queue": ("mediator", queue),
    "call-desk": ("mediator", call_desk),
    "file-preview": ("lead", file_preview),
    "board": ("lead", board),
    "partner": ("partner", partner),
}


def test_every_picture_of_the_help_is_one_of_these() -> None:
    assert {one.name for guide in GUIDES.values() for one in guide.pictures} == SHOWN.keys()


@pytest.mark.parametrize("name", list(SHOWN))
def test_what_a_picture_shows_opens(
    open_page: Callable[..., Page], live_server: LiveServer, name: str
) -> None:
    role, show = SHOWN[name]
    page = open_page(device_scale_factor=WIDTH / DESK["width"])
    live_server.sign_in(page, role)
    show(page, live_server)
    if os.environ.get("ENERGYMED_HELP_PICTURES"):
        FOLDER.mkdir(parents=True, exist_ok=True)
        with Image.open(BytesIO(page.screenshot())) as picture:
            small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
            small.save(FOLDER / f"{name}.png", optimize=True)
    with Image.open(FOLDER / f"{name}.png") as kept:
        assert kept.size == (WIDTH, HEIGHT)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("role", ["mediator", "lead", "partner", "admin"])
def test_the_help_shuts_nobody_out(
    open_page: Callable[..., Page],
    live_server: LiveServer,
    axe: Callable[[Page], None],
    role: str,
    size: dict[str, int],
) -> None:
    page = open_page(viewport=size)
    live_server.sign_in(page, role)
    for each in readable(Role(role)):
        page.goto(f"{live_server.url}/help/{each}")
        axe(page)
        assert page.evaluate(SIDEWAYS) <= 0
        for image in page.locator(".help-picture img").all():
            image.scroll_into_view_if_needed()
            page.wait_for_function(WHOLE, arg=image.element_handle())
            assert image.get_attribute("alt")
    menu = page.get_by_role("navigation", name="Menu principal")
    if size == PHONE:
        page.get_by_text("Menu", exact=True).click()
    menu.get_by_role("link", name="Aide").click()
    expect(page).to_have_url(re.compile("/help$"))


def test_the_longest_menu_leaves_the_account_in_sight(page: Page, live_server: LiveServer) -> None:
    live_server.sign_in(page, "lead")
    page.goto(f"{live_server.url}/help")
    assert page.evaluate(CUT) <= 0
