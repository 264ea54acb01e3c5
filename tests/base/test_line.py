"""A line: one at a time, in the order of arrival, among threads and among processes."""

import fcntl
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import pytest

from energymed.base.db.writer_queue import Line
from energymed.base.errors import Busy

SOON = 0.05  # seconds


def test_one_at_a_time_in_the_order_of_arrival() -> None:
    line, served = Line(), list[int]()
    started = [Event() for _ in range(8)]

    def one(number: int) -> None:
        started[number].set()
        with line.turn():
            served.append(number)

    with line.turn():
        threads = []
        for number in range(8):
            threads.append(Thread(target=one, args=(number,)))
            threads[-1].start()
            started[number].wait()
            while len(line._waiting) <= number:  # it stands in line now
                pass
        assert served == []
    for thread in threads:
        thread.join()
    assert served == list(range(8))


def test_an_error_lets_the_next_one_in() -> None:
    line = Line()
    with pytest.raises(ZeroDivisionError), line.turn():
        raise ZeroDivisionError
    with line.turn():
        pass


@pytest.mark.slow
def test_another_process_waits_for_its_turn(tmp_path: Path) -> None:
    """It comes in once the turn here is over, also when its holder has died."""
    path = tmp_path / "writers"
    script = (
        "import sys; from pathlib import Path; from energymed.base.db.writer_queue import Line\n"
        "with Line(Path(sys.argv[1])).turn(): print('in', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", script, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"in\n"
        entered = Event()

        def enter() -> None:
            with Line(path).turn():
                entered.set()

        waiting = Thread(target=enter)
        waiting.start()
        assert not entered.wait(0.2)
        other.kill()
        assert entered.wait(20)
        waiting.join()


def refused(line: Line) -> bool:
    """Whether another thread is told that its turn did not come."""
    told = Event()

    def one() -> None:
        try:
            with line.turn():
                pass
        except Busy:
            told.set()

    thread = Thread(target=one)
    thread.start()
    thread.join()
    return told.is_set()


def test_nobody_waits_for_longer_than_their_patience() -> None:
    line = Line(patience=SOON)
    with line.turn():
        assert refused(line)
        assert refused(line)
    assert not refused(line)


def test_nor_for_another_process_which_may_die_or_end_later(tmp_path: Path) -> None:
    line = Line(tmp_path / "writers", SOON)
    with (tmp_path / "writers").open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert refused(line)
        assert refused(line)
    assert not refused(Line(tmp_path / "writers"))  # whoever gave up does not stand in the way
    assert not refused(line)
