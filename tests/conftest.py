"""Shared fixtures: one app and one database per worker, emptied after each test."""

import gc
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g, has_app_context
from flask.testing import FlaskClient
from sqlalchemy import Connection, create_engine
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from energymed import create_app
from energymed.base.db import db, engine, transaction
from energymed.config import Settings
from energymed.mediation.consent_texts import seed_consent_text
from energymed.mediation.directory_models import AidFund, SocialBody
from energymed.mediation.directory_seeds import seed_directory
from energymed.mediation.emergencies import seed_emergencies
from energymed.mediation.emergency_models import EmergencyLine
from energymed.mediation.referral_models import ConsentText
from energymed.messages.letters.library import seed_letter_texts
from energymed.messages.letters.models import LetterText
from energymed.models import Model
from energymed.partners import rulebook
from energymed.partners.models import ChequeBandRow, ChequeCampaignRow, DatedRule
from energymed.web.shared.extensions import limiter
from tests.databases import database_url
from tests.exploring import load_profile
from tests.once import mark_without_database
from tests.typed import TypedClient

load_profile()
# once loaded it counts in this process, and not in the folder of a test that serves
import_module("prometheus_client")

# as shipped a password costs a tenth of a second (tests/web/account/test_passwords.py)
CHEAP_HASHES = {"argon2__memory_cost": 1024, "argon2__time_cost": 1, "argon2__parallelism": 1}
SAMPLES = Path(__file__).parent / "samples"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is given no database runs once."""
    mark_without_database(items)


def pytest_collection_finish() -> None:
    """What stays until the end is not searched for rubbish again and again: a sixth of the time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Settings:
    """Settings of a test installation with a database of its own."""
    instance = tmp_path_factory.mktemp("instance")
    own = {
        "secret_key": "test-key",
        "password_salt": "salt",
        "totp_secret": "totp-secret-for-tests",
    }
    lines = [f'{name} = "{value}"\n' for name, value in own.items()]
    (instance / "secrets.toml").write_text("".join(lines), encoding="utf-8")  # for commands
    return Settings(
        instance=instance,
        database_url=database_url(worker_id, tmp_path_factory.getbasetemp()),
        environment="test",
        **own,
        log_level="ERROR",
    )


class FreshClient(TypedClient):
    """A client whose every request starts afresh, although the test holds an app context.

    Flask would share `g` with that context, and with it the user and the CSRF token.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Forget what an earlier request left behind."""
        if has_app_context():
            for name in list(g):
                g.pop(name)
        return super().open(*args, **kwargs)


@pytest.fixture(scope="session")
def database_app(settings: Settings) -> Iterator[Flask]:
    """The app with every table made."""
    engine.SYNCHRONOUS = "OFF"
    app = create_app(settings)
    app.test_client_class = FreshClient
    app.extensions["security"].pwd_context.update(**CHEAP_HASHES)
    with app.app_context():
        Model.metadata.drop_all(db.engine)
        Model.metadata.create_all(db.engine)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(database_app: Flask) -> Iterator[Flask]:
    """The app, inside a context, with what `init` writes and nothing else; emptied afterwards."""
    with database_app.app_context():
        seed_rules()
        limiter.reset()
        yield database_app
        db.session.remove()
    with database_app.app_context():
        empty_database()


@pytest.fixture
def session(app: Flask) -> Session:
    """The session of the app's context; what a test adds, it commits or flushes itself."""
    return db.session()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a page: keeps its cookies, skips the CSRF token."""
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


SEEDED = (
    DatedRule, ChequeCampaignRow, ChequeBandRow, AidFund, SocialBody, EmergencyLine, ConsentText,
    LetterText,
)  # fmt: skip


SEEDED_AT = datetime(2026, 1, 1, tzinfo=UTC)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """A file made for a test is named by its argument: its bytes hold the moment it was made."""
    return argname if isinstance(val, bytes) and len(val) > 100 else None


def seed_rules() -> None:
    """What `init` writes: the dated rules, the campaigns of the cheque, the directory.

    Thousands of tests begin with them: SQLite is given the finished statements.
    """
    if db.engine.dialect.name == "sqlite":
        _run_script(_rules_as_sql())
        return
    with transaction() as session:
        rulebook.seed(session)
        seed_directory(session)
        seed_emergencies(session)
        seed_consent_text(session)
        seed_letter_texts(session, now=SEEDED_AT)


@cache
def _rules_as_sql() -> str:
    """INSERT statements of the rules, read from a database that has them and nothing else."""
    aside = create_engine("sqlite://")
    tables = tuple(model.__table__ for model in SEEDED)
    Model.metadata.create_all(aside)
    with Session(aside) as session:
        rulebook.seed(session)
        seed_directory(session)
        seed_emergencies(session)
        seed_consent_text(session)
        seed_letter_texts(session, now=SEEDED_AT)
        session.commit()
        driver: Any = session.connection().connection.driver_connection
        found = []
        for table in tables:
            columns = ", ".join(f'quote("{column.name}")' for column in table.columns)
            rows = driver.execute(f"SELECT {columns} FROM {table.name}")
            found += [f"INSERT INTO {table.name} VALUES ({', '.join(row)})" for row in rows]
        names = [table.name for table in Model.metadata.sorted_tables]
        filled = {name for name in names if driver.execute(f'SELECT 1 FROM "{name}"').fetchone()}
    aside.dispose()
    assert filled == {table.name for table in tables}
    return ";".join(found)


def _run_script(statements: str) -> None:
    """Carry out plain statements in one transaction, without SQLAlchemy around each (SQLite)."""
    with closing(db.engine.raw_connection()) as connection:
        driver: Any = connection.driver_connection
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            driver.executescript(f"BEGIN IMMEDIATE; {statements}; COMMIT")
        finally:
            if driver.in_transaction:
                driver.execute("ROLLBACK")
            driver.execute("PRAGMA foreign_keys=ON")


@cache
def _names() -> list[str]:
    """Every table, children first."""
    return [f'"{table.name}"' for table in reversed(Model.metadata.sorted_tables)]


def _is_large(connection: Connection) -> bool:
    """Whether to empty all tables at once is quicker: for a few rows it takes ten times as long.

    A deleted row of a table that others point to is looked for among their dead ones.
    """
    beyond = connection.exec_driver_sql("SELECT 1 FROM case_file OFFSET 2000 LIMIT 1")
    return beyond.first() is not None


def empty_database() -> None:
    """Delete every row of every table, children first; numbers begin at one again."""
    deletions = [f"DELETE FROM {name}" for name in _names()]
    if db.engine.dialect.name == "sqlite":
        _run_script(";".join(deletions))
        return
    with db.engine.connect() as connection, connection.begin():
        if _is_large(connection):
            deletions = [f"TRUNCATE {', '.join(_names())}"]
        begin_anew = "PERFORM setval(quote_ident(sequencename), 1, false) FROM pg_sequences"
        at_one_go = f"DO $$ BEGIN {'; '.join([*deletions, begin_anew])}; END $$"
        connection.exec_driver_sql(at_one_go)
