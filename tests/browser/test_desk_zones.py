"""The call desk as a cockpit: the page does not scroll, and what counts stays in sight."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_desk_leaving import open_desk
from tests.browser.tools import Keyboard, LiveServer

SCROLLS = "() => document.documentElement.scrollHeight - window.innerHeight"
SENTENCE = "Monsieur rappelle demain"
WORDS = "elle a tout payé"
PACE_MS = 60
PAUSE_MS = 1_000


def assert_in_sight(page: Page) -> None:
    """The page itself lies still; the person, the number, the debt and saving are there."""
    assert page.evaluate(SCROLLS) <= 0
    for place in ("h1", "[data-number-of-call]", ".desk-debt", "[data-save]"):
        expect(page.locator(place)).to_be_in_viewport()


def test_the_page_does_not_scroll_in_any_state(
    page: Page, keyboard: Keyboard, live_server: LiveServer, axe: Callable[[Page], None]
) -> None:
    live_server.sign_in(page, "mediator")
    open_desk(page, live_server)
    assert_in_sight(page)
    results = page.locator(".result")
    expect(results).to_have_count(18)
    for at in range(18):  # all of them above the bar
        expect(results.nth(at)).to_be_in_viewport(ratio=1)
    axe(page)
    chip = page.locator("#chosen-result")
    for keys, part in (
        ("1u", "[name=causes]"), ("e", "#plan_amount"), ("a", "#aid_consent"),
        ("v", "#referral_reason"), ("s", "#follow_up_at"), ("k", "#closure"),
    ):  # fmt: skip
        keyboard.press("Escape", *keys)
        expect(page.locator(part).first).to_be_visible()
        expect(chip).to_contain_text("Joint – titulaire")
        assert_in_sight(page)
        axe(page)
    keyboard.press("Escape", "Backspace")
    expect(results.first).to_be_visible()
    expect(page.locator("[name=result]:checked")).to_be_focused()
    page.set_viewport_size({"width": 1_100, "height": 720})  # one place for two zones
    assert_in_sight(page)
    history = page.get_by_role("heading", name="Historique")
    expect(history).to_be_hidden()
    page.get_by_label("Historique et dossier").check()
    expect(history).to_be_in_viewport()
    expect(page.locator(".desk-debt")).to_be_hidden()
    expect(page.locator(".desk-owed")).to_be_in_viewport()
    axe(page)


@pytest.mark.parametrize(("width", "height"), [(390, 844), (640, 360)])
def test_on_a_phone_and_at_twice_the_size_it_stays_in_reach(
    open_page: Callable[..., Page], live_server: LiveServer, width: int, height: int
) -> None:
    page = open_page(viewport={"width": width, "height": height})
    live_server.sign_in(page, "mediator")
    open_desk(page, live_server)
    page.locator("[name=result][value=reached_holder]").check(force=True)
    page.locator("[name=identity_checked]").check()
    page.mouse.wheel(0, 600)
    for place in ("h1", "[data-number-of-call]", ".desk-owed", "[data-save]"):
        expect(page.locator(place)).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_sentence_typed_on_the_page_goes_into_the_note(
    page: Page, keyboard: Keyboard, live_server: LiveServer
) -> None:
    page.clock.install()
    live_server.sign_in(page, "mediator")
    open_desk(page, live_server)
    note = page.locator("#note")
    page.keyboard.type(SENTENCE, delay=PACE_MS)
    expect(note).to_have_value(SENTENCE)
    expect(page.locator("[name=result]:checked")).to_have_count(0)
    note.fill("")
    keyboard.press("Escape", "1", "u")
    page.clock.fast_forward(PAUSE_MS)  # no word any more
    page.keyboard.type(WORDS, delay=PACE_MS)
    expect(note).to_have_value(WORDS)
    expect(page.locator("[name=acts]:checked")).to_have_count(0)


def test_what_is_final_is_asked_once_more(
    page: Page, keyboard: Keyboard, live_server: LiveServer, axe: Callable[[Page], None]
) -> None:
    page.clock.install()
    live_server.sign_in(page, "mediator")
    address = open_desk(page, live_server)
    keyboard.press("Control+Enter")
    held = page.get_by_role("alert").filter(has_text="Choisissez d’abord le résultat")
    expect(held).to_be_visible()
    keyboard.press("m")
    expect(page.locator("#what-follows")).to_contain_text("Le dossier se clôt")
    keyboard.press("Control+Enter")
    final = page.get_by_role("alert").filter(has_text="C’est définitif.")
    expect(final).to_be_visible()
    axe(page)
    assert page.url == address
    page.clock.fast_forward(PAUSE_MS)  # longer than a double press
    keyboard.press("Control+Enter")
    expect(page.get_by_role("status").filter(has_text="Enregistré :")).to_be_visible()
    keyboard.press("Shift+Z")
    expect(page.get_by_role("heading", name="Corriger l’appel")).to_be_visible()


def test_the_keys_are_told_under_the_question_mark(
    page: Page, live_server: LiveServer, axe: Callable[[Page], None]
) -> None:
    live_server.sign_in(page, "mediator")
    open_desk(page, live_server)
    page.keyboard.press("?")
    told = page.get_by_role("dialog", name="Les touches de cette page")
    expect(told).to_contain_text("Joint – titulaire")
    axe(page)
    page.keyboard.press("Escape")
    expect(told).to_be_hidden()
