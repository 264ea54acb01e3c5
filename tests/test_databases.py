"""The databases that the tests run on: real, apart from each other, alike in order and letters."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from tests.databases import database_url, postgres_database, sqlite_url


@pytest.fixture(params=["sqlite", "postgresql"])
def pair(request: pytest.FixtureRequest, tmp_path: Path, worker_id: str) -> tuple[Engine, Engine]:
    """Two empty databases of the same kind."""
    names = ("one", "two")
    if request.param == "sqlite":
        for name in names:
            (tmp_path / name).mkdir()
        urls = [sqlite_url(tmp_path / name) for name in names]
    else:
        urls = [postgres_database(f"pair_{worker_id}_{name}") for name in names]
    first, second = (create_engine(url, poolclass=NullPool) for url in urls)
    return first, second


def test_two_databases_do_not_see_each_other(pair: tuple[Engine, Engine]) -> None:
    first, second = pair
    with first.begin() as connection:
        connection.execute(text("CREATE TABLE only_here (name TEXT)"))
    assert inspect(first).get_table_names() == ["only_here"]
    assert inspect(second).get_table_names() == []


def test_words_sort_the_same_on_both(pair: tuple[Engine, Engine]) -> None:
    words = ["été", "Zoé", "abeille", "Étienne"]
    with pair[0].begin() as connection:
        connection.execute(text("CREATE TABLE word (name TEXT)"))
        connection.execute(
            text("INSERT INTO word VALUES (:name)"), [{"name": word} for word in words]
        )
        found = connection.scalars(text("SELECT name FROM word ORDER BY name")).all()
    assert found == sorted(words)


def test_postgresql_knows_accented_letters() -> None:
    engine = create_engine(postgres_database("letters"), poolclass=NullPool)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT lower('ÉTIENNE')")) == "étienne"
        assert connection.scalar(text("SHOW fsync")) == "off"


def test_a_database_made_again_is_empty() -> None:
    engine = create_engine(postgres_database("again"), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE old (name TEXT)"))
    postgres_database("again")
    assert inspect(engine).get_table_names() == []


def test_an_unknown_kind_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENERGYMED_TEST_DATABASE", "oracle")
    with pytest.raises(ValueError, match="oracle"):
        database_url("gw0", tmp_path)
