"""Every module can be imported and used alone, whatever was imported before it."""

import subprocess
import sys

import pytest

from tests.guards.source import ROOT

PARTS = 2


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.parametrize("part", range(PARTS))
def test_every_module_can_be_imported_and_used_alone(part: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.guards.alone", str(part), str(PARTS)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
