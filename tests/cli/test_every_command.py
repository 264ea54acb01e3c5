"""Every command in a process of its own, on a fresh installation and on the demo.

What a command needs it has to import itself: a test process has everything loaded already.
"""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import click
import pytest

from energymed.cli import main
from energymed.jobs.work import JOBS
from energymed.reporting.formats import WRITERS
from tests.conftest import SAMPLES

pytestmark = pytest.mark.slow

# One line a command, in this order. {batch} is the last import's number, {entry} the last one of
# the ledger shown last, {folder} a free folder.
SET_UP = [
    "init --json",
    "site add valence 'Portes de Provence' --json",
    "site edit valence --name Valence --phone '' --department 26 --json",
    "site list --json",
    "partner add suez-eau 'Suez Eau' --json",
    "partner edit suez-eau --mission unpaid_bill --site valence --retire --json",
    "partner list --json",
    "user add ada@example.org --role mediator --site valence --password-stdin --json",
    "user add lead@example.org --role lead --site valence --json",
    "user add leaves@example.org --role mediator --site valence --json",
    "user list --state active --json",
    "user edit leaves@example.org --hours 28 --languages arabe --json",
    "user reset leaves@example.org --json",
    "user invite leaves@example.org --json",
    "user unlock leaves@example.org --json",
    "user end leaves@example.org --to ada@example.org --json",
]
FOR_EDF = "--partner edf --site valence --json"
IMPORT = f"import {SAMPLES}/edf-impayes-2026-S46.csv {FOR_EDF}"
WORK = [
    f"{IMPORT} --dry-run",
    f"{IMPORT} --week 2026-W46",
    f"{IMPORT} --again",
    "assign --partner edf --mediator ada@example.org --json",
    *(
        f"export --partner edf --period 2026-W46 --format {name} -o {{folder}}/return.{name}"
        for name in WRITERS
    ),
    "indicators --partner edf --kind unpaid_bill --site valence --period 2026 --json",
    f"import {SAMPLES}/edf-reglements-2026-S47.csv {FOR_EDF}",
    "ledger --partner edf --reference EDF2631810800 --json",
    "reverse-payment {entry} --reason 'Prélèvement rejeté' --json",
    f"import {SAMPLES}/edf-impayes-2026-S47.csv {FOR_EDF}",
    "jobs list --json",
    *(f"jobs run {name} --json" for name in JOBS),
    "undo-import {batch} --json",
]
# the key is set by a file of settings, as an association does it
KEEP = [
    "backup-key {folder}/key.txt --json",
    "backup {folder}/whole.backup --json",
    "restore --check {folder}/whole.backup --key {folder}/key.txt --json",
    "restore --secrets {folder}/whole.backup --key {folder}/key.txt --json",
    "upgrade --json",
    "doctor --json",
]
FRESH = [*SET_UP, "partner add edf EDF --json", *WORK, *KEEP]
FOR_WORK = [line for line in SET_UP if line.startswith(("site add", "user add ada"))]
DEMO = [
    "demo --no-serve --json",
    *FOR_WORK,
    *(line for line in WORK if not line.startswith("jobs run")),
    *KEEP[:3],
    "doctor --json",
    "demo --no-serve --json",  # goes on
]
STAYS_UP = {"serve", "jobs serve"}  # the one below, the other in tests/jobs
ON_AN_EMPTY_FOLDER = {"setup", "new-secrets"}  # below
UP_WITHIN_S = 60.0
SIGNING = "a key of a test that signs sessions"
ORGANISATION = """
[association]
name = "PIMMS Exemple"
phone = "04 65 71 00 00"

[[sites]]
code = "valence"
name = "Valence"

[administrator]
name = "Hélène Vasseur"
email = "helene@example.org"

[[partners]]
code = "edf"
name = "EDF"
missions = ["unpaid_bill"]
"""


