"""The whole story in a real browser: a file becomes calls, outcomes, a ledger, a return.

A lead imports a weekly file and spreads it; a mediator calls through the queue and records a
payment plan, an aid request, a referral and the energy cheque; the next week's file and the
payments file come in; the partner downloads its return, and its figures are right.
"""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.tools import Keyboard, LiveServer, guide_step, unfold_plan
from tests.conftest import SAMPLES

EXPECTED = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
REFERENCE = re.compile(r"[A-Z]{3}\d{9,}[A-Z]?")
ACTS = ("plan_agreed", "aid_opened", "referral", "energy_cheque_awareness")
CLOSURES = {
    "plan_agreed": "plan_running",
    "aid_opened": "aid_pending",
    "referral": "referred",
    "energy_cheque_awareness": "informed_only",
}

TOLD = {"aid_opened": "social_support", "referral": "social_support"}  # all that a partner reads


def import_file(page: Page, server: LiveServer, name: str, partner: str = "EDF") -> None:
    """Send a sample, look at the preview, answer that its amounts count, import it."""
    page.goto(f"{server.url}/files/new")
    page.set_input_files("#file", SAMPLES / name)
    page.get_by_label("Partenaire").select_option(label=partner)
    page.get_by_role("button", name="Vérifier le fichier").click()
    expect(page.get_by_role("button", name="Importer", exact=True).first).to_be_visible()
    older = page.get_by_role("group", name=re.compile("Un fichier plus récent"))
    if older.count():  # the demo has last week's
        go_on = older.locator("button[value=go_on]")
        go_on.click()
        expect(go_on).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Importer", exact=True).first.click()
    expect(page.locator("main")).to_contain_text("Importé")


def fill_act(page: Page, act: str) -> None:
    """Answer what the act asks."""
    if act == "plan_agreed":
        page.get_by_label("Montant à étaler").fill("40,00")
        page.get_by_label("Nombre d’échéances").fill("3")
        unfold_plan(page)
        page.get_by_label("Première échéance", exact=True).fill("2026-12-12")
        expect(page.locator("#schedule")).to_contain_text("14 déc. 2026")
        expect(page.locator("#schedule")).to_contain_text("13,34")
    elif act == "aid_opened":
        page.get_by_label("Fonds", exact=True).select_option(label="FSL énergie")
        page.get_by_label("La personne est d’accord pour la demande").check()
    elif act == "referral":
        page.locator("#referral_body").select_option(label="CCAS / CIAS")
        page.locator("#referral_reason").select_option("budget")
        page.locator("#referral_mode").select_option("coordinates_given")
        page.get_by_label("La personne est d’accord pour cette orientation").check()
    else:
        page.locator("[name=cheque_status]").select_option("received_unused")
        page.locator("[name=cheque_topics][value=preassignment]").check()


def record_call(page: Page, act: str) -> str:
    """Record on the open desk a call that reached the holder, with one act; gives the reference."""
    reference = REFERENCE.search(page.locator(".desk-right").inner_text())
    assert reference is not None
    page.locator("input[name=result][value=reached_holder]").check()
    page.get_by_label("Identité vérifiée").check()
    guide_step(page, "Convenir")
    page.locator(f"input[name=acts][value={act}]").check()
    fill_act(page, act)
    guide_step(page, "Clore")
    page.locator("input[name=next_step][value=close]").check()
    page.get_by_label("Clôture", exact=True).select_option(CLOSURES[act])
    return reference.group(0)


def test_the_whole_story_with_the_mouse(
    open_page: Callable[..., Page], live_server: LiveServer, tmp_path: Path
) -> None:
    lead, mediator, partner = open_page(), open_page(), open_page()
    live_server.sign_in(lead, "lead")
    import_file(lead, live_server, "edf-impayes-2026-S46.csv")
    expect(lead.locator("main")).to_contain_text(str(EXPECTED["edf_week"]["created"]))
    spread_over_two(lead, live_server)

    live_server.sign_in(mediator, "mediator")
    done = call_through_the_queue(mediator)

    import_file(lead, live_server, "edf-impayes-2026-S47.csv")
    import_file(lead, live_server, "edf-reglements-2026-S47.csv")
    hand_over_return(lead, live_server)

    live_server.sign_in(partner, "partner")
    check_return(partner, live_server, done)


