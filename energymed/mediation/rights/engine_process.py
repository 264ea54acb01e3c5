"""The engine of rights, kept running beside this process from its first question on.

It is started when the check is opened, so that it has loaded by the time the answers are typed. One
for each process that serves pages; it ends with it, or by itself when nobody asks any more.
"""

import atexit
import json
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import IO, Any

from energymed.base.errors import BadInput, TryLater
from energymed.base.i18n import N_

ENGINE = Path(__file__).with_name("engine.py")
PATIENCE_S = 3.0  # for one that loads, or that others ask: a page waits meanwhile
ANSWER_S = 10.0  # for the answer of one that has loaded, which is there in a blink
ENDED = b""  # what a reader hands on when the engine has ended

BUSY = N_("La vérification se prépare : réessayez dans quelques secondes.")
FAILED = N_("La vérification n'a pas abouti ; rien n'est perdu. Faites vérifier par l'organisme.")


@cache
def installed() -> bool:
    """True where the extra `energymed[rights]` is there."""
    return find_spec("openfisca_france") is not None


class Engine:
    """One running engine: started when asked for, and again when it has ended."""

    def __init__(self, command: tuple[str, ...], answer_s: float = ANSWER_S) -> None:
        self._command = command
        self._answer_s = answer_s
        self._lock = Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._lines: SimpleQueue[bytes] = SimpleQueue()
        self._ready = False

    def start(self) -> None:
        """Begin to load, without waiting for it; nothing where it runs or somebody else asks."""
        if self._lock.acquire(blocking=False):
            try:
                self._run()
            finally:
                self._lock.release()

    def ask(self, question: Mapping[str, object], patience_s: float = PATIENCE_S) -> Any:
        """What the engine answers, as read from JSON.

        Raises:
            TryLater: it has not loaded within `patience_s` seconds, or others are asking.
            BadInput: it failed on this question.
        """
        until = monotonic() + patience_s
        if not self._lock.acquire(timeout=patience_s):
            raise TryLater(BUSY)
        try:
            child = self._run()
            if not self._ready:
                self._line(until)
                self._ready = True
            assert child.stdin is not None
            child.stdin.write(json.dumps(question).encode() + b"\n")
            child.stdin.flush()
            return json.loads(self._line(monotonic() + self._answer_s))
        except (OSError, ValueError) as error:
            self.stop()
            raise BadInput(FAILED) from error
        finally:
            self._lock.release()

    def stop(self) -> None:
        """End the engine; the next question starts another."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            assert self._child.stdin is not None
            with suppress(OSError):  # what it never read
                self._child.stdin.close()
        self._child, self._ready = None, False

    def _run(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self.stop()
            self._child = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )  # fmt: skip
            self._lines = SimpleQueue()
            reader = Thread(target=_hand_on, args=(self._child.stdout, self._lines), daemon=True)
            reader.start()
        return self._child

    def _line(self, until: float) -> bytes:
        try:
            line = self._lines.get(timeout=max(0.01, until - monotonic()))
        except Empty:
            if self._ready:  # the answer that is still to come would be taken for another's
                self.stop()
            raise TryLater(BUSY) from None
        if line == ENDED:
            raise OSError("the engine ended")
        return line


def _hand_on(stream: IO[bytes], lines: SimpleQueue[bytes]) -> None:
    """Lines as they come; reading in a thread waits with a limit on every system."""
    with stream:
        for line in stream:
            lines.put(line)
    lines.put(ENDED)


# -P: the folder of the program is no place to import from
engine = Engine((sys.executable, "-P", str(ENGINE)))
atexit.register(engine.stop)
