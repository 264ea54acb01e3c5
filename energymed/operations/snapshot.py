"""A database as it stands at one moment, while people go on working: its tables, row by row.

Rows are read by the schema that the database has, not by the models: it may be older. Both
databases give the same values, those that SQLite keeps: whole numbers, texts, days and instants as
texts of UTC, so that a backup of one goes into the other, and the same data give the same bytes.

The moment is a read transaction: SQLite's log of writes keeps what it sees, PostgreSQL gives it by
REPEATABLE READ. Nobody waits for it, and no second copy of the database lies about.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Connection,
    Date,
    DateTime,
    Engine,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    text,
)
from sqlalchemy.pool import NullPool
from sqlalchemy.types import TypeEngine

from energymed.base.db.plain_driver import as_sqlalchemy
from energymed.odd_schemas import name_of
from energymed.operations.codes import Holds
from energymed.revisions import revision_of

AT_A_TIME = 2_000  # rows
VERSION_TABLE = "alembic_version"
# in this order: a database may say that one kind is also another
_KINDS: tuple[tuple[type[TypeEngine[Any]], Holds], ...] = (
    (Boolean, Holds.YES_NO),
    (Integer, Holds.NUMBER),
    (Float, Holds.NUMBER),
    (DateTime, Holds.INSTANT),
    (Date, Holds.DAY),
    (JSON, Holds.JSON),
    (String, Holds.TEXT),
    (LargeBinary, Holds.BYTES),
)
_ON_POSTGRESQL = {
    Holds.YES_NO: "{0}::int",
    Holds.INSTANT: "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
    Holds.DAY: "to_char({0}, 'YYYY-MM-DD')",
    Holds.JSON: "{0}::text",
}
Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """A table: its name, and its columns with what they hold."""

    name: str
    columns: tuple[tuple[str, Holds], ...]

    @property
    def names(self) -> list[str]:
        """The names of its columns."""
        return [name for name, _ in self.columns]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An open moment of a database. `counters`: {table: the last number that was given}."""

    connection: Connection
    revision: str | None
    metadata: MetaData

    @property
    def shapes(self) -> list[Shape]:
        """Every table, none before those that it refers to."""
        return [shape_of(table) for table in self.metadata.sorted_tables]

    def rows(self, shape: Shape) -> Generator[Row, None, None]:
        """The rows of a table, by its key; a few of them in memory.

        Whoever does not read them to the end closes it, before the connection.
        """
        table = self.metadata.tables[shape.name]
        quote = self.connection.dialect.identifier_preparer.quote
        on_postgresql = self.connection.dialect.name == "postgresql"
        read = [
            (_ON_POSTGRESQL.get(holds, "{0}") if on_postgresql else "{0}").format(quote(name))
            for name, holds in shape.columns
        ]
        order = ", ".join(quote(column.name) for column in table.primary_key) or "1"
        statement = f"SELECT {', '.join(read)} FROM {quote(shape.name)} ORDER BY {order}"  # noqa: S608
        with closing(_cursor(self.connection)) as cursor:
            with as_sqlalchemy(self.connection, statement):
                cursor.execute(statement)
            while some := self._some(cursor, statement):
                yield from some

    def _some(self, cursor: Any, statement: str) -> list[Row]:
        with as_sqlalchemy(self.connection, statement):
            found: list[Row] = cursor.fetchmany(AT_A_TIME)
        return found

    def counters(self) -> dict[str, int]:
        """Of PostgreSQL's tables that number their rows; SQLite goes on after the highest."""
        if self.connection.dialect.name != "postgresql":
            return {}
        found: dict[str, int] = {}
        for table in self.metadata.tables.values():
            if (sequence := sequence_of(self.connection, table)) is not None:
                last = self.connection.scalar(
                    text(f"SELECT last_value FROM {sequence} WHERE is_called")  # noqa: S608
                )
                found |= {table.name: int(last)} if last is not None else {}
        return found


@contextmanager
def snapshot(url: str) -> Iterator[Snapshot]:
    """The database at this moment."""
    engine = own_engine(url, reading=True)
    try:
        with engine.connect() as connection:
            revision = schema_of(connection)
            yield Snapshot(connection, revision, reflected(connection))
    finally:
        engine.dispose()


def schema_of(connection: Connection) -> str | None:
    """The revision of a database, or the name of what it has instead (`odd_schemas`)."""
    stamped = revision_of(connection)
    return None if stamped is None else name_of(connection, stamped)


def own_engine(url: str, *, reading: bool) -> Engine:
    """An engine for one long transaction, apart from those of the pages.

    On SQLite what refers to rows is not looked after: whoever writes checks it at the end.
    """
    if url.startswith("sqlite"):
        engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
        event.listen(engine, "connect", _begin_by_our_word)
        event.listen(engine, "begin", _begin)
        return engine
    return create_engine(
        url,
        poolclass=NullPool,
        hide_parameters=True,
        isolation_level="REPEATABLE READ" if reading else "READ COMMITTED",
        execution_options={"postgresql_readonly": reading},
    )


def reflected(connection: Connection) -> MetaData:
    """The tables that are there, but for the one that tells the revision."""
    metadata = MetaData()
    metadata.reflect(connection, only=lambda name, _: name != VERSION_TABLE)
    return metadata


def shape_of(table: Table) -> Shape:
    """The columns of a table and what they hold, by their names: migrations add at the end."""
    columns = sorted(table.columns, key=lambda column: column.name)
    return Shape(table.name, tuple((column.name, _holds(column)) for column in columns))


def sequence_of(connection: Connection, table: Table) -> str | None:
    """The name of what numbers the rows of a table on PostgreSQL."""
    if "id" not in table.columns:
        return None
    asked = text("SELECT pg_get_serial_sequence(:name, 'id')")
    found: str | None = connection.scalar(asked, {"name": f'"{table.name}"'})
    return found


def _holds(column: Any) -> Holds:
    for kind, holds in _KINDS:
        if isinstance(column.type, kind):
            return holds
    raise TypeError(f"a backup knows no column of the kind {column.type!r} ({column})")


def _cursor(connection: Connection) -> Any:
    """A cursor of the driver that does not take all rows into memory."""
    driver: Any = connection.connection.dbapi_connection
    if connection.dialect.name == "postgresql":
        return driver.cursor(name="energymed_backup")
    return driver.cursor()


def _begin_by_our_word(driver: Any, _record: object) -> None:
    """No transaction that the driver opens or ends by itself."""
    driver.isolation_level = None
    driver.execute("PRAGMA busy_timeout=60000")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
