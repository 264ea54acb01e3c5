"""An installation made large by copies of itself: what the product wrote, many times over.

A copy takes the rows of every table with new numbers, so that its cases have their own people,
calls, moves and events. Partners, rules and texts are those of all. Copies of past years are moved
back in time, and their cases closed. Texts that may stand but once get the copy's number. On
PostgreSQL by psycopg, on SQLite by a connection of `sqlite3` that checks no references.
"""

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from sqlalchemy import Column, Date, DateTime, String, Table, UniqueConstraint

from energymed.models import Model

YEARS = 5
SHARED = {
    "partner", "partner_contact", "partner_site", "partner_disclosure", "convention", "campaign",
    "column_profile", "dated_rule", "association", "message_template", "message_sender",
    "guide_step", "note_phrase", "job_run", "sign_in_tries", "account_link", "long_work",
    "search_word", "search_text", "text_word",  # a name is kept once, whoever bears it
    "cheque_campaign", "cheque_band", "consent_text", "letter_text", "emergency_line",
    "supply_word", "social_body", "aid_fund", "failure", "failing_job", "running_node",
    "examination",
}  # fmt: skip
# the team, for copies that are more years of the same association
TEAM = {"site", "user_account", "webauthn", "presence", "saved_view"}
# numbers of rows that no foreign key names, and of which table they are
POINTING = {
    ("audit_event", "entity_id"): "case_file",  # or another one that is copied
    ("audit_event", "actor_id"): "user_account",
    ("case_file", "told_by_contact_id"): "contact",
    ("person", "opposed_by_contact_id"): "contact",
    ("person", "deceased_by_contact_id"): "contact",
    ("person", "rests_by_contact_id"): "contact",
    ("person_opening", "user_id"): "user_account",
    ("person_opening", "person_id"): "person",
    ("batch_check_line", "case_id"): "case_file",
}
CLOSED = {
    "state": "'closed'", "closure": "COALESCE(closure, 'informed_only')",
    "closed_at": "COALESCE(closed_at, opened_at)", "queue_reason": "NULL",
    "waiting_reason": "NULL", "next_action_at": "NULL", "claimed_by_id": "NULL",
    "claimed_at": "NULL", "claimed_until": "NULL",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """What the two databases say differently: an instant and a day, so many years earlier."""

    instant: Callable[[str, int], str]
    day: Callable[[str, int], str]


POSTGRESQL = Words(
    lambda name, years: f"(({name})::timestamptz - interval '{years} years')",
    lambda name, years: f"(({name})::date - interval '{years} years')::date",
)
SQLITE = Words(
    lambda name, years: f"strftime('%Y-%m-%d %H:%M:%f000', {name}, '-{years} years')",
    lambda name, years: f"date({name}, '-{years} years')",
)


def multiply(
    connection: "Connection[tuple[object, ...]] | sqlite3.Connection",
    copies: Iterable[int],
    shared: Iterable[str] = (),
) -> None:
    """Add copies of the rows that were there before the first one; each copy is kept at once.

    Args:
        shared: tables that are those of all, beside `SHARED`: `TEAM` for one association.
    """
    apart = SHARED.union(shared)
    tables = [table for table in Model.metadata.sorted_tables if table.name not in apart]
    width = 1 + max(_highest(connection, table) for table in tables)
    words = SQLITE if isinstance(connection, sqlite3.Connection) else POSTGRESQL
    copied = [_Copied(table, width, apart, words) for table in tables]
    execute: Callable[[str], object] = connection.execute
    if words is POSTGRESQL:
        execute("SET session_replication_role = replica")  # what they refer to comes too
    for copy in copies:
        for one in copied:
            execute(one.copying(copy))
    if words is POSTGRESQL:
        execute("SET session_replication_role = DEFAULT")
        for table in filter(_is_number, tables):
            name, sequence = table.name, f"pg_get_serial_sequence('{table.name}', 'id')"
            execute(f"SELECT setval({sequence}, (SELECT max(id) FROM {name}))")  # noqa: S608


# What the product writes, counted (docs/scale.md): a call that is saved leaves a move and three
# events; a case is named by its partner's file of each of the six weeks that it is open, and its
# amount changed by two of them. The demo writes its past at one go: calls, and the first file.
LIVED = (
    """INSERT INTO case_move (case_id, at, actor_id, from_state, to_state, contact_id)
    SELECT case_id, started_at, user_id, 'in_call', 'waiting', id FROM contact""",
    """INSERT INTO audit_event (at, actor_id, actor_role, action, entity, entity_id, before, after)
    SELECT started_at, user_id, 'mediator', action, entity,
        CASE entity WHEN 'contact' THEN contact.id ELSE case_id END,
        '{"state": "queued"}', '{"state": "waiting", "until": "2026-11-24T08:00"}'
    FROM contact, (VALUES ('case.claimed', 'case_file'), ('contact.recorded', 'contact'),
        ('case.moved', 'case_file')) AS told (action, entity)""",
    """INSERT INTO batch_row (batch_id, row_number, reference, outcome, case_id, before)
    SELECT opened_batch_id, 1, reference, 'updated', id,
        '{"case": {"debt_cents": 12345}, "last_batch_id": 77}'
    FROM case_file, generate_series(2, 6) WHERE opened_batch_id IS NOT NULL""",
    """INSERT INTO ledger_entry (case_id, kind, amount_cents, on_date, recorded_at, source)
    SELECT id, 'opening', debt_cents, opened_at::date, opened_at, 'file' FROM case_file
    WHERE debt_cents IS NOT NULL AND NOT EXISTS (
        SELECT FROM ledger_entry WHERE case_id = case_file.id)""",
    """INSERT INTO ledger_entry
        (case_id, kind, amount_cents, on_date, recorded_at, source, batch_id)
    SELECT id, kind, cents, opened_at::date, opened_at, 'file', opened_batch_id
    FROM case_file, (VALUES ('new_charge', 1), ('reported_decrease', -1)) AS told (kind, cents)
    WHERE debt_cents IS NOT NULL""",
)


def live(connection: "Connection[tuple[object, ...]]") -> None:
    """Add the rows that work leaves and the demo's past has not."""
    for statement in LIVED:
        connection.execute(statement)


def _highest(connection: Any, table: Table) -> int:
    if not _is_number(table):
        return 0
    found = connection.execute(f"SELECT COALESCE(max(id), 0) FROM {table.name}").fetchone()  # noqa: S608
    return int(str(found[0])) if found else 0


def _is_number(table: Table) -> bool:
    return "id" in table.columns and not isinstance(table.columns["id"].type, String)


@dataclass(frozen=True, slots=True)
class _Copied:
    """A table whose rows are copied: those of the beginning have numbers below `width`."""

    table: Table
    width: int
    shared: set[str]
    words: Words

    def copying(self, copy: int) -> str:
        """The statement that makes a copy of its rows."""
        table = self.table
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        values = ", ".join(self._value(column, copy) for column in table.columns)
        first = f'"id" < {self.width}' if _is_number(table) else self._of_the_first()
        of = f'"{table.name}"'
        return f"INSERT INTO {of} ({names}) SELECT {values} FROM {of} WHERE {first}"  # noqa: S608

    def _of_the_first(self) -> str:
        """The first rows of a table without numbers of its own: by what they name."""
        named = [column.name for column in self.table.columns if self._points(column)]
        texts = [column.name for column in self.table.primary_key.columns if not named]
        return f'"{named[0]}" < {self.width}' if named else f"\"{texts[0]}\" NOT LIKE '%~%'"

    def _points(self, column: Column[object]) -> bool:
        named = [key.column.table.name for key in column.foreign_keys]
        by_hand = POINTING.get((self.table.name, column.name))
        return any(name not in self.shared for name in [*named, *([by_hand] if by_hand else [])])

    def _value(self, column: Column[object], copy: int) -> str:
        table, name, years = self.table, f'"{column.name}"', copy % YEARS
        if table.name == "case_file" and years and column.name in CLOSED:
            name = CLOSED[column.name]
        if (column.name == "id" and _is_number(table)) or self._points(column):
            return f"{name} + {copy * self.width}"
        if column.name == "sha256":
            return f"substr({name}, 1, 58) || '{copy:06d}'"
        if isinstance(column.type, String) and column.name in self._single():
            return f"substr({name}, 1, {(column.type.length or 99) - 6}) || '~{copy}'"
        kind = getattr(column.type, "impl", column.type)
        if years and isinstance(kind, Date):
            return self.words.day(name, years)
        if years and isinstance(kind, DateTime):
            return self.words.instant(name, years)
        return name

    def _single(self) -> set[str]:
        """The columns of texts that may stand but once, or once with others that copies share."""
        sets = [
            *(one.columns for one in self.table.constraints if isinstance(one, UniqueConstraint)),
            *(index.columns for index in self.table.indexes if index.unique),
            self.table.primary_key.columns,
        ]
        return {
            column.name
            for columns in sets
            if not any(self._points(column) for column in columns)
            for column in columns
        }
