"""Prepared statements of PostgreSQL, kept from one page to the next.

psycopg prepares what it has sent five times, so that the server need not take it apart and plan it
again; but it forgets all of it at a rollback, and a page that only reads ends in one. What has only
read is let go by a commit instead, which changes nothing either.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection

MOST = 500  # statements kept on a connection; psycopg's own hundred are fewer than our pages have


def keep_statements(engine: Engine, is_writing: Callable[[], bool]) -> None:
    """Let the connections of a PostgreSQL engine keep what they have prepared.

    Args:
        is_writing: whether the transaction that begins is one to write in; such a one that fails is
            rolled back, whatever was sent in it.
    """
    dialect: Any = engine.dialect
    roll_back = dialect.do_rollback

    def on_begin(connection: Connection) -> None:
        _driver(connection).only_reads = not is_writing()

    def do_rollback(connection: Any) -> None:
        driver = connection.dbapi_connection
        whole = driver.info.transaction_status.name == "INTRANS"
        if whole and getattr(driver, "only_reads", False):
            dialect.do_commit(connection)
        else:
            roll_back(connection)

    dialect.do_rollback = do_rollback
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", on_begin)
    event.listen(engine, "before_cursor_execute", _on_execute)


def _on_connect(connection: Any, _record: object) -> None:
    connection.prepared_max = MOST


def _on_execute(connection: Connection, _cursor: object, statement: str, *_more: object) -> None:
    if not statement.startswith("SELECT"):
        _driver(connection).only_reads = False


def _driver(connection: Connection) -> Any:
    return connection.connection.dbapi_connection
