"""Which versions of what this installation runs on."""

import platform
import sqlite3
from importlib.metadata import version

from sqlalchemy import Connection

from energymed.base.i18n import N_
from energymed.operations.archive import PRODUCT
from energymed.operations.doctor.codes import Check
from energymed.operations.doctor.findings import Finding, good
from energymed.revisions import known_revisions

LIBRARIES = (
    "Flask", "SQLAlchemy", "alembic", "Flask-Security", "cryptography", "granian", "psycopg",
)  # fmt: skip


def version_findings(connection: Connection | None) -> list[Finding]:
    """The program's, its schema's, Python's, the database's, and the main libraries'."""
    told = N_("energymed %(program)s (révision %(revision)s), Python %(python)s, %(database)s.")
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return [
        good(
            Check.VERSIONS,
            told,
            program=version(PRODUCT),
            revision=known_revisions()[-1],
            python=platform.python_version(),
            database=_database(connection),
        ),
        good(Check.VERSIONS, N_("Bibliothèques : %(libraries)s."), libraries=libraries),
    ]


def _database(connection: Connection | None) -> str:
    if connection is None or connection.dialect.name == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    return f"PostgreSQL {connection.exec_driver_sql('SHOW server_version').scalar()}"
