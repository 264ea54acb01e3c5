"""Which processes serve this installation: each says so now and then, and takes leave at its end.

All instants are of the database's clock: machines may differ, and a demo lives at another time.
"""

import os
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from threading import Event, Thread

from sqlalchemy import delete, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from energymed.base.db import UTCDateTime, transaction
from energymed.base.errors import DomainError
from energymed.base.logs import Log
from energymed.base.parent_process import PARENT
from energymed.operations.archive import PRODUCT
from energymed.operations.models import RunningNode
from energymed.revisions import known_revisions

RENEWED_EVERY = timedelta(seconds=30)
STALE_AFTER = timedelta(seconds=90)  # it was killed, or its machine: it could not take leave
STOP_WITHIN_S = 5.0
log = Log("energymed.running")
Context = Callable[[], AbstractContextManager[object]]
Tell = Callable[[Session, int], None]


@dataclass(frozen=True, slots=True)
class Running:
    """A process that runs, seen `seen_s` seconds ago."""

    machine: str
    process: int
    version: str
    revision: str
    started_at: datetime
    seen_s: int


def running_nodes(session: Session, at: datetime | None = None) -> list[Running]:
    """Those seen lately, by machine and process; `at` is the database's present if not given."""
    present = at or database_now(session)
    statement = (
        select(RunningNode)
        .where(RunningNode.seen_at > present - STALE_AFTER)
        .order_by(RunningNode.machine, RunningNode.process)
    )
    return [
        Running(
            node.machine, node.process, node.version, node.revision, node.started_at,
            max(0, int((present - node.seen_at).total_seconds())),
        )
        for node in session.scalars(statement)
    ]  # fmt: skip


def database_now(session: Session) -> datetime:
    """What the database's clock shows, to the second."""
    found: datetime = session.scalars(select(func.current_timestamp(type_=UTCDateTime()))).one()
    return found.replace(microsecond=0)


def say_running(session: Session, process: int) -> None:
    """Write that this process runs, or that it still does; those long gone are forgotten."""
    present = database_now(session)
    session.execute(delete(RunningNode).where(RunningNode.seen_at <= present - STALE_AFTER))
    own = select(RunningNode).filter_by(machine=socket.gethostname(), process=process)
    node = session.scalar(own)
    if node is None:
        node = RunningNode(machine=socket.gethostname(), process=process, started_at=present)
        session.add(node)
    node.version, node.revision = version(PRODUCT), known_revisions()[-1]
    node.seen_at = present
    session.flush()


def take_leave(session: Session, process: int) -> None:
    """This process stops in good order."""
    own = delete(RunningNode).filter_by(machine=socket.gethostname(), process=process)
    session.execute(own)


def serving_process() -> int:
    """The number of the server that started this process, or of this process itself."""
    return int(os.environ.get(PARENT) or os.getpid())


def try_to_tell(context: Context, tell: Tell, process: int) -> None:
    """Tell the database of a process; one that is away or busy goes without."""
    try:
        with context(), transaction() as session:
            tell(session, process)
    except (DomainError, SQLAlchemyError, OSError) as error:
        log.warning("presence_not_told", error=type(error).__name__)


def leave(context: Context, process: int) -> None:
    """`take_leave` where the database answers soon: a stop does not wait for it."""
    told = Thread(target=try_to_tell, args=(context, take_leave, process), daemon=True)
    told.start()
    told.join(STOP_WITHIN_S)


class Presence(Thread):
    """Says again and again that a process runs; a database that is away is asked the next time.

    It lives in the scheduler, in the server's name: the server makes copies of itself, in which a
    thread that was at the database just then would leave its locks taken.
    """

    def __init__(self, context: Context, process: int) -> None:
        super().__init__(name="presence", daemon=True)
        self._context, self._process = context, process
        self._over = Event()

    def run(self) -> None:
        """Say it at once, and every half minute."""
        while True:
            try_to_tell(self._context, say_running, self._process)
            if self._over.wait(RENEWED_EVERY.total_seconds()):
                return

    def stop(self) -> None:
        """No more of it; what is being said just now is waited for."""
        self._over.set()
        self.join(STOP_WITHIN_S)
