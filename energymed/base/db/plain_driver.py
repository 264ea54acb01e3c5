"""Around what is said to the driver itself: what it refuses is told as SQLAlchemy tells it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


@contextmanager
def as_sqlalchemy(connection: Connection, said: str) -> Iterator[None]:
    """Let whoever looks at a failure see one kind of error alone; rows are not told.

    Args:
        said: the statement.
    """
    kind = connection.dialect.loaded_dbapi.Error
    try:
        yield
    except kind as refusal:
        raise DBAPIError.instance(
            said, None, refusal, kind, hide_parameters=True, dialect=connection.dialect
        ) from refusal
