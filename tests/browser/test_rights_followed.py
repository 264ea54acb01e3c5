"""What a person has a right to, in one call by keys: cheque, aid, referral, all in writing."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.tools import Keyboard, LiveServer

SAVED = "L'appel est enregistré."


def choose(page: Page, keyboard: Keyboard, *controls: str) -> None:
    """The first entry of each list, by keys: the lists follow one another from the focus on."""
    for name in controls:
        for _press in range(40):
            if page.evaluate("document.activeElement.id") == name:
                break
            keyboard.press("Tab")
        expect(page.locator(f"#{name}")).to_be_focused()
        keyboard.press("ArrowDown")
        expect(page.locator(f"#{name}")).not_to_have_value("")


def talk(page: Page, keyboard: Keyboard, server: LiveServer) -> str:
    """The first call: cheque, request for aid, referral, all of it in writing; gives the case."""
    page.goto(f"{server.url}/queue")
    keyboard.press("n")
    page.wait_for_url("**/call/*", timeout=30_000)
    keyboard.press("1", "u", "h")
    choose(page, keyboard, "cheque_status")
    keyboard.reach("Réception vérifiée")
    keyboard.press("Space")
    keyboard.activate("Estimer le droit")
    keyboard.fill("Revenu fiscal de référence", "9800")
    expect(page.get_by_text("À dire : « D'après votre avis d'imposition")).to_be_visible()
    keyboard.activate("Retenir cette tranche")
    expect(page.locator("#cheque_eligibility_band")).not_to_have_value("")

    keyboard.press("Escape", "a")
    choose(page, keyboard, "aid_fund")
    expect(page.locator("#fund-told [name=aid_missing_documents]:checked")).not_to_have_count(0)
    keyboard.reach("La personne est d'accord pour la demande")
    keyboard.press("Space", "Escape", "v")
    choose(page, keyboard, "referral_body", "referral_reason", "referral_mode")
    expect(page.get_by_text("À lire à la personne, mot pour mot")).to_be_visible()
    keyboard.reach("La personne est d'accord pour cette orientation")
    keyboard.press("Space", "Escape", "Shift+W")
    page.get_by_role("radio", name="Courrier", exact=True).focus()
    keyboard.press("Space")
    expect(page.get_by_text("part au prochain lot")).to_be_visible()
    return page.url.rsplit("/", 1)[1]


def test_a_call_checks_rights_asks_for_aid_refers_and_writes_by_keys(
    page: Page, keyboard: Keyboard, live_server: LiveServer, axe: Callable[[Page], None]
) -> None:
    live_server.sign_in(page, "mediator")
    case_id = talk(page, keyboard, live_server)
    axe(page)
    keyboard.press("Escape", "s")
    expect(page.locator("#follow_up_at")).not_to_have_value("")
    keyboard.press("Control+Enter")
    expect(page.get_by_role("status").filter(has_text=SAVED)).to_be_visible()

    page.goto(f"{live_server.url}/cases/{case_id}")
    axe(page)
    with page.expect_download() as sheet:
        keyboard.activate("Fiche d'orientation (PDF)")
    assert sheet.value.path().read_bytes().startswith(b"%PDF-")
