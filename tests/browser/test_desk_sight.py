"""What stays in sight on the call desk covers nothing that has the focus."""

from itertools import pairwise

from playwright.sync_api import Page, expect

from tests.browser.test_desk_leaving import open_desk
from tests.browser.tools import LiveServer

SENSITIVE = "IBAN FR76 3000 6000 0112 3456 7890 189, un cancer."
# How many pixels of the focused element's edge the header or the bar of buttons lies over.
PATIENCE_MS = 5_000
COVERED = """() => {
  const LINE = 32;
  const at = document.activeElement;
  const fixed = [".desk-header", ".desk-actions"].map(name => document.querySelector(name));
  if (!at.closest("main") || fixed.some(part => part.contains(at))) return 0;
  const [head, bar] = fixed.map(part => part.getBoundingClientRect());
  const box = at.getBoundingClientRect();
  // of a text of several lines the browser shows the one in which one writes
  const bottom = at.matches("textarea") ? box.top + LINE : box.bottom;
  const under = box.right > bar.left && box.left < bar.right ? bottom - bar.top : 0;
  const zone = at.closest(".desk-zone")?.getBoundingClientRect();
  const end = Math.min(bottom, box.top + LINE);
  const cut = zone ? Math.max(zone.top - box.top, end - zone.bottom) : 0;
  return Math.round(Math.max(0, head.bottom - box.top, under, cut));
}"""


def test_the_person_and_the_warnings_stay_in_sight(page: Page, live_server: LiveServer) -> None:
    live_server.sign_in(page, "mediator")
    open_desk(page, live_server)
    page.keyboard.press("1")
    note = page.locator("#note")
    note.fill(SENSITIVE)
    number, word = page.locator("#note-numbers"), page.locator("#note-words")
    bar = page.locator(".desk-actions")
    expect(word).to_contain_text("cancer")
    tops = [part.bounding_box() for part in (number, word, note, bar)]
    for above, below in pairwise(tops):
        assert above
        assert below
        assert above["y"] + above["height"] <= below["y"]
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport()

    number_of_call = page.locator("[name=phone_id]").last
    number_of_call.check()
    shown = number_of_call.get_attribute("data-number") or ""
    expect(page.locator("[data-number-of-call]")).to_have_text(shown)
    note.focus()
    expect(page.locator("[data-number-of-call]")).to_be_in_viewport()

    page.keyboard.press("Escape")
    page.keyboard.press("e")
    expect(page.locator(".plan-choice").first).to_be_visible()  # they make the page longer
    for key, presses in (("Tab", 40), ("Shift+Tab", 80)):
        for _ in range(presses):
            page.keyboard.press(key)
            page.wait_for_function(f"() => ({COVERED})() === 0", timeout=PATIENCE_MS)  # it scrolls
