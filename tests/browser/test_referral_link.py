"""A referral's link: made on the case, answered without an account, seen in the case."""

import sqlite3
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.tools import LiveServer

LATEST = """
SELECT referral.case_id FROM referral
JOIN act ON act.id = referral.act_id JOIN case_file ON case_file.id = referral.case_id
JOIN user_account ON user_account.site_id = case_file.site_id
WHERE referral.mode = 'file_transmitted' AND act.voided_at IS NULL AND user_account.email = ?
ORDER BY referral.id DESC LIMIT 1
"""


def case_with_referral(server: LiveServer) -> int:
    """A case of the mediator's site whose person agreed that a body be written to."""
    email = server.login("mediator")["email"]
    with sqlite3.connect(server.instance / "energymed.sqlite") as database:
        return int(database.execute(LATEST, (email,)).fetchone()[0])


def test_a_body_answers_by_its_link(
    page: Page,
    open_page: Callable[..., Page],
    live_server: LiveServer,
    axe: Callable[[Page], None],
) -> None:
    case = f"{live_server.url}/cases/{case_with_referral(live_server)}"
    live_server.sign_in(page, "mediator")
    page.goto(case)
    page.get_by_role("button", name="Lien pour l’organisme").first.click()
    axe(page)
    address = page.get_by_label("Lien", exact=True).input_value()

    body = open_page(java_script_enabled=False)  # another browser, no account and no script
    body.goto(address)
    expect(body.get_by_role("heading", level=1)).to_contain_text("Orientation OR-")
    body.get_by_role("button", name="Personne rencontrée").click()
    expect(body.get_by_role("status")).to_contain_text("Merci, votre réponse est notée.")
    seeing = open_page()
    seeing.goto(address)
    axe(seeing)

    page.goto(case)
    expect(page.locator("#social + ul")).to_contain_text("dit par l’organisme")
    axe(page)
