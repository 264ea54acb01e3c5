"""How far long work is on SQLite, in a small file beside the database, and the wish to stop it.

SQLite has one writer: while an import writes, in its one transaction, nothing else can be written
there, and least of all how far it is. Whoever opens the same database, from whatever process, has
the same files beside it.
"""

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

NAMED = ".work-"  # and the number of the work, behind the name of the database


@dataclass(frozen=True, slots=True)
class Note:
    """How many rows are done, and when that was noted (aware UTC)."""

    done: int
    at: datetime


class Notes:
    """The notes of one piece of work; they go when it is over."""

    def __init__(self, database: str, number: int) -> None:
        self._note = Path(f"{database}{NAMED}{number}")
        self._stop = self._note.with_name(f"{self._note.name}.stop")

    def write(self, note: Note) -> None:
        """Note it, whole or not at all; what cannot be noted now is noted at the next beat."""
        draft = self._note.with_name(f"{self._note.name}.part")
        with suppress(OSError):
            draft.write_text(json.dumps([note.done, note.at.isoformat()]), encoding="ascii")
            os.replace(draft, self._note)

    def read(self) -> Note | None:
        """What was noted last; None when nothing was."""
        try:
            done, at = json.loads(self._note.read_text(encoding="ascii"))
            return Note(int(done), datetime.fromisoformat(at))
        except (OSError, ValueError, TypeError):  # not there, or what a power cut left of it
            return None

    def ask_to_stop(self) -> None:
        """Leave the wish where the work looks at every tick."""
        self._stop.touch()

    @property
    def stop_is_asked(self) -> bool:
        """Whether somebody left it."""
        return self._stop.exists()

    def clear(self, *, wish: bool = True) -> None:
        """Forget what was noted, and, unless it is for work that begins, the wish to stop."""
        for path in (self._note, *((self._stop,) if wish else ())):
            with suppress(OSError):
                path.unlink(missing_ok=True)


def notes_of(engine: Engine, number: int) -> Notes | None:
    """Where work with this number is noted; None where its row in the database tells it."""
    file = engine.url.database
    if engine.dialect.name != "sqlite" or not file or file == ":memory:":
        return None
    return Notes(file, number)
