"""Long work: how far it is, kept in a row that any process of any node reads, and the way to stop.

Every note of it is a short transaction of its own, beside that of the work. SQLite has one writer,
which may be the work itself: there the row tells how it began and how it ended, and what moves
between is noted beside the database (`base.progress_notes`).
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any

from sqlalchemy import Engine, String, Text, delete, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from energymed.base.clock import now
from energymed.base.codes import Code
from energymed.base.db import Model, db, transaction
from energymed.base.db.adding import inserting
from energymed.base.db.at_once import read_beside, somebody_writes, write_at_once
from energymed.base.db.code_columns import CodeType, code_check
from energymed.base.errors import DomainError
from energymed.base.i18n import N_
from energymed.base.progress_notes import Note, Notes, notes_of

Tick = Callable[[int, int], None]
"""Told how many rows are done by now, of how many; raises `Cancelled` when somebody asked."""

BEAT = 0.5  # seconds between two notes of how far it is
SILENCE = timedelta(seconds=20)  # without a note: the process is gone
REMEMBERED_FOR = timedelta(days=30)


class WorkState(Code):
    """How a piece of work stands."""

    ASKED = "asked"  # its process is not there yet
    RUNNING = "running"
    WRITING = "writing"  # by former versions, which told nothing meanwhile on SQLite
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"  # never stored: it fell silent


MAY_BE_STOPPED = (WorkState.ASKED, WorkState.RUNNING)
UNDER_WAY = (*MAY_BE_STOPPED, WorkState.WRITING)


class Cancelled(DomainError):
    """Somebody asked to stop; nothing is written."""

    def __init__(self) -> None:
        super().__init__(N_("Interrompu à votre demande : rien n'a été écrit."))


def untold(_done: int, _total: int) -> None:
    """A tick that tells nobody."""


class LongWork(Model):
    """How far some work is: `done` of `total` rows, by the number of what is worked on.

    `sentence` (a msgid) and `params` say why it failed. A new piece of work with the same number
    takes the row of the former.
    """

    __tablename__ = "long_work"
    __table_args__ = (
        code_check("state", (state for state in WorkState if state != WorkState.LOST)),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    work: Mapped[str] = mapped_column(String(12))
    state: Mapped[WorkState] = mapped_column(CodeType(WorkState, 12))
    done: Mapped[int]
    total: Mapped[int]
    started_at: Mapped[datetime]
    told_at: Mapped[datetime]
    stop_asked: Mapped[bool]
    sentence: Mapped[str | None] = mapped_column(Text)
    params: Mapped[dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far some work is, as it was told last; times are aware UTC."""

    work: str
    state: WorkState
    done: int
    total: int
    started_at: datetime
    told_at: datetime
    sentence: str | None = None
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def is_under_way(self) -> bool:
        """Whether somebody works on it."""
        return self.state in UNDER_WAY

    @property
    def may_be_stopped(self) -> bool:
        """Whether a wish to stop would reach it."""
        return self.state in MAY_BE_STOPPED

    @property
    def rate(self) -> float:
        """Rows a second since the start."""
        return self.done / max((self.told_at - self.started_at).total_seconds(), 0.001)

    @property
    def remaining(self) -> timedelta | None:
        """How long it may still take; None before the first rows."""
        if not self.done:
            return None
        return timedelta(seconds=max(0, self.total - self.done) / self.rate)


def progress_of(session: Session, number: int) -> Progress | None:
    """How far it is; None when there is no such work. Silent for too long, it is lost."""
    found = session.scalar(
        select(LongWork).where(LongWork.number == number).execution_options(populate_existing=True)
    )
    if found is None:
        return None
    engine = session.get_bind().engine
    note = _noted(engine, found)
    told_at = note.at if note else found.told_at
    lost = found.state in UNDER_WAY and _is_silent(told_at) and _is_gone(engine, found)
    return Progress(
        work=found.work,
        state=WorkState.LOST if lost else found.state,
        done=note.done if note else found.done,
        total=found.total,
        started_at=found.started_at,
        told_at=told_at,
        sentence=found.sentence,
        params=found.params or {},
    )


def is_under_way(session: Session, number: int) -> bool:
    """Whether somebody works on it at this moment."""
    found = progress_of(session, number)
    return found is not None and found.is_under_way


def announce(number: int, work: str, total: int) -> bool:
    """Say that work is about to start, before its process is there; False when it is under way.

    Of two nodes that are asked at once, one announces it.
    """
    notes = notes_of(db.engine, number)
    noted = notes.read() if notes else None
    if noted is not None and not _is_silent(noted.at):
        return False
    begun = _beginning(work, WorkState.ASKED, total)
    # nobody writes beside us on SQLite: there too, whoever is silent for so long is gone
    free = or_(LongWork.state.not_in(UNDER_WAY), LongWork.told_at < now() - SILENCE)
    with transaction() as session:
        adding = inserting(session, LongWork).values(number=number, stop_asked=False, **begun)
        taking_over = adding.on_conflict_do_update(
            index_elements=["number"], set_={"stop_asked": False, **begun}, where=free
        )
        announced = session.scalar(taking_over.returning(LongWork.number)) is not None
        if announced and notes:
            notes.clear()
    return announced


