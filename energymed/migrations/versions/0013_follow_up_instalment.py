"""The follow-ups of an instalment are found without reading all of them."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

INDEX = "ix_follow_up_instalment_id"


def upgrade() -> None:
    op.create_index(op.f(INDEX), "follow_up", ["instalment_id"])


def downgrade() -> None:
    op.drop_index(op.f(INDEX), "follow_up")
