"""A real organisation's first lead: second factor, recovery codes, out and in again, a passkey."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pyotp import TOTP

from tests.browser.conftest import command
from tests.browser.server import BEHIND
from tests.browser.tools import Watch, choose_password
from tests.guards.source import ROOT

EMAIL = "chef@mediation.example.org"
FIRST, PASSWORD = "tournevis bleu nuage", "quatre chevaux lisent dehors"
SETTING_UP = (
    (["init"], ""),
    (["site", "add", "valence", "Valence"], ""),
    (["user", "add", EMAIL, "--role", "lead", "--name", "Nadia Ferrand", "--password-stdin"],
     FIRST),
)  # fmt: skip


@pytest.fixture
def production(tmp_path: Path, watch: Watch) -> Iterator[str]:
    """The address of a production instance made by the command line alone, in the present."""
    arguments, environment = command("serve", tmp_path / "instance")
    environment |= {"ENERGYMED_SECRET_KEY": "a key of a test that signs sessions", BEHIND: "0"}
    for words, typed in SETTING_UP:
        subprocess.run(
            [sys.executable, "-m", "energymed", *words], env=environment, cwd=ROOT, input=typed,
            text=True, check=True, capture_output=True,
        )  # fmt: skip
    with subprocess.Popen(
        arguments, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())["url"].replace("127.0.0.1", "localhost")
        finally:
            watch.leave()
            process.terminate()
            process.wait(timeout=10)


def give_password(page: Page, url: str, password: str = PASSWORD) -> None:
    page.goto(f"{url}/login")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Mot de passe").fill(password)
    page.get_by_role("button", name="Se connecter").click()


def come_in_first(page: Page, url: str) -> None:
    """The password that somebody else chose opens one page alone: that of a new one."""
    give_password(page, url, FIRST)
    choose_password(page, FIRST, PASSWORD)


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url("**/login")


def enrol(page: Page) -> tuple[TOTP, list[str]]:
    """Scan the page, prove the key, keep the codes."""
    expect(page.get_by_role("heading", name="Un second facteur pour commencer")).to_be_visible()
    totp = TOTP("".join(page.locator(".typed-key").inner_text().split()))
    page.get_by_label("Code à six chiffres").fill(totp.now())
    page.get_by_role("button", name="Vérifier le code").click()
    expect(page.get_by_role("heading", name="Vos codes de secours")).to_be_visible()
    codes = page.locator("#codes code").all_inner_texts()
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger").click()
    assert all(code in Path(download.value.path()).read_text("utf-8") for code in codes)
    page.get_by_role("button", name="Continuer").click()  # not before the box is ticked
    expect(page.get_by_role("heading", name="Vos codes de secours")).to_be_visible()
    page.get_by_label("Je les ai gardés").check()
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url("**/files")
    return totp, codes


def ahead(totp: TOTP) -> str:
    """The code of the application's next half minute: this one's was just used."""
    return totp.at(time.time() + 30)


def test_a_lead_enrols_and_signs_in_by_code_and_by_recovery_code(
    page: Page, production: str, axe: Callable[[Page], None]
) -> None:
    come_in_first(page, production)
    axe(page)
    totp, codes = enrol(page)
    sign_out(page)
    give_password(page, production)
    page.get_by_label("Code à six chiffres").fill(ahead(totp))
    axe(page)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/files")
    sign_out(page)
    give_password(page, production)
    page.get_by_role("link", name="J’ai perdu mon téléphone").click()
    axe(page)
    page.get_by_label("Code de secours").fill(codes[3].upper())
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/files")
    page.goto(f"{production}/account")
    expect(page.get_by_text("Codes de secours restants : 9")).to_be_visible()
    axe(page)


def test_a_passkey_stands_in_for_the_code(page: Page, production: str) -> None:
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    stick = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
             "hasUserVerification": True, "isUserVerified": True}  # fmt: skip
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": stick})
    come_in_first(page, production)
    enrol(page)
    page.goto(f"{production}/account")
    page.get_by_role("link", name="Ajouter une clé d’accès").click()
    page.get_by_label("Nom de la clé").fill("Ordinateur du bureau")
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url("**/account")
    expect(page.locator(".passkey", has_text="Ordinateur du bureau")).to_be_visible()
    sign_out(page)
    give_password(page, production)
    page.get_by_role("button", name="Ma clé d’accès").click()
    page.get_by_role("button", name="Utiliser ma clé").click()
    page.wait_for_url("**/files")
    page.goto(f"{production}/account")
    page.get_by_role("button", name="Retirer « Ordinateur du bureau »").click()
    page.get_by_role("button", name="Oui, la retirer").click()
    expect(page.locator(".passkey")).to_have_count(0)
