"""Processor time of a piece of work, in this process and in PostgreSQL's, and medians of it."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.parts import processor_s


@dataclass(frozen=True, slots=True)
class Processor:
    """User and system time of this process, and of a PostgreSQL with its backends when named.

    Measures go on until there are `repeats`, or until they took `patience_s` in all: what takes
    long is not done five times while it is slow.
    """

    postgres: int | None
    repeats: int
    patience_s: float

    def spent_s(self) -> float:
        """Seconds of it that were spent until now."""
        theirs = processor_s(self.postgres) if self.postgres else 0.0
        return time.process_time() + theirs

    def measure(self, work: Callable[[], object]) -> dict[str, Any]:
        """The median of what a piece of work takes, in milliseconds, and of how many times."""
        took: list[float] = []
        while len(took) < self.repeats and sum(took) < self.patience_s:
            begun = self.spent_s()
            work()
            took.append(self.spent_s() - begun)
        return {"ms": round(statistics.median(took) * 1000, 1), "of": len(took)}
