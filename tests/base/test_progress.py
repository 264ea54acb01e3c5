"""Progress: what one process tells, another reads; and the way to stop it."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from energymed.base.errors import Refused
from energymed.base.progress import (
    CANCELLED,
    DONE,
    FAILED,
    LOST,
    RUNNING,
    SILENCE,
    Cancelled,
    ProgressFolder,
)
from tests.factories import MONDAY_MORNING


@pytest.fixture
def folder(tmp_path: Path) -> ProgressFolder:
    return ProgressFolder(tmp_path / "progress")


def test_nothing_is_known_of_work_that_was_never_asked_for(folder: ProgressFolder) -> None:
    assert folder.read(1) is None
    assert not folder.is_running(1)
    folder.ask_to_stop(1)
    assert not folder.is_asked_to_stop(1)
    folder.forget(1)


def test_work_is_announced_told_and_done(folder: ProgressFolder) -> None:
    folder.announce(1, "import", 100)
    assert folder.is_running(1)
    with folder.telling(1, "import", 100) as tick:
        tick(40, 100)
    found = folder.read(1)
    assert found is not None
    assert (found.state, found.done, found.total, found.work) == (DONE, 100, 100, "import")
    folder.forget(1)
    assert folder.read(1) is None


def test_the_beat_tells_while_the_work_goes_on(
    folder: ProgressFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("energymed.base.progress.BEAT", 0.001)
    with folder.telling(1, "check", 100) as tick:
        tick(40, 100)
        found = None
        while found is None or found.done != 40:  # the other thread writes within milliseconds
            found = folder.read(1)
        assert found.state == RUNNING


def test_rate_and_what_remains(folder: ProgressFolder) -> None:
    with time_machine.travel(MONDAY_MORNING, tick=False) as clock:
        with folder.telling(1, "check", 100) as tick:
            first = folder.read(1)
            assert first is not None
            assert first.remaining is None
            clock.shift(timedelta(seconds=10))
            tick(25, 100)
            raise Refused("fini")
        found = folder.read(1)
    assert found is not None
    assert (found.rate, found.remaining) == (2.5, timedelta(seconds=30))


def test_whoever_asks_to_stop_stops_the_next_step(folder: ProgressFolder) -> None:
    with folder.telling(1, "import", 10) as tick:
        tick(1, 10)
        folder.ask_to_stop(1)
        tick(2, 10)
        pytest.fail("the step went on")
    found = folder.read(1)
    assert found is not None
    assert (found.state, found.sentence) == (CANCELLED, Cancelled().message)
    folder.announce(1, "import", 10)
    assert not folder.is_asked_to_stop(1)


def test_a_stop_asked_before_the_process_is_there_is_not_forgotten(folder: ProgressFolder) -> None:
    folder.announce(1, "import", 10)
    folder.ask_to_stop(1)
    with folder.telling(1, "import", 10) as tick:
        tick(1, 10)
    found = folder.read(1)
    assert found is not None
    assert found.state == CANCELLED


def test_a_refusal_is_told_with_its_values(folder: ProgressFolder) -> None:
    with folder.telling(1, "import", 10):
        raise Refused("Non à %(file)s.", file="f.csv")
    found = folder.read(1)
    assert found is not None
    assert (found.state, found.sentence, found.params) == (
        FAILED, "Non à %(file)s.", {"file": "f.csv"},
    )  # fmt: skip


def test_an_error_is_told_and_goes_on(folder: ProgressFolder) -> None:
    with pytest.raises(ZeroDivisionError), folder.telling(1, "import", 10):
        raise ZeroDivisionError
    found = folder.read(1)
    assert found is not None
    assert (found.state, found.sentence) == (FAILED, None)


def test_work_that_falls_silent_is_lost(folder: ProgressFolder) -> None:
    with time_machine.travel(MONDAY_MORNING, tick=False) as clock:
        folder.announce(1, "import", 10)
        clock.shift(SILENCE + timedelta(seconds=1))
        found = folder.read(1)
        assert found is not None
        assert found.state == LOST
        assert not folder.is_running(1)
