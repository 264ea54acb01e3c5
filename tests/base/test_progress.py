"""Progress: what one process tells, another reads; and the way to stop it."""

import sqlite3
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from threading import Thread

import pytest
import time_machine
from flask import Flask, current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.base import progress
from energymed.base.clock import now
from energymed.base.db import db, transaction
from energymed.base.errors import Refused
from energymed.base.progress import (
    REMEMBERED_FOR,
    SILENCE,
    Cancelled,
    LongWork,
    Progress,
    WorkState,
    announce,
    ask_to_stop,
    forget_old_work,
    is_under_way,
    progress_of,
    telling,
)
from energymed.base.progress_notes import NAMED, Note, notes_of
from tests.factories import MONDAY_MORNING

SECOND = timedelta(seconds=1)


@pytest.fixture
def read(session: Session) -> Callable[[], Progress]:
    """How far the work with number 1 is, as another process reads it."""

    def latest() -> Progress:
        session.rollback()
        found = progress_of(session, 1)
        assert found is not None
        return found

    return latest


def on_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def test_nothing_is_known_of_work_that_was_never_asked_for(session: Session) -> None:
    assert progress_of(session, 1) is None
    assert not is_under_way(session, 1)
    ask_to_stop(1)
    assert progress_of(session, 1) is None


def test_work_is_announced_told_and_done(session: Session, read: Callable[[], Progress]) -> None:
    assert announce(1, "import", 100)
    assert read().state == WorkState.ASKED
    assert is_under_way(session, 1)
    with telling(1, "import", 100) as tick:
        tick(40, 100)
    found = read()
    assert (found.state, found.done, found.total, found.work) == ("done", 100, 100, "import")
    assert not is_under_way(session, 1)


def test_what_is_under_way_is_not_announced_twice(read: Callable[[], Progress]) -> None:
    with time_machine.travel(MONDAY_MORNING, tick=False) as clock:
        assert announce(1, "import", 100)
        clock.shift(SILENCE)
        assert not announce(1, "undo", 5)
        assert (read().work, read().total) == ("import", 100)
        clock.shift(SECOND)
        assert announce(1, "undo", 5)
        assert (read().work, read().total) == ("undo", 5)
        with telling(1, "undo", 5):
            pass
        assert announce(1, "import", 100), "what is over leaves its row to the next"


def test_two_nodes_that_are_asked_at_once_announce_it_once(app: Flask, session: Session) -> None:
    session.close()
    won: list[bool] = []

    def node() -> None:
        with app.app_context():
            won.append(announce(1, "import", 10))
            db.session.remove()

    nodes = [Thread(target=node) for _ in range(4)]
    for each in nodes:
        each.start()
    for each in nodes:
        each.join()
    assert sorted(won) == [False, False, False, True]


