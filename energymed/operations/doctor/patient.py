"""The database of an installation opened to be examined: nothing in it is changed, nor beside it.

Its file is opened to read alone. In a folder where nothing can be written SQLite could not even
read, for the sake of what it puts beside the file; there it is told that nobody writes.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from energymed.base.db.trouble import NOT_READY, database_trouble
from energymed.base.errors import Refused
from energymed.given_settings import sqlite_file

WAIT_S = 5  # for a server that does not answer


@contextmanager
def opened(url: str) -> Iterator[Connection]:
    """A connection that reads one moment of the database.

    Raises:
        DomainError: it is not there, or does not answer; in one sentence.
    """
    file = sqlite_file(url)
    if file is not None and not file.exists():
        raise Refused(NOT_READY)
    engine = _file_engine(file) if file is not None else _server_engine(url)
    try:
        with _connected(engine) as connection:
            yield connection
    finally:
        engine.dispose()


def _connected(engine: Engine) -> Connection:
    """Raises `DomainError` where the database cannot be opened; a file is read to know."""
    try:
        connection = engine.connect()
        connection.exec_driver_sql("SELECT 1")
    except DBAPIError as error:
        raise database_trouble(error) from error
    return connection


def _server_engine(url: str) -> Engine:
    return create_engine(
        url,
        poolclass=NullPool,
        hide_parameters=True,
        isolation_level="REPEATABLE READ",
        execution_options={"postgresql_readonly": True},
        connect_args={"connect_timeout": WAIT_S},
    )


def _file_engine(file: Path) -> Engine:
    log = file.with_name(f"{file.name}-wal")
    alone = not os.access(file.parent, os.W_OK) and not log.exists()
    address = f"file:{quote(str(file.absolute()))}?mode=ro{'&immutable=1' if alone else ''}"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(address, uri=True, timeout=WAIT_S, isolation_level=None)

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool, hide_parameters=True)
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def size_of(connection: Connection) -> int:
    """How many bytes the database takes."""
    asked: Any = "SELECT pg_database_size(current_database())"
    if connection.dialect.name == "sqlite":
        asked = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
    return int(connection.exec_driver_sql(asked).scalar() or 0)
