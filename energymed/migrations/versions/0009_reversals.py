"""Reversals of payments, and which entry of the ledger each takes back."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BEFORE = "'opening','new_charge','payment','aid_payment','reported_decrease','write_off'"
KINDS = f"kind IN ({BEFORE},'correction')"
REVERSAL_TOO = KINDS.replace("'payment',", "'payment','reversal',")


def upgrade() -> None:
    with op.batch_alter_table("ledger_entry") as entry:
        entry.drop_constraint(op.f("ck_ledger_entry_kind"), type_="check")
        entry.create_check_constraint(op.f("ck_ledger_entry_kind"), REVERSAL_TOO)
        entry.add_column(sa.Column("reverses_id", sa.Integer(), nullable=True))
        entry.create_foreign_key(
            op.f("fk_ledger_entry_reverses_id_ledger_entry"),
            "ledger_entry",
            ["reverses_id"],
            ["id"],
        )
        entry.create_index(op.f("ix_ledger_entry_reverses_id"), ["reverses_id"])


def downgrade() -> None:
    # as an undo writes it: a payment of the opposite sign, so that the sums stay
    op.execute("UPDATE ledger_entry SET kind = 'payment' WHERE kind = 'reversal'")
    with op.batch_alter_table("ledger_entry") as entry:
        entry.drop_index(op.f("ix_ledger_entry_reverses_id"))
        entry.drop_constraint(
            op.f("fk_ledger_entry_reverses_id_ledger_entry"), type_="foreignkey"
        )
        entry.drop_column("reverses_id")
        entry.drop_constraint(op.f("ck_ledger_entry_kind"), type_="check")
        entry.create_check_constraint(op.f("ck_ledger_entry_kind"), KINDS)
