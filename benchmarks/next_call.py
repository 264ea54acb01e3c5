"""How fast 400 mediators get their next case out of 180 000, beside a single one.

    python -m benchmarks.next_call [--cases 180000] [--mediators 400] [--seconds 20]
                               [--database sqlite|postgresql] [--processes 2]

First one mediator alone; then all of them, pausing 2.67 s on average (150 claims a second); then
64 and 400 without any pause. A claim is what "Appel suivant" does: read the head of the queue,
then one write transaction. `claim` is the whole, `write` the transaction from asking for it to
its commit, both as the mediator waits for them; `database` is what of the claim is spent in the
database's own calls (not in Python, nor in line before the writer). Cases that were claimed are
put away until tomorrow every tenth of a second, by one UPDATE in each process, which is not
measured. Prints JSON; fails when a case was claimed twice, or when anybody met an error.
"""

import argparse
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.databases import Database, database_of
from benchmarks.harness import answer, options, percentiles, show, start

PAUSE_S = 400 / 150  # between claims
TIMES = ("claim", "write", "database")
WORKERS = "benchmarks.next_call_workers"


def main() -> None:
    """Measure and print."""
    given = options(
        __doc__, cases=180_000, mediators=400, seconds=20.0, pause=PAUSE_S, processes=2,
        database="sqlite",
    )  # fmt: skip
    with TemporaryDirectory() as folder:
        database = database_of(given.database, Path(folder))
        database.prepare()
        fill = ("fill", str(given.cases), str(given.mediators))
        actors = answer(start(database.base.environment, WORKERS, *fill))
        alone = _run(database, given, actors[:1], processes=1)
        del alone["claims_a_second"]  # it mostly waits for its case to be put away
        paced = _run(database, given, actors, pause=given.pause)
        crowds = {
            str(crowd): _run(database, given, actors[:crowd]) for crowd in (64, given.mediators)
        }
    floor = alone["claim_ms"]["p99"]
    for crowd in (paced, *crowds.values()):
        crowd["claim_p99_over_alone"] = round(crowd["claim_ms"]["p99"] / floor, 1)
    told = {"database": given.database, "cases": given.cases, "alone": alone, "paced": paced}
    show({**told, "saturated": crowds})


def _run(
    database: Database,
    given: argparse.Namespace,
    actors: list[list[int]],
    *,
    pause: float = 0.0,
    processes: int | None = None,
) -> dict[str, Any]:
    """Let the mediators work on a fresh copy of the database, in some processes."""
    count = processes or given.processes
    with database.copy("copy") as place:
        started = [
            start(
                place.environment, WORKERS,
                "work", json.dumps(actors[n::count]), str(pause), str(given.seconds),
            )
            for n in range(count)
        ]  # fmt: skip
        done = [answer(one) for one in started]
    claimed = [case for one in done for case in one["claimed"]]
    if len(claimed) != len(set(claimed)):
        sys.exit("a case was claimed twice")
    if errors := [error for one in done for error in one["errors"]]:
        sys.exit("\n".join(errors[:5]))
    return {
        "mediators": len(actors),
        "claims_a_second": round(len(claimed) / max(one["seconds"] for one in done), 1),
        "fewest_claims_of_one": min(one["fewest"] for one in done),
        **{f"{name}_ms": percentiles([v for one in done for v in one[name]]) for name in TIMES},
    }


if __name__ == "__main__":
    main()
