"""An upgrade is whole or not at all, one at a time, and alone; it is backed up before."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, inspect, select, text
from sqlalchemy.orm import Session

from energymed.base.age.keys import write_public
from energymed.base.db import Model
from energymed.base.errors import Refused, TryLater, Unusable
from energymed.config import Settings
from energymed.operations import upgrade
from energymed.operations.alone import IN_USE, UNDERWAY, only_one, refuse_others
from energymed.operations.migrating import migrate, pending
from energymed.operations.models import RunningNode
from energymed.operations.restore import check
from energymed.operations.rotation import backups
from energymed.operations.running import STALE_AFTER, database_now, say_running
from energymed.operations.snapshot import own_engine
from energymed.operations.upgrade import (
    NO_KEY,
    Todo,
    back_up_before,
    bring_up_to_date,
    carry_out,
    what_to_do,
)
from energymed.revisions import known_revisions
from tests.factories import MONDAY_MORNING
from tests.operations.conftest import OWN, SECRETS, Place

pytestmark = [pytest.mark.slow, pytest.mark.once]
NEWEST = known_revisions()[-1]
OLD, MAKES_RUNNING_NODE = "0020", "0024"
KEY = write_public(OWN.public_key())


@pytest.fixture(params=["sqlite", "postgresql"])
def bare(request: pytest.FixtureRequest, place: Place) -> Settings:
    """A place on one of the databases."""
    return place(request.param)


@pytest.fixture
def before(bare: Settings) -> Settings:
    """An installation of before, on one of the databases."""
    return with_schema(bare)


@pytest.fixture
def old(place: Place) -> Settings:
    """An installation of before that has a key."""
    settings = place("sqlite")
    (settings.instance / "secrets.toml").write_bytes(SECRETS)
    return replace(with_schema(settings), backup_key=KEY)


def with_schema(settings: Settings) -> Settings:
    with written(settings) as connection:
        migrate(connection, OLD)
    return settings


@contextmanager
def engine_of(settings: Settings) -> Iterator[Engine]:
    engine = own_engine(settings.database_url, reading=False)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def written(settings: Settings) -> Iterator[Connection]:
    with engine_of(settings) as engine, engine.begin() as connection:
        yield connection


def tables(settings: Settings) -> dict[str, list[str]]:
    with engine_of(settings) as engine:
        inspector = inspect(engine)
        return {
            name: [column["name"] for column in inspector.get_columns(name)]
            for name in inspector.get_table_names()
        }


def test_all_migrations_are_told_one_by_one(before: Settings) -> None:
    settings, told = before, list[str]()
    assert what_to_do(settings.database_url) == Todo(OLD, pending(OLD))
    assert carry_out(settings.database_url, OLD, told.append) == []
    assert tuple(told) == pending(OLD)
    assert what_to_do(settings.database_url).migrations == ()


def test_a_migration_that_fails_leaves_all_as_it_was(before: Settings, tmp_path: Path) -> None:
    """A table that one of them makes is there already; those before have done their work."""
    settings, told = before, list[str]()
    with written(settings) as connection:
        connection.execute(text("CREATE TABLE running_node (id INTEGER)"))
    done = tuple(revision for revision in pending(OLD) if revision < MAKES_RUNNING_NODE)
    known = tables(settings)
    with pytest.raises(Refused) as refusal:
        carry_out(settings.database_url, OLD, told.append, backup=tmp_path / "b")
    assert tuple(told) == done
    assert refusal.value.params["reached"] == told[-1]
    assert refusal.value.params["backup"] == str(tmp_path / "b")
    assert f"restée telle qu'elle était (révision {OLD}" in str(refusal.value)
    assert tables(settings) == known
    assert what_to_do(settings.database_url) == Todo(OLD, pending(OLD))


def test_a_schema_that_nobody_knows_is_left_alone(old: Settings) -> None:
    with written(old) as connection:
        connection.execute(text("ALTER TABLE site ADD COLUMN somebodys INTEGER"))
    with pytest.raises(Refused, match="les tables site ne seraient pas celles"):
        carry_out(old.database_url, OLD)
    assert "stored_file" not in tables(old)


def test_a_row_that_would_lose_its_owner_stops_all(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = place("sqlite")
    bring_up_to_date(settings.database_url)

    def loses(connection: Connection, **_given: object) -> None:
        lost = "INSERT INTO partner_site (partner_id, site_id) VALUES (7, 7)"
        connection.execute(text(lost))

    monkeypatch.setattr(upgrade, "migrate", loses)
    with pytest.raises(Refused, match="une ligne renverrait"):
        carry_out(settings.database_url, NEWEST)
    with written(settings) as connection:
        assert connection.scalar(text("SELECT count(*) FROM partner_site")) == 0


def test_one_at_a_time(bare: Settings) -> None:
    url = bare.database_url
    with only_one(url):
        with pytest.raises(TryLater) as refusal, only_one(url):
            pass
        assert refusal.value.message == UNDERWAY
    with only_one(url):
        refuse_others(url)  # our own lock is not in our way


def test_whoever_runs_is_named(bare: Settings) -> None:
    settings = bare
    with engine_of(settings) as engine, Session(engine) as session:
        Model.metadata.create_all(engine, tables=[Model.metadata.tables["running_node"]])
        say_running(session, 41)
        session.commit()
        session.close()
        engine.dispose()
        with pytest.raises(Refused) as refusal:
            refuse_others(settings.database_url)
        assert "processus 41, version 0." in str(refusal.value)
        assert refusal.value.params["count"] == 1
        node = session.scalars(select(RunningNode)).one()
        node.seen_at = database_now(session) - STALE_AFTER
        session.commit()
    refuse_others(settings.database_url)


def test_versions_that_did_not_say_so_are_found_by_their_connections(bare: Settings) -> None:
    with written(bare) as connection:
        connection.execute(text("CREATE TABLE site (id INTEGER)"))
    if bare.database_url.startswith("sqlite"):
        with closing(sqlite3.connect(bare.instance / "energymed.sqlite")) as opened:
            opened.execute("PRAGMA journal_mode=WAL")  # as the program does
    with engine_of(bare) as engine, engine.connect() as connection:
        connection.execute(text("SELECT count(*) FROM site"))
        with pytest.raises(Refused) as refusal:
            refuse_others(bare.database_url)
        assert refusal.value.message == IN_USE
    refuse_others(bare.database_url)


def test_a_start_upgrades_where_nobody_works(old: Settings) -> None:
    with closing(sqlite3.connect(old.instance / "energymed.sqlite")) as opened:
        opened.execute("PRAGMA journal_mode=WAL")
        opened.execute("SELECT count(*) FROM site").fetchall()
        with pytest.raises(Refused) as refusal:
            bring_up_to_date(old.database_url)
        assert refusal.value.message == IN_USE
    assert what_to_do(old.database_url).migrations == pending(OLD)
    bring_up_to_date(old.database_url)
    bring_up_to_date(old.database_url)
    assert what_to_do(old.database_url).migrations == ()


def test_what_was_never_made_has_nothing_to_upgrade(place: Place) -> None:
    with pytest.raises(Refused, match="energymed init"):
        what_to_do(place("sqlite").database_url)


def test_the_backup_of_before_is_good_and_no_nightly_one(old: Settings) -> None:
    path = back_up_before(old, Todo(OLD, pending(OLD)), MONDAY_MORNING)
    assert path == old.instance / "backups" / (
        f"energymed-{OLD}-before-{NEWEST}-20261123T090000Z.backup"
    )
    done = check(old, path, OWN)
    assert (done.made_with, done.revision, done.faults) == (OLD, NEWEST, [])
    assert backups(path.parent) == []
    later = MONDAY_MORNING + timedelta(seconds=1)
    there = replace(old, backup_folder=str(path.parent))
    assert back_up_before(there, Todo(OLD, ()), later).parent == path.parent


def test_without_a_key_or_a_folder_nothing_is_backed_up(old: Settings, tmp_path: Path) -> None:
    todo = Todo(OLD, pending(OLD))
    with pytest.raises(Refused) as refusal:
        back_up_before(replace(old, backup_key=""), todo, MONDAY_MORNING)
    assert refusal.value.message == NO_KEY
    with pytest.raises(Unusable, match="backup_folder"):
        back_up_before(replace(old, backup_folder=str(tmp_path / "away")), todo, MONDAY_MORNING)
