"""Nothing typed is lost, however the desk is left; see `static/js/call_desk/save_on_leave.js`."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.tools import LiveServer

SECOND = 1000
HOLDS = "async ([page, text]) => (await (await fetch(page)).text()).includes(text)"


def open_desk(page: Page, server: LiveServer) -> str:
    """The next call; gives the address of its desk."""
    page.goto(f"{server.url}/queue")
    page.locator("[data-shortcut=n]").first.click()
    page.wait_for_url("**/call/*")
    page.locator("#call-form[data-parts]").wait_for()  # its keys are there
    return page.url


def test_what_is_typed_last_is_kept_however_one_leaves(
    open_page: Callable[..., Page], live_server: LiveServer
) -> None:
    page = open_page()
    live_server.sign_in(page, "mediator")
    desk = open_desk(page, live_server)
    note = page.locator("#note")

    note.fill("Rechargé.")
    page.reload()
    expect(page.locator("form:not([inert]) [name=note]")).to_have_value("Rechargé.")

    note.fill("Parti par le menu.")
    page.get_by_role("link", name="Dossiers").click()
    page.wait_for_url("**/cases")
    page.goto(desk)
    expect(note).to_have_value("Parti par le menu.")

    note.fill("Onglet fermé.")
    other_tab = page.context.new_page()
    other_tab.goto(f"{live_server.url}/queue")
    page.close(run_before_unload=True)
    other_tab.wait_for_function(HOLDS, arg=[desk, "Onglet fermé."])
    page = other_tab
    page.goto(desk)
    note = page.locator("#note")
    expect(note).to_have_value("Onglet fermé.")

    note.fill("Oubliez cela.")
    page.get_by_role("button", name="Repartir de zéro").click()
    expect(page.locator("main")).not_to_contain_text("Votre saisie est retrouvée")
    expect(note).to_have_value("")
    page.reload()
    expect(note).to_have_value("")


def test_a_draft_goes_ahead_of_leaving_the_case(page: Page, live_server: LiveServer) -> None:
    live_server.sign_in(page, "mediator")
    desk = open_desk(page, live_server)
    note = page.locator("#note")
    order: list[str] = []
    page.on("request", lambda request: order.append(request.url.rsplit("/", 1)[1]))
    note.fill("Il rappelle.")
    page.get_by_role("button", name="Laisser sans résultat").click()
    page.get_by_role("button", name="Laisser le dossier").click()
    page.wait_for_url("**/queue")
    assert [each for each in order if each in ("draft", "release")] == ["draft", "release"]
    page.goto(desk)
    expect(note).to_have_value("Il rappelle.")


def test_typing_that_never_pauses_is_kept(page: Page, live_server: LiveServer) -> None:
    live_server.sign_in(page, "mediator")
    open_desk(page, live_server)
    note = page.locator("#note")
    page.clock.install(time=0)
    page.clock.pause_at(SECOND)
    with page.expect_response("**/draft"):
        for letter in "abcd":
            note.press(letter)
            page.clock.run_for(SECOND)
