"""How fast a weekly file is imported, beside the floor: writing its rows already cleaned.

    python -m benchmarks.intake [--rows 100000] [--known 200000] [--repeats 3]
                                [--database sqlite|postgresql]

Half of the file is new, half are known cases whose amount changed; the known cases came in two
files, and the week's leaves out half of the second. Everything is written as ever:
people, households, phones, cases, ledger, and the history of each line. The floor writes the very
rows that the import left, into a copy of the database of before, by the plain driver: `executemany`
of one upsert a table on SQLite, COPY to a staging table and one upsert a table on PostgreSQL, with
the same indexes, in one transaction. Prints JSON: medians, spreads, and the ratios.
"""

import argparse
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.databases import Place, database_of
from benchmarks.files import weekly_file
from benchmarks.harness import answer, options, show, start

MEASURED = "benchmarks.measured_import"


def main() -> None:
    """Measure and print."""
    given = options(__doc__, rows=100_000, known=200_000, repeats=3, database="sqlite")
    known, rows = given.known, given.rows
    first = known - rows // 2 + 1
    with TemporaryDirectory() as folder:
        database = database_of(given.database, Path(folder))
        week = Path(folder) / "week.csv"
        week.write_bytes(weekly_file(range(first, first + rows), week=1))
        database.prepare()
        edge = max(1, known - rows)
        for number, some in enumerate((range(1, edge + 1), range(edge + 1, known + 1))):
            before = Path(folder) / f"before{number}.csv"
            before.write_bytes(weekly_file(some))
            measured_import(database.base, before)
        ours, floors = [], []
        for number in range(given.repeats):
            with database.copy(f"ours{number}") as place:
                ours.append(measured_import(place, week))
                written = database.written_since_base(place)
            with database.copy(f"floor{number}") as place:
                begun = time.perf_counter()
                database.write(place, written)
                floors.append(time.perf_counter() - begun)
    show(_summary(given, ours, floors))


def _summary(
    given: argparse.Namespace, ours: list[dict[str, float]], floors: list[float]
) -> dict[str, object]:
    seconds = [run["seconds"] for run in ours]
    middle, floor = statistics.median(seconds), statistics.median(floors)
    return {
        "database": given.database,
        "rows": given.rows,
        "known": given.known,
        "import_s": _spread(seconds),
        "floor_s": _spread(floors),
        "floor_over_import": round(floor / middle, 3),
        "import_over_floor": round(middle / floor, 2),
        "cleaning_us_a_row": _spread([run["cleaning_us"] for run in ours]),
        "memory_mb": _spread([run["memory_mb"] for run in ours]),
    }


def _spread(values: list[float]) -> dict[str, float]:
    return {
        "median": round(statistics.median(values), 3),
        "least": round(min(values), 3),
        "most": round(max(values), 3),
    }


def measured_import(place: Place, file: Path) -> dict[str, float]:
    """Import in a process of its own, as the command line does; it measures itself."""
    done: dict[str, float] = answer(start(place.environment, MEASURED, str(file)))
    return done


if __name__ == "__main__":
    main()