def ask_to_stop(number: int) -> None:
    """Have the work stop at its next tick, wherever it runs; nothing where there is none."""
    found = progress_of(db.session(), number)
    if found is None or not found.may_be_stopped:
        return
    if notes := notes_of(db.engine, number):
        notes.ask_to_stop()
        return
    with transaction() as session:
        mine = update(LongWork).where(LongWork.number == number, LongWork.state.in_(MAY_BE_STOPPED))
        session.execute(mine.values(stop_asked=True))


def forget_old_work(session: Session, at: datetime) -> int:
    """Delete what was told long ago; returns how many."""
    over = (
        delete(LongWork).where(LongWork.told_at <= at - REMEMBERED_FOR).returning(LongWork.number)
    )
    return len(session.scalars(over).all())


@contextmanager
def telling(number: int, work: str, total: int) -> Iterator[Tick]:
    """Tell how far the work inside is, every half second, and how it ended.

    An error of the domain ends it with its sentence and goes no further.
    """
    with transaction() as session:
        begun = _beginning(work, WorkState.RUNNING, total)
        adding = inserting(session, LongWork).values(number=number, stop_asked=False, **begun)
        session.execute(adding.on_conflict_do_update(index_elements=["number"], set_=begun))
    teller = _teller(db.engine, number)
    teller.start()
    ending: dict[str, Any] = {"state": WorkState.FAILED}
    try:
        yield teller.tick
        ending = {"state": WorkState.DONE, "done": LongWork.total}
    except Cancelled as error:
        ending = {"state": WorkState.CANCELLED, "sentence": error.message}
    except DomainError as error:
        ending |= {"sentence": error.message, "params": _as_kept(error.params)}
    finally:
        teller.stop()
        with transaction() as session:
            told = {"told_at": now(), "stop_asked": False, **teller.counts, **ending}
            session.execute(update(LongWork).where(LongWork.number == number).values(told))
        teller.forget()


def _beginning(work: str, state: WorkState, total: int) -> dict[str, Any]:
    """The columns of work that begins; a wish to stop is left as it is."""
    at = now()
    return {
        "work": work, "state": state, "done": 0, "total": total, "started_at": at, "told_at": at,
        "sentence": None, "params": None,
    }  # fmt: skip


def _as_kept(params: Mapping[str, object]) -> dict[str, Any] | None:
    """The values of a sentence as JSON holds them."""
    plain = {name: value if isinstance(value, int) else str(value)
             for name, value in params.items()}  # fmt: skip
    return plain or None


def _is_silent(told_at: datetime) -> bool:
    """Of work under way: nothing was told of it for long."""
    return now() - told_at > SILENCE


def _is_gone(engine: Engine, found: LongWork) -> bool:
    """Of work that is silent: nobody is at it, and it did not end while this was being read."""
    if somebody_writes(engine):  # before it begins, work on SQLite waits until nobody else does
        return False
    as_it_is = select(LongWork.state).where(LongWork.number == found.number)
    return bool(read_beside(engine, as_it_is) == found.state)


def _noted(engine: Engine, found: LongWork) -> Note | None:
    """What stands beside the database of work that runs; what a former one left is not of it."""
    notes = notes_of(engine, found.number) if found.state == WorkState.RUNNING else None
    note = notes.read() if notes else None
    return note if note is not None and note.at >= found.started_at else None


class _Teller(Thread):
    """Notes how far the work is, while another thread does it, and hears whether it is to stop."""

    def __init__(self, engine: Engine, number: int) -> None:
        super().__init__(daemon=True)
        self.engine, self.number = engine, number
        self.counts: dict[str, int] = {}
        self.over = Event()

    def tick(self, done: int, total: int) -> None:
        """Take note of the rows done; raises `Cancelled` when somebody asked to stop."""
        if self._stop_is_asked():
            raise Cancelled
        self.counts = {"done": done, "total": total}

    def run(self) -> None:
        """Note it until it is over; what cannot be noted now is noted at the next beat."""
        while not self.over.wait(BEAT):
            self._note()

    def stop(self) -> None:
        """Note nothing more."""
        self.over.set()
        self.join()

    def forget(self) -> None:
        """Once its row tells how it ended: nothing else was told."""

    def _stop_is_asked(self) -> bool:
        asked = select(LongWork.stop_asked).where(LongWork.number == self.number)
        return bool(read_beside(self.engine, asked))

    def _note(self) -> None:
        mine = update(LongWork).where(LongWork.number == self.number).returning(LongWork.number)
        write_at_once(self.engine, mine.values(told_at=now(), **self.counts))


class _TellerBeside(_Teller):
    """One that notes it beside the database."""

    def __init__(self, engine: Engine, number: int, notes: Notes) -> None:
        super().__init__(engine, number)
        self.notes = notes
        notes.clear(wish=False)

    def forget(self) -> None:
        """Leave nothing behind, now that its row tells how it ended."""
        self.notes.clear()

    def _stop_is_asked(self) -> bool:
        return self.notes.stop_is_asked

    def _note(self) -> None:
        self.notes.write(Note(self.counts.get("done", 0), now()))


def _teller(engine: Engine, number: int) -> _Teller:
    notes = notes_of(engine, number)
    return _TellerBeside(engine, number, notes) if notes else _Teller(engine, number)
