"""Copies of this process that work and tell, until they end or are killed.

Everything is loaded before: a copy is there in milliseconds. No connection may be open when it is
made, and no thread may run.
"""

import json
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

ENOUGH_S = 120.0
Tell = Callable[..., None]
Work = Callable[[Tell], object]


class Child:
    """A copy of this process at some work; what it tells comes line by line, as {name: value}."""

    def __init__(self, work: Work) -> None:
        self._from, into = os.pipe()
        self._rest = b""
        self.pid = os.fork()
        if not self.pid:
            os.close(self._from)
            _work(work, into)
        os.close(into)

    def told(self, within: float = ENOUGH_S) -> dict[str, Any] | None:
        """The next thing it tells; None once it is gone.

        Raises:
            TimeoutError: it tells nothing for that long (s).
        """
        until = time.monotonic() + within
        while b"\n" not in self._rest:
            if not select.select([self._from], [], [], max(0, until - time.monotonic()))[0]:
                raise TimeoutError
            if not (piece := os.read(self._from, 65_536)):
                return None  # a line that was cut short was told to nobody
            self._rest += piece
        line, _, self._rest = self._rest.partition(b"\n")
        found: dict[str, Any] = json.loads(line)
        if "crashed" in found:
            sys.exit(f"a child failed:\n{found['crashed']}")
        return found

    def kill(self) -> list[dict[str, Any]]:
        """End it by SIGKILL; what it had still told."""
        os.kill(self.pid, signal.SIGKILL)
        left = []
        while (found := self.told()) is not None:
            left.append(found)
        self.end()
        return left

    def end(self) -> None:
        """Wait for its end."""
        os.close(self._from)
        os.waitpid(self.pid, 0)


def answer(work: Work) -> Any:
    """What the work gives back, done in a copy of this process."""
    child = Child(lambda tell: tell(answer=work(tell)))
    told = None
    while (found := child.told()) is not None:
        told = found
    child.end()
    if told is None or "answer" not in told:
        sys.exit("a child ended and said nothing")
    return told["answer"]


def _work(work: Work, into: int) -> None:
    def tell(**values: object) -> None:
        os.write(into, json.dumps(values).encode() + b"\n")

    try:
        work(tell)
    except BaseException:
        tell(crashed=traceback.format_exc())
    finally:
        os._exit(0)
