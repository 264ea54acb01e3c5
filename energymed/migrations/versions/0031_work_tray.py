"""What a follow-up is about, and why a case is left in peace until a day.

The check of kinds is changed in the schema itself in SQLite, as in 0027: to write the table anew
would delete what refers to its rows.
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0029"
branch_labels = None
depends_on = None

KINDS = "'callback','instalment','documents','aid_decision','interpreter','partner_answer'"
MORE = "'ask_person','ask_others','pause'"
BEFORE = f"kind IN ({KINDS},'other')"
AFTER = f"kind IN ({KINDS},{MORE},'other')"
REASONS = "'away','paper','income','partner','other'"
REASON = (
    "pause_reason VARCHAR(10) CONSTRAINT ck_follow_up_pause_reason"
    f" CHECK (pause_reason IS NULL OR pause_reason IN ({REASONS}))"
    " CONSTRAINT ck_follow_up_pause_has_reason"
    " CHECK ((kind = 'pause') = (pause_reason IS NOT NULL))"
)
ACT = "act_id INTEGER CONSTRAINT fk_follow_up_act_id_act REFERENCES act (id)"
# what is open is about the plan of its instalment, or about the papers of the first open request
OF_INSTALMENTS = """
UPDATE follow_up SET act_id = (
    SELECT payment_plan.act_id FROM instalment
    JOIN payment_plan ON payment_plan.id = instalment.plan_id
    WHERE instalment.id = follow_up.instalment_id
) WHERE instalment_id IS NOT NULL
"""
OF_PAPERS = """
UPDATE follow_up SET act_id = (
    SELECT min(aid_request.act_id) FROM aid_request
    WHERE aid_request.case_id = follow_up.case_id AND aid_request.state = 'documents_pending'
) WHERE kind = 'documents' AND state = 'open'
"""


def upgrade() -> None:
    _change_kinds(BEFORE, AFTER)
    op.execute(f"ALTER TABLE follow_up ADD COLUMN {ACT}")
    op.execute(f"ALTER TABLE follow_up ADD COLUMN {REASON}")
    op.create_index("ix_follow_up_act_id", "follow_up", ["act_id"])
    op.execute(OF_INSTALMENTS)
    op.execute(OF_PAPERS)


def downgrade() -> None:
    """What no kind names any more becomes another follow-up."""
    op.drop_index("ix_follow_up_act_id", "follow_up")
    op.execute("ALTER TABLE follow_up DROP COLUMN pause_reason")
    op.execute("ALTER TABLE follow_up DROP COLUMN act_id")
    op.execute(f"UPDATE follow_up SET kind = 'other' WHERE kind IN ({MORE})")
    _change_kinds(AFTER, BEFORE)


def _change_kinds(before: str, after: str) -> None:
    """Let the check of kinds of follow-ups say something else."""
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_follow_up_kind"), "follow_up", type_="check")
        op.create_check_constraint(op.f("ck_follow_up_kind"), "follow_up", after)
        return
    version = bind.scalar(sa.text("PRAGMA schema_version"))
    bind.execute(sa.text("PRAGMA writable_schema = ON"))
    changed = bind.execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :before, :after)"
            " WHERE type = 'table' AND name = 'follow_up' AND instr(sql, :before)"
        ),
        {"before": before, "after": after},
    )
    if changed.rowcount != 1:
        raise RuntimeError(f"follow_up is not as it was made: {before}")
    bind.execute(sa.text(f"PRAGMA schema_version = {version + 1}"))
    bind.execute(sa.text("PRAGMA writable_schema = OFF"))
