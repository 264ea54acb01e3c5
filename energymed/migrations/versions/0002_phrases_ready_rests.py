"""The team's phrases for the note; an index of the cases that may be called; rests remembered."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STOPS = "kind IN ('opposed','deceased','wrong','invalid')"
RESTS_TOO = "kind IN ('opposed','deceased','wrong','invalid','rests')"
READY = "state IN ('queued','waiting')"
READY_COLUMNS = (
    "assigned_to_id", "site_id", "state", "next_action_at", "queue_reason", "waiting_reason",
    "cutoff_date", "due_date", "opened_at",
)  # fmt: skip


def upgrade() -> None:
    make_phrases()
    _widen_extensions()
    with op.batch_alter_table("stop") as stop:
        stop.drop_constraint(op.f("ck_stop_kind"), type_="check")
        stop.create_check_constraint(op.f("ck_stop_kind"), RESTS_TOO)
    op.create_index(
        "ix_case_file_ready",
        "case_file",
        list(READY_COLUMNS),
        sqlite_where=sa.text(READY),
        postgresql_where=sa.text(READY),
    )


def make_phrases() -> None:
    if sa.inspect(op.get_bind()).has_table("note_phrase"):
        return  # for some days 0001 made it (`odd_schemas`)
    op.create_table(
        "note_phrase",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=80), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["changed_by_id"],
            ["user_account.id"],
            name=op.f("fk_note_phrase_changed_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_note_phrase_site_id_site")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_phrase")),
        sa.UniqueConstraint("site_id", "position", name=op.f("uq_note_phrase_site_id_position")),
    )


def _widen_extensions() -> None:
    """For some days 0001 made them of six signs."""
    columns = sa.inspect(op.get_bind()).get_columns("user_account")
    if any(column["name"] == "extension" and column["type"].length < 10 for column in columns):
        with op.batch_alter_table("user_account") as user:
            user.alter_column("extension", type_=sa.String(length=10))


def downgrade() -> None:
    op.execute("DELETE FROM stop WHERE kind = 'rests'")
    with op.batch_alter_table("stop") as stop:
        stop.drop_constraint(op.f("ck_stop_kind"), type_="check")
        stop.create_check_constraint(op.f("ck_stop_kind"), STOPS)
    op.drop_index("ix_case_file_ready", "case_file")
    op.drop_table("note_phrase")
