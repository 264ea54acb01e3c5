"""How long the database was waited for: told whether the wait ended well or not."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from energymed.base.db import engine_options
from energymed.base.db.postgres import PATIENCE
from energymed.base.db.waits import Wait, _listeners, on_wait, waiting_for

pytestmark = pytest.mark.once
Told = list[tuple[Wait, float]]


@pytest.fixture
def told() -> Iterator[Told]:
    heard: Told = []

    def hear(kind: Wait, seconds: float) -> None:
        heard.append((kind, seconds))

    on_wait(hear)
    on_wait(hear)  # once is enough
    yield heard
    _listeners.remove(hear)


def test_a_wait_is_told_once_also_when_it_fails(told: Told) -> None:
    with waiting_for(Wait.TURN):
        pass
    with pytest.raises(LookupError), waiting_for(Wait.LOCK):
        raise LookupError
    assert [kind for kind, _seconds in told] == [Wait.TURN, Wait.LOCK]
    assert all(0 <= seconds < 1 for _kind, seconds in told)


def test_a_pool_tells_how_long_a_connection_was_waited_for(told: Told) -> None:
    options = engine_options("sqlite:///x.sqlite") | {"pool_size": 1, "pool_timeout": 0.05}
    engine = create_engine("sqlite://", **options)
    with engine.connect(), pytest.raises(NoConnectionLeft):
        engine.connect()
    engine.dispose()
    first, second = told
    assert first[0] == second[0] == Wait.CONNECTION
    assert first[1] < 0.05 <= second[1]


def test_what_the_address_says_of_patience_wins() -> None:
    usual = engine_options("postgresql+psycopg://u@h/d")["connect_args"]
    assert usual == PATIENCE
    own = engine_options("postgresql+psycopg://u@h/d?connect_timeout=2")["connect_args"]
    assert own == {name: value for name, value in PATIENCE.items() if name != "connect_timeout"}
