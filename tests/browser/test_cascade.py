"""Whom calls do not reach: proposed, declined, printed, sent, and then the visit.

The demo's Amina has a person whom three calls missed and to whom nobody wrote: a message is
proposed (`demo.otherwise`).
"""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.tools import Keyboard, LiveServer


def section(page: Page) -> Locator:
    return page.get_by_role("region", name="Joindre autrement")


def whom_three_calls_missed(page: Page, server: LiveServer) -> str:
    """Opens the case of the tray to whom a text message is proposed after three calls."""
    page.goto(f"{server.url}/tasks?state=other_ways&way=sms")
    row = page.locator("tbody tr").filter(has=page.locator("td.number", has_text="3"))
    link = row.first.get_by_role("link").first
    name = link.inner_text()
    link.click()
    page.wait_for_url(re.compile(r"/cases/\d+"))
    return name


def test_from_a_declined_message_to_the_visit(
    page: Page, keyboard: Keyboard, live_server: LiveServer, axe: Callable[[Page], None]
) -> None:
    live_server.sign_in(page, "mediator")
    name = whom_three_calls_missed(page, live_server)
    case = page.url
    expect(section(page)).to_contain_text("3 appels en vain depuis le dernier échange.")
    expect(section(page)).to_contain_text("Proposé : un SMS ou un e-mail.")
    axe(page)
    keyboard.activate("Écarter cette proposition")
    section(page).get_by_label("Pourquoi").select_option("unsuited")
    keyboard.activate("Écarter")
    expect(section(page)).to_contain_text("SMS : écarté le")
    expect(section(page)).to_contain_text("Proposé : un courrier.")
    axe(page)

    page.goto(f"{live_server.url}/tasks?state=other_ways&way=letter")
    expect(page.get_by_role("link", name=name)).to_be_visible()
    axe(page)
    page.get_by_role("button", name=f"Courrier à imprimer : {name}").click()
    expect(page.get_by_text("Le courrier est avec les courriers à imprimer.")).to_be_visible()
    expect(page.get_by_role("link", name=name)).to_have_count(0)
    page.goto(case)
    expect(section(page)).to_contain_text("Un courrier est à imprimer depuis le")
    expect(section(page)).not_to_contain_text("Proposé")

    page.context.clear_cookies()
    live_server.sign_in(page, "lead")
    page.goto(f"{live_server.url}/letters/print")
    expect(page.get_by_text("les lettres aux personnes que les appels")).to_be_visible()
    axe(page)
    with page.expect_download() as batch:
        page.get_by_role("link", name="Imprimer le lot (PDF)").click()
    assert batch.value.path().read_bytes().startswith(b"%PDF-")
    mine = page.get_by_role("row").filter(has=page.get_by_role("link", name=name, exact=True))
    others = page.locator("tbody tr").count() - 1
    mine.get_by_role("checkbox").check()
    page.get_by_role("button", name="Noter envoyés les courriers cochés").click()
    expect(page.get_by_text("1 courrier noté.")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(others)

    page.context.clear_cookies()
    live_server.sign_in(page, "mediator")
    page.goto(case)
    expect(section(page)).to_contain_text("Proposé : une visite à domicile.")
    page.goto(f"{live_server.url}/visits")
    proposed = page.get_by_role("region", name="Visites proposées")
    expect(proposed.get_by_role("link", name=name)).to_be_visible()


def test_what_was_declined_is_proposed_again_on_a_phone(
    phone_page: Page, live_server: LiveServer, axe: Callable[[Page], None]
) -> None:
    live_server.sign_in(phone_page, "mediator")
    whom_three_calls_missed(phone_page, live_server)
    section(phone_page).get_by_text("Écarter cette proposition").click()
    section(phone_page).get_by_role("button", name="Écarter", exact=True).click()
    expect(section(phone_page)).to_contain_text("Proposé : un courrier.")
    axe(phone_page)
    section(phone_page).get_by_text("Écarter cette proposition").click()
    assert phone_page.evaluate("document.documentElement.scrollWidth") <= 390
    section(phone_page).get_by_role("button", name="Proposer de nouveau : SMS").click()
    expect(section(phone_page)).to_contain_text("Proposé : un SMS")
    expect(section(phone_page)).not_to_contain_text("écarté le")
