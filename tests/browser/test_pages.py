"""Every page of every desk: axe finds nothing, and nothing runs over sideways, at both sizes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.tools import LiveServer, Watch, guide_step
from tests.conftest import SAMPLES

PAGES = {
    "": ("/login",),
    "mediator": (
        "/queue", "/cases", "/cases/1", "/cases/1/message", "/tasks", "/day", "/inbound",
        "/account", "/change",
    ),
    "lead": (
        "/files", "/files/new", "/files/1", "/assign", "/assign?preview=1&mediator=3&mediator=4",
        "/assign/hand-over", "/texts", "/texts/new", "/texts/1", "/texts/sender",
        "/team", "/team/when", "/guide/unpaid_bill", "/guide/phrases", "/reports?period=2025",
        "/reports/plans_negotiated?period=2025", "/cases", "/tasks?all=1",
    ),
    "partner": (
        "/partner?period=2025", "/partner/indicators/plans_negotiated?period=2025",
        "/partner/deliveries", "/partner/deposit",
    ),
    "admin": ("/admin/users", "/admin/users/new", "/admin/users/2", "/admin/users/file",
              "/admin/sites", "/admin/sites/1", "/admin/partners", "/admin/partners/1",
              "/admin/partners/1/conventions", "/admin/partners/1/told", "/admin/audit",
              "/admin/rules", "/admin/rules/calling_windows", "/admin/rules/result.no_answer",
              "/admin/rules/message_names_partner?scope=campaign-1", "/change",
              "/account/second-factor"),
}  # fmt: skip
SIZES = {"desk": {"width": 1280, "height": 720}, "phone": {"width": 390, "height": 844}}
WIDTH = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"

# every place that says the name of the person says one that no line can break
LONG_NAME = """(name) => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let places = 0;
  while (walker.nextNode())
    if (walker.currentNode.data.includes(name)) {
      walker.currentNode.data = walker.currentNode.data.replace(name, "Rakotondramanana".repeat(7));
      places += 1;
    }
  return places;
}"""

Look = Callable[[Page], None]


@pytest.fixture
def look(axe: Callable[[Page], None]) -> Look:
    """A page without a barrier and without a sideways scroll."""

    def check(page: Page) -> None:
        axe(page)
        assert page.evaluate(WIDTH) <= 0, f"{page.url} runs over sideways"

    return check


@pytest.mark.parametrize("role", list(PAGES))
def test_pages_shut_nobody_out(page: Page, live_server: LiveServer, look: Look, role: str) -> None:
    if role:
        live_server.sign_in(page, role)
    for address in PAGES[role]:
        answer = page.goto(live_server.url + address)
        assert answer is not None
        assert answer.status == 200, address
        for size in SIZES.values():
            page.set_viewport_size(size)
            page.evaluate(DRAWN)  # by then menu.js has folded what it folds
            look(page)


@pytest.mark.parametrize("size", list(SIZES))
def test_an_unbroken_name_runs_over_nowhere(
    open_page: Callable[..., Page], live_server: LiveServer, size: str
) -> None:
    page = open_page(viewport=SIZES[size])
    live_server.sign_in(page, "mediator")

    def lengthen(name: str) -> None:
        assert page.evaluate(LONG_NAME, name) > 0, page.url
        assert page.evaluate(WIDTH) <= 0, f"{page.url} runs over sideways"

    page.goto(f"{live_server.url}/cases/1")
    name = page.locator("h1").inner_text()
    for address in ("/cases/1", "/cases/1/contact", "/cases/1/message"):
        page.goto(live_server.url + address)
        lengthen(name)
    page.goto(f"{live_server.url}/cases")
    lengthen(page.locator("tbody a").first.inner_text())
    page.goto(f"{live_server.url}/queue")
    page.get_by_role("button", name="Appel suivant").click()
    lengthen(page.locator("h1").inner_text())


@pytest.mark.parametrize("size", list(SIZES))
def test_the_call_desk_with_everything_open(
    open_page: Callable[..., Page],
    live_server: LiveServer,
    look: Look,
    watch: Watch,
    size: str,
) -> None:
    page = open_page(viewport=SIZES[size])
    live_server.sign_in(page, "mediator")
    page.get_by_role("button", name="Appel suivant").click()
    look(page)
    page.locator("input[name=result][value=reached_mandated]").check()
    page.get_by_label("Identité vérifiée").check()
    guide_step(page, "Convenir")
    page.get_by_text("Autre chose…").click()
    for box in page.locator("input[name=acts]").all():
        box.check()
    look(page)
    guide_step(page, "Clore")
    page.locator("input[name=next_step][value=follow_up]").check()
    look(page)
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.wait_for_selector("[role=alert]:visible")
    watch.expect("422")
    look(page)


def test_a_preview_and_its_result(page: Page, live_server: LiveServer, look: Look) -> None:
    live_server.sign_in(page, "lead")
    page.goto(f"{live_server.url}/files/new")
    page.set_input_files("#file", SAMPLES / "edf-pieges-2026-S46.csv")
    page.get_by_label("Partenaire").select_option(label="EDF")
    page.get_by_role("button", name="Vérifier le fichier").click()
    page.get_by_text("Rien n’est encore importé").wait_for()
    look(page)
    page.get_by_role("link", name="Voir les lignes rejetées").click()
    page.get_by_role("link", name="Corriger la ligne 16").click()
    look(page)
    page.get_by_label("Montant").first.fill("120,50")
    page.get_by_role("button", name="Corriger et vérifier").click()
    expect(page.locator("main")).to_contain_text("Ligne 16 corrigée")
    look(page)
    page.get_by_role("button", name="Importer", exact=True).first.click()
    expect(page.locator("main")).to_contain_text("Importé")
    look(page)


def test_english_is_complete_on_the_pages(page: Page, live_server: LiveServer) -> None:
    live_server.sign_in(page, "mediator")
    page.get_by_role("button", name="English").click()
    page.get_by_role("button", name="Next call").wait_for()
    assert page.locator("html").get_attribute("lang") == "en"