def spread_over_two(lead: Page, server: LiveServer) -> None:
    """Spread what is to be assigned over the first two mediators, after a preview."""
    lead.goto(f"{server.url}/assign")
    boxes = lead.locator("input[name=mediator]")
    for position in range(boxes.count()):
        boxes.nth(position).set_checked(position < 2)
    lead.get_by_role("button", name="Voir la répartition").click()
    lead.get_by_role("button", name=re.compile(r"^Répartir \d")).click()
    expect(lead.locator("main")).to_contain_text("Tout est réparti")


def call_through_the_queue(mediator: Page) -> dict[str, str]:
    """Four calls in a row, one act each; gives {reference: act}."""
    mediator.get_by_role("button", name="Appel suivant").click()
    done = {}
    for act in ACTS:
        done[record_call(mediator, act)] = act
        last = act == ACTS[-1]
        name = "Enregistrer" if last else "Enregistrer et suivant"
        desk = mediator.url
        mediator.get_by_role("button", name=name, exact=last).click()
        mediator.wait_for_url(lambda address, desk=desk: address != desk)
        expect(mediator.locator("main")).to_contain_text("Enregistré :")
    assert len(done) == len(ACTS)
    return done


def hand_over_return(lead: Page, server: LiveServer) -> None:
    """Make EDF's return of the week as CSV."""
    lead.goto(f"{server.url}/reports?period=2026-W48")
    form = lead.locator("form[action='/reports/deliver']")
    form.get_by_label("Partenaire").select_option(label="EDF")
    form.get_by_label("Format").select_option("csv")
    form.get_by_role("button", name="Remettre le retour").click()
    expect(lead.locator("main")).to_contain_text("remis")


def check_return(partner: Page, server: LiveServer, done: dict[str, str]) -> None:
    """Download the return and compare it with what was done and what the files said."""
    partner.goto(f"{server.url}/partner/deliveries")
    with partner.expect_download() as waiting:
        partner.get_by_role("button", name="CSV").first.click()
    content = Path(waiting.value.path()).read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content), delimiter=";"))
    own = {reference: act for reference, act in done.items() if reference.startswith("EDF")}
    assert own, f"no call of the story was for EDF: {done}"
    for reference, act in own.items():
        # A closed reference that comes again in the next file is a new case beside the first.
        (called,) = (row for row in rows if row["Référence dossier"] == reference and row["Actes"])
        assert TOLD.get(act, act) in called["Actes"]
        assert called["Clôture"] == TOLD.get(act, CLOSURES[act])
        assert called["Appels"] == "1"
    money = {row["Référence dossier"]: (row["Confirmé"], row["Solde"]) for row in rows}
    assert money["EDF2631810800"] == ("14,70", "129,47")
    assert money["EDF2645005016"] == ("65,99", "39,59")
    assert not any(word in content for word in ("BONNET", "GARNIER", "Léa"))


def test_a_call_with_the_keyboard_only(
    page: Page, keyboard: Keyboard, live_server: LiveServer
) -> None:
    login = live_server.login("mediator")
    page.goto(f"{live_server.url}/login")
    page.locator("body").focus()
    keyboard.type(login["email"])
    keyboard.fill("Mot de passe", login["password"])
    keyboard.press("Enter")
    page.wait_for_url("**/queue")
    keyboard.press("n")
    page.wait_for_url("**/call/*")
    desk = page.url.removeprefix(live_server.url)
    keyboard.press("1", "u", "e")
    focused(page, "plan_amount")
    keyboard.press("ControlOrMeta+a")
    keyboard.type("40,00")
    keyboard.fill("Nombre d’échéances", "2")
    keyboard.reach("Jour du mois")
    keyboard.press("ArrowDown")
    keyboard.press("Escape", "k")
    focused(page, "closure")
    expect(page.locator("#closure")).to_have_value("plan_running")
    keyboard.press("ControlOrMeta+Enter")
    page.wait_for_url(lambda address: not address.endswith(desk))
    expect(page.locator("main")).to_contain_text("Enregistré :")


def focused(page: Page, name: str) -> None:
    """The key led to this field."""
    expect(page.locator(f"[name={name}]")).to_be_focused()
