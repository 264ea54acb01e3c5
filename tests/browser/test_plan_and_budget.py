"""A plan of six instalments with its budget, by keys alone; and the same plan anew."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser.test_desk_leaving import open_desk
from tests.browser.tools import Keyboard, LiveServer

FIGURES = ("1450", "320", "520", "110", "150")
AMOUNTS = ("1450", "320,00")


def is_summary(answer: Response) -> bool:
    return answer.url.endswith("/budget.pdf")


def type_figures(keyboard: Keyboard) -> None:
    """Each figure is ended by Enter, which leads to the next one."""
    for figure in FIGURES:
        keyboard.type(figure)
        if figure != FIGURES[-1]:
            keyboard.press("Enter")


def test_six_instalments_and_a_budget_in_seven_keys_beyond_the_figures(
    page: Page, keyboard: Keyboard, live_server: LiveServer, axe: Callable[[Page], None]
) -> None:
    live_server.sign_in(page, "mediator")
    open_desk(page, live_server)
    case_id = page.url.rsplit("/", 1)[1]
    keyboard.press("1", "u", "e")  # who answers, identity, a plan
    expect(page.get_by_label("Montant à étaler")).to_be_focused()
    choices = page.get_by_role("group", name="Échéanciers possibles")
    expect(choices.get_by_role("button")).to_have_count(4)

    keyboard.press("f")  # the budget, from within the amount
    expect(page.get_by_label("Salaires, chômage")).to_be_focused()
    type_figures(keyboard)
    expect(page.get_by_label("Autres charges", exact=True)).to_have_value("150")
    expect(choices.get_by_text("Le budget tient")).to_have_count(4)
    expect(page.locator("#budget-findings")).to_contain_text("990,00")

    keyboard.press("y")  # six times
    expect(page.get_by_label("Nombre d’échéances")).to_have_value("6")
    expect(page.get_by_label("Première échéance", exact=True)).to_have_value("2026-12-05")
    chosen = choices.get_by_role("button", pressed=True)
    expect(chosen).to_contain_text("6 ×")
    expect(chosen).to_be_focused()
    axe(page)

    keyboard.press("k")
    expect(page.get_by_label("Clôture")).to_have_value("plan_running")
    keyboard.press("Control+Enter")
    expect(page.get_by_role("status").filter(has_text="Enregistré :")).to_be_visible()
    expect(page.get_by_role("link", name="Courrier d’accord de l’échéancier")).to_be_visible()

    page.goto(f"{live_server.url}/cases/{case_id}")
    expect(page.get_by_text("Clos : Échéancier en cours")).to_be_visible()
    expect(page.get_by_text("montants non gardés")).to_be_visible()
    assert not any(amount in page.content() for amount in AMOUNTS)
    with page.expect_download() as letter:
        page.get_by_role("link", name="Courrier d’accord (PDF)", exact=True).click()
    assert letter.value.suggested_filename.startswith("echeancier-")
    axe(page)


def test_the_budget_is_a_document_and_no_draft(
    page: Page, keyboard: Keyboard, live_server: LiveServer, axe: Callable[[Page], None]
) -> None:
    live_server.sign_in(page, "mediator")
    open_desk(page, live_server)
    with page.expect_request(lambda asked: asked.url.endswith("/draft")) as draft:
        keyboard.press("1", "u", "e", "f")
        type_figures(keyboard)
        expect(page.locator("#saved")).to_have_text("Saisie conservée")
    assert "budget_income" not in (draft.value.post_data or "")
    page.get_by_label("La personne accepte que son budget soit gardé").check()
    with page.context.expect_event("response", is_summary) as summary:  # in a tab of its own
        page.get_by_role("button", name="Synthèse à signer (PDF)").click()
    assert summary.value.headers["content-type"] == "application/pdf"
    keyboard.press("y")
    expect(page.get_by_label("Nombre d’échéances")).to_have_value("6")
    keyboard.press("k")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Enregistré :")).to_be_visible()


@pytest.mark.parametrize("key", ["x", "z"])
def test_letters_are_letters_elsewhere(
    page: Page, keyboard: Keyboard, live_server: LiveServer, key: str
) -> None:
    live_server.sign_in(page, "mediator")
    open_desk(page, live_server)
    keyboard.press("1", "u", "e")
    expect(page.get_by_role("group", name="Échéanciers possibles")).to_be_visible()
    note = page.locator("#note")
    note.focus()
    keyboard.type(key)
    expect(note).to_have_value(key)
    expect(page.get_by_label("Nombre d’échéances")).to_have_value("")
