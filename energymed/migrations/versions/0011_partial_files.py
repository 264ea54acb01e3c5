"""Parts of a week's file, from which nobody is missing; layouts that are used no more."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "batch", sa.Column("partial", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("column_profile", sa.Column("retired_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("column_profile", "retired_at")
    op.drop_column("batch", "partial")
