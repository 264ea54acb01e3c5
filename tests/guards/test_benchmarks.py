"""The benchmarks run: each once with tiny sizes, for its exit code; figures are never asserted."""

import os
import re
import shlex
import subprocess
import sys

import pytest

from tests.guards.source import ROOT, python_files

TINY = (
    "intake --rows 20 --known 40 --repeats 1",
    "search_people --people 300 --repeats 1",
    "survival --times 9 --only claim,import --cases 200 --mediators 12",
    "next_call --cases 4000 --mediators 4 --seconds 1 --pause 0.1",
    "hostile_files --kilobytes 20 --repeats 1",
    "desk --cases 4000 --mediators 2 --seconds 1 --pause 0.1 --workers 1",
    "reports --cases 900 --repeats 1 --only figures",
)
NEEDS_A_REGISTRY = {"rival"}
NEEDS_A_MACHINE = {"two_nodes", "scale"}  # nginx, and minutes; run by hand before a release
DOCUMENTED = re.compile(r"python -m benchmarks\.(\w+)")


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.parametrize("line", TINY, ids=[line.split()[0] for line in TINY])
def test_a_benchmark_runs_as_documented(line: str) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ENERGYMED_")}
    done = subprocess.run(
        [sys.executable, "-m", *shlex.split(f"benchmarks.{line}")],
        cwd=ROOT, env=kept, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_no_documented_benchmark_is_left_out() -> None:
    apart = NEEDS_A_REGISTRY | NEEDS_A_MACHINE
    readme = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    assert set(DOCUMENTED.findall(readme)) == {line.split()[0] for line in TINY} | apart


def test_no_module_hides_one_of_pythons_own() -> None:
    """A script that is started by its path finds its folder's modules before Python's."""
    names = {path.stem for path in python_files("benchmarks", "tools")}
    assert names & sys.stdlib_module_names == set()
