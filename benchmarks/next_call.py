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
import statistics
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.databases import Database, Place
from benchmarks.intake import database_of

PAUSE_S = 400 / 150


def main() -> None:
    """Measure and print."""
    options = _options()
    with TemporaryDirectory() as folder, database_of(options.database, Path(folder)) as database:
        actors = _fill(database, options)
        alone = _run(database, options, actors[:1], processes=1)
        del alone["claims_a_second"]  # it mostly waits for its case to be put away
        paced = _run(database, options, actors, pause=options.pause)
        crowds = {
            str(crowd): _run(database, options, actors[:crowd]) for crowd in (64, options.mediators)
        }
    floor = alone["claim_ms"]["p99"]
    for crowd in (paced, *crowds.values()):
        crowd["claim_p99_over_alone"] = round(crowd["claim_ms"]["p99"] / floor, 1)
    answer = {"database": options.database, "cases": options.cases, "alone": alone, "paced": paced}
    print(json.dumps({**answer, "saturated": crowds}, indent=2))  # noqa: T201


def _fill(database: Database, options: argparse.Namespace) -> list[list[int]]:
    """(user id, site id) of every mediator."""
    database.prepare()
    given = ["fill", str(options.cases), str(options.mediators)]
    actors: list[list[int]] = _child(database.base, given)
    return actors


def _run(
    database: Database,
    options: argparse.Namespace,
    actors: list[list[int]],
    *,
    pause: float = 0.0,
    processes: int | None = None,
) -> dict[str, Any]:
    """Let the mediators work on a fresh copy of the database, in some processes."""
    count = processes or options.processes
    with database.copy("copy") as place:
        started = [
            _start(place, ["work", json.dumps(actors[n::count]), str(pause), str(options.seconds)])
            for n in range(count)
        ]
        done = [_answer(one) for one in started]
    claimed = [case for one in done for case in one["claimed"]]
    if len(claimed) != len(set(claimed)):
        sys.exit("a case was claimed twice")
    if errors := [error for one in done for error in one["errors"]]:
        sys.exit("\n".join(errors[:5]))
    return {
        "mediators": len(actors),
        "claims_a_second": round(len(claimed) / max(one["seconds"] for one in done), 1),
        "fewest_claims_of_one": min(one["fewest"] for one in done),
        **{f"{name}_ms": _spread([v for one in done for v in one[name]]) for name in TIMES},
    }


TIMES = ("claim", "write", "database")


def _spread(seconds: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(seconds, n=100)
    shown = {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98], "most": max(seconds)}
    return {name: round(value * 1000, 2) for name, value in shown.items()}


def _start(place: Place, given: list[str]) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "benchmarks.next_call_workers", *given]
    return subprocess.Popen(command, env=place.environment, stdout=subprocess.PIPE, text=True)


def _answer(started: "subprocess.Popen[str]") -> Any:
    printed, _ = started.communicate()
    if started.returncode:
        sys.exit(f"a worker failed with {started.returncode}")
    return json.loads(printed)


def _child(place: Place, given: list[str]) -> Any:
    return _answer(_start(place, given))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=180_000)
    parser.add_argument("--mediators", type=int, default=400)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--pause", type=float, default=PAUSE_S, help="between claims (s)")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    return parser.parse_args()


if __name__ == "__main__":
    main()
