"""Alembic's entry: runs the numbered migrations with the app's engine and models."""

from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy.types import TypeDecorator

from energymed.models import Model

# changed texts of a check are not among what Alembic compares: tests/test_migrations.py does
COMPARED = ("alembic.autogenerate.*", "alembic.ext.checkconstraint_byname")


def render_plain_type(kind: str, item: Any, _autogenerate: object) -> str | Literal[False]:
    """Our column types as what the database has: a migration imports nothing of energymed."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


engine = current_app.extensions["migrate"].db.engine

with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        render_as_batch=True,
        render_item=render_plain_type,
        compare_type=True,
        autogenerate_plugins=list(COMPARED),
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
