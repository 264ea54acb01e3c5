"""The help is shown without loading what it tells of, and says what each command says itself."""

import os
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from energymed.cli import main
from energymed.cli.commands import PLACES
from energymed.cli.lazy_group import LazyGroup

HEAVY = ("flask", "sqlalchemy", "flask_security", "energymed.config")
# what belongs to the web, to PostgreSQL, to sending, or to a first number or address
UNUSED = (
    "energymed.web", "flask_security", "flask_login", "flask_wtf", "webauthn", "cryptography",
    "psycopg", "httpx", "structlog", "apscheduler",
    "email_validator", "xlsxwriter", "python_calamine", "granian",
)  # fmt: skip
READING = (
    "site list", "partner list", "user list", "jobs list", "indicators --period 2026-W47",
)  # fmt: skip


def test_the_help_loads_nothing_of_the_house() -> None:
    asked = (
        "import sys\nfrom energymed.cli import main\n"
        "try:\n    main(['--help'])\n"
        f"finally:\n    print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert [name for name in PLACES if f"\n  {name} " not in done.stdout] == []


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a command at a new installation."""
    here = {name: said for name, said in os.environ.items() if not name.startswith("ENERGYMED_")}
    here["ENERGYMED_INSTANCE"] = str(tmp_path_factory.mktemp("installed"))
    init = [sys.executable, "-m", "energymed", "init"]
    subprocess.run(init, env=here, check=True, capture_output=True)
    return here


@pytest.mark.slow
@pytest.mark.parametrize("words", [*READING, "doctor"])
def test_a_command_that_reads_loads_nothing_that_it_does_not_use(
    words: str, installed: dict[str, str]
) -> None:
    unused = [name for name in UNUSED if (words, name) != ("doctor", "cryptography")]  # backups'
    asked = (
        "import sys\nfrom energymed.cli import main\n"
        f"try:\n    main({words.split()})\n"
        f"finally:\n    print([name for name in {unused} if name in sys.modules], file=sys.stderr)"
    )
    program = [sys.executable, "-c", asked]
    done = subprocess.run(program, env=installed, capture_output=True, text=True)
    assert done.stderr.strip().splitlines()[-1] == "[]", done.stderr


def _all_lazy(group: LazyGroup) -> Iterator[tuple[str, str, click.Command]]:
    context = click.Context(group)
    for name, (_place, told) in group.places.items():
        command = group.get_command(context, name)
        assert command is not None, name
        yield name, told, command
        if isinstance(command, LazyGroup):
            yield from _all_lazy(command)


def test_the_help_says_what_each_command_says() -> None:
    assert isinstance(main, LazyGroup)
    found = list(_all_lazy(main))
    assert {"list", "invite", "serve"} <= {name for name, _told, _command in found}
    for name, told, command in found:
        assert command.hidden or command.get_short_help_str(limit=200) == told, name
        assert command.hidden == (told == ""), name
