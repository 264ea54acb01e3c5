"""Another person under a known reference: both names side by side, and a decision."""

import os
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_preview import WIDTH, upload
from tests.browser.tools import LiveServer
from tests.intake.books import csv_bytes

BEFORE = (
    ("H-1", "MOREL", "Inès", "06 39 98 00 31", "120,50"),
    ("H-2", "ROUX", "Ida", "06 39 98 00 32", "5,00"),
    ("0012345", "BENALI", "Karim", "06 39 98 00 33", "33,00"),
)
AFTER = (
    ("H-1", "DURAND", "Paul", "06 39 98 00 41", "75,00"),
    ("H-2", "ROUX-PETIT", "I.", "06 39 98 00 32", "5,00"),
    ("12345", "BENALI", "Karim", "06 39 98 00 33", "33,00"),
)


@pytest.mark.parametrize("size", [(1280, 720), (390, 844)])
def test_another_holder_is_decided_about(
    open_page: Callable[..., Page],
    live_server: LiveServer,
    axe: Callable[[Page], None],
    size: tuple[int, int],
) -> None:
    page = open_page(viewport={"width": size[0], "height": size[1]})
    live_server.sign_in(page, "lead")
    upload(page, live_server, csv_bytes(*BEFORE), f"avant-{size[0]}.csv")
    page.get_by_role("button", name="Importer", exact=True).click()
    page.wait_for_url(re.compile(r"/files/\d+"))
    upload(page, live_server, csv_bytes(*AFTER), f"apres-{size[0]}.csv")
    lines = page.locator("section[aria-labelledby=lines]")
    expect(lines).to_contain_text("Titulaire : Inès MOREL → Paul DURAND")
    expect(lines).to_contain_text("« 12345 » ressemble à « 0012345 »")
    axe(page)
    assert page.evaluate(WIDTH) <= 0
    if folder := os.environ.get("HOLDER_SHOTS"):
        page.screenshot(path=f"{folder}/holder-{size[0]}.png", full_page=True)
    row = page.locator("tr", has_text="La référence est connue sous un autre nom").first
    row.locator("button[value=new_holder]").click()
    expect(lines).to_contain_text("Titulaire : Inès MOREL → Paul DURAND")
    expect(page.locator("main")).to_contain_text("Une référence connue revient sous un autre nom.")
    axe(page)
