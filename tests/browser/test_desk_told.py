"""Where the focus is at the call desk, and what is read out: what has changed, once."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.test_desk_leaving import SECOND, open_desk
from tests.browser.tools import LiveServer, Watch

TAKEN = {"status": 409, "content_type": "application/json", "body": "{}"}
LEASE = 4 * 60 * SECOND
RETRY = 15 * SECOND
# Counts from now on how often words are written into live regions.
COUNT = """regions => {
  window.written = 0;
  const count = new MutationObserver(() => { window.written += 1; });
  for (const region of document.querySelectorAll(regions))
    count.observe(region, {childList: true, subtree: true, characterData: true});
}"""
# A plan typed elsewhere on the page, which proposes one more moment.
PLAN = """() => {
  document.getElementById("plan_first_due_on").value = "2026-12-14";
  const box = document.querySelector("[name=acts][value=plan_agreed]");
  box.checked = true;
  box.dispatchEvent(new Event("change", {bubbles: true}));
}"""


def test_the_desk_says_on_arrival_who_is_called_and_why(
    page: Page, live_server: LiveServer, axe: Callable[[Page], None]
) -> None:
    live_server.sign_in(page, "mediator")
    open_desk(page, live_server)
    name = page.get_by_role("heading", level=1)
    expect(name).to_be_focused()
    expect(name).to_have_accessible_description(
        re.compile(r"^(EDF|Engie|Veolia) · .+ · .+ essais? en \d+ jours")
    )
    caution = page.locator(".cautions li").first.inner_text().strip()
    expect(name).to_have_accessible_description(re.compile(re.escape(caution)))
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au résultat")).to_be_focused()
    axe(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Résultat de l’appel")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("[name=result]").first).to_be_focused()

    page.locator("#note").fill("Rappelle demain.")
    page.reload()
    expect(name).to_have_accessible_description(re.compile("Votre saisie est retrouvée"))


def test_a_proposed_moment_keeps_the_focus_and_is_told_once(
    page: Page, live_server: LiveServer
) -> None:
    live_server.sign_in(page, "mediator")
    open_desk(page, live_server)
    told = page.locator("#proposed")
    for key in "1as":
        page.keyboard.press(key)
        page.keyboard.press("Escape")
    expect(told).to_have_text("1 moment proposé")
    page.get_by_label("Un mot pour la suite").fill("Où en est la demande ?")
    page.evaluate(COUNT, "#proposed")
    with page.expect_response("**/next-step"):
        page.keyboard.press("Tab")
    proposals = page.locator("#proposals [data-pick]")
    expect(proposals).to_be_focused()
    page.evaluate(PLAN)
    expect(proposals).to_have_count(2)
    expect(proposals.first).to_be_focused()
    expect(told).to_have_text("2 moments proposés")
    moment = proposals.first.get_attribute("data-pick") or ""
    page.keyboard.press("Enter")
    expect(page.get_by_label("Quand", exact=True)).to_have_value(moment)
    assert page.evaluate("window.written") == 1


def test_words_that_have_not_changed_are_not_told_again(
    page: Page, live_server: LiveServer
) -> None:
    live_server.sign_in(page, "mediator")
    open_desk(page, live_server)
    note = page.locator("#note")
    note.fill("Il a un cancer")
    expect(page.locator("#note-words")).to_contain_text("cancer")
    page.evaluate(COUNT, "[role=status], [role=alert]")
    with page.expect_response("**/draft"):
        note.press("End")
        note.type(" depuis mai.")
    expect(page.locator("#saved")).to_have_text("Saisie conservée")
    assert page.evaluate("window.written") == 0


def test_a_save_that_meets_no_line_tells_why_and_goes_by_itself(
    page: Page, live_server: LiveServer, watch: Watch
) -> None:
    live_server.sign_in(page, "mediator")
    page.clock.install()
    open_desk(page, live_server)
    notice, note = page.locator("#desk-notice"), page.locator("#note")
    page.keyboard.press("4")
    page.route("**/draft", lambda route: route.abort())
    note.fill("Elle paiera lundi.")
    page.clock.fast_forward(3 * SECOND)
    expect(notice).to_be_visible()
    expect(note).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(notice).to_be_focused()
    expect(notice).to_be_in_viewport()
    page.unroute("**/draft")
    page.clock.fast_forward(RETRY)
    expect(page.locator("[data-saved]")).to_contain_text("Enregistré :")
    watch.expect("ERR_FAILED")


def test_a_save_that_lacks_something_does_not_go_by_itself(
    page: Page, live_server: LiveServer, watch: Watch
) -> None:
    live_server.sign_in(page, "mediator")
    page.clock.install()
    address = open_desk(page, live_server)
    notice = page.locator("#desk-notice")
    page.route("**/draft", lambda route: route.abort())
    page.locator("#note").fill("Elle paiera lundi.")
    page.keyboard.press("Control+Enter")
    expect(notice).to_be_visible()
    page.unroute("**/draft")
    page.clock.fast_forward(RETRY)
    expect(notice).to_be_hidden()
    expect(page.get_by_role("alert").filter(has_text="Choisissez d’abord")).to_be_visible()
    assert page.url == address
    watch.expect("ERR_FAILED")


def test_the_notice_goes_although_one_came_to_it_by_oneself(
    page: Page, live_server: LiveServer, watch: Watch
) -> None:
    live_server.sign_in(page, "mediator")
    page.clock.install()
    open_desk(page, live_server)
    notice = page.locator("#desk-notice")
    page.route("**/draft", lambda route: route.abort())
    page.locator("#note").fill("Elle paiera lundi.")
    page.clock.fast_forward(3 * SECOND)
    expect(notice).to_be_visible()
    notice.focus()
    page.unroute("**/draft")
    page.clock.fast_forward(RETRY)
    expect(notice).to_be_hidden()
    watch.expect("ERR_FAILED")


def test_a_case_back_in_the_queue_is_told_until_it_is_ours_again(
    page: Page, live_server: LiveServer, watch: Watch
) -> None:
    live_server.sign_in(page, "mediator")
    page.clock.install()
    open_desk(page, live_server)
    notice = page.locator("[data-notice=lease]")
    page.route("**/lease", lambda route: route.fulfill(**TAKEN))
    page.clock.fast_forward(LEASE)
    expect(notice).to_be_visible()
    watch.expect("409")
    page.locator("#note").fill("Toujours là.")
    with page.expect_response("**/draft"):
        page.clock.fast_forward(3 * SECOND)
    expect(page.locator("#saved")).to_have_text("Saisie conservée")
    expect(notice).to_be_visible()
    page.unroute("**/lease")
    page.clock.fast_forward(LEASE)
    expect(notice).to_be_hidden()


def test_the_step_of_the_guide_that_opens_has_the_focus(
    page: Page, live_server: LiveServer
) -> None:
    live_server.sign_in(page, "mediator")
    open_desk(page, live_server)
    heads = page.locator("[data-step] button")
    for index in range(1, heads.count()):
        page.keyboard.press("g")
        expect(heads.nth(index)).to_be_focused()
        words = page.locator(".guide-text").nth(index)
        expect(words).to_be_visible()
        expect(heads.nth(index)).to_have_accessible_description(words.inner_text())
    page.keyboard.press("g")
    expect(heads.last).to_be_focused()


def test_a_held_key_chooses_once_and_escape_leads_back_to_the_result(
    page: Page, live_server: LiveServer
) -> None:
    page.clock.install()
    live_server.sign_in(page, "mediator")
    open_desk(page, live_server)
    note = page.locator("#note")
    note.fill("Calme.")
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.keyboard.press("1")
    for key in "uun":
        page.keyboard.down(key)
    expect(page.locator("[name=identity_checked]")).to_be_checked()
    page.keyboard.down("n")
    page.keyboard.up("n")
    expect(note).to_have_value("Calme.")
    page.clock.fast_forward(SECOND)  # longer than a word goes on
    page.keyboard.type(" Oui.")
    expect(note).to_have_value("Calme. Oui.")
    page.keyboard.press("Escape")
    expect(page.locator("#chosen-result")).to_be_focused()
