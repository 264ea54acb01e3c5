"""Around what is said to the driver itself: what it refuses is told as SQLAlchemy tells it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

_REFUSALS = (sqlite3.Error, psycopg.Error)


@contextmanager
def as_sqlalchemy(connection: Connection, said: str) -> Iterator[None]:
    """Let whoever looks at a failure see one kind of error alone; rows are not told.

    Args:
        said: the statement.
    """
    try:
        yield
    except _REFUSALS as refusal:
        kind = sqlite3.Error if isinstance(refusal, sqlite3.Error) else psycopg.Error
        raise DBAPIError.instance(
            said, None, refusal, kind, hide_parameters=True, dialect=connection.dialect
        ) from refusal