def environment(instance: Path) -> dict[str, str]:
    """Only the folder is given: everything else as it is shipped."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ENERGYMED_")}
    return {**kept, "ENERGYMED_INSTANCE": str(instance)}


def run_all(commands: list[str], instance: Path) -> list[str]:
    """Run the commands one after the other; what failed, with what it said."""
    failed, places = [], {"batch": "0", "entry": "0", "folder": str(instance)}
    for line in commands:
        done = subprocess.run(
            [sys.executable, "-m", "energymed", *shlex.split(line.format(**places))],
            env=environment(instance), input="un-mot-de-passe-long\n",
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode or done.stderr:
            failed.append(f"{line}: {done.returncode} {done.stdout[-300:]} {done.stderr[-2000:]}")
        elif line.startswith("import "):
            places["batch"] = str(json.loads(done.stdout)["batch"])
        elif line.startswith("ledger "):
            places["entry"] = str(json.loads(done.stdout)["entries"][-1]["id"])
        elif line.startswith("backup-key "):
            with (instance / "energymed.toml").open("a", encoding="utf-8") as settings:
                settings.write(f'backup_key = "{json.loads(done.stdout)["backup_key"]}"\n')
                settings.write(f'secret_key = "{SIGNING}"\n')
    return failed


def test_every_command_on_a_fresh_installation(tmp_path: Path) -> None:
    assert run_all(FRESH, tmp_path) == []


def test_every_command_on_the_demo(tmp_path: Path) -> None:
    assert run_all(DEMO, tmp_path) == []


def names(command: click.Command, name: str = "") -> Iterator[str]:
    """The full name of every command that the help shows."""
    if not isinstance(command, click.Group):
        yield name
        return
    context = click.Context(command)
    for below in command.list_commands(context):
        found = command.get_command(context, below)
        assert found is not None
        if not found.hidden:
            yield from names(found, f"{name} {below}".strip())


def test_no_command_is_left_out() -> None:
    lines = [f"{line} " for line in (*FRESH, *DEMO)]
    known = set(names(main)) - STAYS_UP - ON_AN_EMPTY_FOLDER
    assert [name for name in known if not any(line.startswith(f"{name} ") for line in lines)] == []


def test_serve_shows_the_code_of_the_set_up_and_stops(tmp_path: Path) -> None:
    with served(tmp_path) as port:
        page = read(f"http://127.0.0.1:{port}/")
    assert "Code de mise en place" in page
    printed = (tmp_path / "served.txt").read_text("utf-8")
    assert f"http://127.0.0.1:{port}/setup" in printed
    assert re.search(r"Code +: ([A-Z2-7]{4}-){3}[A-Z2-7]{4}", printed)


def test_an_empty_folder_is_set_up_by_a_file_and_served(tmp_path: Path) -> None:
    plan = tmp_path / "organisation.toml"
    plan.write_text(ORGANISATION, encoding="utf-8")
    assert run_all([f"setup --from {plan} --json"], tmp_path / "instance") == []
    again = subprocess.run(
        [sys.executable, "-m", "energymed", "setup", "--from", str(plan)],
        env=environment(tmp_path / "instance"), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert again.returncode == 1
    assert "déjà un administrateur" in again.stderr
    with served(tmp_path / "instance") as port:
        page = read(f"http://127.0.0.1:{port}/")
    assert "Se connecter" in page
    assert "Mise en place" not in (tmp_path / "instance" / "served.txt").read_text("utf-8")


def test_an_installation_moves_to_an_empty_folder(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    assert run_all(["init --json", *KEEP[:2]], first) == []
    moved = f"restore {first}/whole.backup --key {first}/key.txt --json"
    assert run_all([moved, "user list --json"], second) == []
    (second / "secrets.toml").unlink()
    assert run_all(["new-secrets --forget --json", "user list --json"], second) == []


@contextmanager
def served(instance: Path) -> Iterator[int]:
    """The port of a server on this folder, up until the end; what it prints is in served.txt."""
    instance.mkdir(exist_ok=True)
    port = free_port()
    with (instance / "served.txt").open("w", encoding="utf-8") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "energymed", "serve", "--port", str(port)],
            env={**environment(instance), "ENERGYMED_SECRET_KEY": SIGNING}, text=True,
            stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            assert healthz(server, port).get("status") == "ok"
            yield port
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=60)
    assert server.returncode == 0


def read(address: str) -> str:
    """The page at an address, wherever it leads."""
    with urlopen(address) as answer:
        found: bytes = answer.read()
    return found.decode("utf-8")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def healthz(server: subprocess.Popen[str], port: int) -> dict[str, str]:
    """What /healthz answers as soon as the server is up; nothing when it ended before."""
    end = time.monotonic() + UP_WITHIN_S
    while server.poll() is None and time.monotonic() < end:
        try:
            with urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
                found: dict[str, str] = json.load(answer)
                return found
        except URLError:
            time.sleep(0.05)  # another process: there is nothing to wait on
    return {}
