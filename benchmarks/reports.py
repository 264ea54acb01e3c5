"""Figures and lists on five years of an association: 250 000 cases, a million contacts.

    python -m benchmarks.reports [--cases 250000] [--database postgresql] [--keep FILE]
        [--repeats 5] [--patience 60] [--duckdb PYTHON] [--only figures,duckdb,pages,lists]
        [--index "CREATE INDEX …" --rows 5000]

Fills a database (`benchmarks.years`), and measures in one process each: all indicators of a year, a
month and a week, and a year's return (`benchmarks.report_figures`); every page that is opened by
its address (`benchmarks.list_pages`); the figures of a year by DuckDB over the same SQLite file,
with a Python that has it (`benchmarks.duckdb_figures`); with --index, what an index costs an
import (`benchmarks.import_cost`). Processor time, the median of `repeats`, or of fewer that took
`patience` seconds. With --keep the filled database stays, and is measured without filling when it
is there: a SQLite file, or a folder of PostgreSQL's; its secrets are in FILE.instance. Prints JSON.
"""

import argparse
import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from benchmarks.association import NOON
from benchmarks.harness import answer, options, show, start
from benchmarks.report_figures import YEAR, differences
from benchmarks.year_figures import statement
from energymed.base.clock import now
from tests.real_postgres import KeptPostgres, address

NAME = "reports"
PARTS = "figures,duckdb,pages,lists"


@dataclass(frozen=True, slots=True)
class Filled:
    """A filled database: how a child process finds it, and PostgreSQL's process when it is one."""

    environment: dict[str, str]
    file: Path
    postgres: int | None

    def child(self, module: str, *words: object) -> Any:
        """What a module of the benchmarks prints about it."""
        return answer(start(self.environment, f"benchmarks.{module}", *map(str, words)))


def main() -> None:
    """Fill, measure, print."""
    given = options(
        __doc__, cases=250_000, database="sqlite", keep="", repeats=5, patience=60.0, duckdb="",
        only=PARTS, index="", rows=5_000,
    )  # fmt: skip
    with ExitStack() as ended:
        folder = Path(mkdtemp(prefix="energymed-reports-"))
        folder.chmod(0o755)  # PostgreSQL is another user's
        ended.callback(shutil.rmtree, folder, ignore_errors=True)
        filled, told = ended.enter_context(_filled(given, folder))
        parts = given.only.split(",")
        how = [given.repeats, given.patience, *([filled.postgres] if filled.postgres else [])]
        if "figures" in parts:
            told |= filled.child("report_figures", *how)
        if "duckdb" in parts and given.database == "sqlite":
            told["duckdb"] = _duckdb(given, filled, told)
        for name, pages in (("pages", "figures"), ("lists", "lists")):
            if name in parts:
                told[name] = filled.child("list_pages", pages, *how)
        if given.index:
            words = [given.rows, given.repeats, int(given.patience), filled.postgres or 0]
            told["import"] = filled.child("import_cost", *words, given.index)
    show(told)


@contextmanager
def _filled(given: argparse.Namespace, folder: Path) -> Iterator[tuple[Filled, dict[str, Any]]]:
    """The database under measure: the kept one, or one that is filled now."""
    kept = Path(given.keep).resolve() if given.keep else folder / NAME
    known = kept.exists()
    if given.database == "sqlite":
        place = Filled(_environment(kept, f"sqlite:///{kept.as_posix()}"), kept, None)
        yield place, {"filled": _prepared(place, given.cases, known=known)}
        return
    server = KeptPostgres(kept)
    try:
        if not known:
            server.make(NAME)
        url = address(NAME, server)
        place = Filled(_environment(kept, url), kept, server.process)
        yield place, {"filled": _prepared(place, given.cases, known=known)}
    finally:
        server.stop()


def _prepared(place: Filled, cases: int, *, known: bool) -> Any:
    """How much a new database was filled with; a kept one is brought up to date."""
    if not known:
        return place.child("years", cases)
    upgrade = [sys.executable, "-m", "energymed", "init"]
    subprocess.run(upgrade, env=place.environment, check=True, stdout=subprocess.DEVNULL)
    return None


def _environment(kept: Path, url: str) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("ENERGYMED_")}
    return {
        **own,
        "ENERGYMED_INSTANCE": str(kept.with_name(f"{kept.name}.instance")),  # its secrets
        "ENERGYMED_DATABASE_URL": url,
        "ENERGYMED_SECRET_KEY": secrets.token_urlsafe(48),
        "ENERGYMED_ENVIRONMENT": "demo",
        "ENERGYMED_LOG_LEVEL": "WARNING",
        "ENERGYMED_CLOCK_SHIFT_S": str(int((NOON - now()).total_seconds())),
    }


def _duckdb(given: argparse.Namespace, filled: Filled, told: dict[str, Any]) -> Any:
    """DuckDB's figures with what they take, or the sentence that says what is missing."""
    python = given.duckdb or sys.executable
    done = subprocess.run(
        [python, "-m", "benchmarks.duckdb_figures", str(filled.file), str(given.repeats)],
        input=statement(YEAR, of="kept."), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        return {"missing": done.stderr.strip().splitlines()[-1:]}
    found = json.loads(done.stdout)
    values = told.get("one_statement", {}).get("values")
    return {**found, "differences": differences(values, found["values"]) if values else None}


if __name__ == "__main__":
    main()
