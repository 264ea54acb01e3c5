"""How long whoever asked the database waited for its turn, told to whoever counts it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from time import perf_counter

from sqlalchemy import QueuePool
from sqlalchemy.pool import PoolProxiedConnection


class Wait(StrEnum):
    """What was waited for."""

    CONNECTION = "connection"  # a free one of this process's pool, opened or tried where needed
    TURN = "turn"  # the line of writers before a SQLite file
    LOCK = "lock"  # SQLite's own word that one may write


_listeners: list[Callable[[Wait, float], None]] = []


def on_wait(listener: Callable[[Wait, float], None]) -> None:
    """Have `listener` told of every wait of this process: what for, and how many seconds."""
    if listener not in _listeners:
        _listeners.append(listener)


@contextmanager
def waiting_for(kind: Wait) -> Iterator[None]:
    """Tell how long the block took, also when it fails."""
    begun = perf_counter()
    try:
        yield
    finally:
        seconds = perf_counter() - begun
        for listener in _listeners:
            listener(kind, seconds)


class TimedPool(QueuePool):
    """SQLAlchemy's own pool of connections, which tells how long each was waited for."""

    def connect(self) -> PoolProxiedConnection:
        """A connection, as `QueuePool.connect`."""
        with waiting_for(Wait.CONNECTION):
            return super().connect()
