"""An installation at work, in a folder that may be filled, locked or taken away."""

import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from flask import Flask
from sqlalchemy import Connection, RowMapping, text

from benchmarks.association import NOON, fill
from benchmarks.databases import Database, Place
from benchmarks.desk_client import open_any_hour, signed_in
from benchmarks.survival.children import answer
from energymed import create_app
from energymed.base.age.keys import write_public
from energymed.base.clock import now, shift_clock
from energymed.base.db import measure_tables, transaction
from energymed.calling.queue.claims import release_lapsed
from energymed.cli import main as energymed
from energymed.config import Settings, load_settings
from energymed.operations.snapshot import own_engine

Browsers = list[tuple[int, str]]  # (user, session cookie)
TOLD_GONE_S = 20.0
_AS_IF_THEY_HAD_LIVED = (  # `fill` makes cases alone
    """INSERT INTO ledger_entry (case_id, kind, amount_cents, on_date, recorded_at, source)
    SELECT id, 'opening', debt_cents, due_date, opened_at, 'benchmark' FROM case_file""",
    """INSERT INTO case_move (case_id, at, from_state, to_state)
    SELECT id, opened_at, 'to_assign', state FROM case_file""",
)


class NotDone(Exception):
    """What was asked was refused: `status` of the page or exit code, and the sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(f"{status}: {sentence}")
        self.status, self.sentence = status, sentence


class Installation:
    """One installation: its database, its folder, its people."""

    def __init__(self, database: Database, *, cases: int, mediators: int) -> None:
        self.database = database
        self.folder = database.folder
        self.key = X25519PrivateKey.generate()
        self.environment = self._environment()
        self.use()
        database.prepare()
        self.settings: Settings = load_settings()
        self.app: Flask = create_app(self.settings)
        self.browsers: Browsers = answer(lambda _tell: self._fill(cases, mediators))

    @property
    def place(self) -> Place:
        """Where it is."""
        return self.database.base

    def use(self) -> None:
        """Let this process, and those that it starts, be of this installation."""
        os.environ.update(self.environment)
        shift_clock(timedelta(seconds=int(self.environment["ENERGYMED_CLOCK_SHIFT_S"])))

    def _environment(self) -> dict[str, str]:
        """What its processes are given; nobody is called on a Sunday: they live on a Monday."""
        return {
            **self.place.environment,
            "ENERGYMED_SECRET_KEY": secrets.token_hex(),
            "ENERGYMED_ENVIRONMENT": "demo",
            "ENERGYMED_CLOCK_SHIFT_S": str(int((NOON - datetime.now(UTC)).total_seconds())),
            "ENERGYMED_BACKUP_KEY": write_public(self.key.public_key()),
        }

    def _fill(self, cases: int, mediators: int) -> Browsers:
        with self.app.app_context():
            with transaction() as session:
                open_any_hour(session)
                actors = fill(session, cases, mediators)
                for statement in _AS_IF_THEY_HAD_LIVED:
                    session.execute(text(statement))
            with transaction() as session:
                measure_tables(session)
            return [(one.user_id or 0, signed_in(self.app, one.user_id or 0)) for one in actors]

    @contextmanager
    def looked_at(self, place: Place | None = None) -> Iterator[Connection]:
        """A connection to look by, once whoever worked on the database is gone."""
        engine = own_engine((place or self.place).url, reading=True)
        try:
            with engine.connect() as connection:
                _wait_until_alone(connection)
                yield connection
        finally:
            engine.dispose()

    def release_all(self) -> None:
        """Give back what is held, as the job does once the leases are over."""

        def release(_tell: object) -> int:
            with self.app.app_context(), transaction() as session:
                return release_lapsed(session, now=now() + timedelta(days=1))

        answer(release)


def command(*arguments: str) -> str:
    """What a command prints.

    Raises:
        NotDone: it ends with another code than 0.
    """
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            energymed(list(arguments))
        except SystemExit as ended:
            if ended.code:
                raise NotDone(int(ended.code), err.getvalue().strip()) from None
    return out.getvalue()


def rows(connection: Connection, query: str, **values: object) -> list[RowMapping]:
    """Rows of a plain query."""
    return list(connection.execute(text(query), values).mappings())


def one(connection: Connection, query: str, **values: object) -> Any:
    """The one value of a plain query."""
    return connection.execute(text(query), values).scalar()


def _wait_until_alone(connection: Connection) -> None:
    """PostgreSQL hears of the death of a client a little later, and ends what it was at."""
    if connection.dialect.name != "postgresql":
        return
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    others += "AND pid != pg_backend_pid() AND backend_type = 'client backend'"

    def alone() -> bool:
        found = one(connection, others)
        connection.rollback()  # within a transaction it would be told the same again
        return not found

    until(alone)


def until(done: Callable[[], object], within: float = TOLD_GONE_S, every: float = 0.01) -> float:
    """Wait until it is so; how long it took (s).

    Raises:
        TimeoutError: it is not, for that long.
    """
    begun = time.monotonic()
    while not done():
        if time.monotonic() - begun > within:
            raise TimeoutError
        time.sleep(every)
    return time.monotonic() - begun
