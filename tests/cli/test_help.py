"""The help is shown without loading what it tells of, and says what each command says itself."""

import subprocess
import sys

import click
import pytest

from energymed.cli import main
from energymed.cli.commands import Commands

HEAVY = ("flask", "sqlalchemy", "flask_security", "energymed.config")


def test_the_help_loads_nothing_of_the_house() -> None:
    asked = (
        "import sys\nfrom energymed.cli import main\n"
        "try:\n    main(['--help'])\n"
        f"finally:\n    print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert [name for name in Commands.places if f"\n  {name} " not in done.stdout] == []


@pytest.mark.slow
def test_a_command_loads_nothing_of_the_web() -> None:
    asked = (
        "import sys\nfrom energymed.cli.common import app_context\nimport energymed.models\n"
        "print([name for name in sys.modules if name.startswith('energymed.web')])"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_help_says_what_each_command_says() -> None:
    context = click.Context(main)
    for name, (_place, told) in Commands.places.items():
        command = main.get_command(context, name)  # type: ignore[attr-defined]
        assert command.get_short_help_str(limit=200) == told, name
