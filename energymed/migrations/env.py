"""Alembic's entry: runs the numbered migrations with the app's engine and models."""

from alembic import context
from flask import current_app

from energymed.models import Model

engine = current_app.extensions["migrate"].db.engine

with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        render_as_batch=True,
        compare_type=True,
        transaction_per_migration=True,
        user_module_prefix="db.",
    )
    with context.begin_transaction():
        context.run_migrations()
