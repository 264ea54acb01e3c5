"""The second call of a person with a plan, an aid and a referral: all moved on by keys."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.test_desk_leaving import open_desk
from tests.browser.tools import Keyboard, LiveServer, unfold_plan

SECOND_CALL = ("1", "u", "Shift+J", "1", "2", "5", "s", "Control+Enter")


def first_call(page: Page, server: LiveServer) -> str:
    """Agree on a plan, an aid and a referral; gives the id of the case."""
    case_id = open_desk(page, server).rsplit("/", 1)[1]
    page.keyboard.press("1")
    page.keyboard.press("u")
    page.keyboard.press("e")
    page.get_by_label("Nombre d’échéances").fill("6")
    unfold_plan(page)
    page.get_by_label("Première échéance", exact=True).fill("2026-12-05")
    page.locator("[name=acts][value=aid_opened]").check()
    page.locator("#aid_fund").select_option(index=1)
    page.locator("#aid_consent").check()
    page.locator("[name=aid_missing_documents][value=income]").check()
    page.locator("[name=acts][value=referral]").check()
    for name in ("body", "reason", "mode"):
        page.locator(f"#referral_{name}").select_option(index=1)
    page.locator("#referral_consent").check()
    page.keyboard.press("s")
    expect(page.locator("#follow_up_at")).not_to_have_value("")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Enregistré :")).to_be_visible()
    return case_id


def test_what_runs_is_moved_on_in_eight_keys(
    page: Page, keyboard: Keyboard, live_server: LiveServer, axe: Callable[[Page], None]
) -> None:
    assert len(SECOND_CALL) < 10  # under ten keys
    live_server.sign_in(page, "mediator")
    case_id = first_call(page, live_server)
    page.goto(f"{live_server.url}/cases/{case_id}")
    block = page.get_by_role("region", name="En cours avec cette personne")
    expect(block.get_by_text("Prochaine échéance (7 déc. 2026)")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Ouvrir l’appel").click()
    page.wait_for_url("**/call/*")

    keyboard.press(*SECOND_CALL[:3])
    expect(page.get_by_role("heading", name="Où en est ce qui est en cours ?")).to_be_focused()
    keyboard.press(*SECOND_CALL[3:6])
    for said in ("Dit avoir payé", "Dossier complet", "La personne a été reçue"):
        expect(page.get_by_role("checkbox", name=said)).to_be_checked()
    axe(page)
    keyboard.press("s")
    expect(page.locator("#follow_up_at")).not_to_have_value("")  # the soonest next date
    keyboard.press("Control+Enter")
    expect(page.get_by_role("status").filter(has_text="Enregistré :")).to_be_visible()

    page.goto(f"{live_server.url}/cases/{case_id}")
    expect(block.get_by_text("La personne a été reçue, 23 nov. 2026")).to_be_visible()
    expect(block.get_by_text("Dossier complet", exact=True)).to_be_visible()
    expect(page.get_by_text("Dit avoir payé (23 nov. 2026)")).to_be_visible()
