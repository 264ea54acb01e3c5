"""Passkeys; recovery codes that are kept or not; who opened whose page today."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # added in place: to write a table anew would delete what refers to its rows in SQLite
    op.add_column(
        "user_account",
        sa.Column("recovery_codes_due", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column(
        "user_account", sa.Column("fs_webauthn_user_handle", sa.String(length=64), nullable=True)
    )
    op.create_index(
        "ix_user_account_fs_webauthn_user_handle",
        "user_account",
        ["fs_webauthn_user_handle"],
        unique=True,
    )
    _make_passkeys()
    op.create_table(
        "person_opening",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "day", "person_id", name=op.f("pk_person_opening")),
    )


def downgrade() -> None:
    op.drop_table("person_opening")
    op.drop_table("passkey")
    op.drop_index("ix_user_account_fs_webauthn_user_handle", "user_account")
    op.drop_column("user_account", "fs_webauthn_user_handle")
    op.drop_column("user_account", "recovery_codes_due")


def _make_passkeys() -> None:
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(length=1024), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("transports", sa.JSON(), nullable=True),
        sa.Column("extensions", sa.String(length=255), nullable=True),
        sa.Column("device_type", sa.String(length=64), nullable=False),
        sa.Column("backup_state", sa.Boolean(), nullable=False),
        sa.Column("usage", sa.String(length=64), nullable=False),
        sa.Column("lastuse_datetime", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_passkey_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_passkey_user_id_name")),
    )
    op.create_index(op.f("ix_passkey_user_id"), "passkey", ["user_id"])
