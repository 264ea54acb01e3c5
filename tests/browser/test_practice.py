"""A practice call in the browser: what the person says, the save, and what is told of it."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.tools import LiveServer

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
FOLDER = os.environ.get("SHOTS")


def shot(page: Page, name: str) -> None:
    if FOLDER:
        page.screenshot(path=Path(FOLDER) / f"practice-{name}.png")


@pytest.mark.parametrize("viewport", ["desk", "phone"])
def test_the_first_person_is_called_badly_then_well(
    page: Page,
    phone_page: Page,
    live_server: LiveServer,
    axe: Callable[[Page], None],
    viewport: str,
) -> None:
    shown = phone_page if viewport == "phone" else page
    live_server.sign_in(shown, "trainee")
    shown.goto(f"{live_server.url}/queue")
    shown.get_by_role("button", name=re.compile("Recevoir des dossiers")).click()
    shown.get_by_role("button", name="Appel suivant").click()
    shown.wait_for_url("**/call/*")
    story = shown.locator(
        "section", has=shown.get_by_role("heading", name=re.compile("appel d.entraînement"))
    )
    expect(story).to_contain_text("Cela sonne longtemps.")
    axe(shown)
    shot(shown, f"story-{viewport}")

    shown.locator("label", has_text="Occupé").click()
    shown.locator("[data-save]").first.click()
    shown.wait_for_url("**/practice/*")
    expect(shown.get_by_role("main")).to_contain_text("qui fait rappeler le jour même")
    axe(shown)
    shot(shown, f"wrong-{viewport}")
    assert shown.evaluate(SIDEWAYS) == 0

    shown.get_by_role("button", name="Refaire cet appel").click()
    shown.wait_for_url("**/call/*")
    shown.locator("label", has_text="Absent").click()
    shown.locator("[data-save]").first.click()
    expect(shown.get_by_role("main")).to_contain_text("Tout y est")
    axe(shown)
    shot(shown, f"right-{viewport}")

    shown.get_by_role("link", name=re.compile("Vos appels d.entraînement")).click()
    expect(shown.get_by_role("main")).to_contain_text("tout y est")
    axe(shown)
    shot(shown, f"people-{viewport}")
    assert shown.evaluate(SIDEWAYS) == 0

    shown.get_by_role("button", name="Personne suivante").click()
    shown.wait_for_url("**/call/*")
    expect(shown.get_by_role("main")).to_contain_text("laissez un message")
