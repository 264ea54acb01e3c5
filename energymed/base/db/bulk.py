"""Many rows at once: ids reserved beforehand, then plain inserts that return nothing.

Rows that point at each other (a household, its people, their cases) can so be written in one go
each, at the speed of the database: by the driver's own `executemany` on SQLite, by COPY on
PostgreSQL. Values are prepared by the types of the columns, as everywhere else.
"""

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Connection,
    Table,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from energymed.base.db import Model
from energymed.base.db.chunks import chunks
from energymed.base.db.plain_driver import as_sqlalchemy

PIECE = 5_000  # rows handed to the driver at a time, to bound memory

_MADE = 20_000  # objects made between two looks; Python's own is 700

Row = dict[str, Any]


@contextmanager
def at_scale(session: Session) -> Iterator[None]:
    """Made for many rows: plans that fit tables as they grow, and few looks for cycles.

    PostgreSQL would keep the plan of a statement that it made while a table was empty: each is
    planned anew (foreign keys keep their own plans). Python would spend a quarter of the time on
    looking for cycles, of which rows make none; that holds for the whole process, and costs
    nothing but some memory.
    """
    usual = gc.get_threshold()
    gc.set_threshold(_MADE, *usual[1:])
    try:
        with _planned_anew(session):
            yield
    finally:
        gc.set_threshold(*usual)


@contextmanager
def _planned_anew(session: Session) -> Iterator[None]:
    """No statement is prepared on this connection meanwhile (PostgreSQL)."""
    if session.get_bind().dialect.name == "sqlite":
        yield
        return
    driver: Any = session.connection().connection.driver_connection
    usual, driver.prepare_threshold = driver.prepare_threshold, None
    try:
        yield
    finally:
        driver.prepare_threshold = usual


def reserve_ids(session: Session, model: type[Model], count: int) -> Sequence[int]:
    """`count` ids that no row of the table has, ascending; the caller's transaction writes.

    SQLite has one writer at a time, so that what follows the highest id is free until it ends;
    PostgreSQL gives them from the table's sequence.
    """
    table = _table(model)
    if session.get_bind().dialect.name == "sqlite":
        highest = session.scalar(select(func.coalesce(func.max(table.c.id), 0))) or 0
        return range(highest + 1, highest + 1 + count)
    taken = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :n)")
    return sorted(session.scalars(taken, {"name": table.name, "n": count}))


def among(
    session: Session,
    column: ColumnElement[Any] | InstrumentedAttribute[Any],
    values: Iterable[int | str],
) -> ColumnElement[bool]:
    """`column IN values` for a long list: one parameter, whatever the length.

    A statement with a place for each value is read anew by the database every time.
    """
    listed = list(values)
    if session.get_bind().dialect.name == "sqlite":
        each = func.json_each(json.dumps(listed)).table_valued("value")
        return column.in_(select(each.c.value))
    return column == func.any(literal(listed, ARRAY(column.type)))


def insert_rows(session: Session, model: type[Model], rows: Sequence[Row]) -> None:
    """Insert the rows; all have the same keys. Defaults of the columns are filled in."""
    if not rows:
        return
    table, connection = _table(model), session.connection()
    given = list(rows[0])
    defaults = {
        column.name: default
        for column in table.columns
        if column.name not in rows[0] and (default := _default(column)) is not None
    }
    names = [*given, *defaults]
    prepare = _Preparation(connection, [table.c[name] for name in names])
    values = itemgetter(*given) if len(given) > 1 else lambda row: (row[given[0]],)
    for some in chunks(rows, PIECE):
        columns: list[Sequence[Any]] = list(zip(*map(values, some), strict=True))
        columns += [[default()] * len(some) for default in defaults.values()]
        _write(connection, table, names, prepare.rows(columns))


def insert_plain(
    session: Session, model: type[Model], names: Sequence[str], rows: Sequence[tuple[int, ...]]
) -> None:
    """Insert rows of whole numbers only, which every driver takes as they are."""
    for some in chunks(rows, PIECE):
        _write(session.connection(), _table(model), names, iter(some))


