"""Schemas that no chain of migrations makes, of the weeks when some landed before others.

In November 2026 a migration could reach main before those that it now follows, and 0001 was still
changed in place. A database of those days bears the number of the later migration without the
earlier ones. It has a name of its own here ("0014+0019": 0014, and 0019 ahead of its time), under
which it is backed up, restored, and brought back into the line.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, inspect, text


@dataclass(frozen=True, slots=True)
class Odd:
    """One of them.

    `name`: as told, "<after>+<ahead>"; `stamped`: the revision that the database bears;
    `ahead`: the function of the migration that ran too early; `sign`: a table, or (table, column),
    that is there (`shows`) or is not, in such a database alone.
    """

    name: str
    stamped: str
    ahead: str
    sign: tuple[str, str | None]
    shows: bool = False

    @property
    def after(self) -> str:
        """The last revision that it has with all before it."""
        return self.name.partition("+")[0]


ODD = (
    Odd("0001+0002", "0001", "make_phrases", ("note_phrase", None), shows=True),
    Odd("0002+0004", "0004", "upgrade", ("case_move", None)),
    Odd("0010+0012", "0012", "upgrade", ("batch", "partial")),
    Odd("0014+0019", "0019", "upgrade", ("association", None)),
)
NAMES = {odd.name: odd for odd in ODD}


def name_of(connection: Connection, stamped: str) -> str:
    """The name of the schema of a database that bears this revision: mostly the revision itself."""
    for odd in ODD:
        if odd.stamped == stamped and _is(connection, odd):
            return odd.name
    return stamped


def put_in_line(connection: Connection) -> None:
    """Let such a database begin where it has all: what it has beyond that is then left as it is."""
    if not inspect(connection).has_table("alembic_version"):
        return
    stamped = connection.scalar(text("SELECT version_num FROM alembic_version"))
    odd = NAMES.get(name_of(connection, str(stamped)))
    if odd is not None:
        _stamp(connection, odd.after)


def make(connection: Connection, name: str, ahead: Callable[[str, str], None]) -> None:
    """Turn a database of the revision `after` into this one.

    `ahead(revision, function)` runs what ran too early.
    """
    odd = NAMES[name]
    ahead(name.partition("+")[2], odd.ahead)
    _stamp(connection, odd.stamped)


def _is(connection: Connection, odd: Odd) -> bool:
    inspector = inspect(connection)
    table, column = odd.sign
    there = inspector.has_table(table) and (
        column is None or column in {found["name"] for found in inspector.get_columns(table)}
    )
    return there == odd.shows


def _stamp(connection: Connection, revision: str) -> None:
    connection.execute(
        text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision}
    )