def test_the_beat_tells_while_the_work_goes_on(
    read: Callable[[], Progress], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("energymed.base.progress.BEAT", 0.001)
    with telling(1, "check", 100) as tick:
        tick(40, 100)
        while read().done != 40:  # the other thread writes within milliseconds
            pass
        assert read().state == WorkState.RUNNING


def test_a_beat_waits_for_no_other_writer(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite has one writer, the work itself: how far it is stands beside the database."""
    session.close()
    monkeypatch.setattr("energymed.base.progress.BEAT", 0.001)
    with telling(1, "import", 100) as tick, transaction() as writing:
        writing.add(LongWork(number=2, work="x", state=WorkState.DONE, done=0, total=0,
                             started_at=MONDAY_MORNING, told_at=MONDAY_MORNING,
                             stop_asked=False))  # fmt: skip
        writing.flush()
        tick(40, 100)
        while (found := told()).done != 40:  # within milliseconds, and seen outside of it
            pass
        assert found.state == WorkState.RUNNING
        assert found.may_be_stopped
        in_a_thread(lambda: ask_to_stop(1))
        tick(50, 100)
        pytest.fail("the step went on")
    assert told().state == WorkState.CANCELLED
    assert db.session.scalar(select(func.count(LongWork.number))) == 1, "nothing was written"


def told() -> Progress:
    """How far it is, as another process reads it while a transaction writes here."""
    found: list[Progress | None] = []
    in_a_thread(lambda: found.append(progress_of(db.session(), 1)))
    assert found[0] is not None
    return found[0]


def in_a_thread(work: Callable[[], object]) -> None:
    """Work with a session of its own."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def apart() -> None:
        with app.app_context():
            work()
            db.session.remove()

    thread = Thread(target=apart)
    thread.start()
    thread.join()


def notes_left() -> list[str]:
    """What lies beside an SQLite database of work."""
    file = Path(db.engine.url.database or "")
    return sorted(path.name for path in file.parent.glob(f"{file.name}{NAMED}*"))


def test_nothing_is_left_beside_the_database(
    read: Callable[[], Progress], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("energymed.base.progress.BEAT", 0.001)
    for stops in (False, True):
        with telling(1, "import", 10) as tick:
            tick(1, 10)
            while read().done != 1:
                pass
            if stops:
                ask_to_stop(1)
            assert len(notes_left()) >= (1 + stops if on_sqlite() else 0)
            tick(2, 10)
        assert [name for name in notes_left() if not name.endswith(".part")] == []
    ask_to_stop(1)
    assert notes_left() == [], "a wish to stop what is over is none"


def test_a_former_note_or_one_cut_short_says_nothing_of_this_work(
    read: Callable[[], Progress],
) -> None:
    if not on_sqlite():
        return
    notes = notes_of(db.engine, 1)
    assert notes is not None
    notes.write(Note(70, now() - SILENCE - SECOND))  # of a process that was killed
    assert announce(1, "import", 100)
    assert notes_left() == []
    with telling(1, "import", 100):
        notes.write(Note(70, MONDAY_MORNING - 300 * timedelta(days=365)))
        assert read().done == 0
        for cut in ("", "[4", "[]", '{"a": 1}', "[4, 5]", '["x", "y"]'):
            notes._note.write_text(cut)
            assert read().done == 0
    notes.write(Note(1, now()))
    assert not announce(1, "import", 100), "somebody works on it at this moment"
    notes.clear()


def test_rate_and_what_remains(read: Callable[[], Progress]) -> None:
    with time_machine.travel(MONDAY_MORNING, tick=False) as clock:
        with telling(1, "check", 100) as tick:
            assert read().remaining is None
            clock.shift(timedelta(seconds=10))
            tick(25, 100)
            raise Refused("fini")
        found = read()
    assert (found.rate, found.remaining) == (2.5, timedelta(seconds=30))


def test_whoever_asks_to_stop_stops_the_next_step(read: Callable[[], Progress]) -> None:
    with telling(1, "import", 10) as tick:
        tick(1, 10)
        ask_to_stop(1)
        tick(2, 10)
        pytest.fail("the step went on")
    assert (read().state, read().sentence) == (WorkState.CANCELLED, Cancelled().message)
    announce(1, "import", 10)
    with telling(1, "import", 10) as tick:
        tick(1, 10)
    assert read().state == WorkState.DONE, "the wish was for the former one"


def test_a_stop_asked_before_the_process_is_there_is_not_forgotten(
    read: Callable[[], Progress],
) -> None:
    announce(1, "import", 10)
    ask_to_stop(1)
    with telling(1, "import", 10) as tick:
        tick(0, 10)
    assert read().state == WorkState.CANCELLED


def test_a_wish_to_stop_what_is_over_changes_nothing(read: Callable[[], Progress]) -> None:
    with telling(1, "import", 10):
        pass
    ask_to_stop(1)
    assert read().state == WorkState.DONE


def test_a_refusal_is_told_with_its_values(read: Callable[[], Progress]) -> None:
    with telling(1, "import", 10):
        raise Refused("Non à %(file)s, %(n)s, %(day)s.", file="f.csv", n=2, day=date(2026, 11, 23))
    found = read()
    assert (found.state, found.sentence) == (WorkState.FAILED, "Non à %(file)s, %(n)s, %(day)s.")
    assert found.params == {"file": "f.csv", "n": 2, "day": "2026-11-23"}


def test_an_error_is_told_and_goes_on(read: Callable[[], Progress]) -> None:
    with pytest.raises(ZeroDivisionError), telling(1, "import", 10):
        raise ZeroDivisionError
    assert (read().state, read().sentence) == (WorkState.FAILED, None)


@pytest.mark.parametrize(("later", "state"), [(SILENCE, "asked"), (SILENCE + SECOND, "lost")])
def test_work_that_falls_silent_is_lost(
    session: Session, read: Callable[[], Progress], later: timedelta, state: str
) -> None:
    with time_machine.travel(MONDAY_MORNING, tick=False) as clock:
        announce(1, "import", 10)
        clock.shift(later)
        assert read().state == state
        assert is_under_way(session, 1) is (state == "asked")


def test_work_that_ends_while_it_is_read_is_not_lost(session: Session) -> None:
    with time_machine.travel(MONDAY_MORNING, tick=False) as clock:
        announce(1, "import", 10)
        session.rollback()
        assert progress_of(session, 1) is not None  # and with it the moment that is seen
        clock.shift(SILENCE + SECOND)

        def end() -> None:
            with telling(1, "import", 10):
                pass

        in_a_thread(end)
        found = progress_of(session, 1)
        assert found is not None
        assert found.state in (WorkState.ASKED, WorkState.DONE)
        session.rollback()
        found = progress_of(session, 1)
        assert found is not None
        assert found.state == WorkState.DONE


def test_who_writes_on_sqlite_is_not_lost_however_silent(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not on_sqlite():  # there, silence is enough
        monkeypatch.setattr(progress, "somebody_writes", lambda _engine: False)
    with time_machine.travel(MONDAY_MORNING, tick=False) as clock:
        announce(1, "import", 10)
        session.close()
        clock.shift(SILENCE + SECOND)
        with transaction() as writing:
            found = progress_of(writing, 1)
            assert found is not None
            assert found.state == (WorkState.ASKED if on_sqlite() else WorkState.LOST)
        found = progress_of(db.session(), 1)
        assert found is not None
        assert found.state == WorkState.LOST, "nobody writes any more"


def test_a_connection_is_patient_again_afterwards(session: Session) -> None:
    progress.somebody_writes(db.engine)
    with telling(1, "check", 1):
        pass
    if on_sqlite():
        with db.engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            assert driver.execute("PRAGMA busy_timeout").fetchone() == (8_000,)  # as at a page


def test_what_was_told_long_ago_is_forgotten(session: Session) -> None:
    with time_machine.travel(MONDAY_MORNING, tick=False):
        announce(1, "import", 10)
    assert forget_old_work(session, MONDAY_MORNING + REMEMBERED_FOR - SECOND) == 0
    assert forget_old_work(session, MONDAY_MORNING + REMEMBERED_FOR) == 1
    assert progress_of(session, 1) is None
