"""Brings a database to the newest schema and writes the rules that it must have."""

from flask_migrate import upgrade
from sqlalchemy import text

from energymed.base.db import db, transaction
from energymed.partners import rulebook


def prepare_database() -> str:
    """Create or upgrade the schema and seed the dated rules; returns the revision reached.

    Needs an app context. Safe to repeat.
    """
    upgrade()
    with transaction() as session:
        rulebook.seed(session)
    return str(db.session.scalar(text("SELECT version_num FROM alembic_version")))
