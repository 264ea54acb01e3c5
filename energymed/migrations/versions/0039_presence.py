"""Who is not there for calls, and who asks the lead for help in a call."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATES = "'pause','meeting','training','wrap_up'"
GOES_ON, ASKS = sa.text("until IS NULL"), sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "presence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_presence_state")),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_presence_ends_after")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presence")),
        _refers("presence", "user_id", "user_account"),
    )
    op.create_index(
        "uq_presence_user_id_open", "presence", ["user_id"], unique=True,
        sqlite_where=GOES_ON, postgresql_where=GOES_ON,
    )  # fmt: skip
    op.create_index("ix_presence_since", "presence", ["since"])
    op.create_table(
        "help_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("mediator_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("ended_by_id", sa.Integer()),
        sa.CheckConstraint(
            "ended_by_id IS NULL OR ended_at IS NOT NULL",
            name=op.f("ck_help_request_ended_by_when"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_request")),
        _refers("help_request", "case_id", "case_file", ondelete="CASCADE"),
        _refers("help_request", "mediator_id", "user_account"),
        _refers("help_request", "ended_by_id", "user_account"),
    )
    op.create_index(
        "uq_help_request_case_id_open", "help_request", ["case_id"], unique=True,
        sqlite_where=ASKS, postgresql_where=ASKS,
    )  # fmt: skip
    op.create_index("ix_help_request_case_id", "help_request", ["case_id"])


def downgrade() -> None:
    op.drop_table("help_request")
    op.drop_table("presence")


def _refers(
    table: str, column: str, other: str, *, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)
