"""A line in front of something that serves one at a time, in the order of arrival."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

try:
    import fcntl
except ImportError:  # not on Windows: there, processes are not in line with each other
    fcntl = None  # type: ignore[assignment]


class Line:
    """First come, first served, among the threads of this process and then among processes.

    `threading.Lock` may let a newcomer pass before those who wait. The head of each process's
    line waits for the lock of a file, which the system gives up when its holder dies.
    """

    def __init__(self, lock_file: Path | None = None) -> None:
        self._guard = Lock()
        self._busy = False
        self._waiting: deque[Lock] = deque()
        self._lock_file = lock_file

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn, and have it for the time of the context."""
        self._wait()
        try:
            with self._among_processes():
                yield
        finally:
            with self._guard:
                if self._waiting:
                    self._waiting.popleft().release()
                else:
                    self._busy = False

    def _wait(self) -> None:
        with self._guard:
            if not self._busy:
                self._busy = True
                return
            mine = Lock()
            mine.acquire()
            self._waiting.append(mine)
        mine.acquire()  # until whoever is before lets go of it

    @contextmanager
    def _among_processes(self) -> Iterator[None]:
        if self._lock_file is None or fcntl is None:
            yield
            return
        with self._lock_file.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield  # closing the file lets go of the lock
