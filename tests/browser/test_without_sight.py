"""Where the focus goes and what is said, for whoever uses the desk without seeing it."""

import re

from playwright.sync_api import Page, expect

from tests.browser.test_desk_leaving import open_desk
from tests.browser.tools import Keyboard, LiveServer, Watch


def test_one_refusal_tells_all_and_leads_to_each(
    page: Page, live_server: LiveServer, keyboard: Keyboard, watch: Watch
) -> None:
    live_server.sign_in(page, "mediator")
    open_desk(page, live_server)
    keyboard.press("1", "u", "e", "Escape", "s", "Escape", "Control+Enter")
    summary = page.get_by_role("alert").filter(has_text="Rien n’est enregistré")
    expect(summary).to_be_visible()
    watch.expect("422")
    expect(page.locator("[aria-invalid=true]").first).to_be_focused()

    summary.get_by_role("link", name="Quand").press("Enter")
    when = page.locator("#follow_up_at")
    expect(when).to_be_focused()
    expect(when).to_have_attribute("aria-invalid", "true")
    expect(when).to_have_accessible_description(re.compile("jour"))
    keyboard.press("Escape", "k")
    expect(page.get_by_label("Clôture")).to_be_visible()  # nothing is proposed of a plan half told


def test_a_filter_changed_by_keys_waits_for_its_button(
    page: Page, live_server: LiveServer, keyboard: Keyboard
) -> None:
    live_server.sign_in(page, "mediator")
    page.goto(f"{live_server.url}/cases")
    page.get_by_label("État").focus()
    keyboard.press("ArrowDown")
    expect(page).to_have_url(f"{live_server.url}/cases")
    keyboard.activate("Afficher")
    found = page.get_by_role("region", name="Dossiers")
    expect(found).to_be_focused()
    expect(found).to_have_accessible_description(page.locator("#list-count").inner_text())

    page.goto(f"{live_server.url}/tasks")
    page.get_by_label("Tout le site").click()
    page.wait_for_url("**all=1**")
    expect(page.get_by_label("Tout le site")).to_be_focused()


def test_a_caller_is_counted_aloud_and_found_by_enter(
    page: Page, live_server: LiveServer, keyboard: Keyboard
) -> None:
    live_server.sign_in(page, "mediator")
    page.goto(f"{live_server.url}/inbound")
    count = page.locator("[aria-live]").filter(visible=True)
    keyboard.type("arnaud")
    expect(count).to_have_text(re.compile("personnes"))
    keyboard.press("Enter")
    expect(count).to_be_focused()
    keyboard.reach("Prendre l’appel", most=1)


def test_each_follow_up_names_its_buttons_and_asks_for_a_date(
    page: Page, live_server: LiveServer, keyboard: Keyboard
) -> None:
    live_server.sign_in(page, "mediator")
    page.goto(f"{live_server.url}/tasks?due=today")
    done = page.get_by_role("button", name=re.compile("^Fait : "))
    row = page.get_by_role("row").filter(has=done).first
    name = row.get_by_role("rowheader").get_by_role("link").inner_text()
    expect(row.get_by_role("button", name=re.compile(f"^Fait : .+, {name}$"))).to_be_visible()
    row.locator("summary", has_text="Reporter").press("Enter")
    cancel = row.get_by_role("button", name=re.compile(f"^Annuler : .+, {name}$"))
    expect(cancel).to_be_visible()
    row.get_by_label("Nouvelle date").focus()
    keyboard.press("Enter")
    expect(page).to_have_url(f"{live_server.url}/tasks?due=today")
    expect(row.get_by_label("Nouvelle date")).to_be_focused()


def test_the_wrong_number_is_asked_for_in_its_dialog(
    page: Page, live_server: LiveServer, keyboard: Keyboard
) -> None:
    live_server.sign_in(page, "mediator")
    open_desk(page, live_server)
    page.locator("#leave-phone").evaluate("e => e.prepend(new Option('—', '', true, true))")
    keyboard.activate("Laisser sans résultat")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Le numéro n’est pas le bon").check()
    keyboard.activate("Laisser le dossier")
    expect(dialog).to_be_visible()
    expect(dialog.locator("select")).to_be_focused()
    dialog.get_by_label("Ouvert par erreur").check()
    keyboard.activate("Laisser le dossier")
    expect(page).to_have_url(re.compile("/queue$"))
