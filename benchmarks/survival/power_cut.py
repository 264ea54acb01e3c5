"""What it costs that an acknowledged save survives a power cut (SQLite's synchronous=FULL).

In WAL mode, NORMAL loses the last commits with the power, though never half of one; FULL waits for
the disk at each. Both in one run, in turns, on the disk of the folder. A kill shows nothing of it:
what a process wrote is the system's.
"""

import statistics
import time
from functools import partial
from typing import Any

from benchmarks.survival.at_the_desk import Claim, Save
from benchmarks.survival.children import Tell, answer
from benchmarks.survival.installation import Installation
from benchmarks.survival.operations import Operation
from benchmarks.survival.with_files import Import, first_import
from energymed.base.db import engine, keep_log_short

MODES = ("NORMAL", "FULL")
TURNS = 4


def cost_of_waiting(installation: Installation, times: int) -> dict[str, Any]:
    """Milliseconds of each operation in both modes, and their ratio."""
    first_import(installation)
    found: dict[str, Any] = {}
    for kind, count in ((Claim, 2 * times), (Save, times), (Import, max(2, times // 10))):
        spent: dict[str, list[float]] = {mode: [] for mode in MODES}
        for turn in range(TURNS):
            for mode in MODES if turn % 2 else reversed(MODES):
                operation = kind(installation, 1 + turn * 2 + MODES.index(mode))
                spent[mode] += answer(partial(_measure, operation, mode, count))
                installation.release_all()
        middle = {mode: statistics.median(each) * 1000 for mode, each in spent.items()}
        found[kind.name] = {
            **{f"{mode}_ms": round(value, 2) for mode, value in middle.items()},
            "ratio": round(middle["FULL"] / middle["NORMAL"], 2),
        }
    return found


def _measure(operation: Operation, mode: str, times: int, _tell: Tell) -> list[float]:
    engine.SYNCHRONOUS = mode
    with operation.installation.app.app_context():
        keep_log_short()
    spent = []
    for number in range(times):
        token = operation.prepare(number)
        begun = time.perf_counter()
        operation.do(token)
        spent.append(time.perf_counter() - begun)
    return spent
