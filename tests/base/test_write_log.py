"""SQLite's log is copied into its file beside the requests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from energymed.base.db import prepare_engine
from energymed.base.db.write_log import LogKeeper
from tests.databases import sqlite_url


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = create_engine(sqlite_url(tmp_path))
    prepare_engine(engine, b"key")
    yield engine
    engine.dispose()


def write(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE noted (words text)"))
        for _row in range(2_000):  # more than the thousand pages at which SQLite would copy
            connection.execute(text("INSERT INTO noted VALUES (hex(randomblob(2000)))"))


def size(engine: Engine) -> int:
    return Path(engine.url.database or "").stat().st_size


def test_whoever_writes_does_not_copy_the_log(engine: Engine) -> None:
    write(engine)
    before = size(engine)
    LogKeeper(engine).copy()
    assert before < 100_000 < 8_000_000 < size(engine)


def test_a_reader_is_left_in_peace(engine: Engine) -> None:
    write(engine)
    with engine.connect() as reader:
        assert reader.scalar(text("SELECT count(*) FROM noted")) == 2_000
        LogKeeper(engine).copy()
        assert reader.scalar(text("SELECT count(*) FROM noted")) == 2_000


def test_the_thread_goes_on_until_it_is_told(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("energymed.base.db.write_log.EVERY_S", 0.0)
    keeper = LogKeeper(engine)
    copied: list[int] = []

    def copy() -> None:
        copied.append(1)
        if len(copied) == 3:
            keeper.over.set()

    monkeypatch.setattr(keeper, "copy", copy)
    keeper.start()
    keeper.join()
    assert len(copied) == 3
