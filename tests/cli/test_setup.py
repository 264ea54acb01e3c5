"""`init`, `site add`, `partner add`, `user add`: as another script would call them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


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


def test_init_is_safe_to_repeat_and_says_the_revision(instance: Path) -> None:
    again = energymed(instance, "init", "--json")
    assert again.returncode == 0
    assert json.loads(again.stdout)["revision"]
    assert (instance / "secrets.toml").stat().st_mode & 0o077 == 0


def test_an_installation_is_set_up_by_four_commands(instance: Path) -> None:
    assert energymed(instance, "site", "add", "PDP", "Portes de Provence").returncode == 0
    assert energymed(instance, "partner", "add", "edf", "EDF").returncode == 0
    lead = energymed(instance, "user", "add", "lead@example.org", "--role", "lead", "--json")
    assert json.loads(lead.stdout)["password"]
    partner = energymed(
        instance, "user", "add", "edf@example.org", "--role", "partner", "--partner", "edf",
        "--password-stdin", "--json", typed="un-mot-de-passe-long\n",
    )  # fmt: skip
    assert "password" not in json.loads(partner.stdout)


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        (("partner", "add", "", "X"), "Donnez un code et un nom.", 1),
        (("user", "add", "nobody", "--role", "admin"), "Adresse e-mail incorrecte : nobody.", 1),
        (("user", "add", "a@b.fr", "--role", "partner"), "Ce rôle a besoin d'un partenaire.", 1),
        (("user", "add", "a@b.fr", "--role", "boss"), "Invalid value", 2),
        (("serve",), "La clé secrète manque", 1),
        (("demo", "--no-serve"), "", 0),
    ],
)
def test_what_goes_wrong_is_one_sentence(
    tmp_path: Path, arguments: tuple[str, ...], said: str, code: int
) -> None:
    if arguments[0] != "demo":
        energymed(tmp_path, "init")
    done = energymed(tmp_path, *arguments)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    if code == 1:
        assert len(done.stderr.strip().splitlines()) == 1


def test_before_init_a_command_says_what_to_do(tmp_path: Path) -> None:
    done = energymed(tmp_path, "site", "add", "pdp", "Portes de Provence")
    assert done.returncode == 1
    assert "energymed init" in done.stderr


def test_the_demo_never_takes_over_a_real_installation(instance: Path) -> None:
    done = energymed(instance, "demo", "--no-serve")
    assert done.returncode == 1
    assert "rien n'a été touché" in done.stderr
