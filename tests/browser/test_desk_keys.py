"""The keys of the call desk: French digits, what has the focus, one stop for a week, a switch."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.test_desk_leaving import open_desk
from tests.browser.tools import LiveServer

FRENCH_4 = """shift => document.activeElement.dispatchEvent(new KeyboardEvent("keydown",
  {key: shift ? "§" : "'", code: "Digit4", shiftKey: shift, bubbles: true}))"""
SLOW_MS = 700  # between two letters of somebody who looks for them
PAUSE_MS = 1000  # longer than a word goes on (core/typed_sentence.js)
SLOTS = ".agenda [data-pick]"
STOP = f"{SLOTS}[tabindex='0']"
# As htmx would bring it: folded, each hour a stop of its own.
LATER = """agenda => {
  const later = agenda.cloneNode(true);
  later.hidden = true;
  for (const slot of later.querySelectorAll("[data-pick]")) slot.removeAttribute("tabindex");
  agenda.replaceWith(later);
}"""


def test_one_hand_on_a_french_keyboard(
    page: Page, live_server: LiveServer, axe: Callable[[Page], None]
) -> None:
    page.clock.install()
    live_server.sign_in(page, "mediator")
    open_desk(page, live_server)
    absent = page.locator("[name=result][value=no_answer]")
    page.evaluate(FRENCH_4, True)
    expect(absent).not_to_be_checked()
    page.clock.fast_forward(PAUSE_MS)
    page.evaluate(FRENCH_4, False)
    expect(absent).to_be_checked()
    page.keyboard.press("Control+Enter")

    expect(page.get_by_role("status").filter(has_text="Enregistré :")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    axe(page)
    page.locator("#call-form[data-parts]").wait_for()  # its keys are there
    page.keyboard.press("1")
    page.keyboard.press("e")
    page.keyboard.type("60")
    expect(page.get_by_label("Montant à étaler")).to_have_value("60")

    page.get_by_label("Nombre d’échéances").fill("2")
    page.get_by_text("Premier versement, montant de chacune").click()
    page.get_by_label("Première échéance", exact=True).fill("2026-12-14")
    said = page.get_by_role("status").filter(has_text="Calendrier calculé")
    expect(said).to_contain_text("2 échéances, 60,00")
    expect(said.get_by_role("table")).to_have_count(0)


def test_a_week_is_one_stop(page: Page, live_server: LiveServer) -> None:
    live_server.sign_in(page, "mediator")
    open_desk(page, live_server)
    page.keyboard.press("3")
    for _ in range(2):
        expect(page.locator(STOP)).to_have_count(1)
        expect(page.locator(".agenda")).to_be_visible()
        page.locator(STOP).focus()
        start = page.locator(STOP).get_attribute("data-pick")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowLeft")
        assert page.locator(STOP).get_attribute("data-pick") == start
        page.keyboard.press("Control+End")
        expect(page.locator(SLOTS).last).to_be_focused()
        page.keyboard.press("Home")
        expect(page.locator(STOP)).to_be_focused()
        chosen = page.locator(STOP).get_attribute("data-pick") or ""
        assert chosen != start
        page.keyboard.press("Tab")
        expect(page.locator(f"{SLOTS}:focus")).to_have_count(0)
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#callback_at")).to_have_value(chosen)
        page.locator(".agenda").evaluate(LATER)


def test_one_key_shortcuts_can_be_switched_off(page: Page, live_server: LiveServer) -> None:
    live_server.sign_in(page, "mediator")
    page.goto(f"{live_server.url}/account")
    switch = page.get_by_role("switch", name="Raccourcis à une touche")
    expect(switch).to_be_checked()
    switch.uncheck()
    open_desk(page, live_server)
    expect(page.locator("kbd").filter(visible=True)).to_have_text(["Ctrl ↵"])
    page.keyboard.press("4")
    expect(page.locator("[name=result]:checked")).to_have_count(0)
    expect(page.locator("[aria-keyshortcuts]")).to_have_count(1)
    page.goto(f"{live_server.url}/account")
    expect(switch).not_to_be_checked()
    switch.check()
    page.goto(f"{live_server.url}/queue")
    expect(page.locator("main .next-call kbd")).to_be_visible()
    expect(page.locator("[data-shortcut=n]")).to_have_attribute("aria-keyshortcuts", "N")


FRENCH_ROW = "&é\"'(-è_çà"
CHOSEN = "#call-form input[name=result]:checked, #call-form input[name=acts]:enabled:checked"


def type_in_french(page: Page, text: str, *, pace: int = 60) -> None:
    """Keys as a French keyboard sends them, `pace` milliseconds apart."""
    keys = page.context.new_cdp_session(page)
    for sign in text:
        at = FRENCH_ROW.find(sign)
        code = f"Digit{(at + 1) % 10}" if at >= 0 else "Space" if sign == " " else "KeyX"
        key = {"key": sign, "code": code, "text": sign, "unmodifiedText": sign}
        shift = 8 if sign.isupper() else 0
        keys.send("Input.dispatchKeyEvent", {"type": "keyDown", "modifiers": shift, **key})
        keys.send("Input.dispatchKeyEvent", {"type": "keyUp", "key": sign, "code": code})
        page.clock.fast_forward(pace)


def reach_the_holder(page: Page) -> None:
    """The holder was reached; then a while in which nothing is pressed."""
    page.keyboard.press("Escape")
    page.clock.fast_forward(PAUSE_MS)
    page.keyboard.press("1")
    page.clock.fast_forward(PAUSE_MS)


def test_a_sentence_on_a_french_keyboard_chooses_nothing(
    page: Page, live_server: LiveServer
) -> None:
    page.clock.install()
    live_server.sign_in(page, "mediator")
    open_desk(page, live_server)
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.url))
    note = page.locator("#note")
    for said, pace in (
        ("ça va mieux", 60),  # leads into a list
        ("l’appel a été coupé", 60),
        ("un ami", 60),  # the key of the note
        ("fin de mois", 60),  # a phrase, a result and the key of the note
        ("Gaz coupé", 60),  # the key that asks for help
        ("Une voisine", 60),  # a dialog
        ("pas de réponse", 60),  # a number
        ("pas là", SLOW_MS),
        ("fin de mois", SLOW_MS),
        ("avec lui", SLOW_MS),  # opens an aid, and leads into its list
        ("elle", SLOW_MS),  # opens a plan, and leads into its amount
    ):
        note.fill("")
        note.press("Escape")
        page.clock.fast_forward(PAUSE_MS)
        type_in_french(page, said, pace=pace)
        expect(note).to_have_value(said)
        expect(page.locator(CHOSEN)).to_have_count(0)
        expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator("#call-form[data-dialled]")).to_have_count(0)
    note.fill("")
    reach_the_holder(page)
    type_in_french(page, "une fois", pace=SLOW_MS)  # identity, and the key of the note
    expect(note).to_have_value("une fois")
    expect(page.locator("#identity_checked")).not_to_be_checked()
    assert not [address for address in sent if address.endswith("/help")]


def test_a_double_press_confirms_nothing_final(page: Page, live_server: LiveServer) -> None:
    live_server.sign_in(page, "mediator")
    desk = open_desk(page, live_server)
    page.locator("input[name=result][value=opposed]").check()
    save = page.get_by_role("button", name="Enregistrer et suivant")
    save.dblclick()
    page.keyboard.down("Control")
    page.keyboard.down("Enter")
    page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    page.keyboard.up("Control")
    expect(page.get_by_role("alert").filter(has_text="C’est définitif.")).to_be_visible()
    assert page.url == desk
    asked = page.evaluate("performance.now()")
    page.wait_for_function("asked => performance.now() - asked > 1000", arg=asked)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").filter(has_text="Enregistré :")).to_be_visible()
