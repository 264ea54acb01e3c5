"""A line in front of something that serves one at a time, in the order of arrival."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic
from typing import TextIO

from energymed.base.errors import Busy

try:
    import fcntl
except ImportError:  # not on Windows: there, processes are not in line with each other
    fcntl = None  # type: ignore[assignment]


class Line:
    """First come, first served, among the threads of this process and then among processes.

    `threading.Lock` may let a newcomer pass before those who wait. The head of each process's
    line waits for the lock of a file, which the system gives up when its holder dies.

    Args:
        patience: for how long (s) anybody waits for their turn.
    """

    def __init__(self, lock_file: Path | None = None, patience: float = 60.0) -> None:
        self._guard = Lock()
        self._busy = False
        self._waiting: deque[Lock] = deque()
        self._lock_file, self._patience = lock_file, patience

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn, and have it for the time of the context.

        Raises:
            Busy: it did not come in time.
        """
        until = monotonic() + self._patience
        self._wait(until)
        try:
            with self._among_processes(until):
                yield
        finally:
            with self._guard:
                if self._waiting:
                    self._waiting.popleft().release()
                else:
                    self._busy = False

    def _wait(self, until: float) -> None:
        with self._guard:
            if not self._busy:
                self._busy = True
                return
            mine = Lock()
            mine.acquire()
            self._waiting.append(mine)
        if mine.acquire(timeout=until - monotonic()):  # whoever is before lets go of it
            return
        with self._guard:
            if mine not in self._waiting:  # at this very moment
                return
            self._waiting.remove(mine)
        raise Busy

    @contextmanager
    def _among_processes(self, until: float) -> Iterator[None]:
        if self._lock_file is None or fcntl is None:
            yield
            return
        with self._locked(self._lock_file, until):
            yield  # closing the file lets go of the lock

    def _locked(self, path: Path, until: float) -> TextIO:
        """The file with its lock."""
        file = path.open("a")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiter = _Waiter(file)
            waiter.start()
            if not waiter.has_it_by(until):
                raise Busy from None
        except BaseException:
            file.close()
            raise
        return file


class _Waiter(Thread):
    """Waits for the lock of a file: nobody else could stop waiting for it in time.

    Given up, it lets go of the lock as soon as it has it.
    """

    def __init__(self, file: TextIO) -> None:
        super().__init__(name="writers", daemon=True)
        self._file, self._guard = file, Lock()
        self._locked, self._given_up = Event(), False

    def run(self) -> None:
        """Wait, for as long as it takes."""
        fcntl.flock(self._file, fcntl.LOCK_EX)
        with self._guard:
            if self._given_up:
                self._file.close()
            else:
                self._locked.set()

    def has_it_by(self, until: float) -> bool:
        """Whether it has the lock in time; if not, the file is its own affair."""
        if self._locked.wait(until - monotonic()):
            return True
        with self._guard:
            self._given_up = not self._locked.is_set()
            return not self._given_up
