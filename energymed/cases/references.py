"""Who refers to a row: every foreign key of the schema, whatever room its table is of.

Asked before something is deleted, so that a table added later stands in the way by itself.
"""

from collections.abc import Iterator

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from energymed.base.db import Model


def columns_naming(name: str) -> Iterator[tuple[Table, str]]:
    """Every (table, column) that refers to the table of this name.

    The program that asks has loaded every table (`create_app` does): one that is not loaded would
    let a row be deleted that it refers to.
    """
    for table in Model.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name == name:
                yield table, key.parent.name


def referred_to(session: Session, name: str, ids: list[int], *, but: str = "") -> set[int]:
    """Those of the ids of table `name` that any table refers to, except the table `but`."""
    found: set[int] = set()
    for table, column in columns_naming(name):
        if table.name != but:
            target = table.c[column]
            found |= set(session.scalars(select(target).where(target.in_(ids)).distinct()))
    return found
