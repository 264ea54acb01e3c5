"""An installation made large by copies of itself: what the product wrote, many times over.

A copy takes the rows of every table with new numbers, so that its cases have their own people,
calls, moves and events. Partners, rules and texts are those of all. Copies of past years are moved
back in time, and their cases closed. Texts that may stand but once get the copy's number.
"""

from collections.abc import Iterable

from psycopg import Connection
from sqlalchemy import Column, Date, DateTime, String, Table, UniqueConstraint

from energymed.models import Model

YEARS = 5
SHARED = {
    "partner", "partner_contact", "partner_site", "partner_disclosure", "convention", "campaign",
    "column_profile", "dated_rule", "association", "message_template", "message_sender",
    "guide_step", "note_phrase", "job_run", "sign_in_tries", "account_link", "long_work",
    "search_word", "search_text", "text_word",  # a name is kept once, whoever bears it
}  # fmt: skip
# numbers of rows that no foreign key names
POINTING = {
    ("audit_event", "entity_id"), ("audit_event", "actor_id"), ("case_file", "told_by_contact_id"),
    ("person", "opposed_by_contact_id"), ("person", "deceased_by_contact_id"),
    ("person", "rests_by_contact_id"), ("person_opening", "user_id"),
    ("person_opening", "person_id"), ("batch_check_line", "case_id"),
}  # fmt: skip
CLOSED = {
    "state": "'closed'", "closure": "COALESCE(closure, 'informed_only')",
    "closed_at": "COALESCE(closed_at, opened_at)", "queue_reason": "NULL",
    "waiting_reason": "NULL", "next_action_at": "NULL", "claimed_by_id": "NULL",
    "claimed_at": "NULL", "claimed_until": "NULL",
}  # fmt: skip


def multiply(connection: "Connection[tuple[object, ...]]", copies: Iterable[int]) -> None:
    """Add copies of the rows that were there before the first one; each copy is kept at once."""
    tables = [table for table in Model.metadata.sorted_tables if table.name not in SHARED]
    width = 1 + max(_highest(connection, table) for table in tables)
    connection.execute("SET session_replication_role = replica")  # what they refer to comes too
    for copy in copies:
        for table in tables:
            connection.execute(_copying(table, copy, width))
    connection.execute("SET session_replication_role = DEFAULT")
    for table in tables:
        if _is_number(table):
            name, sequence = table.name, f"pg_get_serial_sequence('{table.name}', 'id')"
            connection.execute(f"SELECT setval({sequence}, (SELECT max(id) FROM {name}))")  # noqa: S608


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


def _highest(connection: "Connection[tuple[object, ...]]", table: Table) -> int:
    if not _is_number(table):
        return 0
    found = connection.execute(f"SELECT COALESCE(max(id), 0) FROM {table.name}").fetchone()  # noqa: S608
    return int(str(found[0])) if found else 0


def _is_number(table: Table) -> bool:
    return "id" in table.columns and not isinstance(table.columns["id"].type, String)


def _copying(table: Table, copy: int, width: int) -> str:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    values = ", ".join(_value(table, column, copy, width) for column in table.columns)
    first = f'"id" < {width}' if _is_number(table) else _of_the_first(table, width)
    return f'INSERT INTO "{table.name}" ({names}) SELECT {values} FROM "{table.name}" WHERE {first}'  # noqa: S608


def _of_the_first(table: Table, width: int) -> str:
    """The rows of a table without numbers of its own that were there before: by what they name."""
    named = [column.name for column in table.columns if _points(table, column)]
    texts = [column.name for column in table.primary_key.columns if not named]
    return f'"{named[0]}" < {width}' if named else f"\"{texts[0]}\" NOT LIKE '%~%'"


def _points(table: Table, column: Column[object]) -> bool:
    owned = [key for key in column.foreign_keys if key.column.table.name not in SHARED]
    return bool(owned) or (table.name, column.name) in POINTING


def _value(table: Table, column: Column[object], copy: int, width: int) -> str:
    name, years = f'"{column.name}"', copy % YEARS
    if table.name == "case_file" and years and column.name in CLOSED:
        name = CLOSED[column.name]
    if (column.name == "id" and _is_number(table)) or _points(table, column):
        return f"{name} + {copy * width}"
    if column.name == "sha256":
        return f"encode(sha256(convert_to({name} || '~{copy}', 'UTF8')), 'hex')"
    if isinstance(column.type, String) and column.name in _single(table):
        return f"left({name}, {(column.type.length or 99) - 6}) || '~{copy}'"
    kind = getattr(column.type, "impl", column.type)
    if years and isinstance(kind, DateTime | Date):
        cast = "date" if isinstance(kind, Date) else "timestamptz"
        return f"(({name})::timestamptz - interval '{years} years')::{cast}"
    return name


def _single(table: Table) -> set[str]:
    """The columns of texts that may stand but once, or once with others that copies share."""
    sets = [
        *(one.columns for one in table.constraints if isinstance(one, UniqueConstraint)),
        *(index.columns for index in table.indexes if index.unique),
        table.primary_key.columns,
    ]
    return {
        column.name
        for columns in sets
        if not any(_points(table, column) for column in columns)
        for column in columns
    }
