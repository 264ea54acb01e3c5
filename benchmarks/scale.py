"""What one national installation takes, measured at a part of its size on PostgreSQL.

    python -m benchmarks.scale [--contacts 100000] [--workers 2] [--seconds 20]

The synthetic association of the demo, a year of work written by the product itself, is copied
until it has `contacts` of five years (`benchmarks.clones`). Then: the size of each table and of its
indexes, a backup, the memory and connections of a server while 400 mediators work and while all of
them press as fast as they can, a scrape, and the pages and commands that read much. Prints JSON.
Twice with two numbers of contacts says what grows with them. `docs/scale.md` has the figures.
"""

import asyncio
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from benchmarks.association import NOON
from benchmarks.clones import live, multiply
from benchmarks.desk import open_connections, run_rounds
from benchmarks.desk_client import Connection
from benchmarks.harness import answer, options, show, start
from benchmarks.parts import Node, processor_s
from energymed.base.clock import now
from tests.real_postgres import Postgres, address

OPEN_CASES, MEDIATORS, CALL_S = 40_000, 400, 150.0
NAME = "energymed"
SIZES = """
SELECT relname, n_live_tup, pg_table_size(relid), pg_indexes_size(relid)
FROM pg_stat_user_tables ORDER BY pg_total_relation_size(relid) DESC
"""
MANY = {
    "indicators of a year": ("indicators", "--period", "2026", "--json"),
    "indicators of a week": ("indicators", "--period", "2026-W47", "--json"),
}


def main() -> None:
    """Fill, measure, print."""
    given = options(__doc__, contacts=100_000, workers=2, seconds=20.0)
    folder = Path(mkdtemp(prefix="energymed-scale-"))
    folder.chmod(0o755)  # PostgreSQL is another user's
    with ExitStack() as ended:
        ended.callback(shutil.rmtree, folder, ignore_errors=True)
        postgres = Postgres(folder / "postgres")
        ended.callback(postgres.stop)
        postgres.make(NAME)
        environment = _environment(folder, postgres)
        told: dict[str, Any] = {"filled": _fill(environment, postgres, given.contacts)}
        told["sizes"] = _sizes(postgres)
        told["backup"] = _backup(environment, postgres, folder)
        told["commands"] = {
            name: _cost(postgres, lambda words=words: _command(environment, *words))
            for name, words in MANY.items()
        }
        told["pages"] = answer(start(environment, "benchmarks.pages"))
        told["at_work"] = _at_work(environment, postgres, given)
    show(told)


def _environment(folder: Path, postgres: Postgres) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("ENERGYMED_")}
    return {
        **own,
        "ENERGYMED_INSTANCE": str(folder / "instance"),
        "ENERGYMED_DATABASE_URL": address(NAME, postgres),
        "ENERGYMED_SECRET_KEY": secrets.token_urlsafe(48),
        "ENERGYMED_BACKUP_PASSPHRASE": secrets.token_urlsafe(24),
        "ENERGYMED_ENVIRONMENT": "demo",
        "ENERGYMED_LOG_LEVEL": "WARNING",
        "ENERGYMED_CLOCK_SHIFT_S": str(int((NOON - now()).total_seconds())),
    }


def _command(environment: dict[str, str], *words: str) -> None:
    done = subprocess.run([sys.executable, "-m", "energymed", *words], env=environment,
                          capture_output=True, text=True, check=False)  # fmt: skip
    if done.returncode:
        sys.exit(f"{words}: {done.stderr[-2000:]}")


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _cost(postgres: Postgres, work: Callable[[], object]) -> dict[str, float]:
    """Seconds of the clock, and of the processor: of the children of this process, of PostgreSQL.

    On a machine that others use too, the processor's say what the work takes.
    """
    before = children_times(), processor_s(postgres.process)
    took = _seconds(work)
    after = children_times(), processor_s(postgres.process)
    return {
        "seconds": round(took, 2),
        "processor_s": round(after[0] - before[0], 2),
        "postgresql_processor_s": round(after[1] - before[1], 2),
    }


def children_times() -> float:
    """Seconds of processor that the ended children of this process took."""
    spent = os.times()
    return spent.children_user + spent.children_system


