"""Each way in which a database or a disk fails has its own French sentence."""

import errno
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

from energymed.base.db import trouble
from energymed.base.db.trouble import database_trouble, disk_trouble
from energymed.base.errors import DomainError, Refused, Unusable
from tests.databases import postgres_database, postgres_server


def told(url: str, statement: str, *before: str) -> DomainError:
    """What the failure of a statement reads like."""
    engine = create_engine(url, poolclass=NullPool)
    with pytest.raises(DBAPIError) as failure, engine.connect() as connection:
        for each in before:
            connection.execute(text(each))
        connection.execute(text(statement))
    return database_trouble(failure.value)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A SQLite file of some pages, with nothing beside it."""
    path = tmp_path / "some.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE word (name TEXT)")
        connection.executemany("INSERT INTO word VALUES (?)", [("x" * 500,)] * 100)
        connection.commit()
    return path


@pytest.fixture(scope="module")
def postgres() -> str:
    return postgres_database("trouble")


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "some.sqlite"
    path.write_bytes(b"nothing of the kind" * 100)
    assert told(f"sqlite:///{path}", "SELECT * FROM word").message == trouble.CORRUPT


@pytest.mark.parametrize("size", [100, 4096, 8192, 20_000])
def test_a_truncated_file(file: Path, size: int) -> None:
    os.truncate(file, size)
    assert told(f"sqlite:///{file}", "SELECT * FROM word").message == trouble.CORRUPT


def test_a_file_with_rubbish_inside(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.seek(4096)
        opened.write(b"\xff" * 4096)
    assert told(f"sqlite:///{file}", "SELECT * FROM word").message == trouble.CORRUPT


def test_a_full_disk_under_sqlite(file: Path) -> None:
    insert = "INSERT INTO word SELECT hex(zeroblob(100000))"
    said = told(f"sqlite:///{file}", insert, "PRAGMA max_page_count = 1")
    assert (type(said), said.message) == (Unusable, trouble.FULL)


def test_a_file_that_is_read_only(file: Path) -> None:
    url = f"sqlite:///file:{file}?mode=ro&uri=true"
    assert told(url, "INSERT INTO word VALUES ('x')").message == trouble.READ_ONLY


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert told(f"sqlite:///{tmp_path}/no/some.sqlite", "SELECT 1").message == trouble.CANNOT_OPEN


def test_a_file_that_somebody_keeps(file: Path) -> None:
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN EXCLUSIVE")
        said = told(f"sqlite:///{file}?timeout=0", "SELECT * FROM word")
    assert said.message == trouble.BUSY


def test_tables_that_were_never_made(file: Path, postgres: str) -> None:
    for url in (f"sqlite:///{file}", postgres):
        for statement in ("SELECT * FROM nowhere",):
            said = told(url, statement)
            assert (type(said), said.message) == (Refused, trouble.NOT_READY)


def test_any_other_failure_says_its_kind_alone(file: Path, postgres: str) -> None:
    for url in (f"sqlite:///{file}", postgres):
        said = told(url, "SELEKT 'Mme Moreau'")
        assert said.message == trouble.FAILED
        assert "Moreau" not in str(said)


def test_postgresql_that_is_not_there(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://nobody@/some?host={tmp_path}"
    assert told(url, "SELECT 1").message == trouble.AWAY
    assert told("postgresql+psycopg://a@127.0.0.1:9/some", "SELECT 1").message == trouble.AWAY


def test_postgresql_without_that_database(postgres: str) -> None:
    url = postgres.replace("/trouble", "/nowhere")
    assert told(url, "SELECT 1").message == trouble.NO_DATABASE


def test_postgresql_without_that_user(postgres: str) -> None:
    url = postgres.replace("//postgres", "//nobody", 1)
    assert url != postgres
    assert told(url, "SELECT 1").message == trouble.NO_ENTRY


def test_postgresql_that_takes_no_writes(postgres: str) -> None:
    said = told(postgres, "CREATE TABLE things (id int)", "SET TRANSACTION READ ONLY")
    assert said.message == trouble.READ_ONLY


def test_postgresql_without_the_right(postgres: str) -> None:
    with psycopg.connect(postgres_server().get_uri(), autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS guest")
        connection.execute("CREATE ROLE guest LOGIN")
    said = told(postgres, "CREATE TABLE things (id int)", "SET ROLE guest")
    assert said.message == trouble.NO_RIGHTS


class Told(psycopg.OperationalError):
    """An error of a state of its own."""

    def __init__(self, state: str | None, words: str = "") -> None:
        super().__init__(words)
        self.sqlstate = state


@pytest.mark.parametrize(
    ("state", "words", "sentence"),
    [
        ("53100", "", trouble.FULL),
        ("53300", "", trouble.CROWDED),
        ("57P01", "", trouble.AWAY),
        ("55P03", "", trouble.BUSY),
        ("08006", "", trouble.AWAY),
        ("XX001", "", trouble.CORRUPT),
        ("58030", "", trouble.DISK_FAILS),
        ("28P01", "", trouble.NO_ENTRY),
        ("3D000", "", trouble.NO_DATABASE),
        ("40001", "", trouble.FAILED),
        (None, "FATAL:  authentification par mot de passe échouée", trouble.NO_ENTRY),
        (None, "FATAL:  the database system is starting up", trouble.AWAY),
        (
            None,
            "FATAL:  the database system is not yet accepting connections",
            trouble.AWAY,
        ),
        (None, "FATAL:  the database system is in recovery mode", trouble.AWAY),
        (None, "FATAL:  sorry, too many clients already", trouble.CROWDED),
        (None, "connection refused", trouble.AWAY),
    ],
)
def test_what_postgresql_says(state: str | None, words: str, sentence: str) -> None:
    failure = OperationalError("SELECT 1", {}, Told(state, words))
    assert database_trouble(failure).message == sentence


def test_a_disk_that_takes_nothing() -> None:
    full = disk_trouble(OSError(errno.ENOSPC, "no space"))
    assert full is not None
    assert full.message == trouble.FULL
    read_only = disk_trouble(OSError(errno.EROFS, "read-only"))
    assert read_only is not None
    assert read_only.message == trouble.DISK_READ_ONLY


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (errno.ENOENT, "/x/y n'existe pas."),
        (errno.ENOTDIR, "/x/y n'est pas dans un dossier."),
        (errno.EISDIR, "/x/y est un dossier."),
        (errno.EACCES, "/x/y : accès refusé à cet utilisateur."),
    ],
)
def test_a_file_that_cannot_be_had(code: int, said: str) -> None:
    told = disk_trouble(OSError(code, "in English", "/x/y"))
    assert (type(told), str(told)) == (Refused, said)
    assert disk_trouble(OSError(code, "in English")) is None
    assert disk_trouble(OSError(errno.EPIPE, "in English", "/x/y")) is None
