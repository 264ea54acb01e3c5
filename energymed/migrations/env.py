"""Alembic's entry: runs the numbered migrations with the app's engine and models.

Or on a connection that was handed over, within its transaction (`operations.migrating`).
"""

from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import Connection
from sqlalchemy.types import TypeDecorator

from energymed.models import Model
from energymed.odd_schemas import put_in_line

# changed texts of a check are not among what Alembic compares: tests/test_migrations.py does
COMPARED = ("alembic.autogenerate.*", "alembic.ext.checkconstraint_byname")


def render_plain_type(kind: str, item: Any, _autogenerate: object) -> str | Literal[False]:
    """Our column types as what the database has: a migration imports nothing of energymed."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def enforce_references(connection: Connection, enforced: bool) -> None:
    """On SQLite a table is written anew to change it: what refers to its rows must not go along.

    (https://www.sqlite.org/lang_altertable.html#otheralter.) Outside of a transaction only.
    """
    driver = connection.connection.dbapi_connection
    if connection.dialect.name == "sqlite" and driver is not None:
        if enforced and (broken := driver.execute("PRAGMA foreign_key_check").fetchone()):
            raise RuntimeError(f"a row of {broken[0]} refers to a row of {broken[2]} that is gone")
        driver.execute(f"PRAGMA foreign_keys = {int(enforced)}")


def run_migrations(connection: Connection) -> None:
    """Run what was asked for."""
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        render_as_batch=True,
        render_item=render_plain_type,
        compare_type=True,
        autogenerate_plugins=list(COMPARED),
        transaction_per_migration=True,
        on_version_apply=context.config.attributes.get("told", ()),
    )
    with context.begin_transaction():
        context.run_migrations()


if (handed := context.config.attributes.get("connection")) is not None:
    put_in_line(handed)
    run_migrations(handed)
else:
    with current_app.extensions["migrate"].db.engine.connect() as own:
        put_in_line(own)
        own.commit()
        enforce_references(own, False)
        run_migrations(own)
        enforce_references(own, True)
