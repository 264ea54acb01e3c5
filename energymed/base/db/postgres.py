"""PostgreSQL: its connections spend no journey on what changes nothing.

Whatever only reads is sent without a transaction around it: two journeys less for each page, and
psycopg, which forgets at a rollback what it has prepared, keeps it. A connection that answered a
moment ago is not asked whether it is alive.
"""

from collections.abc import Callable
from time import monotonic
from typing import Any

from sqlalchemy import Engine, event, make_url
from sqlalchemy.engine import Connection

MOST = 500  # statements kept on a connection; psycopg keeps a hundred, fewer than our pages have
ALIVE_S = 5.0
# A server that is gone without a word (its machine, its cable) is given up after seconds: libpq
# itself waits for minutes. What the address says wins.
PATIENCE: dict[str, int] = {
    "connect_timeout": 5,  # s
    "keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3,  # s, s, times
    "tcp_user_timeout": 15_000,  # ms
}  # fmt: skip


def connect_args(url: str) -> dict[str, int]:
    """How long a connection bears with a server that says nothing."""
    said = make_url(url).query
    return {name: value for name, value in PATIENCE.items() if name not in said}


def save_journeys(engine: Engine, is_writing: Callable[[], bool]) -> None:
    """Let the connections of a PostgreSQL engine do without transactions around what reads.

    Args:
        is_writing: whether the transaction that begins is one to write in. Any other one begins in
            the database at its first statement that is no SELECT, or is read in pieces.
    """
    from psycopg import ServerCursor  # a house with SQLite never loads it

    dialect: Any = engine.dialect
    ping = dialect.do_ping

    def do_ping(driver: Any) -> bool:
        return monotonic() - driver.seen_at < ALIVE_S or bool(ping(driver))

    def on_begin(connection: Connection) -> None:
        _driver(connection).autocommit = not is_writing()

    def on_execute(connection: Connection, cursor: object, statement: str, *_more: object) -> None:
        driver = _driver(connection)
        at_once = statement.startswith("SELECT") and not isinstance(cursor, ServerCursor)
        if driver.autocommit and not at_once:
            driver.autocommit = False

    dialect.do_ping = do_ping
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "checkin", _on_checkin)
    event.listen(engine, "begin", on_begin)
    event.listen(engine, "before_cursor_execute", on_execute)


def wait_for_locks(engine: Engine, seconds: float) -> None:
    """Let nobody wait for longer than that for a row that somebody else is writing."""

    def on_connect(driver: Any, _record: object) -> None:
        driver.execute(f"SET lock_timeout = {round(seconds * 1000)}")
        driver.commit()

    event.listen(engine, "connect", on_connect)


def _on_connect(driver: Any, _record: object) -> None:
    driver.prepared_max = MOST
    driver.seen_at = monotonic()


def _on_checkin(driver: Any, _record: object) -> None:
    if driver is not None:  # not broken
        driver.seen_at = monotonic()


def _driver(connection: Connection) -> Any:
    return connection.connection.dbapi_connection
