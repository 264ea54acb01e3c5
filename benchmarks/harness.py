"""What the benchmarks share: their options, child processes, and how times are told."""

import argparse
import json
import statistics
import subprocess
import sys
from typing import Any

DATABASES = ("sqlite", "postgresql")


def options(doc: str | None, **defaults: float | str) -> argparse.Namespace:
    """The options of the command line: a number each, or the kind of `database`."""
    parser = argparse.ArgumentParser(description=(doc or "").splitlines()[0])
    for name, usual in defaults.items():
        choices = DATABASES if name == "database" else None
        parser.add_argument(f"--{name}", type=type(usual), default=usual, choices=choices)
    return parser.parse_args()


def start(environment: dict[str, str], *module: str) -> "subprocess.Popen[str]":
    """A module in a process of its own, with its arguments."""
    command = [sys.executable, "-m", *module]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def answer(started: "subprocess.Popen[str]") -> Any:
    """The JSON that a process prints; its failure ends the measure, said on its stderr."""
    printed, _ = started.communicate()
    if started.returncode:
        sys.exit(f"a child process failed with {started.returncode}")
    return json.loads(printed or "null")


def show(figures: object) -> None:
    """Print what was measured."""
    print(json.dumps(figures, indent=2))  # noqa: T201


def percentiles(seconds: list[float]) -> dict[str, float]:
    """How long it took, in milliseconds."""
    cuts = statistics.quantiles(seconds, n=100)
    shown = {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98], "most": max(seconds)}
    return {name: round(value * 1000, 2) for name, value in shown.items()}
