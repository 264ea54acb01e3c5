"""How many cases a follow-up stands for, in place of a sentence in the language of whoever asked."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("follow_up") as follow_up:
        follow_up.add_column(sa.Column("case_count", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("follow_up") as follow_up:
        follow_up.drop_column("case_count")
