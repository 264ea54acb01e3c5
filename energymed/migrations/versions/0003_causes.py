"""Causes: the moves of cases, and who or which call made, settled, told or stopped something.

They are filled from the audit trail, where they were looked up until now. What a call did are the
events of the person who recorded it, from that of its recording on and at that very instant. Of
cases that a file no longer names, what was decided before is not taken back any more.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATES = "('to_assign','queued','in_call','waiting','closed')"
REASONS = "('callback','instalment','follow_up','retry','new')"
# (table, column, table it refers to); indexed where a correction looks it up
REFERENCES = (
    ("case_file", "last_claimed_by_id", "user_account"),
    ("contact", "recorded_by_id", "user_account"),
    ("follow_up", "made_by_id", "user_account"),
    ("follow_up", "made_by_contact_id", "contact"),
    ("follow_up", "put_off_by_contact_id", "contact"),
    ("follow_up", "settled_by_contact_id", "contact"),
)
# what a contact refers to cannot refer back to it
PLAIN = (
    ("person", "opposed_by_contact_id"),
    ("person", "deceased_by_contact_id"),
    ("person", "rests_by_contact_id"),
    ("case_file", "told_by_contact_id"),
)
INDEXED = ("made_by_contact_id", "put_off_by_contact_id", "settled_by_contact_id")
MOVES = (
    "'case.closed','case.waiting','case.queued','case.claimed','case.released','case.reopened',"
    "'case.taken_back','case.assigned'"
)
# the call that event `e` belongs to: the last one recorded before it, by the same person at once
CALL = (
    "(SELECT r.entity_id FROM audit_event r JOIN contact k ON k.id = r.entity_id"
    " WHERE r.at = e.at AND r.actor_id = e.actor_id AND r.id <= e.id AND r.entity = 'contact'"
    " AND r.action = 'contact.recorded' AND k.result IS NOT NULL ORDER BY r.id DESC LIMIT 1)"
)
LAST = "ORDER BY e.id DESC LIMIT 1"


def upgrade() -> None:
    _make_tables()
    for table, column, target in REFERENCES:
        # added in place: to write a table anew would delete what refers to its rows in SQLite
        name = f"fk_{table}_{column}_{target}"
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {column} INTEGER"
            f" CONSTRAINT {name} REFERENCES {target} (id)"
        )
    for table, column in PLAIN:
        op.add_column(table, sa.Column(column, sa.Integer(), nullable=True))
    op.add_column("contact", sa.Column("form_hash", sa.String(length=32), nullable=True))
    op.add_column("follow_up", sa.Column("former_due_at", sa.DateTime(timezone=True)))
    for column in INDEXED:
        op.create_index(op.f(f"ix_follow_up_{column}"), "follow_up", [column])
    _fill_contacts()
    _fill_people()
    _fill_cases()
    _fill_follow_ups()


def downgrade() -> None:
    for column in INDEXED:
        op.drop_index(op.f(f"ix_follow_up_{column}"), "follow_up")
    added = [(table, column) for table, column, _target in REFERENCES]
    for table, column in (
        *added, *PLAIN, ("contact", "form_hash"), ("follow_up", "former_due_at"),
    ):  # fmt: skip
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    op.drop_table("missing_mark")
    op.drop_table("case_move")


def _make_tables() -> None:
    op.create_table(
        "case_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("from_state", sa.String(length=12), nullable=False),
        sa.Column("from_reason", sa.String(length=12), nullable=True),
        sa.Column("from_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("to_state", sa.String(length=12), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(f"from_state IN {STATES}", name=op.f("ck_case_move_from_state")),
        sa.CheckConstraint(
            f"from_reason IS NULL OR from_reason IN {REASONS}",
            name=op.f("ck_case_move_from_reason"),
        ),
        sa.CheckConstraint(f"to_state IN {STATES}", name=op.f("ck_case_move_to_state")),
        _refers("case_move", "case_id", "case_file"),
        _refers("case_move", "actor_id", "user_account"),
        _refers("case_move", "contact_id", "contact"),
        _refers("case_move", "batch_id", "batch"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_move")),
    )
    for column in ("case_id", "contact_id", "batch_id"):
        op.create_index(op.f(f"ix_case_move_{column}"), "case_move", [column])
    op.create_table(
        "missing_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("seen_in_batch_id", sa.Integer(), nullable=True),
        sa.Column("former_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("follow_up_id", sa.Integer(), nullable=True),
        _refers("missing_mark", "case_id", "case_file"),
        _refers("missing_mark", "user_id", "user_account"),
        _refers("missing_mark", "batch_id", "batch"),
        _refers("missing_mark", "seen_in_batch_id", "batch"),
        _refers("missing_mark", "follow_up_id", "follow_up"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_missing_mark")),
    )
    op.create_index(op.f("ix_missing_mark_case_id"), "missing_mark", ["case_id"])
    op.create_index("ix_missing_mark_user_id_at", "missing_mark", ["user_id", "at"])


def _refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name)


def _fill_contacts() -> None:
    """Who recorded a contact, and the hash of its form."""
    recording = "e.entity = 'contact' AND e.action = 'contact.recorded' AND e.entity_id = contact.id"
    op.execute(
        f"UPDATE contact SET recorded_by_id = {_user(recording)},"
        f" form_hash = (SELECT {_value('e.after', 'form')} FROM audit_event e"
        f" WHERE {recording} {LAST})"
    )


def _fill_people() -> None:
    """The calls that marked people; of who came by a file later, what the list of stops says."""
    for kind in ("opposed", "deceased"):
        event = (
            f"(SELECT {CALL} FROM audit_event e WHERE e.action = 'person.{kind}'"
            f" AND e.entity_id = person.id AND e.at = person.{kind}_at {LAST})"
        )
        listed = (
            "(SELECT min(s.contact_id) FROM stop s"
            f" WHERE s.kind = '{kind}' AND s.since = person.{kind}_at)"
        )
        op.execute(
            f"UPDATE person SET {kind}_by_contact_id = coalesce({event}, {listed})"
            f" WHERE {kind}_at IS NOT NULL"
        )
    until = _value("e.after", "rests_until")
    op.execute(
        f"UPDATE person SET rests_by_contact_id = (SELECT {CALL} FROM audit_event e"
        f" WHERE e.action = 'person.rests' AND e.entity_id = person.id"
        f" AND {until} = CAST(person.rests_until AS VARCHAR) {LAST}) WHERE rests_until IS NOT NULL"
    )


def _fill_follow_ups() -> None:
    """Who made a follow-up, and the calls that made, put off and settled it."""
    of_this = "e.entity = 'follow_up' AND e.entity_id = follow_up.id"
    added = f"{of_this} AND e.action = 'follow_up.added'"
    op.execute(f"UPDATE follow_up SET made_by_id = {_user(added)}")
    op.execute(
        f"UPDATE follow_up SET made_by_contact_id ="
        f" (SELECT {CALL} FROM audit_event e WHERE {added} {LAST})"
        " WHERE kind IN ('callback','interpreter','other')"
    )
    by_job = (  # with its case, of somebody who is never to be called
        "(SELECT m.contact_id FROM case_move m WHERE m.case_id = follow_up.case_id"
        " AND m.at = e.at AND m.actor_id IS NULL AND e.actor_id IS NULL"
        " AND m.to_state = 'closed' ORDER BY m.id LIMIT 1)"
    )
    op.execute(
        f"UPDATE follow_up SET settled_by_contact_id ="
        f" (SELECT coalesce({CALL}, {by_job}) FROM audit_event e"
        f" WHERE {of_this} AND e.action IN ('follow_up.done','follow_up.cancelled')"
        f" AND e.at = follow_up.done_at {LAST}) WHERE done_at IS NOT NULL"
    )
    postponed = f"{of_this} AND e.action = 'follow_up.postponed'"
    before = _instant(_value("e.before", "due_at"))
    op.execute(
        f"UPDATE follow_up SET put_off_by_contact_id ="
        f" (SELECT {CALL} FROM audit_event e WHERE {postponed} {LAST}),"
        f" former_due_at = (SELECT {before} FROM audit_event e WHERE {postponed} {LAST})"
    )
    op.execute("UPDATE follow_up SET former_due_at = NULL WHERE put_off_by_contact_id IS NULL")


def _fill_cases() -> None:
    """The call that told of a cut-off, who had a case in call last, and every move of a case."""
    op.execute(
        "UPDATE case_file SET told_by_contact_id = (SELECT k.id FROM contact k"
        " JOIN audit_event e ON e.entity = 'contact' AND e.entity_id = k.id"
        " AND e.action = 'contact.recorded' AND e.at = case_file.told_at"
        f" WHERE k.case_id = case_file.id AND k.result IS NOT NULL {LAST})"
        " WHERE told_at IS NOT NULL"
    )
    called = (
        "(SELECT max(r.id) FROM audit_event r JOIN contact k ON k.id = r.entity_id"
        " WHERE r.entity = 'contact' AND r.action = 'contact.recorded'"
        " AND k.result IS NOT NULL AND k.case_id = case_file.id)"
    )
    claimed = (
        "e.entity = 'case_file' AND e.action = 'case.claimed' AND e.entity_id = case_file.id"
        f" AND e.id > coalesce({called}, 0)"
    )
    op.execute(f"UPDATE case_file SET last_claimed_by_id = {_user(claimed)} WHERE closure IS NULL")
    _fill_moves()


def _fill_moves() -> None:
    reason, state = _value("e.before", "reason"), _value("e.before", "state")
    until, closure = _value("e.before", "until"), _value("e.after", "closure")
    given = (  # opened from the cases to be assigned: it was given to them at once
        f"(SELECT {_value('a.before', 'state')} FROM audit_event a WHERE a.entity = 'case_file'"
        " AND a.action = 'case.assigned' AND a.entity_id = e.entity_id AND a.at = e.at"
        " AND a.actor_id = e.actor_id AND a.id < e.id AND e.action = 'case.claimed'"
        " ORDER BY a.id LIMIT 1)"
    )
    by_job = (  # a person was never to be called: the call that said so
        f"CASE WHEN e.actor_id IS NULL AND {closure} = 'deceased' THEN p.deceased_by_contact_id"
        f" WHEN e.actor_id IS NULL AND {closure} = 'opposed' THEN p.opposed_by_contact_id END"
    )
    file = (
        "(SELECT b.id FROM batch b JOIN batch_row w ON w.batch_id = b.id AND w.case_id = c.id"
        f" WHERE b.committed_at = e.at AND {closure} = 'settled' ORDER BY b.id LIMIT 1)"
    )
    op.execute(
        "INSERT INTO case_move (case_id, at, actor_id, from_state, from_reason, from_until,"
        " to_state, contact_id, batch_id)"
        f" SELECT c.id, e.at, u.id, coalesce({given}, {state}), {reason}, {_instant(until)},"
        f" {_value('e.after', 'state')}, coalesce({CALL}, {by_job}), {file}"
        " FROM audit_event e JOIN case_file c ON c.id = e.entity_id"
        " JOIN person p ON p.id = c.person_id LEFT JOIN user_account u ON u.id = e.actor_id"
        f" WHERE e.entity = 'case_file' AND e.action IN ({MOVES})"
        f" AND (e.action <> 'case.assigned' OR {state} = 'to_assign')"
        f" AND {state} IS NOT NULL ORDER BY e.id"
    )


def _user(condition: str) -> str:
    """Who acted in the last event of which this holds."""
    return (
        "(SELECT u.id FROM audit_event e JOIN user_account u ON u.id = e.actor_id"
        f" WHERE {condition} {LAST})"
    )


def _value(column: str, name: str) -> str:
    """A text of a JSON column."""
    if op.get_bind().dialect.name == "sqlite":
        return f"json_extract({column}, '$.{name}')"
    return f"({column} ->> '{name}')"


def _instant(text: str) -> str:
    """An ISO text as an instant, as the database keeps it."""
    if op.get_bind().dialect.name == "sqlite":
        return (
            f"strftime('%Y-%m-%d %H:%M:%S', {text})"
            f" || CASE WHEN instr({text}, '.') > 0 THEN substr({text}, instr({text}, '.'), 7)"
            " ELSE '.000000' END"
        )
    return f"CAST({text} AS TIMESTAMP WITH TIME ZONE)"
