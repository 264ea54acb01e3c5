"""From a backup into a database: the schema as it was, the rows, then the schema as it is now.

All of it within the transaction of the connection that is handed over.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, MetaData, Table, text
from sqlalchemy.exc import DataError, IntegrityError

from energymed.base.db.plain_driver import as_sqlalchemy
from energymed.base.errors import Refused
from energymed.base.i18n import N_
from energymed.odd_schemas import NAMES
from energymed.operations.archive import NEWER, Reader
from energymed.operations.migrating import make_schema, migrate
from energymed.operations.snapshot import Row, Shape, reflected, sequence_of, shape_of
from energymed.revisions import known_revisions


def load(connection: Connection, backup: Reader, name: str) -> dict[str, int]:
    """Put a backup into a database without tables; gives {table: rows}.

    Args:
        name: of the backup, for who reads a refusal.

    Raises:
        Refused: it does not fit the schema of its revision, or a value the database.
    """
    refuse_unknown_revision(backup, name)
    make_schema(connection, backup.head["revision"])
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL TIME ZONE 'UTC'"))
    metadata = reflected(connection)
    for table in reversed(metadata.sorted_tables):  # what the migrations wrote
        connection.execute(table.delete())
    rows = {}
    for shape, some in backup.tables():
        _refuse_other_shape(metadata, shape, name)
        rows[shape.name] = _write(connection, shape, some, name)
    if rows.keys() != metadata.tables.keys():
        raise _unfitting(name, next(iter(metadata.tables.keys() - rows.keys())))
    _go_on_counting(connection, metadata, backup.counters)
    migrate(connection)
    return rows


def refuse_unknown_revision(backup: Reader, name: str) -> None:
    """Refuse what a newer version wrote.

    Raises:
        Refused: its schema is not among those that this program knows.
    """
    if backup.head.get("revision") not in (*known_revisions(), *NAMES):
        raise Refused(NEWER, file=name, version=backup.head.get("version"))


def _refuse_other_shape(metadata: MetaData, shape: Shape, name: str) -> None:
    table = metadata.tables.get(shape.name)
    if table is None or shape_of(table) != shape:
        raise _unfitting(name, shape.name)


def _unfitting(name: str, table: str) -> Refused:
    return Refused(
        N_("%(file)s ne correspond pas au schéma de sa version (table %(table)s)."),
        file=name, table=table,
    )  # fmt: skip


def _write(connection: Connection, shape: Shape, rows: Iterator[list[Row]], name: str) -> int:
    quote = connection.dialect.identifier_preparer.quote
    into = f"{quote(shape.name)} ({', '.join(map(quote, shape.names))})"
    driver: Any = connection.connection.dbapi_connection
    copy = _copy if connection.dialect.name == "postgresql" else _insert
    try:
        with as_sqlalchemy(connection, f"INSERT INTO {into}"):
            return copy(driver, into, len(shape.columns), rows)
    except (DataError, IntegrityError) as error:
        raise Refused(
            N_("Une ligne de la table %(table)s de %(file)s n'entre pas dans cette base."),
            table=shape.name, file=name,
        ) from error  # fmt: skip


def _insert(driver: Any, into: str, width: int, rows: Iterator[list[Row]]) -> int:
    count, places = 0, ", ".join("?" * width)
    for some in rows:
        driver.executemany(f"INSERT INTO {into} VALUES ({places})", some)  # noqa: S608
        count += len(some)
    return count


def _copy(driver: Any, into: str, _width: int, rows: Iterator[list[Row]]) -> int:
    """All in one statement, at whose end PostgreSQL looks what its rows refer to."""
    count = 0
    with driver.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
        for some in rows:
            for row in some:
                copy.write_row(row)
            count += len(some)
    return count


def _go_on_counting(connection: Connection, metadata: MetaData, last: dict[str, int]) -> None:
    """New rows have numbers that none had; SQLite goes on after the highest by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in metadata.tables.values():
        sequence = sequence_of(connection, table)
        if sequence is not None:
            highest = max(last.get(table.name, 0), _highest(connection, table))
            if highest:
                asked = {"name": sequence, "last": highest}
                connection.execute(text("SELECT setval(:name, :last, true)"), asked)


def _highest(connection: Connection, table: Table) -> int:
    quoted = connection.dialect.identifier_preparer.quote(table.name)
    return int(connection.scalar(text(f"SELECT coalesce(max(id), 0) FROM {quoted}")) or 0)  # noqa: S608
