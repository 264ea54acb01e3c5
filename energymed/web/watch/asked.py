"""Something that may hang, asked for whoever watches: waited for a moment, and never twice at once.

A database that is gone without a word keeps whoever asks it for a minute. A watcher comes every
few seconds, and has its answer within two.
"""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock, Thread
from time import monotonic
from typing import Generic, TypeVar

PATIENCE_S = 2.0
Answer = TypeVar("Answer")


class Asked(Generic[Answer]):
    """The answer of `ask`, kept for so many seconds."""

    def __init__(self, ask: Callable[[], Answer], kept_s: float) -> None:
        self._ask, self._kept_s = ask, kept_s
        self._lock = Lock()
        self._latest: Future[Answer] | None = None
        self._since = 0.0

    def answer(self) -> Answer:
        """The latest answer, or a new one.

        Raises:
            TimeoutError: there is none yet, whoever asked first.
        """
        with self._lock:
            latest = self._latest
            if latest is None or (latest.done() and monotonic() - self._since >= self._kept_s):
                latest = self._latest = Future()
                self._since = monotonic()
                Thread(target=self._run, args=(latest,), name="asked", daemon=True).start()
        return latest.result(timeout=PATIENCE_S)

    def _run(self, latest: "Future[Answer]") -> None:
        try:
            latest.set_result(self._ask())
        except Exception as error:  # whoever waits is told
            latest.set_exception(error)
