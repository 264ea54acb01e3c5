"""What an import leaves when its process is killed at a random moment: all of it, or nothing.

    python -m benchmarks.survival [--times 100] [--rows 3000] [--database sqlite|postgresql]

Each time a weekly file is imported into a copy of the same database and the process is killed
(SIGKILL) somewhere between its first statement and a little after its end. Then the batch must
be whole (as in an import that was left alone) or absent (the database as before), and the same
file must go in afterwards. Prints JSON: how often each was seen. Ends with 1 at the first
database that is neither.
"""

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from benchmarks.databases import Database, Place, database_of
from benchmarks.files import weekly_file
from benchmarks.harness import answer, options, show, start
from benchmarks.intake import MEASURED

State = dict[str, int]  # table → its rows


def main() -> None:
    """Kill and look, over and over."""
    given = options(__doc__, times=100, rows=3_000, database="sqlite")
    random, seen = Random(20261123), Counter[str]()  # noqa: S311  # the same moments every run
    with TemporaryDirectory() as name:
        folder = Path(name)
        database = database_of(given.database, folder)
        first, second = folder / "before.csv", folder / "week.csv"
        half = given.rows // 2
        first.write_bytes(weekly_file(range(1, given.rows + 1)))
        second.write_bytes(weekly_file(range(half, half + given.rows), week=1))
        database.prepare()
        run(database.base, first)
        before, whole, lasted = undisturbed(database, second)
        for number in range(given.times):
            with database.copy(f"killed{number}") as place:
                kill(place, second, after=random.uniform(0, lasted * 1.1))
                left = database.counts(place)
                if left not in (before, whole):
                    sys.exit(f"neither whole nor absent after kill {number}: {left}")
                seen["whole" if left == whole else "absent"] += 1
                if left == before:
                    run(place, second)
                    if database.counts(place) != whole:
                        sys.exit(f"the file did not go in after kill {number}")
    show({"database": given.database, "times": given.times, **seen})


def undisturbed(database: Database, file: Path) -> tuple[State, State, float]:
    """Rows before, rows after an import that was left alone, and how many seconds it takes."""
    before = database.counts(database.base)
    with database.copy("undisturbed") as place:
        start = time.perf_counter()
        run(place, file)
        return before, database.counts(place), time.perf_counter() - start


def run(place: Place, file: Path) -> None:
    """Import and wait."""
    answer(start(place.environment, MEASURED, str(file)))


def kill(place: Place, file: Path, *, after: float) -> None:
    """Import and kill after so many seconds."""
    process = start(place.environment, MEASURED, str(file))
    try:
        process.wait(timeout=after)
    except subprocess.TimeoutExpired:
        process.kill()
    process.communicate()


if __name__ == "__main__":
    main()