def _fill(environment: dict[str, str], postgres: Postgres, contacts: int) -> dict[str, float]:
    _command(environment, "demo", "--no-serve", "--json")
    with postgres.connect(NAME) as connection:
        (one,) = connection.execute("SELECT count(*) FROM contact").fetchone() or (0,)
        copies = max(1, round(contacts / int(str(one)))) - 1
        took = _seconds(lambda: multiply(connection, range(1, copies + 1)))
        live(connection)
        connection.execute("VACUUM ANALYZE")
        (made,) = connection.execute("SELECT count(*) FROM contact").fetchone() or (0,)
    return {
        "contacts": int(str(made)),
        "contacts_of_one": int(str(one)),
        "copies": copies,
        "seconds": round(took, 1),
    }


def _sizes(postgres: Postgres) -> dict[str, Any]:
    """Rows, megabytes of rows and megabytes of indexes, the largest first."""
    with postgres.connect(NAME) as connection:
        tables = {
            str(name): [
                int(str(rows)),
                round(int(str(heap)) / 1e6, 1),
                round(int(str(ix)) / 1e6, 1),
            ]
            for name, rows, heap, ix in connection.execute(SIZES)
        }
        (whole,) = connection.execute(f"SELECT pg_database_size('{NAME}')").fetchone() or (0,)
    return {"whole_mb": round(int(str(whole)) / 1e6), "tables": tables}


def _backup(environment: dict[str, str], postgres: Postgres, folder: Path) -> dict[str, Any]:
    file = folder / "all.backup"
    took = _cost(postgres, lambda: _command(environment, "backup", str(file)))
    size = file.stat().st_size
    checked = _cost(postgres, lambda: _command(environment, "restore", str(file), "--check"))
    file.unlink()
    return {"mb": round(size / 1e6, 1), "write": took, "check": checked}


def _at_work(environment: dict[str, str], postgres: Postgres, given: Any) -> dict[str, Any]:
    """A server and its mediators, beside all that was before."""
    filled = ("benchmarks.desk_client", str(OPEN_CASES), str(MEDIATORS))
    cookies: list[str] = answer(start(environment, *filled))
    with postgres.connect(NAME) as connection:
        connection.execute("VACUUM ANALYZE")
    node = Node("node", environment, workers=given.workers)
    started = node.start()
    try:
        told = {"start_s": round(started, 1), "fresh": _processes(node, postgres)}
        told |= asyncio.run(_measure(node, postgres, cookies, given.seconds))
        scrapes = [_seconds(node.saves) for _each in range(3)]
        return {**told, "after": _processes(node, postgres),
                "scrape_ms": [round(one * 1000) for one in scrapes]}  # fmt: skip
    finally:
        node.stop()


async def _measure(
    node: Node, postgres: Postgres, cookies: list[str], seconds: float
) -> dict[str, Any]:
    people = await open_connections(cookies, node.port)
    for one in people:
        await one.first_case()
    save, claim, away = Connection.save_and_next, Connection.next_case, Connection.put_away
    told = {}
    for name, rounds in (
        ("working", partial(run_rounds, people, save, 3 * seconds, pause=CALL_S)),
        ("saturated", partial(run_rounds, people, save, seconds)),
        ("claims", partial(run_rounds, people, claim, seconds, before=away)),
    ):
        before = processor_s(node.process), processor_s(postgres.process)
        told[name] = await rounds()
        after = processor_s(node.process), processor_s(postgres.process)
        count = told[name]["rounds_a_second"] * seconds * (3 if name == "working" else 1)
        for part, spent in zip(
            ("server", "postgresql"), zip(before, after, strict=True), strict=True
        ):
            told[name][f"{part}_processor_ms"] = round((spent[1] - spent[0]) / count * 1000, 1)
    return told


def _processes(node: Node, postgres: Postgres) -> dict[str, Any]:
    """Megabytes of each process of the server (what is shared with others in parts), and the
    connections that they hold."""
    found: list[tuple[str, int]] = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(folder.name)) != node.process:
                continue
            words = folder.joinpath("cmdline").read_text().replace("\0", " ")
            lines = folder.joinpath("smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        found.append(("scheduler" if "jobs serve" in words else "server", kilobytes // 1024))
    with postgres.connect(NAME) as connection:
        held = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' "
            "AND pid <> pg_backend_pid()"
        ).fetchone()
    return {"pss_mb": sorted(found), "connections": int(str(held[0])) if held else 0}


if __name__ == "__main__":
    main()
