"""After an import, without a mouse: ask about missing cases, settle them, note letters."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.tools import Keyboard, LiveServer
from tests.conftest import SAMPLES

WIDTH = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
SIZES = {"desk": {"width": 1280, "height": 720}, "phone": {"width": 390, "height": 844}}
FILE = "edf-pieges-2026-S46.csv"  # one of its people has no usable number

Look = Callable[[Page], None]


@pytest.fixture
def look(axe: Callable[[Page], None]) -> Look:
    """A page without a barrier and without a sideways scroll."""

    def check(page: Page) -> None:
        axe(page)
        assert page.evaluate(WIDTH) <= 0, f"{page.url} runs over sideways"

    return check


@pytest.fixture(params=list(SIZES))
def lead(
    request: pytest.FixtureRequest, open_page: Callable[..., Page], live_server: LiveServer
) -> Page:
    """The lead, signed in, on a desk and on a phone."""
    page = open_page(viewport=SIZES[request.param])
    live_server.sign_in(page, "lead")
    return page


def test_missing_cases_are_asked_about_and_settled(
    lead: Page, live_server: LiveServer, look: Look
) -> None:
    keyboard = Keyboard(lead)
    lead.goto(f"{live_server.url}/missing")
    reference = lead.locator("tbody th a").first.inner_text()
    look(lead)
    keyboard.reach(f"Choisir le dossier {reference}")
    keyboard.press("Space")
    expect(lead.get_by_text("(1 dossier coché)")).to_be_visible()
    keyboard.activate("Interroger le partenaire")
    expect(lead.get_by_text("1 dossier marqué")).to_be_visible()
    expect(lead.locator("tbody tr")).to_have_count(1)
    look(lead)

    keyboard.reach(f"Choisir le dossier {reference}")
    keyboard.press("Space")
    keyboard.activate("Clore comme soldés…")
    expect(lead.get_by_role("heading", name="Clore comme soldés")).to_be_visible()
    expect(lead.get_by_text(reference)).to_be_visible()
    look(lead)
    keyboard.activate("Oui, clore 1 dossier")
    expect(lead.get_by_text("1 dossier clos comme soldé.")).to_be_visible()
    look(lead)
    lead.goto(f"{live_server.url}/missing")
    expect(lead.get_by_role("link", name=reference, exact=True)).to_have_count(0)


def test_letters_are_noted_as_sent(lead: Page, live_server: LiveServer, look: Look) -> None:
    lead.goto(f"{live_server.url}/letters")
    look(lead)
    lead.goto(f"{live_server.url}/files/new")
    lead.set_input_files("#file", SAMPLES / FILE)
    lead.get_by_label("Partenaire").select_option(label="EDF")
    lead.get_by_role("button", name="Vérifier le fichier").click()
    lead.get_by_role("button", name="Importer", exact=True).click()
    expect(lead.get_by_text("Fichier importé")).to_be_visible()
    look(lead)
    lead.get_by_role("link", name="Annuler cet import…").click()
    look(lead)

    keyboard = Keyboard(lead)
    lead.goto(f"{live_server.url}/letters")
    look(lead)
    keyboard.reach("Choisir le dossier NAS2631508204")
    keyboard.press("Space")
    keyboard.activate("Courrier envoyé aux dossiers cochés")
    expect(lead.get_by_text("1 courrier noté.")).to_be_visible()
    look(lead)
    fold = lead.locator(".toolbar-fold > summary")
    if fold.is_visible():  # on a phone
        fold.press("Enter")
    lead.get_by_label("Courrier", exact=True).select_option("yes")
    lead.get_by_role("button", name="Afficher").press("Enter")
    expect(lead.get_by_text("NAS2631508204")).to_be_visible()
    look(lead)
