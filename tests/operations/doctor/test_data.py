"""Sums, permitted values, references, kept files and the clock; each broken for real."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from energymed.base.db import db
from energymed.base.files import StoredFile, StoredKind, keep_file
from energymed.cases.models import Case
from energymed.operations.doctor import clock as clock_check
from energymed.operations.doctor.clock import clock_findings
from energymed.operations.doctor.codes import Health
from energymed.operations.doctor.constraints import constraint_findings
from energymed.operations.doctor.files import file_findings
from energymed.operations.doctor.integrity import integrity_findings
from energymed.operations.doctor.ledger import ledger_findings
from energymed.operations.doctor.patient import opened
from tests.factories import MONDAY_MORNING as NOW
from tests.operations.doctor.conftest import Examine

CHECKS = (integrity_findings, ledger_findings, constraint_findings)


@contextmanager
def unchecked() -> Iterator[Connection]:
    """A hand that passes by the CHECKs, in a transaction that is rolled back."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA ignore_check_constraints=ON")
        else:
            connection.exec_driver_sql(
                "ALTER TABLE case_file DROP CONSTRAINT ck_case_file_closed_has_closure"
            )
        yield connection
        connection.rollback()
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA ignore_check_constraints=OFF")


@pytest.mark.usefixtures("cases")
@pytest.mark.parametrize("check", CHECKS)
def test_a_healthy_database_is_well(examined: Examine, check: object) -> None:
    (one,) = examined(check)  # type: ignore[arg-type]
    assert one.health == Health.OK


def test_a_balance_that_is_no_sum_is_found(examined: Examine, cases: list[Case]) -> None:
    with db.engine.begin() as connection:
        connection.execute(
            text(f"UPDATE case_file SET debt_cents = debt_cents + 1 WHERE id = {cases[1].id}")
        )
    (one,) = examined(ledger_findings)
    assert one.health == Health.WRONG
    assert f"1 (numéros {cases[1].id}…)" in str(one)


def test_a_row_that_breaks_a_check_is_found(cases: list[Case]) -> None:
    with unchecked() as connection:
        connection.execute(text("UPDATE case_file SET closure = 'promise' WHERE state != 'closed'"))
        (one,) = constraint_findings(connection)
        (whole,) = integrity_findings(connection)
    assert one.health == Health.WRONG
    assert "ne la respectent pas : 4." in str(one)
    assert "closed_has_closure" in str(one)
    assert whole.health == Health.OK


@pytest.mark.usefixtures("cases")
def test_a_kept_file_that_changed_is_found(examined: Examine, session: Session) -> None:
    (one,) = examined(file_findings, NOW)
    assert (one.health, "tous relus : 1," in str(one)) == (Health.OK, True)
    kept = session.query(StoredFile).one()
    kept.packed = kept.packed[:-3] + b"xyz"
    session.commit()
    (one,) = examined(file_findings, NOW)
    assert one.health == Health.WRONG
    assert f"1 (numéros {kept.id}…)" in str(one)


@pytest.mark.parametrize(("most", "read"), [(20, 2), (19, 1)])
def test_of_many_files_a_sample_is_read_and_said(
    examined: Examine, session: Session, most: int, read: int
) -> None:
    for content in (b"a" * 10, b"b" * 10):
        keep_file(session, content, StoredKind.RAW, now=NOW, until=None)
    session.commit()
    (one,) = examined(file_findings, NOW, most=most)
    assert one.params["read"] == read
    assert ("au hasard" in str(one)) == (read < 2)


@pytest.mark.usefixtures("cases")
@pytest.mark.parametrize(("back", "health"), [(60, Health.OK), (61, Health.WRONG)])
def test_a_clock_gone_back_is_found(
    examined: Examine, back: int, health: Health, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock_check, "_apart", lambda _connection: [])
    (one,) = examined(clock_findings, NOW - timedelta(seconds=back))
    assert one.health == health
    assert ("reculé" in str(one)) == (health == Health.WRONG)


@pytest.mark.parametrize(
    ("seconds", "health"), [(2, Health.OK), (10, Health.WARNING), (40, Health.WRONG)]
)
def test_a_clock_apart_from_postgresqls_is_told(
    examined: Examine, session: Session, seconds: int, health: Health
) -> None:
    if db.engine.dialect.name == "sqlite":
        (one,) = examined(clock_findings, NOW)
        assert one.health == Health.OK
        return
    theirs = session.scalar(text("SELECT clock_timestamp()"))
    assert theirs is not None
    with time_machine.travel(theirs + timedelta(seconds=seconds), tick=False):
        (one,) = examined(clock_findings, theirs)
    assert one.health == health


def test_an_index_or_constraint_that_does_not_hold_is_found(app: Flask) -> None:
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            connection.exec_driver_sql("INSERT INTO household (id, site_id) VALUES (1, 99)")
            found = [str(one) for one in integrity_findings(connection)]
            connection.rollback()
        assert found == [
            "Une ligne de la table household renvoie à une ligne de site qui n'est plus."
        ]
        return
    with db.engine.connect() as connection:
        connection.exec_driver_sql(
            "ALTER TABLE household ADD CONSTRAINT ck_few CHECK (id < 9) NOT VALID"
        )
        connection.exec_driver_sql(
            "UPDATE pg_index SET indisvalid = false"
            " WHERE indexrelid = 'ix_failure_last_at'::regclass"
        )
        found = [str(one) for one in integrity_findings(connection)]
        connection.rollback()
    assert found == [
        "L'index ix_failure_last_at de la base n'est pas valide.",
        "La contrainte ck_few de la table household n'est pas vérifiée.",
    ]


@pytest.fixture
def file(app: Flask, tmp_path: Path) -> Path:
    """A SQLite file with the schema, apart from that of the tests."""
    path = tmp_path / "copy.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE site (id INTEGER PRIMARY KEY, name TEXT)")
        connection.execute("CREATE INDEX ix_site ON site (name)")
        connection.executemany(
            "INSERT INTO site (name) VALUES (?)", [(f"{n:0200}",) for n in range(200)]
        )
    connection.close()
    return path


@pytest.mark.once
def test_a_page_that_was_written_over_is_found(file: Path) -> None:
    with opened(f"sqlite:///{file}") as connection:
        assert integrity_findings(connection)[0].health == Health.OK
    damaged = shutil.copy(file, file.with_name("damaged.sqlite"))
    with open(damaged, "r+b") as opened_file:
        opened_file.seek(4096 * 4 + 8)
        opened_file.write(b"\xff" * 60)
    with opened(f"sqlite:///{damaged}") as connection:
        (one,) = integrity_findings(connection)
    assert one.health == Health.WRONG
    assert "abîmé" in str(one)
    assert "restore" in one.advised


@pytest.mark.once
def test_an_empty_column_that_must_not_be_is_no_damage_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, c TEXT); INSERT INTO t VALUES (1, NULL);"
        "PRAGMA writable_schema=ON;"
        "UPDATE sqlite_schema SET sql = replace(sql, 'c TEXT', 'c TEXT NOT NULL');"
    )
    connection.close()
    with opened(f"sqlite:///{path}") as found:
        (one,) = integrity_findings(found)
    assert "table t n'ont rien dans la colonne c" in str(one)
