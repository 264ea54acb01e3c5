"""How many cases a follow-up stands for, in place of a sentence in the language of whoever asked."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    columns = sa.inspect(op.get_bind()).get_columns("follow_up")
    if "case_count" in {column["name"] for column in columns}:
        return  # it landed before 0003 (`odd_schemas`)
    op.add_column("follow_up", sa.Column("case_count", sa.Integer(), nullable=True))


def downgrade() -> None:
    # in place: a table that is written anew keeps its foreign keys apart from its columns, which
    # then cannot be dropped in SQLite (0003)
    op.drop_column("follow_up", "case_count")
