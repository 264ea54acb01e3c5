"""The first day of a real association, in a browser: from an empty folder to a partner's download.

What the README's "For real" serves shows the set-up page; the administrator enrols a second
factor, names the partners and hands each colleague a link; the lead enrols, signs out and in by a
recovery code, imports a real-shaped file and spreads it; a mediator calls; the partner downloads
its return. The server's process is the test's own only for the time of day (calling hours).
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
from tests.browser.tools import LiveServer
from tests.guards.source import ROOT

OWN = "quatre chevaux lisent dehors"
SECRET = "ENERGYMED_SECRET_KEY"


def readme_lines() -> list[list[str]]:
    """The lines under "For real", split into words."""
    (block,) = re.findall(
        r"## For real\n.*?```\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S
    )
    return [shlex.split(line, comments=True) for line in block.splitlines()]


@contextmanager
def serving(instance: Path, log: Path) -> Iterator[dict[str, str]]:
    """The association being served; gives its address and the code of its set-up."""
    arguments, environment = command("serve", instance)
    with (
        log.open("w", encoding="utf-8") as errors,
        subprocess.Popen(
            arguments, env={**environment, SECRET: "a key of a test that signs sessions"},
            cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True,
        ) as process,
    ):  # fmt: skip
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            assert line, f"the server did not start:\n{log.read_text(encoding='utf-8')}"
            yield json.loads(line)
        finally:
            process.terminate()
            process.wait(timeout=10)
    sys.stdout.write(log.read_text(encoding="utf-8"))


class Association:
    """The day, step by step; `look` is called on every page that is worth a look."""

    def __init__(self, told: dict[str, str], instance: Path, look: Callable[[Page], None]) -> None:
        self.url, self.code, self.look = told["url"], told["code"], look
        self.server = LiveServer(told["url"], instance, [])

    def set_up(self, page: Page) -> None:
        """The four steps of the set-up, with the second factor in between."""
        page.goto(self.url)
        page.get_by_label("Code de mise en place").fill(self.code)
        self.look(page)
        page.get_by_role("button", name="Commencer").click()
        page.get_by_label("Nom de l’association").fill("PIMMS Exemple")
        page.get_by_label("Numéro que les gens voient et rappellent").fill("04 65 71 00 00")
        page.get_by_label("Nom du premier site").fill("Valence")
        page.get_by_label("Code du site").fill("valence")
        page.get_by_label("Département").fill("26")
        self.look(page)
        page.get_by_role("button", name="Continuer").click()
        page.get_by_label("Nom", exact=True).fill("Hélène Vasseur")
        page.get_by_label("E-mail").fill("helene@example.org")
        page.get_by_label("Mot de passe", exact=True).fill(OWN)
        page.get_by_label("Encore une fois").fill(OWN)
        self.look(page)
        page.get_by_role("button", name="Ouvrir mon compte").click()
        self.enrol(page)
        page.wait_for_url("**/setup/partners")
        page.locator("#missions-edf-unpaid_bill").check()
        self.look(page)
        page.get_by_role("button", name="Continuer").click()
        self.look(page)
        page.get_by_role("button", name="Ouvrir un premier compte").click()

    def enrol(self, page: Page) -> list[str]:
        """Scan, type the code, keep the recovery codes; gives these."""
        expect(page.get_by_role("heading", name="Un second facteur pour commencer")).to_be_visible()
        key = "".join(page.locator(".typed-key").inner_text().split())
        page.get_by_label("Code à six chiffres").fill(pyotp.TOTP(key).at(self.time()))
        self.look(page)
        page.get_by_role("button", name="Vérifier le code").click()
        expect(page.get_by_role("heading", name="Vos codes de secours")).to_be_visible()
        codes = page.locator("#codes code").all_inner_texts()
        page.get_by_label("Je les ai gardés").check()
        self.look(page)
        page.get_by_role("button", name="Continuer").click()
        return codes

    def time(self) -> datetime:
        """The server's own time."""
        return parsedate_to_datetime(httpx.get(f"{self.url}/healthz").headers["date"])

    def invite(self, page: Page, name: str, email: str, role: str, place: str) -> str:
        """Open an account without a password; gives the link to hand over."""
        page.get_by_label("Nom", exact=True).fill(name)
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Rôle").select_option(role)
        where = "Partenaire" if role == "partner" else "Site"
        page.get_by_label(where, exact=True).select_option(label=place)
        self.look(page)
        page.get_by_role("button", name="Ouvrir le compte").click()
        link = page.get_by_label("Lien").input_value()
        self.look(page)
        page.get_by_role("link", name="Ouvrir un autre compte").click()
        self.server.logins.append({"role": role, "email": email, "password": OWN})
        return link

    def come_in_by_link(self, page: Page, link: str, role: str) -> None:
        """Choose the password that the link asks for, and sign in."""
        page.goto(link)
        page.get_by_label("Mot de passe", exact=True).fill(OWN)
        page.get_by_label("Encore une fois").fill(OWN)
        self.look(page)
        page.get_by_role("button", name="Enregistrer").click()
        self.server.sign_in(page, role)

    def sign_out_and_in(self, page: Page, recovery_code: str) -> None:
        """Out, and in again: the telephone was left at home."""
        page.get_by_role("button", name="Se déconnecter").click()
        expect(page.get_by_role("heading", name="Connexion")).to_be_visible()
        login = self.server.login("lead")
        page.get_by_label("E-mail").fill(login["email"])
        page.get_by_label("Mot de passe", exact=True).fill(login["password"])
        page.get_by_role("button", name="Se connecter").click()
        page.get_by_role("link", name="J’ai perdu mon téléphone").click()
        page.get_by_label("Code de secours").fill(recovery_code)
        page.get_by_role("button", name="Se connecter").click()
        page.wait_for_url("**/files")

    def spread(self, page: Page) -> None:
        """Import the week's file and spread all of it."""
        import_file(page, self.server, "edf-impayes-2026-S47.csv")
        page.goto(f"{self.url}/assign")
        page.get_by_role("button", name="Voir la répartition").click()
        self.look(page)
        page.get_by_role("button", name=re.compile(r"^Répartir \d")).click()
        expect(page.locator("main")).to_contain_text("Tout est réparti")

    def call(self, page: Page) -> str:
        """The first call, recorded; gives the case's reference."""
        page.get_by_role("button", name="Appel suivant").click()
        self.look(page)
        reference = record_call(page, "referral")
        page.get_by_role("button", name="Enregistrer", exact=True).click()
        expect(page.locator("main")).to_contain_text("Enregistré :")
        return reference

    def download(self, page: Page) -> list[dict[str, str]]:
        """The partner's return, as it is downloaded."""
        page.goto(f"{self.url}/partner/deliveries")
        self.look(page)
        with page.expect_download() as waiting:
            page.get_by_role("button", name="CSV").first.click()
        content = Path(waiting.value.path()).read_bytes().decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(content), delimiter=";"))


