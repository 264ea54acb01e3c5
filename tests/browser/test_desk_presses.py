"""How many presses a call takes: the commonest ones and long conversations, by keys alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_desk_leaving import open_desk
from tests.browser.tools import LiveServer

SAVE = "Control+Enter"
# call → what is pressed, how many presses are allowed at most, what the line says that was saved
CALLS = {
    "no answer": (("4", SAVE), 2, "absent"),
    "voicemail": (("7", SAVE), 2, "répondeur, sans message"),
    "callback tomorrow at ten": (("3", "Enter", SAVE), 4, "rappel convenu"),
    "plan of six and a follow-up": (("1", "u", "e", "y", "s", SAVE), 7, "échéancier 6 ×"),
    "aid, referral and a follow-up": (
        ("1", "u", "a", "Space", "v", "ArrowDown", "Tab", "ArrowDown", "Tab", "Space", "s", SAVE),
        14,
        "demande d’aide, orientation",
    ),
}
# what has come before the next key is pressed, as a person sees it
AWAITED = {
    "e": "#plan-choice-y",
    "v": "#referral_reason:focus",
    "s": "#proposals [data-pick]",
}
CONSENT = ".consent-text"


@pytest.mark.parametrize("call", CALLS)
def test_presses(
    page: Page, live_server: LiveServer, axe: Callable[[Page], None], call: str
) -> None:
    presses, most, saved = CALLS[call]
    assert len(presses) <= most
    live_server.sign_in(page, "mediator")
    open_desk(page, live_server)
    for at, key in enumerate(presses):
        if key == SAVE:
            expect(page.locator("#what-follows")).not_to_be_empty()
        page.keyboard.press(key)
        if key in AWAITED:
            expect(page.locator(AWAITED[key]).first).to_be_visible()
        if key == "ArrowDown" and presses[at + 2] == "Space":
            expect(page.locator(CONSENT)).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Enregistré :")).to_contain_text(saved)
    axe(page)
