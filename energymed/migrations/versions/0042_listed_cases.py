"""Lists of cases come in the order of an index; those of a period are found by their day.

Only cases with a next date are in the index of next dates.
"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

LISTED_BY = {
    "opened": "opened_at",
    "reference": "reference",
    "commune": "commune",
    "debt": "debt_cents",
    "cutoff": "cutoff_date",
}
FILTERED_BY = ["assigned_to_id", "campaign_kind", "partner_id"]
WORDS = sa.text("partner_id > 0")
TOLD = sa.text("told_at IS NOT NULL")
NEXT, NEXT_KNOWN = "ix_case_file_next_action_at", sa.text("next_action_at IS NOT NULL")


def upgrade() -> None:
    for name, column in LISTED_BY.items():
        columns = ["site_id", column, "id", *FILTERED_BY]
        op.create_index(
            f"ix_case_file_by_{name}", "case_file", columns,
            sqlite_where=WORDS, postgresql_where=WORDS,
        )  # fmt: skip
    op.create_index("ix_case_file_opened_at", "case_file", ["opened_at"])
    op.create_index(
        "ix_case_file_told_at", "case_file", ["told_at"],
        sqlite_where=TOLD, postgresql_where=TOLD,
    )  # fmt: skip
    op.drop_index(NEXT, "case_file")
    op.create_index(
        NEXT, "case_file", ["next_action_at"],
        sqlite_where=NEXT_KNOWN, postgresql_where=NEXT_KNOWN,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index(NEXT, "case_file")
    op.create_index(NEXT, "case_file", ["next_action_at"])
    op.drop_index("ix_case_file_told_at", "case_file")
    op.drop_index("ix_case_file_opened_at", "case_file")
    for name in LISTED_BY:
        op.drop_index(f"ix_case_file_by_{name}", "case_file")
