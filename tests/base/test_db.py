"""One transaction at the edge: whole or absent; instants are UTC; names follow the convention."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from energymed.accounts.models import Site
from energymed.base.db import (
    db,
    engine,
    locks_rows,
    measure_tables,
    prepare_engine,
    transaction,
)
from energymed.cases.models import Case
from tests.databases import SYNCHRONOUS
from tests.factories import MONDAY_MORNING, make_case, make_user


def test_a_failed_use_case_leaves_nothing(app: Flask) -> None:
    with pytest.raises(RuntimeError), transaction() as session:
        session.add(Site(code="a", name="A"))
        session.flush()
        raise RuntimeError
    assert db.session.scalar(select(func.count()).select_from(Site)) == 0


def test_instants_come_back_aware_and_in_utc(session: Session) -> None:
    case = make_case(session)
    session.commit()
    session.expire_all()
    opened = session.get_one(Case, case.id).opened_at
    assert opened == MONDAY_MORNING
    assert opened.tzinfo is UTC


def test_a_naive_instant_is_refused(session: Session) -> None:
    case = make_case(session)
    case.opened_at = datetime(2026, 11, 23, 9, 0)  # noqa: DTZ001  # that is the point
    with pytest.raises(StatementError, match="naive datetime"):
        session.flush()


def test_one_open_case_per_reference_and_kind(session: Session) -> None:
    case = make_case(session)
    with pytest.raises(IntegrityError):
        make_case(session, site=case.site, partner=case.partner, reference=case.reference)


def test_the_schema_refuses_a_mediator_without_a_site(session: Session) -> None:
    user = make_user(session, "mediator")
    user.site_id = None
    with pytest.raises(IntegrityError):
        session.flush()


def test_sqlite_learns_how_full_its_tables_are(session: Session) -> None:
    session.add_all([Site(code=f"s{n}", name="Site") for n in range(30)])
    session.flush()
    measure_tables(session)
    assert session.scalar(select(func.count()).select_from(Site)) == 30
    if not locks_rows(session):  # PostgreSQL measures by itself
        known = text("SELECT stat FROM sqlite_stat1 WHERE tbl = 'site'")
        assert str(session.scalar(known)).startswith("30 ")


def test_on_sqlite_what_was_committed_is_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "SYNCHRONOUS", SYNCHRONOUS)
    file = create_engine(f"sqlite:///{tmp_path}/kept.sqlite", poolclass=NullPool)
    prepare_engine(file, b"key")
    with file.connect() as connection:
        found = [
            connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous")
        ]
    assert found == ["wal", 2]  # FULL: https://www.sqlite.org/pragma.html#pragma_synchronous
