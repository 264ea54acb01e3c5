"""Brings a database to the newest schema and writes the rules and texts that it must have."""

from flask import Flask, current_app
from flask_migrate import Migrate
from sqlalchemy import text

from energymed.base.clock import now
from energymed.base.db import db, measure_tables, transaction
from energymed.config import ROOT
from energymed.intake.batches.former_files import take_in_former_files
from energymed.mediation.consent_texts import seed_consent_text
from energymed.mediation.directory_seeds import seed_directory
from energymed.mediation.emergencies import seed_emergencies
from energymed.messages import templates
from energymed.messages.letters.library import seed_letter_texts
from energymed.operations.upgrade import bring_up_to_date
from energymed.partners import rulebook


def know_migrations(app: Flask) -> None:
    """Tell the app where its migrations are."""
    directory = str(ROOT / "energymed" / "migrations")
    Migrate(app, db, directory=directory, render_as_batch=True)


def prepare_database() -> str:
    """Create or upgrade the schema, seed dated rules and texts; returns the revision reached.

    Raw files that still lie in a folder become rows.

    Needs an app context. Safe to repeat.

    Raises:
        Refused: the schema would change while somebody works on it, or a migration failed.
    """
    settings = current_app.extensions["energymed"]
    db.session.remove()
    db.engine.dispose()  # whoever has the database open stands in the way of a change, we too
    bring_up_to_date(settings.database_url)
    with transaction() as session:
        rulebook.seed(session)
        seed_directory(session)
        seed_emergencies(session)
        seed_consent_text(session)
        templates.seed(session, now=now())
        seed_letter_texts(session, now=now())
        measure_tables(session)
    take_in_former_files(settings)
    return str(db.session.scalar(text("SELECT version_num FROM alembic_version")))
