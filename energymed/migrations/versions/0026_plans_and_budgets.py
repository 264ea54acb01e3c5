"""Plans that take another one's place, household budgets, and who may speak for a person.

SQLite has no way to change a check but to write the table anew, which would delete what refers to
its rows: the text is changed in the schema itself, as SQLite's documentation of ALTER TABLE says
for changes that touch no row.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
STATES = "'proposed','agreed','confirmed','kept','broken','completed','cancelled'"
NEW_STATES = f"{STATES},'renegotiated'"
BANDS = "'holds','tight','does_not_hold'"
MANDATES = "'tutelle','curatelle','co_holder','relative','social_worker'"
FEW, ANY = "instalment_count BETWEEN 1 AND 36", "instalment_count >= 1"
# (name of the check, before, after)
CHECKS = (
    ("state", f"state IN ({STATES})", f"state IN ({NEW_STATES})"),
    ("instalment_count", FEW, ANY),
)
SHORT, LONG = "state VARCHAR(10)", "state VARCHAR(12)"
COLUMNS = (
    "replaces_plan_id INTEGER CONSTRAINT fk_payment_plan_replaces_plan_id_payment_plan"
    " REFERENCES payment_plan (id)",
    "replaced_state VARCHAR(12) CONSTRAINT ck_payment_plan_replaced_state"
    f" CHECK (replaced_state IS NULL OR replaced_state IN ({NEW_STATES}))",
    "letter_contact_id INTEGER CONSTRAINT fk_payment_plan_letter_contact_id_contact"
    " REFERENCES contact (id)",
)


def upgrade() -> None:
    _change(CHECKS, SHORT, LONG)
    for column in COLUMNS:
        op.execute(f"ALTER TABLE payment_plan ADD COLUMN {column}")
    op.create_index("ix_payment_plan_replaces_plan_id", "payment_plan", ["replaces_plan_id"])
    op.create_table(
        "household_budget",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("band", sa.String(length=14), nullable=False),
        sa.Column("instalment_cents", sa.BigInteger(), nullable=False),
        sa.Column("amounts", sa.JSON(none_as_null=True)),
        sa.Column("household", sa.JSON(none_as_null=True)),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.CheckConstraint(f"band IN ({BANDS})", name=op.f("ck_household_budget_band")),
        sa.ForeignKeyConstraint(
            ["act_id"], ["act.id"], name=op.f("fk_household_budget_act_id_act")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_household_budget_case_id_case_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_budget")),
        sa.UniqueConstraint("act_id", name=op.f("uq_household_budget_act_id")),
    )
    for column in ("case_id", "made_on"):
        op.create_index(f"ix_household_budget_{column}", "household_budget", [column])
    _add_mandates()


def downgrade() -> None:
    """A plan whose place was taken ends as cancelled; what is longer than was allowed too."""
    op.drop_table("person_mandate")
    op.drop_table("household_budget")
    op.drop_index("ix_payment_plan_replaces_plan_id", "payment_plan")
    for column in COLUMNS:
        op.execute(f"ALTER TABLE payment_plan DROP COLUMN {column.split()[0]}")
    op.execute("UPDATE payment_plan SET state = 'cancelled' WHERE state = 'renegotiated'")
    op.execute("UPDATE payment_plan SET instalment_count = 36 WHERE instalment_count > 36")
    _change([(name, after, before) for name, before, after in CHECKS], LONG, SHORT)


def _add_mandates() -> None:
    op.create_table(
        "person_mandate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=14), nullable=False),
        sa.Column("name", sa.String(length=120)),
        sa.Column("proof_seen_on", sa.Date()),
        sa.Column("until", sa.Date()),
        sa.Column("noted_at", INSTANT, nullable=False),
        sa.Column("user_id", sa.Integer()),
        sa.Column("ended_at", INSTANT),
        sa.Column("ended_by_id", sa.Integer()),
        sa.CheckConstraint(f"kind IN ({MANDATES})", name=op.f("ck_person_mandate_kind")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_mandate_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_person_mandate_case_id_case_file")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_person_mandate_user_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["user_account.id"],
            name=op.f("fk_person_mandate_ended_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_mandate")),
    )  # fmt: skip
    for column in ("person_id", "case_id"):
        op.create_index(f"ix_person_mandate_{column}", "person_mandate", [column])


def _change(checks, length: str, new_length: str) -> None:
    """Let the checks of plans say something else, and the column of states hold longer codes."""
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        for name, _before, _after in checks:
            op.drop_constraint(op.f(f"ck_payment_plan_{name}"), "payment_plan", type_="check")
        op.execute(f"ALTER TABLE payment_plan ALTER COLUMN {new_length.replace(' ', ' TYPE ')}")
        for name, _before, after in checks:
            op.create_check_constraint(op.f(f"ck_payment_plan_{name}"), "payment_plan", after)
        return
    version = bind.scalar(sa.text("PRAGMA schema_version"))
    bind.execute(sa.text("PRAGMA writable_schema = ON"))
    for before, after in [(length, new_length), *(check[1:] for check in checks)]:
        changed = bind.execute(
            sa.text(
                "UPDATE sqlite_master SET sql = replace(sql, :before, :after)"
                " WHERE type = 'table' AND name = 'payment_plan' AND instr(sql, :before)"
            ),
            {"before": before, "after": after},
        )
        if changed.rowcount != 1:
            raise RuntimeError(f"payment_plan is not as it was made: {before}")
    bind.execute(sa.text(f"PRAGMA schema_version = {version + 1}"))
    bind.execute(sa.text("PRAGMA writable_schema = OFF"))
