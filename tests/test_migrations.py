"""Migrations: up and down on both databases, and the head equals the models."""

import ast
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import check, downgrade, revision, upgrade
from sqlalchemy import CheckConstraint, Index, MetaData, inspect, text

from energymed.base.db import db
from energymed.config import ROOT
from energymed.models import Model

Texts = dict[tuple[str, str], str]  # (table, name of a check or an index) → its condition

LISTED = re.compile(r"'[^']*'[^',()\]]*(?:,\s*'[^']*'[^',()\]]*)+")
FOLDER = ROOT / "energymed" / "migrations"


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


def conditions() -> Texts:
    """What Alembic does not compare: the text of each CHECK, and the WHERE of each index."""
    found: Texts = {}
    inspector = inspect(db.engine)
    where = f"{db.engine.dialect.name}_where"
    for table in set(inspector.get_table_names()) - {"alembic_version"}:
        for constraint in inspector.get_check_constraints(table):
            found[table, str(constraint["name"])] = in_order(constraint["sqltext"])
        for index in inspector.get_indexes(table):
            condition = index.get("dialect_options", {}).get(where, "")
            found[table, str(index["name"])] = in_order(str(condition))
    return found


def in_order(condition: str) -> str:
    """The condition with the values of each list sorted: their order means nothing."""

    def put_in_order(match: re.Match[str]) -> str:
        return ",".join(sorted(each.strip() for each in match.group(0).split(",")))

    return LISTED.sub(put_in_order, " ".join(condition.split()))


def differences(metadata: MetaData) -> dict[tuple[str, str], tuple[str | None, str | None]]:
    """(in the database, in `metadata`) where a condition differs; the database is left empty.

    The conditions of `metadata` are read from a database too, so that it has put both in its words.
    """
    migrated = conditions()
    Model.metadata.drop_all(db.engine)
    metadata.create_all(db.engine)
    modelled = conditions()
    metadata.drop_all(db.engine)
    return {
        key: (migrated.get(key), modelled.get(key))
        for key in migrated.keys() | modelled.keys()
        if migrated.get(key) != modelled.get(key)
    }


def copied_models() -> MetaData:
    """The tables of the models, to be changed by a test."""
    copied = MetaData(naming_convention=Model.metadata.naming_convention)
    for table in Model.metadata.sorted_tables:
        table.to_metadata(copied)
    return copied


def test_head_equals_models(bare_app: Flask) -> None:
    upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Model.metadata) == []
    check()  # as Alembic's own command sees it
    assert differences(Model.metadata) == {}


def test_a_new_code_without_a_migration_is_found(bare_app: Flask) -> None:
    upgrade()
    models = copied_models()
    stop = models.tables["stop"]
    (kinds,) = (check for check in stop.constraints if check.name == "ck_stop_kind")
    assert isinstance(kinds, CheckConstraint)
    stop.constraints.remove(kinds)
    CheckConstraint(str(kinds.sqltext).replace("(", "('asleep',"), name=kinds.name, table=stop)
    found = differences(models)
    assert list(found) == [("stop", "ck_stop_kind")]
    assert "'asleep'" in str(found["stop", "ck_stop_kind"][1])


def test_an_index_on_other_rows_is_found(bare_app: Flask) -> None:
    upgrade()
    models = copied_models()
    table = models.tables["case_file"]
    (ready,) = (index for index in table.indexes if index.name == "ix_case_file_ready")
    table.indexes.remove(ready)
    queued = text("state = 'queued'")
    columns = [table.c[column.name] for column in ready.columns]
    Index(ready.name, *columns, sqlite_where=queued, postgresql_where=queued)
    assert list(differences(models)) == [("case_file", "ix_case_file_ready")]


def test_down_to_nothing_and_up_again(bare_app: Flask) -> None:
    upgrade()
    downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    upgrade()
    assert "case_file" in inspect(db.engine).get_table_names()


def imported(path: Path) -> set[str]:
    """The first names of all that a module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.add(str(node.module).split(".")[0])
    return found


def test_a_migration_is_frozen_it_imports_nothing_of_the_rooms() -> None:
    for path in sorted((FOLDER / "versions").glob("*.py")):
        assert imported(path) <= {"sqlalchemy", "alembic"}, path.name


def test_a_generated_migration_is_frozen_and_makes_the_models(
    bare_app: Flask, tmp_path: Path
) -> None:
    for name in ("env.py", "script.py.mako", "alembic.ini"):
        shutil.copy(FOLDER / name, tmp_path)
    (tmp_path / "versions").mkdir()
    revision(directory=str(tmp_path), message="all", autogenerate=True, rev_id="0001")
    (path,) = (tmp_path / "versions").glob("*.py")
    assert imported(path) == {"sqlalchemy", "alembic"}
    upgrade(directory=str(tmp_path))
    assert differences(Model.metadata) == {}
