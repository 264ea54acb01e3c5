"""Processes that are killed (SIGKILL) in the middle of an operation, over and over.

Each is a copy of a warm process that does one thing after the other and tells of each; it is killed
at a random moment after it told that it began. Then everything must be sound, whatever was told as
done must be there, and what was under way must be there in whole or not at all.
"""

import time
from collections import Counter
from itertools import count
from random import Random
from typing import Any

from benchmarks.survival.at_the_desk import Claim, Save
from benchmarks.survival.children import Child, Tell
from benchmarks.survival.going_out import Backup, Delivery, Export, unnamed_leftovers
from benchmarks.survival.installation import Installation
from benchmarks.survival.operations import Fate, HalfWritten, Operation
from benchmarks.survival.soundness import wrong_with
from benchmarks.survival.with_files import Import, Payments, Undo, first_import

OPERATIONS: tuple[type[Operation], ...] = (
    Claim, Save, Import, Payments, Undo, Export, Delivery, Backup,
)  # fmt: skip
REHEARSALS = 3
MOST_BEFORE = 2  # operations that come to their end before the one that is interrupted
LATE = 1.15  # of how long it takes: some are killed just after their end


def kill_one_kind(
    installation: Installation, *, kind: type[Operation], times: int, random: Random
) -> dict[str, Any]:
    """Kill an operation so many times; what was seen of it."""
    first_import(installation)
    lasts = _rehearse(installation, kind)
    seen, wrong = Counter[str](), list[str]()
    for turn in range(1, times + 1):
        _kill(kind(installation, turn), lasts, random, seen, wrong)
    return {
        "lasts_ms": round(lasts * 1000, 1),
        "kills": times,
        **seen,
        "violations": len(wrong),
        **({"wrong": wrong[:5]} if wrong else {}),
    }


def _loop(operation: Operation, tell: Tell) -> None:
    for number in count():
        token = operation.prepare(number)
        tell(begun=token)
        tell(done=token, said=operation.do(token))


def _rehearse(installation: Installation, kind: type[Operation]) -> float:
    """How long it takes (s), undisturbed: the longest of a few but the first."""
    operation, lasted = kind(installation, 0), []
    child = Child(lambda tell: _loop(operation, tell))
    for _number in range(REHEARSALS):
        child.told()
        begun = time.perf_counter()
        child.told()
        lasted.append(time.perf_counter() - begun)
    child.kill()
    installation.release_all()
    return max(lasted[1:])


def _kill(
    operation: Operation, lasts: float, random: Random, seen: Counter[str], wrong: list[str]
) -> None:
    told = _told_until_killed(operation, lasts, random)
    begun = [line["begun"] for line in told if "begun" in line]
    done = {str(line["done"]): line["said"] for line in told if "done" in line}
    with operation.installation.looked_at() as connection:
        for token in begun:
            said = done.get(str(token))
            try:
                fate = operation.fate(connection, token, said)
            except HalfWritten as error:
                wrong.append(f"half-written: {error} ({token})")
                continue
            if str(token) in done:
                seen["acknowledged"] += 1
                if fate == Fate.ABSENT:
                    wrong.append(f"told as done, and not there: {token}")
            else:
                seen[f"interrupted_{fate}"] += 1
        wrong += wrong_with(connection)
    wrong += unnamed_leftovers(operation.installation.folder)
    operation.installation.release_all()


def _told_until_killed(operation: Operation, lasts: float, random: Random) -> list[dict[str, Any]]:
    child = Child(lambda tell: _loop(operation, tell))
    before, told = random.randint(0, MOST_BEFORE), list[dict[str, Any]]()
    while sum("begun" in line for line in told) <= before:
        line = child.told()
        if line is None:
            break
        told.append(line)
    time.sleep(random.uniform(0, lasts * LATE))
    return told + child.kill()
