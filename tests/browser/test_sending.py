"""Every form is sent once, by the one guard of `static/js/core/forms.js`."""

from playwright.sync_api import Page, Request, Route, expect

from tests.browser.test_desk_leaving import SECOND, open_desk
from tests.browser.tools import LiveServer, Watch

TWICE = "(button) => { button.click(); button.click(); }"


def requests(page: Page, method: str, address: str) -> list[str]:
    """The requests to an address from now on."""
    found: list[str] = []

    def note(request: Request) -> None:
        if (request.method, request.url) == (method, address):
            found.append(request.url)

    page.on("request", note)
    return found


def test_a_double_click_on_save_and_next_saves_once(page: Page, live_server: LiveServer) -> None:
    live_server.sign_in(page, "mediator")
    desk = open_desk(page, live_server)
    saves = requests(page, "POST", desk)
    page.keyboard.press("4")
    page.locator("[data-save]").evaluate(TWICE)
    page.wait_for_url(lambda address: address != desk)
    expect(page.locator("main")).to_contain_text("L’appel est enregistré.")
    assert len(saves) == 1


def test_a_save_that_was_stopped_can_be_sent_again(
    page: Page, live_server: LiveServer, watch: Watch
) -> None:
    live_server.sign_in(page, "mediator")
    page.clock.install()
    desk = open_desk(page, live_server)
    page.keyboard.press("4")
    save = page.locator("[data-save]")
    page.route("**/draft", lambda route: route.abort())
    save.evaluate(TWICE)
    expect(page.locator("#desk-notice")).to_be_focused()
    expect(save).not_to_have_attribute("aria-busy", "true")
    page.unroute("**/draft")
    saves = requests(page, "POST", desk)
    save.click()
    expect(page.locator("main")).to_contain_text("L’appel est enregistré.")
    assert len(saves) == 1
    watch.expect("ERR_FAILED")


def test_a_form_is_busy_until_back_shows_it_again(page: Page, live_server: LiveServer) -> None:
    live_server.sign_in(page, "mediator")
    page.goto(f"{live_server.url}/account")
    other = page.get_by_role("button", name="English")
    sent: list[Route] = []

    def stay(route: Route) -> None:
        sent.append(route)
        route.fulfill(status=204)

    page.route("**/language", stay)
    other.evaluate(TWICE)
    expect(other).to_have_attribute("aria-busy", "true")
    other.click()
    assert len(sent) == 1
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(other).not_to_have_attribute("aria-busy", "true")
    expect(other).to_have_text("English")


def test_the_board_tells_that_the_session_is_over(page: Page, live_server: LiveServer) -> None:
    live_server.sign_in(page, "lead")
    page.clock.install()
    page.goto(f"{live_server.url}/team")
    shown = page.locator("[data-live]").inner_text()
    page.context.clear_cookies()
    page.clock.run_for(21 * SECOND)
    expect(page.locator("#session-over")).to_be_visible()
    assert page.locator("[data-live]").inner_text() == shown


def test_a_page_that_nobody_looks_at_asks_for_nothing(page: Page, live_server: LiveServer) -> None:
    live_server.sign_in(page, "lead")
    page.clock.install()
    page.goto(f"{live_server.url}/team")
    asked = requests(page, "GET", page.url)
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    page.clock.run_for(61 * SECOND)
    assert asked == []
    page.evaluate("delete document.hidden")
    with page.expect_response("**/team"):
        page.clock.run_for(21 * SECOND)
