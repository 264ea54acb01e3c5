"""The first day of a real association, by the README's own lines: from nothing to a return.

Every command runs in a process of its own; the lead enrols the second factor, signs out and in
again, imports a real-shaped file and spreads it; a mediator calls; the partner downloads its
return.
"""

import csv
import io
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
import pyotp
from playwright.sync_api import Page, expect

from tests.browser.conftest import command
from tests.browser.test_story import hand_over_return, import_file, record_call
from tests.browser.tools import LiveServer, choose_password
from tests.guards.source import ROOT

OWN = "quatre chevaux lisent dehors"
SECRET = {"ENERGYMED_SECRET_KEY": "a key of a test that signs sessions"}


def readme_lines() -> list[list[str]]:
    """The commands under "For real" that make the association, without the one that serves it."""
    (block,) = re.findall(
        r"## For real\n+```\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S
    )
    commands = [shlex.split(line, comments=True) for line in block.splitlines()]
    return [words[1:] for words in commands if words[:1] == ["energymed"] and words[1] != "serve"]


def run(instance: Path, *words: str) -> str:
    """A command of energymed in a process of its own, on the morning of the tests."""
    arguments, environment = command("beside", instance)
    done = subprocess.run(
        [*arguments, *words],
        env={**environment, **SECRET},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"{words}: {done.stderr}"
    return done.stdout


@contextmanager
def serving(instance: Path, log: Path) -> Iterator[str]:
    """The association being served; gives its address."""
    arguments, environment = command("serve", instance)
    with (
        log.open("w", encoding="utf-8") as errors,
        subprocess.Popen(
            arguments, env={**environment, **SECRET}, cwd=ROOT, stdout=subprocess.PIPE,
            stderr=errors, text=True,
        ) as process,
    ):  # fmt: skip
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            assert line, f"the server did not start:\n{log.read_text(encoding='utf-8')}"
            yield json.loads(line)["url"]
        finally:
            process.terminate()
            process.wait(timeout=10)
    sys.stdout.write(log.read_text(encoding="utf-8"))


def at_server(server: LiveServer) -> datetime:
    """The server's own time."""
    return parsedate_to_datetime(httpx.get(f"{server.url}/healthz").headers["date"])


def come_in_first(page: Page, server: LiveServer, role: str) -> None:
    """Sign in with the password that the command drew, and choose one's own."""
    login = server.login(role)
    server.sign_in(page, role)
    choose_password(page, login["password"], OWN)
    login["password"] = OWN


def enrol(page: Page, server: LiveServer) -> list[str]:
    """Scan, type the code, keep the recovery codes; gives these."""
    key = "".join(page.locator(".typed-key").inner_text().split())
    page.get_by_label("Code à six chiffres").fill(pyotp.TOTP(key).at(at_server(server)))
    page.get_by_role("button", name="Vérifier le code").click()
    expect(page.get_by_role("heading", name="Vos codes de secours")).to_be_visible()
    codes = page.locator("#codes code").all_inner_texts()
    page.get_by_label("Je les ai gardés").check()
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url("**/files")
    return codes


def sign_out_and_in(page: Page, server: LiveServer, recovery_code: str) -> None:
    """Out, and in again: the telephone was left at home."""
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_role("heading", name="Connexion")).to_be_visible()
    login = server.login("lead")
    page.get_by_label("E-mail").fill(login["email"])
    page.get_by_label("Mot de passe", exact=True).fill(login["password"])
    page.get_by_role("button", name="Se connecter").click()
    page.get_by_role("link", name="J'ai perdu mon téléphone").click()
    page.get_by_label("Code de secours").fill(recovery_code)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/files")


def test_from_an_empty_folder_to_a_return(
    open_page: Callable[..., Page], tmp_path: Path, axe: Callable[[Page], None]
) -> None:
    instance, logins = tmp_path / "instance", []
    for words in readme_lines():
        told = run(instance, *words)
        if words[:2] == ["user", "add"]:
            password = told.rsplit(" ", 1)[-1].strip()
            role = words[words.index("--role") + 1]
            logins.append({"role": role, "email": words[2], "password": password})
    with serving(instance, tmp_path / "server.log") as url:
        server = LiveServer(url, instance, logins)
        lead, mediator, partner = open_page(), open_page(), open_page()
        come_in_first(lead, server, "lead")
        axe(lead)
        codes = enrol(lead, server)
        sign_out_and_in(lead, server, codes[0])
        import_file(lead, server, "edf-impayes-2026-S47.csv")
        lead.goto(f"{url}/assign")
        lead.get_by_role("button", name="Voir la répartition").click()
        lead.get_by_role("button", name=re.compile(r"^Répartir \d")).click()
        expect(lead.locator("main")).to_contain_text("Tout est réparti")

        come_in_first(mediator, server, "mediator")
        mediator.get_by_role("button", name="Appel suivant").click()
        reference = record_call(mediator, "referral")
        mediator.get_by_role("button", name="Enregistrer", exact=True).click()
        expect(mediator.locator("main")).to_contain_text("L'appel est enregistré")

        hand_over_return(lead, server)
        come_in_first(partner, server, "partner")
        partner.goto(f"{url}/partner/deliveries")
        with partner.expect_download() as waiting:
            partner.get_by_role("button", name="CSV").first.click()
        content = Path(waiting.value.path()).read_bytes().decode("utf-8-sig")
        rows = {
            row["Référence dossier"]: row
            for row in csv.DictReader(io.StringIO(content), delimiter=";")
        }
        assert rows[reference]["Clôture"] == "social_support"
        for page in (lead, mediator, partner):
            page.close()
