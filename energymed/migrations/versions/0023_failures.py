"""What failed is counted, jobs that fail are known, and what the doctor found is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("spot", sa.String(length=120), nullable=False),
        sa.Column("request_id", sa.String(length=40)),
        sa.Column("first_at", INSTANT, nullable=False),
        sa.Column("last_at", INSTANT, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("source IN ('web','job','command')", name=op.f("ck_failure_source")),
        sa.CheckConstraint("count > 0", name=op.f("ck_failure_count")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failure")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_failure_fingerprint")),
    )
    op.create_index("ix_failure_last_at", "failure", ["last_at"])
    op.create_table(
        "failing_job",
        sa.Column("job", sa.String(length=60), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("told_at", INSTANT),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_failing_job")),
    )
    op.create_table(
        "examination",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_examination")),
    )
    op.create_index("ix_examination_at", "examination", ["at"])


def downgrade() -> None:
    for table in ("examination", "failing_job", "failure"):
        op.drop_table(table)
