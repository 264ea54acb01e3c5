"""To be alone with a database: one upgrade at a time, and nobody at work meanwhile."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.orm import Session

from energymed.base.errors import Refused, TryLater
from energymed.base.i18n import N_
from energymed.given_settings import sqlite_file
from energymed.operations.models import RunningNode
from energymed.operations.running import STALE_AFTER, running_nodes
from energymed.operations.snapshot import own_engine

try:
    import fcntl
except ImportError:  # not on Windows: there, SQLite's own lock alone keeps two upgrades apart
    fcntl = None  # type: ignore[assignment]

_NUMBER = 8_145_603_211  # of PostgreSQL's lock, for whoever changes the schema
_OURS = "energymed upgrade"  # how its connection is called
_LOOK_EVERY_S = 0.1
_ENDING_S = 2.0  # PostgreSQL's process of a connection that was closed lives a little longer
IN_USE = N_(
    "La base de cette installation est ouverte par un autre programme : arrêtez energymed, puis "
    "recommencez."
)
UNDERWAY = N_(
    "Une autre mise à niveau de cette base est en cours : attendez qu'elle finisse, puis "
    "recommencez."
)


@contextmanager
def only_one(url: str, *, patience_s: float = 0.0) -> Iterator[None]:
    """Change the schema of this database, as no other process does meanwhile.

    The lock goes with the process that has it, however that ends.

    Raises:
        TryLater: somebody else still does, after `patience_s` seconds.
    """
    database = sqlite_file(url)
    turn = _of_folder(database.parent) if database is not None else _of_server(url)
    with turn as taken:
        end = time.monotonic() + patience_s
        while not taken():
            if time.monotonic() >= end:
                raise TryLater(UNDERWAY)
            time.sleep(_LOOK_EVERY_S)
        yield


def refuse_others(url: str) -> None:
    """Let the schema change while nobody works on it.

    Versions before 0024 did not say that they run: there, whoever has the database open counts.

    Raises:
        Refused: energymed runs somewhere, or the database is open.
    """
    database = sqlite_file(url)
    engine = own_engine(url, reading=True)
    try:
        with engine.connect() as connection:
            told = inspect(connection).has_table(RunningNode.__tablename__)
            if told:
                _refuse_running(connection)
            elif database is None and not _soon(lambda: not _connected(connection)):
                raise Refused(IN_USE)
    finally:
        engine.dispose()
    if database is not None:
        refuse_open(database)


def refuse_open(database: Path) -> None:
    """Have an SQLite file to ourselves, with nothing beside it.

    To leave the mode with a log of writes, SQLite wants to be alone.

    Raises:
        Refused: another process has it open.
    """
    if not database.exists():
        return
    with closing(sqlite3.connect(database, timeout=1)) as alone:
        try:
            alone.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError as error:
            raise Refused(IN_USE) from error


def _refuse_running(connection: Connection) -> None:
    with Session(connection) as session:
        nodes = running_nodes(session)
    if not nodes:
        return
    first = nodes[0]
    raise Refused(
        N_(
            "energymed est en marche sur %(machine)s (processus %(process)s, version %(version)s, "
            "vu il y a %(seconds)s s ; en tout : %(count)s) : arrêtez-le sur chaque machine, puis "
            "recommencez ; un processus qui a été tué est oublié après %(stale)s s."
        ),
        machine=first.machine, process=first.process, version=first.version,
        seconds=first.seen_s, count=len(nodes), stale=int(STALE_AFTER.total_seconds()),
    )  # fmt: skip


def _connected(connection: Connection) -> int:
    """How many other connections this database's user has open."""
    found = connection.scalar(
        text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND usename = current_user AND pid <> pg_backend_pid()"
            " AND application_name <> :ours"
        ),
        {"ours": _OURS},
    )
    connection.rollback()  # what is counted is what the transaction saw first
    return int(found or 0)


def _soon(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + _ENDING_S
    while not true():
        if time.monotonic() >= end:
            return False
        time.sleep(_LOOK_EVERY_S)
    return True


@contextmanager
def _of_folder(folder: Path) -> Iterator[Callable[[], bool]]:
    """A lock on the folder itself: no file of its own is left behind."""
    descriptor = None if fcntl is None else os.open(folder, os.O_RDONLY)
    try:
        yield lambda: descriptor is None or _locked(descriptor)
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _of_server(url: str) -> Iterator[Callable[[], bool]]:
    engine = own_engine(url, reading=False).execution_options(isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"SET application_name = '{_OURS}'"))
            asked = text("SELECT pg_try_advisory_lock(:number)")
            yield lambda: bool(connection.scalar(asked, {"number": _NUMBER}))
    finally:
        engine.dispose()
