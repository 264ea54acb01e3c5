"""What people say of themselves; whose a number is; rows of people merged and split."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

OWNERS = (
    "'own','partner','child','neighbour','social_worker','carer','landlord','institution'"
)
FIELDS = (
    "'civility','last_name','first_name','email','address','address_extra','postal_code',"
    "'commune','phone'"
)


def upgrade() -> None:
    # added in place: to write a table anew would delete what refers to its rows in SQLite
    op.execute(
        "ALTER TABLE person ADD COLUMN merged_into_id INTEGER"
        " CONSTRAINT fk_person_merged_into_id_person REFERENCES person (id)"
    )
    op.create_index(op.f("ix_person_merged_into_id"), "person", ["merged_into_id"])
    op.execute(
        "ALTER TABLE phone ADD COLUMN owner VARCHAR(16) CONSTRAINT ck_phone_owner"
        f" CHECK (owner IS NULL OR owner IN ({OWNERS}))"
    )
    _make_words()
    _make_changes()


def downgrade() -> None:
    op.drop_table("person_change")
    op.drop_table("person_word")
    op.execute("ALTER TABLE phone DROP COLUMN owner")
    op.drop_index(op.f("ix_person_merged_into_id"), "person")
    op.execute("ALTER TABLE person DROP COLUMN merged_into_id")


def _make_words() -> None:
    op.create_table(
        "person_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(length=254), nullable=True),
        sa.Column("former", sa.String(length=254), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(f"field IN ({FIELDS})", name=op.f("ck_person_word_field")),
        _refers("person_word", "person_id", "person"),
        _refers("person_word", "case_id", "case_file"),
        _refers("person_word", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_word")),
    )
    for column in ("person_id", "case_id"):
        op.create_index(op.f(f"ix_person_word_{column}"), "person_word", [column])


def _make_changes() -> None:
    op.create_table(
        "person_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("undo", sa.JSON(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('merge','split')", name=op.f("ck_person_change_kind")),
        _refers("person_change", "site_id", "site"),
        _refers("person_change", "partner_id", "partner"),
        _refers("person_change", "kept_id", "person"),
        _refers("person_change", "other_id", "person"),
        _refers("person_change", "user_id", "user_account"),
        _refers("person_change", "undone_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_change")),
    )
    for column in ("site_id", "kept_id", "other_id"):
        op.create_index(op.f(f"ix_person_change_{column}"), "person_change", [column])


def _refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name)
