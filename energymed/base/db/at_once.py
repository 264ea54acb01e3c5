"""Small reads and writes beside a long transaction: at once or not at all, in one of their own.

On PostgreSQL they never wait for it. SQLite has one writer: while somebody writes, they are left.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from contextvars import Context as ContextVars
from typing import Any

from sqlalchemy import Engine, Executable, Row
from sqlalchemy.exc import OperationalError
from sqlalchemy.sql.dml import ReturningInsert, ReturningUpdate

from energymed.base.db.engine import patience_of


def write_at_once(
    engine: Engine, statement: ReturningUpdate[Any] | ReturningInsert[Any], *, wait_ms: int = 0
) -> Row[Any] | None:
    """Carry out the statement and commit; the row that it returns.

    None when there is none, or when nothing could be written now, or within `wait_ms`.
    """
    try:
        with (
            engine.connect() as connection,
            _impatient(engine, connection.connection, wait_ms),
            connection.begin(),
        ):
            return connection.execute(statement).one_or_none()
    except OperationalError:  # somebody writes, the disk is full, the server is away
        return None


def read_beside(engine: Engine, statement: Executable) -> Any:
    """The one value that the statement reads, as it is committed, whatever is being written here.

    A connection that is opened inside `transaction` would begin as a writer.
    """

    def read() -> Any:
        with engine.connect() as connection:
            return connection.scalar(statement)

    return ContextVars().run(read)


def somebody_writes(engine: Engine) -> bool:
    """Whether a write transaction is open at this moment (SQLite; elsewhere nothing is said)."""
    if engine.dialect.name != "sqlite":
        return False
    with closing(engine.raw_connection()) as connection, _impatient(engine, connection):
        cursor = connection.cursor()
        try:
            cursor.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        else:
            cursor.execute("ROLLBACK")
            return False
        finally:
            cursor.close()


@contextmanager
def _impatient(engine: Engine, connection: Any, wait_ms: int = 0) -> Iterator[None]:
    """A connection that waits no longer than that for another writer meanwhile (SQLite)."""
    driver = connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        yield
        return
    driver.execute(f"PRAGMA busy_timeout={wait_ms}")
    try:
        yield
    finally:
        driver.execute(f"PRAGMA busy_timeout={round(patience_of(engine) * 1000)}")
