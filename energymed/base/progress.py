"""Long work: how far it is, kept in a small file so that any process may tell, and the way to stop.

The database cannot say it: what is being written there shows only once it is all written.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

from energymed.base.clock import now
from energymed.base.errors import DomainError
from energymed.base.i18n import N_

Tick = Callable[[int, int], None]
"""Told how many rows are done by now, of how many; raises `Cancelled` when somebody asked."""

BEAT = 0.5  # seconds between two notes of how far it is
SILENCE = timedelta(seconds=20)  # without a note: the process is gone

RUNNING, DONE, FAILED, CANCELLED, LOST = "running", "done", "failed", "cancelled", "lost"


class Cancelled(DomainError):
    """Somebody asked to stop; nothing is written."""

    def __init__(self) -> None:
        super().__init__(N_("Interrompu à votre demande : rien n'a été écrit."))


def untold(_done: int, _total: int) -> None:
    """A tick that tells nobody."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far some work is: `done` of `total` rows; times are aware UTC.

    `state` is running, done, failed, cancelled or lost; `sentence` (a msgid) and `params` say why
    it failed.
    """

    work: str
    total: int
    started_at: datetime
    told_at: datetime
    done: int = 0
    state: str = RUNNING
    sentence: str | None = None
    params: dict[str, Any] = field(default_factory=dict)

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


class ProgressFolder:
    """One small file for each piece of work, by its number."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, number: int) -> Progress | None:
        """How far it is; None when there is no such work. Silent for too long, it is lost."""
        try:
            kept = json.loads(self._path(number).read_text("utf-8"))
        except FileNotFoundError:
            return None
        for name in ("started_at", "told_at"):
            kept[name] = datetime.fromisoformat(kept[name])
        found = Progress(**kept)
        if found.state == RUNNING and now() - found.told_at > SILENCE:
            return replace(found, state=LOST)
        return found

    def is_running(self, number: int) -> bool:
        """Whether somebody works on it at this moment."""
        found = self.read(number)
        return found is not None and found.state == RUNNING

    def announce(self, number: int, work: str, total: int) -> None:
        """Say that work is about to start, before the process that does it is there."""
        self._cancel_path(number).unlink(missing_ok=True)
        at = now()
        self.write(number, Progress(work, total, at, at))

    def ask_to_stop(self, number: int) -> None:
        """Have the work stop at its next tick; nothing happens when there is none."""
        if self.is_running(number):
            self._cancel_path(number).touch()

    def forget(self, number: int) -> None:
        """Remove what is known of finished work."""
        self._path(number).unlink(missing_ok=True)
        self._cancel_path(number).unlink(missing_ok=True)

    @contextmanager
    def telling(self, number: int, work: str, total: int) -> Iterator[Tick]:
        """Tell how far the work inside is, every half second, and how it ended.

        An error of the domain ends it with its sentence and goes no further.
        """
        at = now()
        teller = _Teller(self, number, Progress(work, total, at, at))
        self.write(number, teller.progress)
        teller.start()
        ending: dict[str, Any] = {"state": FAILED, "sentence": None}
        try:
            yield teller.tick
            ending = {"state": DONE, "done": total}
        except Cancelled as error:
            ending = {"state": CANCELLED, "sentence": error.message}
        except DomainError as error:
            ending = {"state": FAILED, "sentence": error.message, "params": error.params}
        finally:
            teller.stop(ending)

    def is_asked_to_stop(self, number: int) -> bool:
        """Whether somebody asked."""
        return self._cancel_path(number).exists()

    def write(self, number: int, progress: Progress) -> None:
        """Put down how far it is, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self.folder / f"{number}.{os.getpid()}.part"
        draft.write_text(json.dumps(asdict(progress), default=str), "utf-8")
        os.replace(draft, self._path(number))

    def _path(self, number: int) -> Path:
        return self.folder / f"{number}.json"

    def _cancel_path(self, number: int) -> Path:
        return self.folder / f"{number}.stop"


class _Teller(Thread):
    """Writes down how far the work is while another thread does it."""

    def __init__(self, folder: ProgressFolder, number: int, progress: Progress) -> None:
        super().__init__(daemon=True)
        self.place, self.number, self.progress = folder, number, progress
        self.over = Event()

    def tick(self, done: int, total: int) -> None:
        """Take note of the rows done; raises `Cancelled` when somebody asked to stop."""
        if self.place.is_asked_to_stop(self.number):
            raise Cancelled
        self.progress = replace(self.progress, done=done, total=total)

    def run(self) -> None:
        """Write until it is over."""
        while not self.over.wait(BEAT):
            self._tell()

    def stop(self, ending: dict[str, Any]) -> None:
        """Write how it ended."""
        self.over.set()
        self.join()
        self.progress = replace(self.progress, **ending)
        self._tell()

    def _tell(self) -> None:
        self.place.write(self.number, replace(self.progress, told_at=now()))
