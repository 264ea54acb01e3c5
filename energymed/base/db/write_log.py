"""SQLite's log of writes goes into the database file by a thread beside the requests.

Left to itself, SQLite copies it whenever it has grown by a thousand pages: one save in a hundred
then waits for the disk, and everybody behind it. A thread does it every second and stands in
nobody's way; where none runs (a command), SQLite still does it by itself, at `PAGES`.
"""

import sqlite3
from contextlib import closing
from threading import Event, Thread

from sqlalchemy import Engine

PAGES = 8_000  # of 4 KiB: a process that is killed leaves no more to be read again
EVERY_S = 1.0


class LogKeeper(Thread):
    """Copies the log while the process lives; nothing to do on another database."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(name="log-keeper", daemon=True)
        self.engine = engine
        self.over = Event()

    def run(self) -> None:
        """Copy what can be copied, every second."""
        while self.engine.dialect.name == "sqlite" and not self.over.wait(EVERY_S):
            self.copy()

    def copy(self) -> None:
        """Copy what no reader needs any more; another process at it, or a full disk, is no harm."""
        with closing(self.engine.raw_connection()) as connection:
            try:
                connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)").close()
            except sqlite3.OperationalError:
                return
