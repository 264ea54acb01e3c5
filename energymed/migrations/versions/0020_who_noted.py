"""Who noted what a person says of an instalment, and the last step of an aid request."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

COLUMNS = (("instalment", "said_by_id"), ("aid_request", "moved_by_id"))


def upgrade() -> None:
    # added in place: to write a table anew would delete what refers to its rows in SQLite
    for table, column in COLUMNS:
        name = f"fk_{table}_{column}_user_account"
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {column} INTEGER"
            f" CONSTRAINT {name} REFERENCES user_account (id)"
        )


def downgrade() -> None:
    for table, column in COLUMNS:
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
