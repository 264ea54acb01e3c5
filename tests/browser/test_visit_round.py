"""The round of visits: read by day and commune, printed, and noted door after door."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.tools import LiveServer


def test_a_round_is_printed_and_noted(
    page: Page, live_server: LiveServer, axe: Callable[[Page], None]
) -> None:
    live_server.sign_in(page, "mediator")
    page.goto(f"{live_server.url}/visits")
    days = page.locator(".visits-day h2")
    expect(days).to_have_count(2)
    towns = page.locator(".visits-day h3")
    assert all(re.search(r"\S+ \d+ visites?$", each) for each in towns.all_inner_texts())
    doors = page.locator(".visits-day tbody th a")
    expect(doors).to_have_count(3)
    axe(page)

    with page.expect_download() as paper:
        page.get_by_role("link", name="La tournée à imprimer (PDF)").click()
    content = paper.value.path().read_bytes()
    assert content.startswith(b"%PDF-")
    assert b"%%EOF" in content[-32:]
    assert len(re.findall(rb"/Type\s*/Page\b", content)) >= 1

    page.get_by_label("Jour", exact=True).select_option(index=1)
    page.get_by_role("button", name="Afficher").press("Enter")
    expect(days).to_have_count(1)
    expect(doors).to_have_count(2)
    absent, met = ((each.inner_text(), each.get_attribute("href")) for each in doors.all())

    page.get_by_role("button", name=f"Carte laissée : {absent[0]}").click()
    expect(page.get_by_text("La carte laissée est notée.")).to_be_visible()
    expect(doors).to_have_count(1)

    page.get_by_role("link", name=f"Noter la visite : {met[0]}").click()
    page.get_by_role("radio", name="Rencontré : le titulaire").check()
    page.get_by_label("Identité vérifiée").check()
    page.get_by_text("Autre chose…").click()
    page.get_by_label("Information donnée").check()
    page.get_by_label("Lecture de la facture").check()
    axe(page)
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("L’échange est enregistré.")).to_be_visible()
    expect(page.get_by_text("Rencontré : le titulaire").first).to_be_visible()
    expect(page.locator(".timeline").get_by_text("Lecture de la facture")).to_be_visible()

    page.goto(f"{live_server.url}{absent[1]}")
    expect(page.get_by_text("Absence, carte laissée").first).to_be_visible()
    page.goto(f"{live_server.url}/visits")
    expect(doors).to_have_count(1)


def test_the_round_is_read_on_a_phone(
    phone_page: Page, live_server: LiveServer, axe: Callable[[Page], None]
) -> None:
    live_server.sign_in(phone_page, "mediator")
    phone_page.goto(f"{live_server.url}/visits")
    expect(phone_page.locator(".visits-day tbody tr")).to_have_count(3)
    axe(phone_page)
    wide = phone_page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390