def test_the_readme_serves_what_is_set_up_here() -> None:
    lines = readme_lines()
    assert lines[0][0] == "export"
    assert lines[0][1].startswith(SECRET)
    assert [words[:2] for words in lines[1:]] == [["energymed", "serve"]]


def test_from_an_empty_folder_to_a_download(
    open_page: Callable[..., Page], tmp_path: Path, axe: Callable[[Page], None]
) -> None:
    instance = tmp_path / "instance"
    with serving(instance, tmp_path / "server.log") as told:
        day = Association(told, instance, axe)
        admin, lead, mediator, partner = (open_page() for _each in range(4))
        day.set_up(admin)
        links = {
            role: day.invite(admin, name, email, role, place)
            for name, email, role, place in (
                ("Claire Dumas", "claire@example.org", "lead", "Valence"),
                ("Amina Belkacem", "amina@example.org", "mediator", "Valence"),
                ("Pôle solidarité", "solidarite@edf.example", "partner", "EDF"),
            )
        }
        day.come_in_by_link(lead, links["lead"], "lead")
        codes = day.enrol(lead)
        lead.wait_for_url("**/files")
        day.sign_out_and_in(lead, codes[0])
        day.spread(lead)
        day.come_in_by_link(mediator, links["mediator"], "mediator")
        reference = day.call(mediator)
        hand_over_return(lead, day.server)
        day.come_in_by_link(partner, links["partner"], "partner")
        rows = {row["Référence dossier"]: row for row in day.download(partner)}
        assert rows[reference]["Clôture"] == "social_support"
        for page in (admin, lead, mediator, partner):
            page.close()
