"""Who crossed out an act and why, what takes its place, and why a closed case was opened again."""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

VOID = (
    "'typing','misheard','wrong_case','twice','not_agreed','changed_mind','since_learnt',"
    "'not_reached'"
)
REOPEN = (
    "'called_back','plan_broken','promise_broken','aid_refused','partner_asks','new_element',"
    "'by_mistake'"
)
COLUMNS = (
    ("act", "voided_by_id", "INTEGER CONSTRAINT fk_act_voided_by_id_user_account"
     " REFERENCES user_account (id)"),
    ("act", "void_reason", "VARCHAR(16) CONSTRAINT ck_act_void_reason"
     f" CHECK (void_reason IS NULL OR void_reason IN ({VOID}))"),
    ("act", "corrects_id", "INTEGER CONSTRAINT fk_act_corrects_id_act REFERENCES act (id)"),
    ("case_move", "reopen_reason", "VARCHAR(16) CONSTRAINT ck_case_move_reopen_reason"
     f" CHECK (reopen_reason IS NULL OR reopen_reason IN ({REOPEN}))"),
)  # fmt: skip


def upgrade() -> None:
    # added in place: to write a table anew would delete what refers to its rows in SQLite
    for table, column, kind in COLUMNS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
    op.create_index("ix_act_corrects_id", "act", ["corrects_id"])


def downgrade() -> None:
    op.drop_index("ix_act_corrects_id", "act")
    for table, column, _kind in COLUMNS:
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
