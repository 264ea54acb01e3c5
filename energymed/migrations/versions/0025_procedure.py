"""The legal clock: supply and letters on cases, causes of arrears, campaigns of the cheque."""

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

STATES = "'unknown','normal','limited','cut','terminated'"
# added in place: to write a table anew would delete what refers to its rows in SQLite
COLUMNS = (
    ("energy_cheque_year", "INTEGER"),
    (
        "supply_state",
        "VARCHAR(12) CONSTRAINT ck_case_file_supply_state"
        f" CHECK (supply_state IS NULL OR supply_state IN ({STATES}))",
    ),
    ("limited_kva", "INTEGER"),
    ("supply_since", "DATE"),
    ("first_letter_on", "DATE"),
    ("second_letter_on", "DATE"),
    ("main_residence", "BOOLEAN"),
    ("communicating_meter", "BOOLEAN"),
)
FIELDS = (
    "'supply_state','limited_kva','supply_since','first_letter_on','second_letter_on',"
    "'main_residence','communicating_meter'"
)
CAUSES = (
    "'bill_catch_up','estimated_bill','monthly_too_low','price_rise','poor_housing',"
    "'leak_or_fault','income_drop','benefit_delay','separation','household_change',"
    "'move_or_double_contract','bill_not_received','payment_incident','several_debts','contested',"
    "'forgotten','personal_event','not_said'"
)
INSTANT = sa.DateTime(timezone=True)
CAMPAIGN = sa.table(
    "cheque_campaign", sa.column("year", sa.Integer), sa.column("sent_from", sa.Date),
    sa.column("sent_until", sa.Date), sa.column("ask_until", sa.Date),
    sa.column("spend_until", sa.Date), sa.column("late_after", sa.Date),
    sa.column("late_spend_until", sa.Date), sa.column("protections_end", sa.Date),
    sa.column("certainty", sa.String), sa.column("source", sa.String),
)  # fmt: skip
CAMPAIGNS = (
    (2024, date(2024, 4, 1), date(2024, 5, 31), None, date(2025, 3, 31), date(2024, 9, 1),
     date(2026, 3, 31), date(2025, 4, 30), "B",
     "DOMAIN §4 ; envoi au printemps, jours choisis (P)"),
    (2025, date(2025, 11, 3), date(2025, 11, 21), date(2026, 2, 28), date(2027, 3, 31), None,
     None, date(2026, 4, 30), "B", "DOMAIN §4"),
    (2026, date(2026, 4, 1), date(2026, 5, 31), date(2026, 12, 31), date(2027, 3, 31), None,
     None, date(2027, 4, 30), "C", "DOMAIN §4 ; envoi au printemps, jours et fins choisis (P)"),
)  # fmt: skip


def upgrade() -> None:
    for column, kind in COLUMNS:
        op.execute(f"ALTER TABLE case_file ADD COLUMN {column} {kind}")
    _make_campaigns()
    _make_supply_words()
    _make_causes()
    _date_the_cheques()


def downgrade() -> None:
    op.drop_table("case_cause")
    op.drop_table("supply_word")
    op.drop_table("cheque_campaign")
    for column, _kind in reversed(COLUMNS):
        op.execute(f"ALTER TABLE case_file DROP COLUMN {column}")


def _make_campaigns() -> None:
    op.create_table(
        "cheque_campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sent_from", sa.Date(), nullable=False),
        sa.Column("sent_until", sa.Date(), nullable=False),
        sa.Column("ask_until", sa.Date()),
        sa.Column("spend_until", sa.Date(), nullable=False),
        sa.Column("late_after", sa.Date()),
        sa.Column("late_spend_until", sa.Date()),
        sa.Column("protections_end", sa.Date(), nullable=False),
        sa.Column("certainty", sa.String(length=2), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "certainty IN ('A','A-','B','C','P')", name=op.f("ck_cheque_campaign_certainty")
        ),
        sa.CheckConstraint("sent_until >= sent_from", name=op.f("ck_cheque_campaign_sent")),
        sa.CheckConstraint(
            "protections_end >= sent_from", name=op.f("ck_cheque_campaign_protections")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cheque_campaign")),
        sa.UniqueConstraint("year", name=op.f("uq_cheque_campaign_year")),
    )
    names = [column.name for column in CAMPAIGN.c]
    op.bulk_insert(CAMPAIGN, [dict(zip(names, row, strict=True)) for row in CAMPAIGNS])


def _make_supply_words() -> None:
    op.create_table(
        "supply_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=12)),
        sa.Column("former", sa.String(length=12)),
        sa.Column("said_at", INSTANT, nullable=False),
        sa.Column("user_id", sa.Integer()),
        sa.CheckConstraint(f"field IN ({FIELDS})", name=op.f("ck_supply_word_field")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_supply_word_case_id_case_file")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_supply_word_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_word")),
    )
    op.create_index("ix_supply_word_case_id", "supply_word", ["case_id"])


def _make_causes() -> None:
    op.create_table(
        "case_cause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=24), nullable=False),
        sa.Column("main", sa.Boolean(), nullable=False),
        sa.Column("user_id", sa.Integer()),
        sa.Column("noted_at", INSTANT, nullable=False),
        sa.Column("contact_id", sa.Integer()),
        sa.Column("withdrawn_at", INSTANT),
        sa.Column("withdrawn_by_id", sa.Integer()),
        sa.CheckConstraint(f"cause IN ({CAUSES})", name=op.f("ck_case_cause_cause")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_case_cause_case_id_case_file")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_case_cause_contact_id_contact")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_case_cause_user_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["user_account.id"],
            name=op.f("fk_case_cause_withdrawn_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_cause")),
    )  # fmt: skip
    op.create_index("ix_case_cause_case_id", "case_cause", ["case_id"])
    op.create_index("ix_case_cause_contact_id", "case_cause", ["contact_id"])
    stands, main = sa.text("withdrawn_at IS NULL"), "withdrawn_at IS NULL AND main"
    op.create_index(
        "uq_case_cause_standing", "case_cause", ["case_id", "cause"], unique=True,
        sqlite_where=stands, postgresql_where=stands,
    )  # fmt: skip
    op.create_index(
        "uq_case_cause_main", "case_cause", ["case_id"], unique=True,
        sqlite_where=sa.text(f"{main} = 1"), postgresql_where=sa.text(main),
    )  # fmt: skip


def _date_the_cheques() -> None:
    """A "yes" of the past means the campaign that ran on the day of its file."""
    dated = sa.text(
        "UPDATE case_file SET energy_cheque_year = :year WHERE energy_cheque AND EXISTS"
        " (SELECT 1 FROM batch WHERE batch.id = case_file.last_batch_id"
        " AND batch.as_of >= :sent_from)"
    ).bindparams(sa.bindparam("sent_from", type_=sa.Date()))
    for year, sent_from, *_rest in CAMPAIGNS:
        op.get_bind().execute(dated, {"year": year, "sent_from": sent_from})
