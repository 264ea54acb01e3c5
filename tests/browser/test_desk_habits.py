"""Habits of the hand at the mediator's desk: Enter after an amount, a save after the session."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.tools import LiveServer, Watch, guide_step

TYPED = "Elle rappellera lundi."


def test_enter_in_a_field_sends_nothing(page: Page, live_server: LiveServer) -> None:
    live_server.sign_in(page, "mediator")
    page.get_by_role("button", name="Appel suivant").click()
    page.locator("input[name=result][value=reached_holder]").check()
    guide_step(page, "Convenir")
    page.locator("input[name=acts][value=plan_agreed]").check()
    page.evaluate("window.sameDocument = true")
    page.get_by_label("Nombre d’échéances").fill("3")
    page.get_by_label("Nombre d’échéances").press("Enter")
    page.locator("input[name=acts][value=plan_agreed]").press("Enter")
    expect(page.locator("#saved")).to_have_text("Saisie conservée")
    assert page.evaluate("window.sameDocument")


def test_an_exchange_survives_a_lapsed_session(
    open_page: Callable[..., Page], live_server: LiveServer, watch: Watch
) -> None:
    page = open_page()
    live_server.sign_in(page, "mediator")
    page.goto(f"{live_server.url}/cases/1/contact")
    page.get_by_label("E-mail").check()
    page.locator("#result input[value=sent]").check()
    page.locator("#note").fill(TYPED)
    page.context.clear_cookies()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#desk-notice")).to_contain_text("Votre session a expiré.")
    expect(page.locator("#desk-notice")).to_be_in_viewport()
    expect(page.locator("#desk-notice")).to_be_focused()
    expect(page.locator("#note")).to_have_value(TYPED)
    other_tab = page.context.new_page()
    live_server.sign_in(other_tab, "mediator")
    page.bring_to_front()
    page.keyboard.press("Control+Enter")
    expect(page.locator("main")).to_contain_text("L’échange est enregistré.")
    expect(page.locator("main")).to_contain_text(TYPED)


def test_a_phrase_comes_into_the_note_by_its_key_and_goes_again(
    page: Page, live_server: LiveServer
) -> None:
    live_server.sign_in(page, "mediator")
    page.goto(f"{live_server.url}/queue")
    page.locator("[data-shortcut=n]").first.click()
    note = page.locator("#note")
    note.fill("Calme.")
    expect(page.locator("[data-phrases]")).to_be_visible()
    note.press("Escape")
    expect(note).not_to_be_focused()
    page.keyboard.press("j")
    expect(note).to_have_value("Calme. Baisse récente de revenus.")
    expect(page.locator("[data-phrase][aria-pressed=true]")).to_have_count(1)
    page.keyboard.press("j")
    expect(note).to_have_value("Calme.")


def test_what_the_person_says_is_noted_and_nothing_typed_is_lost(
    page: Page, live_server: LiveServer
) -> None:
    live_server.sign_in(page, "mediator")
    page.get_by_role("button", name="Appel suivant").click()
    page.locator("textarea[name=note]").fill(TYPED)
    expect(page.locator("[data-phrases]")).to_be_visible()  # the keys are there
    page.keyboard.press("Escape")
    page.keyboard.press("w")
    page.get_by_role("link", name="Le bon numéro").click()
    expect(page.locator("#said-number")).to_be_focused()
    page.evaluate("window.sameDocument = true")
    page.locator("#said-number").fill("12")
    page.locator("#said-number").press("Enter")
    expect(page.locator("#said-number-error")).to_be_visible()
    page.locator("#said-number").fill("06 39 98 77 01")
    page.locator("#said-owner").select_option("child")
    page.locator("#said-number").press("Enter")
    added = page.locator("#number-lines .phone-line").last
    expect(added).to_contain_text("enfant")
    expect(page.locator("#what-follows")).to_contain_text("L’autre numéro peut être appelé")
    added.locator("input[name=phone_id]").check()
    expect(page.locator("[data-number-of-call]")).to_contain_text("77")
    assert page.locator("textarea[name=note]").input_value() == TYPED
    assert page.evaluate("window.sameDocument")
