"""Many rows at once: ids reserved beforehand, then plain inserts that return nothing.

Rows that point at each other (a household, its people, their cases) can so be written in one go
each, at the speed of the database.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, func, insert, select, text
from sqlalchemy.orm import Session

from energymed.base.chunks import chunks
from energymed.base.db import Model

PIECE = 5_000  # rows handed to the driver at a time, to bound memory


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


def insert_rows(session: Session, model: type[Model], rows: Sequence[dict[str, Any]]) -> None:
    """Insert the rows; all have the same keys. Defaults of the columns are filled in."""
    statement = insert(_table(model))
    for some in chunks(rows, PIECE):
        session.connection().execute(statement, some)


def insert_with_ids(
    session: Session, model: type[Model], rows: Sequence[dict[str, Any]]
) -> Sequence[int]:
    """`insert_rows` of a table whose key is `id`; gives the ids, in the order of the rows."""
    ids = reserve_ids(session, model, len(rows))
    insert_rows(session, model, [{"id": one, **row} for one, row in zip(ids, rows, strict=True)])
    return ids


def _table(model: type[Model]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table
