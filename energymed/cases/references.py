"""Who refers to a row: every foreign key of the schema, whatever room its table is of.

Asked before something is deleted, so that a table added later stands in the way by itself.
"""

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from energymed.base.db import Model


def pointing_at(name: str) -> list[tuple[Table, str]]:
    """Every (table, column) that refers to the table of this name."""
    return [
        (table, key.parent.name)
        for table in Model.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == name
    ]


def pointed(session: Session, table: Table, column: str, ids: list[int]) -> set[int]:
    """Those of the ids that this column of this table holds."""
    target = table.c[column]
    return set(session.scalars(select(target).where(target.in_(ids)).distinct()))


def pointed_by_any(session: Session, name: str, ids: list[int], *, but: str = "") -> set[int]:
    """Those of the ids of table `name` that any table holds, except the table `but`."""
    found: set[int] = set()
    for table, column in pointing_at(name):
        if table.name != but:
            found |= pointed(session, table, column, ids)
    return found
