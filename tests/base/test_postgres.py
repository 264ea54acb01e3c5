"""PostgreSQL: prepared statements are kept, what writes is undone, a broken connection replaced."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.exc import OperationalError

from energymed.base.db import begin_writing, end_writing, prepare_engine
from energymed.base.db.postgres import wait_for_locks
from energymed.base.db.trouble import BUSY, database_trouble
from tests.databases import postgres_database

OFTEN = 8  # psycopg prepares what it has sent five times


@pytest.fixture
def engine(worker_id: str) -> Iterator[Engine]:
    pool = {"pool_size": 1, "max_overflow": 0, "pool_pre_ping": True}
    engine = create_engine(postgres_database(f"prepared_{worker_id}"), **pool)
    prepare_engine(engine, b"key")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE noted (id int)"))
    yield engine
    engine.dispose()


def pages(engine: Engine) -> None:
    """Pages that read and are let go by a rollback."""
    for _page in range(OFTEN):
        with engine.connect() as connection:
            connection.execute(text("SELECT count(*) FROM noted"))
            connection.rollback()


def prepared(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(text("SELECT statement FROM pg_prepared_statements")))


def noted(engine: Engine) -> int | None:
    with engine.connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM noted"))


def test_pages_that_read_keep_what_they_prepared(engine: Engine) -> None:
    pages(engine)
    assert "SELECT count(*) FROM noted" in prepared(engine)


def test_a_table_read_in_pieces_is_read_whole(engine: Engine) -> None:
    with engine.connect() as connection:
        numbers = select(func.generate_series(1, 7)).execution_options(yield_per=2)
        assert connection.scalars(numbers).all() == [1, 2, 3, 4, 5, 6, 7]
        connection.rollback()


def test_a_connection_that_broke_is_replaced_when_it_was_idle(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with engine.connect() as connection:
        mine = connection.scalar(text("SELECT pg_backend_pid()"))
    beside = create_engine(engine.url)
    with beside.connect() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": mine})
    beside.dispose()
    monkeypatch.setattr("energymed.base.db.postgres.ALIVE_S", 0)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) != mine


@pytest.mark.parametrize("command", ["INSERT INTO noted VALUES (1)", "COPY noted FROM STDIN"])
def test_what_wrote_is_rolled_back(engine: Engine, command: str) -> None:
    begin_writing()
    try:
        with engine.connect() as connection:
            if command.startswith("COPY"):  # past SQLAlchemy, as large imports do
                driver = connection.connection.dbapi_connection
                assert driver is not None
                with driver.cursor() as cursor, cursor.copy(command) as copy:  # type: ignore[attr-defined]
                    copy.write_row((1,))
            else:
                connection.execute(text(command))
            connection.rollback()
    finally:
        end_writing()
    assert noted(engine) == 0


def test_what_writes_outside_a_writing_transaction_is_rolled_back_too(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("SELECT count(*) FROM noted"))
        connection.execute(text("INSERT INTO noted VALUES (1)"))
        connection.rollback()
    assert noted(engine) == 0
    pages(engine)
    with engine.connect() as connection, pytest.raises(Exception, match="no_such_table"):
        connection.execute(text("SELECT count(*) FROM no_such_table"))
    assert noted(engine) == 0


def test_a_row_that_somebody_holds_is_waited_for_and_no_longer(engine: Engine) -> None:
    impatient = create_engine(engine.url)
    wait_for_locks(impatient, 0.05)
    with engine.begin() as holder:
        holder.execute(text("INSERT INTO noted VALUES (1)"))
    with engine.begin() as holder:
        holder.execute(text("UPDATE noted SET id = 2"))
        with pytest.raises(OperationalError) as refused, impatient.begin() as other:
            other.execute(text("UPDATE noted SET id = 3"))
    assert database_trouble(refused.value).message == BUSY
    with impatient.begin() as other:
        other.execute(text("UPDATE noted SET id = 3"))
    impatient.dispose()
