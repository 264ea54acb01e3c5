"""What a partner is asked for, what came of referrals and of words given, the day of aid steps.

SQLite has no way to change a check but to write the table anew, which would delete what refers to
its rows: the text is changed in the schema itself, as SQLite's documentation of ALTER TABLE says
for changes that touch no row.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

KINDS = (
    "'info_given','paid_already','pays_full','plan_agreed','extension','aid_opened','referral',"
    "'energy_cheque_awareness','attestation_to_send','energy_advice','meter_info',"
    "'appointment_set','cutoff_informed','tariff_check',"
)
MORE = (
    "'dispute','overindebtedness','no_capacity','alert','refuses_solution','budget_study',"
    "'letter_sent'"
)
BEFORE = f"kind IN ({KINDS}{MORE})"
AFTER = f"kind IN ({KINDS}'hold_asked','supplier_action',{MORE})"
REQUESTS = "'hold','action','dispute'"
STATES = "'to_write','asked','granted','refused','no_answer','with_mediator','ended'"
NEWS = "'no_news','seen','taken_up','not_gone','ended'"
KEPT = "'kept','not_kept','dropped'"
# added in place: to write a table anew would delete what refers to its rows in SQLite
COLUMNS = (
    ("act", f"kept VARCHAR(10) CONSTRAINT ck_act_kept CHECK (kept IS NULL OR kept IN ({KEPT}))"),
    ("act", "kept_on DATE"),
    (
        "referral",
        f"news VARCHAR(10) CONSTRAINT ck_referral_news CHECK (news IS NULL OR news IN ({NEWS}))",
    ),
    ("referral", "news_on DATE"),
    ("aid_request", "moved_on DATE NOT NULL DEFAULT '2000-01-01'"),
)
ACT = sa.table(
    "act", sa.column("id", sa.Integer), sa.column("case_id", sa.Integer),
    sa.column("kind", sa.String), sa.column("acted_on", sa.Date), sa.column("details", sa.JSON),
    sa.column("voided_at", sa.DateTime),
)  # fmt: skip
# the latest day that is known of a request is that of its last step
MOVED_ON = """
UPDATE aid_request SET moved_on = coalesce(paid_on, decision_on, submitted_on, opened_on)
"""


def upgrade() -> None:
    _change_kinds(BEFORE, AFTER)
    for table, column in COLUMNS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
    op.execute(MOVED_ON)
    op.create_table(
        "partner_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=14), nullable=False),
        sa.Column("state_on", sa.Date(), nullable=False),
        sa.Column("asked_on", sa.Date()),
        sa.Column("until", sa.Date()),
        sa.Column("avoided_on", sa.Date()),
        sa.Column("avoided_source", sa.String(length=200)),
        sa.Column("moved_by_id", sa.Integer()),
        sa.CheckConstraint(f"kind IN ({REQUESTS})", name=op.f("ck_partner_request_kind")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_partner_request_state")),
        sa.CheckConstraint(
            "asked_on IS NOT NULL OR state IN ('to_write','ended')",
            name=op.f("ck_partner_request_asked_on"),
        ),
        sa.ForeignKeyConstraint(
            ["act_id"], ["act.id"], name=op.f("fk_partner_request_act_id_act")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_partner_request_case_id_case_file")
        ),
        sa.ForeignKeyConstraint(
            ["moved_by_id"], ["user_account.id"],
            name=op.f("fk_partner_request_moved_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_request")),
        sa.UniqueConstraint("act_id", "subject", name=op.f("uq_partner_request_act_id_subject")),
    )  # fmt: skip
    op.create_index("ix_partner_request_case_id", "partner_request", ["case_id"])
    op.create_index("ix_partner_request_state_state_on", "partner_request", ["state", "state_on"])
    _disputes_go_on()


def downgrade() -> None:
    """What a partner was asked for is forgotten; the acts that no kind names any more too."""
    op.drop_table("partner_request")
    op.execute("DELETE FROM act WHERE kind IN ('hold_asked','supplier_action')")
    for table, column in reversed(COLUMNS):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column.split()[0]}")
    _change_kinds(AFTER, BEFORE)


def _disputes_go_on() -> None:
    """Each dispute that was passed on is a complaint of that day, about what nobody has coded."""
    bind = op.get_bind()
    disputes = bind.execute(
        sa.select(ACT.c.id, ACT.c.case_id, ACT.c.acted_on, ACT.c.details).where(
            ACT.c.kind == "dispute", ACT.c.voided_at.is_(None)
        )
    ).all()
    for act_id, case_id, on, details in disputes:
        passed_on = (details or {}).get("forwarded_to") == "mne"
        bind.execute(
            sa.text(
                "INSERT INTO partner_request"
                " (act_id, case_id, kind, subject, state, state_on, asked_on)"
                " VALUES (:act, :the_case, 'dispute', 'other', :state, :day, :day)"
            ),
            {
                "act": act_id, "the_case": case_id, "day": on,
                "state": "with_mediator" if passed_on else "asked",
            },
        )  # fmt: skip


def _change_kinds(before: str, after: str) -> None:
    """Let the check of kinds of acts say something else."""
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_act_kind"), "act", type_="check")
        op.create_check_constraint(op.f("ck_act_kind"), "act", after)
        return
    version = bind.scalar(sa.text("PRAGMA schema_version"))
    bind.execute(sa.text("PRAGMA writable_schema = ON"))
    changed = bind.execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :before, :after)"
            " WHERE type = 'table' AND name = 'act' AND instr(sql, :before)"
        ),
        {"before": before, "after": after},
    )
    if changed.rowcount != 1:
        raise RuntimeError(f"act is not as it was made: {before}")
    bind.execute(sa.text(f"PRAGMA schema_version = {version + 1}"))
    bind.execute(sa.text("PRAGMA writable_schema = OFF"))
