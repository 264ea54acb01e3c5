"""Servers with people at work, while the database is held, goes away, or is shared by two of them.

Everybody's press is answered, what did not go through is sent again as its page offers, and what
was told as saved is there once.
"""

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.databases import Postgresql
from benchmarks.files import weekly_file
from benchmarks.survival.installation import Installation, until
from benchmarks.survival.people import Person, at_work, free_port, lost, served, told
from benchmarks.survival.soundness import wrong_with
from tests.databases import stop_postgres

Accident = Callable[[list[Person]], dict[str, Any]]
BEFORE_S, AFTER_S = 2.0, 2.0  # of undisturbed work


def beside_people(
    installation: Installation, accident: Accident, *, people: int, readers: int = 2
) -> dict[str, Any]:
    """Let people work, let it happen, let them work on; what they saw, and what was wrong."""
    with (
        served("--workers", "2") as url,
        at_work(installation, url, workers=people, readers=readers) as working,
    ):
        time.sleep(BEFORE_S)
        found = accident(working)
        time.sleep(AFTER_S)
    return _judged(installation, working, found)


def long_import(installation: Installation, rows: int) -> Accident:
    """A large file, imported by the command line."""

    def happens(_people: list[Person]) -> dict[str, Any]:
        path = Path(installation.folder) / "large.csv"
        path.write_bytes(weekly_file(range(1_000_000, 1_000_000 + rows)))
        begun = time.monotonic()
        place = ("--partner", "edf", "--site", "pdp", "--json")
        done = _energymed("import", str(path), *place)
        wrong = [done.stderr] if done.returncode else []
        return {"rows": rows, "lasted_s": round(time.monotonic() - begun, 1), "wrong": wrong}

    return happens


def held_lock(installation: Installation, seconds: float) -> Accident:
    """Another program keeps everybody from writing (SQLite), or from the cases (PostgreSQL)."""

    def happens(_people: list[Person]) -> dict[str, Any]:
        with _locked(installation):
            time.sleep(seconds)
        return {"held_s": seconds}

    return happens


def gone_and_back(installation: Installation, seconds: float) -> Accident:
    """PostgreSQL is stopped and started again."""
    database = installation.database
    assert isinstance(database, Postgresql)

    def happens(people: list[Person]) -> dict[str, Any]:
        stop_postgres(database.server)
        time.sleep(seconds)
        database.server.ensure_postgres_running()
        back = time.monotonic()
        savers = [person for person in people if not person.reads]
        until(lambda: all(one.seen.last_saved_at > back for one in savers), within=60)
        return {
            "away_s": seconds, "everybody_saved_again_after_s": round(time.monotonic() - back, 1),
        }  # fmt: skip

    return happens


def two_servers(installation: Installation, people: int) -> dict[str, Any]:
    """Two of them on one database, with their schedulers; a third one on a taken port."""
    port, wrong = free_port(), []
    with (
        served(port=port) as first,
        served() as second,
        at_work(installation, first, workers=people) as here,
        at_work(installation, second, workers=people, after=people) as there,
    ):
        refused = _energymed("serve", "--port", str(port))
        time.sleep(BEFORE_S + AFTER_S)
    if (
        refused.returncode != 2
        or refused.stderr.count("\n") != 1
        or str(port) not in refused.stderr
    ):
        wrong.append(f"a taken port: {refused.returncode}, {refused.stderr}")
    both = here + there
    return _judged(installation, both, {"taken_port": refused.stderr.strip(), "wrong": wrong})


def _judged(
    installation: Installation, people: list[Person], found: dict[str, Any]
) -> dict[str, Any]:
    with installation.looked_at() as connection:
        wrong = found.pop("wrong", []) + lost(connection, people) + wrong_with(connection)
    seen = told(people)
    if not seen["saved"]:
        wrong.append("nobody saved anything")
    installation.release_all()
    return {
        **found, **seen, "violations": len(wrong), **({"wrong": wrong[:5]} if wrong else {}),
    }  # fmt: skip


def _energymed(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "energymed", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@contextmanager
def _locked(installation: Installation) -> Iterator[None]:
    database = installation.database
    if isinstance(database, Postgresql):
        with psycopg.connect(database.server.get_uri(database.base.name)) as connection:
            connection.execute("LOCK TABLE case_file IN EXCLUSIVE MODE")
            yield
        return
    with closing(sqlite3.connect(installation.place.name, timeout=30)) as file:
        file.isolation_level = None
        file.execute("BEGIN IMMEDIATE")
        yield
        file.execute("ROLLBACK")
