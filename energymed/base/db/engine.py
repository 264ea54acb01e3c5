"""The database: one declarative base, the column types, and the one way to write.

SQLite is opened in WAL mode with foreign keys. pysqlite's own transaction handling is
switched off and every transaction begins by our word: `BEGIN` for reads and
`BEGIN IMMEDIATE` for writes, so that a read that turns into a write never meets
"database is locked" halfway. Connections stay open in a pool: nobody else in the process may open
the file itself, since to close it would drop SQLite's locks on it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Dialect, Engine, Executable, MetaData, Row, event, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.types import TypeDecorator

from energymed.base.db.postgres import connect_args, save_journeys, wait_for_locks
from energymed.base.db.waits import TimedPool, Wait, waiting_for
from energymed.base.db.write_log import PAGES, LogKeeper
from energymed.base.db.writer_queue import Line

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# how long a command or a job waits for others who write: those of ours in line, and a program
# that is not; and how long a person does, who is not left before a page that says nothing
IN_LINE_S, PATIENCE_S, AT_A_PAGE_S = 600.0, 60.0, 8.0
SYNCHRONOUS = "FULL"  # SQLite: what was told as saved is on the disk (ADR 11)
_writing: ContextVar[bool] = ContextVar("writing", default=False)


class UTCDateTime(TypeDecorator[datetime]):
    """An aware UTC instant; SQLite keeps it naive, PostgreSQL as timestamptz."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive values; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime where an instant is due")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware UTC instant."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Model(DeclarativeBase):
    """Declarative base of every table: shared naming convention and column types."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: UTCDateTime(),
            dict[str, Any]: JSON(none_as_null=True),
            list[str]: JSON(none_as_null=True),
        },
    )


db = SQLAlchemy(model_class=Model, disable_autonaming=True)


def engine_options(url: str) -> dict[str, object]:
    """A bounded pool: to open a connection costs more than a claim; 400 at once are too many.

    PostgreSQL serves four of each process sooner than eight: one for each thread of `serve`.

    SQLite's are opened anew from time to time, to learn what `measure_tables` found.
    """
    if url.startswith("sqlite"):
        pool = {
            "pool_size": 5, "max_overflow": 0, "pool_recycle": 600,
            "connect_args": {"timeout": 15},
        }  # fmt: skip
    else:
        pool = {
            "pool_size": 4, "max_overflow": 0, "pool_pre_ping": True,
            "connect_args": connect_args(url),
        }  # fmt: skip
    return {**pool, "poolclass": TimedPool, "hide_parameters": True}


def prepare_engine(engine: Engine, key: bytes, *, serving: bool = False) -> None:
    """Attach the connection settings and the `BEGIN` of our choice to `engine`.

    Args:
        key: what keyed hashes in this database are made with; it is not kept in it.
        serving: whether people wait at pages for what is done on it.
    """
    patience, in_line = (AT_A_PAGE_S, AT_A_PAGE_S) if serving else (PATIENCE_S, IN_LINE_S)
    engine.update_execution_options(installation_key=key, patience_s=patience, in_line_s=in_line)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", partial(_on_connect, patience))
        event.listen(engine, "begin", _on_begin)
    else:
        save_journeys(engine, _writing.get)
        if serving:
            wait_for_locks(engine, patience)


def installation_key(session: Session) -> bytes:
    """The key of this installation's keyed hashes."""
    key: bytes = session.connection().get_execution_options()["installation_key"]
    return key


def patience_of(engine: Engine) -> float:
    """How long (s) whoever writes on it waits for a program that is not in line."""
    return float(engine.get_execution_options().get("patience_s", PATIENCE_S))


def _on_connect(patience: float, connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        f"synchronous={SYNCHRONOUS}",
        "foreign_keys=ON",
        f"busy_timeout={round(patience * 1000)}",
        f"wal_autocheckpoint={PAGES}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    if not _writing.get():
        connection.exec_driver_sql("BEGIN")
        return
    with waiting_for(Wait.LOCK):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def begin_writing() -> None:
    """Let every transaction of this context begin as a write, until `end_writing`.

    Only for a library that commits by itself; our own code uses `transaction`.
    """
    _writing.set(True)


def end_writing() -> None:
    """Undo `begin_writing`."""
    _writing.set(False)


def read_rows(
    session: Session, statement: Executable, asked: Mapping[str, object] | None = None
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Rows of plain columns, without what the ORM does around each statement.

    For what is read at every claim: it takes half the time.
    """
    session.flush()
    return session.connection().execute(statement, asked).all()


@contextmanager
def transaction() -> Iterator[Session]:
    """One use case, one transaction: yields the session, commits at the end, rolls back on error.

    Whatever was read before is let go first, so that the write sees the latest state.
    """
    session: Session = db.session()
    session.rollback()
    with _turn_to_write(session):
        token = _writing.set(True)
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            _writing.reset(token)


def keep_log_short() -> None:
    """For a process that serves: see `base.db.write_log`; needs an app context."""
    LogKeeper(db.engine).start()


def measure_tables(session: Session) -> None:
    """Let SQLite look how full its tables are: by that it chooses its indexes.

    Without it a page may take thirty times as long once there are many cases. It reads a sample,
    in milliseconds; other connections learn of it when they are opened anew. PostgreSQL measures
    by itself.
    """
    if not locks_rows(session):
        session.execute(text("PRAGMA analysis_limit=1000"))
        session.execute(text("ANALYZE"))


@contextmanager
def references_unchecked(connection: Connection) -> Iterator[None]:
    """While whole tables go: SQLite would look for what refers to each of their rows, for minutes.

    The connection must not be in a transaction yet.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.cursor()
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")
        driver.close()


def locks_rows(session: Session) -> bool:
    """Whether rows can be locked; if not, a write transaction is alone anyway (SQLite)."""
    return session.get_bind().dialect.name != "sqlite"


@contextmanager
def _turn_to_write(session: Session) -> Iterator[None]:
    """One writer at a time on SQLite, first come first served, and nobody waits for ever.

    SQLite lets writers try again at intervals and serves whoever tries at the right moment: with
    many of them, some wait for seconds. A second transaction inside the first one is refused by
    the database, as ever.
    """
    if locks_rows(session) or _writing.get():
        yield
        return
    with ExitStack() as turn:
        with waiting_for(Wait.TURN):
            turn.enter_context(_line_of(session).turn())
        yield


def _line_of(session: Session) -> Line:
    """The line of writers before the database of this session."""
    engine = session.get_bind().engine
    return _line(engine.url.database or "", engine.get_execution_options()["in_line_s"])


@cache
def _line(file: str, patience: float) -> Line:
    return Line(Path(f"{file}.writers") if file and file != ":memory:" else None, patience)
