"""Accounts: ends, first passwords, last sign-ins, one-time links, failed sign-ins."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

PURPOSES = "purpose IN ('invitation', 'reset')"


def upgrade() -> None:
    first = sa.Column(
        "must_change_password", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    for column in (
        first,
        sa.Column("ends_on", sa.Date()),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True)),
    ):
        op.add_column("user_account", column)
    _links()
    _tries()


def downgrade() -> None:
    op.drop_table("sign_in_tries")
    op.drop_table("account_link")
    for name in ("last_sign_in_at", "ends_on", "must_change_password"):
        op.drop_column("user_account", name)


def _links() -> None:
    op.create_table(
        "account_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(PURPOSES, name=op.f("ck_account_link_purpose")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], ondelete="CASCADE",
            name=op.f("fk_account_link_user_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_link")),
        sa.UniqueConstraint("user_id", name=op.f("uq_account_link_user_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_account_link_token_hash")),
    )  # fmt: skip


def _tries() -> None:
    op.create_table(
        "sign_in_tries",
        sa.Column("account_key", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Integer()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], ondelete="CASCADE",
            name=op.f("fk_sign_in_tries_user_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("account_key", name=op.f("pk_sign_in_tries")),
    )  # fmt: skip
    op.create_index("ix_sign_in_tries_user_id", "sign_in_tries", ["user_id"])
