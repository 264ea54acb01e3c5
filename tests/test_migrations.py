"""Migrations: up and down on both databases, and the head equals the models."""

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from energymed.base.db import db
from energymed.models import Model


@pytest.fixture
def bare_app(database_app: Flask) -> Iterator[Flask]:
    """The app with an empty schema; every table is made again afterwards."""
    with database_app.app_context():
        Model.metadata.drop_all(db.engine)
        yield database_app
        db.session.remove()
        with db.engine.begin() as connection:
            connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
        Model.metadata.drop_all(db.engine)
        Model.metadata.create_all(db.engine)


def test_head_equals_models(bare_app: Flask) -> None:
    upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Model.metadata) == []


def test_down_to_nothing_and_up_again(bare_app: Flask) -> None:
    upgrade()
    downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    upgrade()
    assert "case_file" in inspect(db.engine).get_table_names()
