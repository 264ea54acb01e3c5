"""What a file says beside a phone number is kept with it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("phone", sa.Column("remark", sa.String(60), nullable=True))


def downgrade() -> None:
    op.drop_column("phone", "remark")
