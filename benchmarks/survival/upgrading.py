"""`energymed init`, killed while it makes a schema, or brings an older one up to date.

Afterwards the schema must be that of the revision that the database names, to the letter, and the
same command must bring it to its end, with every row still there.
"""

import json
import os
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection

from benchmarks.databases import Place
from benchmarks.survival.children import Child, Tell, answer
from benchmarks.survival.installation import Installation, command, one, rows
from benchmarks.survival.soundness import wrong_with
from energymed.base.db import db
from energymed.cli.common import app_context
from energymed.revisions import known_revisions, revision_of
from energymed.schema import know_migrations

OLD = known_revisions()[max(0, len(known_revisions()) - 11)]
COUNTED = ("case_file", "person", "contact", "ledger_entry", "follow_up", "user_account")
Schema = list[list[str]]
_OF_SQLITE = """
    SELECT type, name, sql FROM sqlite_master
    WHERE name NOT LIKE 'sqlite_%' AND sql IS NOT NULL ORDER BY type, name"""
_OF_POSTGRESQL = """
    SELECT table_name, column_name, data_type || is_nullable || coalesce(column_default, '')
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    ORDER BY 1, 2, 3"""


@dataclass
class Start:
    """What an upgrade begins at; {revision: its schema}, and how many rows must be there."""

    place: Place | None  # None: nothing is there yet
    schemas: dict[str, Schema]
    counts: dict[str, int]
    lasts: float


def kill_upgrades(installation: Installation, *, times: int, random: Random) -> dict[str, Any]:
    """Kill `init` so many times; call it before anything else is done to the installation."""
    seen, wrong = Counter[str](), list[str]()
    with ExitStack() as kept:
        old = kept.enter_context(installation.database.copy("old"))
        answer(lambda _tell: _downgrade(old))
        starts = [_start(installation, None), _start(installation, old)]
        for number in range(times):
            start = starts[number % len(starts)]
            with _place(installation, f"upgraded{number}", start) as place:
                _kill(installation, place, start, random, seen, wrong)
    return {
        "from": f"nothing, {OLD}",
        "lasts_ms": [round(start.lasts * 1000) for start in starts],
        "kills": times,
        **seen,
        "violations": len(wrong),
        **({"wrong": wrong[:5]} if wrong else {}),
    }


def _kill(
    installation: Installation,
    place: Place,
    start: Start,
    random: Random,
    seen: Counter[str],
    wrong: list[str],
) -> None:
    child = Child(lambda tell: _init(place, tell))
    child.told()
    time.sleep(random.uniform(0, start.lasts * 1.1))
    done = any("done" in line for line in child.kill())
    with installation.looked_at(place) as connection:
        found = revision_of(connection)
        if found is not None and _schema(connection) != start.schemas[found]:
            wrong.append(f"the schema is not that of {found}")
    if done and found != known_revisions()[-1]:
        wrong.append(f"told as done at {found}")
    seen["acknowledged" if done else f"left_at_{found}"] += 1
    answer(lambda tell: _init(place, tell))
    with installation.looked_at(place) as connection:
        if _schema(connection) != start.schemas[known_revisions()[-1]]:
            wrong.append(f"the schema from {found} on is another one")
        if start.place and (counts := _counts(connection)) != start.counts:
            wrong.append(f"rows were lost from {found} on: {counts}, {start.counts}")
        wrong += wrong_with(connection)


def _init(place: Place, tell: Tell) -> str:
    os.environ["ENERGYMED_DATABASE_URL"] = place.url
    tell(begun=place.name)
    revision = json.loads(command("init", "--json"))["revision"]
    tell(done=place.name)
    return str(revision)


def _downgrade(place: Place) -> None:
    os.environ["ENERGYMED_DATABASE_URL"] = place.url
    with app_context(upgrades=True) as app:
        know_migrations(app)
        downgrade(revision=OLD)


def _start(installation: Installation, old: Place | None) -> Start:
    start = Start(old, {}, {}, 0)
    with _place(installation, "steps", start) as place:
        for revision in known_revisions():
            if old is None or revision >= OLD:
                answer(partial(_step, place, revision))
                with installation.looked_at(place) as connection:
                    start.schemas[revision] = _schema(connection)
                    start.counts = _counts(connection) if old else {}
    with _place(installation, "whole", start) as place:
        begun = time.perf_counter()
        answer(lambda tell: _init(place, tell))
        start.lasts = time.perf_counter() - begun
    return start


def _step(place: Place, revision: str, _tell: Tell) -> None:
    os.environ["ENERGYMED_DATABASE_URL"] = place.url
    with app_context(upgrades=True) as app:
        know_migrations(app)
        upgrade(revision=revision)
        db.session.remove()


def _place(installation: Installation, name: str, start: Start) -> Any:
    database = installation.database
    return database.copy(name, start.place) if start.place else database.empty(name)


def _schema(connection: Connection) -> Schema:
    on_sqlite = connection.dialect.name == "sqlite"
    found = rows(connection, _OF_SQLITE if on_sqlite else _OF_POSTGRESQL)
    return [[_in_order(str(value)) for value in row.values()] for row in found]


def _in_order(statement: str) -> str:
    """A table that is written anew has its constraints in any order."""
    return " ".join(sorted(line.strip(" \t,") for line in statement.splitlines()))


def _counts(connection: Connection) -> dict[str, int]:
    return {name: one(connection, f"SELECT count(*) FROM {name}") for name in COUNTED}  # noqa: S608
