"""What a person has a right to, in one call by keys: cheque, aid, referral, all in writing."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.tools import Keyboard, LiveServer

SAVED = "Enregistré :"


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
    expect(page.get_by_text("À dire : « D’après votre avis d’imposition")).to_be_visible()
    keyboard.activate("Retenir cette tranche")
    expect(page.locator("#cheque_eligibility_band")).not_to_have_value("")

    keyboard.press("Escape", "a")
    expect(page.locator("#fund-told [name=aid_missing_documents]:checked")).not_to_have_count(0)
    expect(page.get_by_label("La personne est d’accord pour la demande")).to_be_focused()
    keyboard.press("Space", "v")  # the nearest fund is proposed, and the nearest body
    choose(page, keyboard, "referral_reason", "referral_mode")
    expect(page.get_by_text("À lire à la personne, mot pour mot")).to_be_visible()
    keyboard.reach("La personne est d’accord pour cette orientation")
    keyboard.press("Space", "Escape", "Shift+W")
    page.get_by_role("radio", name="Courrier", exact=True).focus()
    keyboard.press("Space")
    expect(page.get_by_text("dans un courrier imprimé avec les prochains")).to_be_visible()
    return page.url.rsplit("/", 1)[1]


def save(page: Page, keyboard: Keyboard) -> None:
    """Come back to the person, and save without taking the next call."""
    keyboard.press("Escape", "s")
    expect(page.locator("#follow_up_at")).not_to_have_value("")
    page.get_by_role("button", name="Enregistrer", exact=True).press("Enter")
    expect(page.get_by_role("status").filter(has_text=SAVED)).to_be_visible()


def second_call(page: Page, keyboard: Keyboard) -> None:
    """All papers came, ticked one by one; the body helps."""
    keyboard.press("1", "u", "Shift+J")
    expect(page.get_by_role("heading", name="Où en est ce qui est en cours ?")).to_be_focused()
    papers = page.locator(".running-step [name$='-came']")
    for _paper in range(papers.count()):
        keyboard.press("Tab", "Space")
    for paper in papers.all():
        expect(paper).to_be_checked()
    helped = page.get_by_role("checkbox", name="Accompagnement commencé")
    keyboard.press(helped.get_attribute("data-key") or "")
    expect(helped).to_be_checked()


def test_rights_asked_for_in_a_call_are_followed_in_the_next(
    page: Page, keyboard: Keyboard, live_server: LiveServer, axe: Callable[[Page], None]
) -> None:
    live_server.sign_in(page, "mediator")
    case_id = talk(page, keyboard, live_server)
    axe(page)
    save(page, keyboard)
    page.goto(f"{live_server.url}/cases/{case_id}")
    reference = page.title().split()[0]
    axe(page)
    with page.expect_download() as sheet:
        keyboard.activate("Fiche d’orientation (PDF)")
    assert sheet.value.path().read_bytes().startswith(b"%PDF-")

    keyboard.activate("Ouvrir l’appel")
    page.wait_for_url("**/call/*", timeout=30_000)
    second_call(page, keyboard)
    axe(page)
    save(page, keyboard)
    page.goto(f"{live_server.url}/cases/{case_id}")
    expect(page.locator("#social + ul")).to_contain_text("Accompagnement commencé, ")
    keyboard.activate("Déposée : Aide")
    expect(page.get_by_role("status").filter(has_text="C’est noté.")).to_be_visible()
    axe(page)

    page.goto(f"{live_server.url}/tasks")
    keyboard.fill("Référence, nom, téléphone ou commune", reference)
    keyboard.press("Enter")
    line = page.get_by_role("row").filter(has_text=reference).filter(has_text="Déposée")
    expect(line.get_by_text("sans réponse, nous le relançons le")).to_be_visible()
    axe(page)

    page.context.clear_cookies()
    live_server.sign_in(page, "lead")
    page.goto(f"{live_server.url}/letters/print")
    waiting = page.get_by_role("row").filter(has_text=reference)
    expect(waiting.get_by_text("Ce qui a été convenu", exact=True).first).to_be_visible()
    axe(page)
