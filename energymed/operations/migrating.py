"""From one revision of the schema to another, within the transaction of whoever asks."""

from collections.abc import Callable
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from energymed.base.db import Model
from energymed.odd_schemas import NAMES, make
from energymed.revisions import FOLDER, known_revisions

Told = Callable[[str], None]  # the revision that was reached


def migrate(connection: Connection, revision: str = "head", told: Told | None = None) -> None:
    """Bring a schema to a revision; `told` hears of each migration that is done."""
    config = _config()
    config.attributes["connection"] = connection
    if told is not None:
        config.attributes["told"] = _hears(told)
    command.upgrade(config, revision)


def make_schema(connection: Connection, name: str) -> None:
    """Make the tables of a revision, or of an odd schema, in a database that has none."""
    if name not in NAMES:
        migrate(connection, name)
        return
    migrate(connection, NAMES[name].after)
    scripts = ScriptDirectory.from_config(_config())

    def ahead(revision: str, function: str) -> None:
        script = scripts.get_revision(revision)
        with Operations.context(MigrationContext.configure(connection)):
            getattr(script.module, function)()

    make(connection, name, ahead)


def pending(schema: str) -> tuple[str, ...]:
    """The migrations that a schema of this name has before it, the next one first."""
    known = known_revisions()
    last = NAMES[schema].after if schema in NAMES else schema
    return known[known.index(last) + 1 :]


def tables_unlike_models(connection: Connection) -> list[str]:
    """The tables that are not as the program wants them; none, once all migrations are done."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return sorted({_table_of(found) for found in compare_metadata(context, Model.metadata)})


def _table_of(found: Any) -> str:
    """Alembic tells each difference as a tuple, or as a list of them: ("add_column", None, …)."""
    what = found[0] if isinstance(found, list) else found
    for part in what[1:]:
        if isinstance(part, str):
            return part
        table = getattr(part, "table", part)
        if (name := getattr(table, "name", None)) is not None:
            return str(name)
    return str(what[0])


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config


def _hears(told: Told) -> Callable[..., None]:
    return lambda *, step, **_rest: told(str(step.up_revision_id))
