"""Instalments follow from payments; the person's word and the partner's stand beside them.

What was noted as declared is the person's word, and what mediators noted as missed too. What was
noted as confirmed by hand stays so, as a confirmation whose source is this change.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SAID = "CONSTRAINT ck_instalment_said CHECK (said IS NULL OR said IN ('paid','unpaid'))"
BATCH = "CONSTRAINT fk_follow_up_settled_by_batch_id_batch REFERENCES batch (id)"


def upgrade() -> None:
    # added in place: to write a table anew would delete what refers to its rows in SQLite
    op.add_column(
        "instalment", sa.Column("paid_cents", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.execute(f"ALTER TABLE instalment ADD COLUMN said VARCHAR(10) {SAID}")
    op.execute(f"ALTER TABLE follow_up ADD COLUMN settled_by_batch_id INTEGER {BATCH}")
    op.add_column(
        "follow_up",
        sa.Column("settled_by_payment", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_index(op.f("ix_follow_up_settled_by_batch_id"), "follow_up", ["settled_by_batch_id"])
    _make_table()
    op.execute("UPDATE instalment SET said = 'paid' WHERE declared_on IS NOT NULL")
    op.execute("UPDATE instalment SET said = 'unpaid' WHERE state = 'missed'")
    op.execute(
        "INSERT INTO instalment_confirmation (instalment_id, paid_on, source, recorded_at) "
        "SELECT id, confirmed_on, 'energymed 0010', CURRENT_TIMESTAMP FROM instalment "
        "WHERE state = 'confirmed' AND confirmed_on IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_table("instalment_confirmation")
    op.drop_index(op.f("ix_follow_up_settled_by_batch_id"), "follow_up")
    for table, column in (
        ("follow_up", "settled_by_payment"), ("follow_up", "settled_by_batch_id"),
        ("instalment", "said"), ("instalment", "paid_cents"),
    ):  # fmt: skip
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")


def _make_table() -> None:
    op.create_table(
        "instalment_confirmation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instalment_id", sa.Integer(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["instalment_id"],
            ["instalment.id"],
            ondelete="CASCADE",
            name=op.f("fk_instalment_confirmation_instalment_id_instalment"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [column],
                ["user_account.id"],
                name=op.f(f"fk_instalment_confirmation_{column}_user_account"),
            )
            for column in ("recorded_by_id", "withdrawn_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instalment_confirmation")),
    )
    op.create_index(
        op.f("ix_instalment_confirmation_instalment_id"),
        "instalment_confirmation",
        ["instalment_id"],
    )