def insert_with_ids(session: Session, model: type[Model], rows: Sequence[Row]) -> Sequence[int]:
    """`insert_rows` of a table whose key is `id`; gives the ids, in the order of the rows."""
    ids = reserve_ids(session, model, len(rows))
    insert_rows(session, model, [{"id": one, **row} for one, row in zip(ids, rows, strict=True)])
    return ids


def update_rows(session: Session, model: type[Model], rows: Sequence[Row]) -> None:
    """Set columns of rows that are there; all rows have the same keys, `id` says which row."""
    if not rows:
        return
    table, connection = _table(model), session.connection()
    names = [name for name in rows[0] if name != "id"] + ["id"]
    prepare = _Preparation(connection, [table.c[name] for name in names])
    values = itemgetter(*names)
    for some in chunks(rows, PIECE):
        _update(connection, table, names, prepare.rows(list(zip(*map(values, some), strict=True))))


class _Preparation:
    """What the types of some columns do to a value before the driver sees it."""

    def __init__(self, connection: Connection, columns: Sequence[Column[Any]]) -> None:
        dialect = connection.dialect
        self.processors = [
            column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns
        ]

    def rows(self, columns: Sequence[Sequence[Any]]) -> Iterator[tuple[Any, ...]]:
        """The columns as rows for the driver."""
        ready = [
            column if process is None else _processed(process, column)
            for process, column in zip(self.processors, columns, strict=True)
        ]
        return zip(*ready, strict=True)


def _processed(process: Callable[[Any], Any], column: Sequence[Any]) -> list[Any]:
    """Days and instants repeat over and over: each is prepared once."""
    try:
        different = set(column)
    except TypeError:  # JSON
        return list(map(process, column))
    ready = {value: process(value) for value in different}
    return [ready[value] for value in column]


def _write(
    connection: Connection, table: Table, names: Sequence[str], rows: Iterator[tuple[Any, ...]]
) -> None:
    quote = connection.dialect.identifier_preparer.quote
    into = f"{quote(table.name)} ({', '.join(quote(name) for name in names)})"
    if connection.dialect.name == "sqlite":
        places = ", ".join("?" * len(names))
        insert = f"INSERT INTO {into} VALUES ({places})"  # noqa: S608  # our own names
        connection.exec_driver_sql(insert, list(rows))
        return
    _copy(connection, into, rows)


def _update(
    connection: Connection, table: Table, names: Sequence[str], rows: Iterator[tuple[Any, ...]]
) -> None:
    quote = connection.dialect.identifier_preparer.quote
    target, columns = quote(table.name), [quote(name) for name in names[:-1]]
    if connection.dialect.name == "sqlite":
        places = ", ".join(f"{name} = ?" for name in columns)
        update = f"UPDATE {target} SET {places} WHERE id = ?"  # noqa: S608  # our own names
        connection.exec_driver_sql(update, list(rows))
        return
    listed = ", ".join([*columns, "id"])
    stage = f"CREATE TEMP TABLE news ON COMMIT DROP AS SELECT {listed} FROM {target} WITH NO DATA"  # noqa: S608
    connection.exec_driver_sql(stage)
    _copy(connection, f"news ({listed})", rows)
    places = ", ".join(f"{name} = news.{name}" for name in columns)
    update = f"UPDATE {target} SET {places} FROM news WHERE {target}.id = news.id"  # noqa: S608
    connection.exec_driver_sql(update)
    connection.exec_driver_sql("DROP TABLE news")


def _copy(connection: Connection, into: str, rows: Iterator[tuple[Any, ...]]) -> None:
    driver: Any = connection.connection.driver_connection
    said = f"COPY {into} FROM STDIN"
    with (
        as_sqlalchemy(connection, said),
        driver.cursor() as cursor,
        cursor.copy(said) as copy,
    ):
        for row in rows:
            copy.write_row(row)


def _default(column: Column[Any]) -> Callable[[], Any] | None:
    """Gives the value of a column that a row does not name; None when it has no default."""
    default: Any = column.default
    if default is None:
        return None
    if default.is_scalar:
        return lambda: default.arg
    return lambda: default.arg(None)


def _table(model: type[Model]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table
