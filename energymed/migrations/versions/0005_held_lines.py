"""Lines of files that are held for somebody to decide, beside the rejected ones."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OUTCOMES = "outcome IN ('created','updated','unchanged','rejected','duplicate','recorded')"
HELD_TOO = "outcome IN ('created','updated','unchanged','rejected','held','duplicate','recorded')"


def upgrade() -> None:
    op.add_column("batch", sa.Column("held", sa.Integer(), server_default="0", nullable=False))
    with op.batch_alter_table("batch_row") as row:
        row.drop_constraint(op.f("ck_batch_row_outcome"), type_="check")
        row.create_check_constraint(op.f("ck_batch_row_outcome"), HELD_TOO)


def downgrade() -> None:
    op.execute("UPDATE batch_row SET outcome = 'rejected' WHERE outcome = 'held'")
    op.execute("UPDATE batch SET rejected = rejected + held")
    with op.batch_alter_table("batch_row") as row:
        row.drop_constraint(op.f("ck_batch_row_outcome"), type_="check")
        row.create_check_constraint(op.f("ck_batch_row_outcome"), OUTCOMES)
    op.drop_column("batch", "held")
