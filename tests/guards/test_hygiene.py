"""What a finished tree does not hold: reminders, skipped tests, hosts of registries."""

import re
import subprocess
from pathlib import Path

from tests.guards.source import ROOT, name_of, python_files, templates

REMINDER = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b")
SKIPPED = re.compile(r"\b(?:pytest|mark|unittest)\.(?:skip\w*|xfail|importorskip)\b|\bSkipTest\b")
ADDRESS = re.compile(r"https?://[^\s\"'<>)]+")
BUILD_FILES = (
    "pyproject.toml",
    "constraints.txt",
    "Makefile",
    "babel.cfg",
    ".ci/run",
    "tools",
    ".gitignore",
    ".gitattributes",
)
PURE_CLOCK = re.compile(r"^from energymed\.base\.clock import .*\b(?:now|today)\b", re.MULTILINE)


def build_files() -> list[Path]:
    found: list[Path] = []
    for name in BUILD_FILES:
        path = ROOT / name
        found += sorted(path.glob("*.py")) if path.is_dir() else [path]
    return found


def hits(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    return [
        f"{name_of(path)}: {match.group(0)}"
        for path in paths
        for match in pattern.finditer(path.read_text(encoding="utf-8"))
    ]


def test_no_reminder_is_left() -> None:
    static = [path for path in (ROOT / "static").rglob("*") if path.suffix in (".css", ".js")]
    code = python_files("energymed", "tests", "tools")
    assert hits(REMINDER, [*code, *static, *templates(), ROOT / "Makefile"]) == []


def test_no_test_is_skipped() -> None:
    tests = [path for path in python_files("tests") if path != Path(__file__)]
    assert hits(SKIPPED, tests) == []


def test_build_files_name_no_host() -> None:
    assert hits(ADDRESS, build_files()) == []


def test_the_lock_pins_every_line_by_hash() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    strange = [
        line
        for line in lines
        if not re.fullmatch(r"[a-z0-9][a-z0-9.-]*==\S+(?: ; [^\\]+)? \\", line)
        and not re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?", line)
    ]
    assert strange == []


def test_rules_do_not_look_at_the_clock() -> None:
    rules = [path for path in python_files("energymed") if path.name == "rules.py"]
    assert hits(PURE_CLOCK, rules) == []


def test_samples_keep_their_bytes() -> None:
    answer = subprocess.run(
        ["git", "check-attr", "text", "tests/samples/edf-impayes-2026-S46.csv"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip().endswith("text: unset")
