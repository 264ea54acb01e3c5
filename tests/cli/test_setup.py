"""`init`, `site add`, `partner add`, `user add`: as another script would call them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from energymed.cli import main


def in_process(
    monkeypatch: pytest.MonkeyPatch, instance: Path, *arguments: str, typed: str = ""
) -> Result:
    """The command without a process of its own."""
    for name in ("ENERGYMED_DATABASE_URL", "ENERGYMED_SECRET_KEY", "ENERGYMED_ENVIRONMENT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ENERGYMED_INSTANCE", str(instance))
    return CliRunner().invoke(main, arguments, input=typed)


def energymed(instance: Path, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ENERGYMED_")}
    return subprocess.run(
        [sys.executable, "-m", "energymed", *arguments],
        env={**kept, "ENERGYMED_INSTANCE": str(instance)},
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installation")
    assert energymed(folder, "init").returncode == 0
    return folder


@pytest.mark.slow
def test_init_is_safe_to_repeat_and_says_the_revision(instance: Path) -> None:
    again = energymed(instance, "init", "--json")
    assert again.returncode == 0
    assert json.loads(again.stdout)["revision"]
    assert (instance / "secrets.toml").stat().st_mode & 0o077 == 0


def test_an_installation_is_set_up_by_four_commands(
    instance: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*arguments: str, typed: str = "") -> Result:
        return in_process(monkeypatch, instance, *arguments, typed=typed)

    assert run("site", "add", "PDP", "Portes de Provence").exit_code == 0
    assert run("partner", "add", "edf", "EDF").exit_code == 0
    lead = run("user", "add", "lead@example.org", "--role", "lead", "--json")
    assert json.loads(lead.stdout)["password"]
    partner = run(
        "user", "add", "edf@example.org", "--role", "partner", "--partner", "edf",
        "--password-stdin", "--json", typed="un-mot-de-passe-long\n",
    )  # fmt: skip
    assert "password" not in json.loads(partner.stdout)
    refused = run("demo", "--no-serve")
    assert refused.exit_code == 1
    assert "rien n'a été touché" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        (("partner", "add", "", "X"), "Donnez un code et un nom.", 1),
        (("user", "add", "nobody", "--role", "admin"), "Adresse e-mail incorrecte : nobody.", 1),
        (("user", "add", "a@b.fr", "--role", "partner"), "Ce rôle a besoin d'un partenaire.", 1),
        (("user", "add", "a@b.fr", "--role", "boss"), "Valeur incorrecte pour --role", 2),
        (("serve",), "La clé secrète manque", 2),
    ],
)
def test_what_goes_wrong_is_one_sentence(
    instance: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    said: str,
    code: int,
) -> None:
    done = in_process(monkeypatch, instance, *arguments)
    assert done.exit_code == code, done.stderr
    assert said in done.stderr
    if said != "Invalid value":
        assert len(done.stderr.strip().splitlines()) == 1


def test_before_init_a_command_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = in_process(monkeypatch, tmp_path, "site", "add", "pdp", "Portes de Provence")
    assert done.exit_code == 1
    assert "energymed init" in done.stderr
