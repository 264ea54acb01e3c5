"""The association, what sites and partners are beside a name, conventions, what may be told."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KINDS = "'unpaid_bill','cutoff_notice','appointment'"
UNITS = "'cases','calls','hours'"
TOPICS = "'funds','referrals','overindebtedness','no_capacity','alert','budget','cause'"
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("site", sa.Column("department", sa.String(length=3), nullable=True))
    op.add_column("site", sa.Column("address", sa.String(length=300), nullable=True))
    op.add_column("site", sa.Column("retired_at", INSTANT, nullable=True))
    op.add_column("partner", sa.Column("shown_phone", sa.String(length=16), nullable=True))
    op.add_column("partner", sa.Column("retired_at", INSTANT, nullable=True))
    _make_association()
    _make_contacts()
    _make_sites()
    _make_disclosure()
    _make_conventions()


def downgrade() -> None:
    tables = ("convention", "partner_disclosure", "partner_site", "partner_contact", "association")
    for table in tables:
        op.drop_table(table)
    for table, column in (
        ("partner", "retired_at"),
        ("partner", "shown_phone"),
        ("site", "retired_at"),
        ("site", "address"),
        ("site", "department"),
    ):
        op.drop_column(table, column)


def _make_association() -> None:
    op.create_table(
        "association",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("phone", sa.String(length=16), nullable=False),
        sa.Column("set_up_at", INSTANT, nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_association_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_association")),
    )


def _make_contacts() -> None:
    op.create_table(
        "partner_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=80), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=16), nullable=True),
        _refers("partner_contact", "partner_id", "partner"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_contact")),
    )
    op.create_index(op.f("ix_partner_contact_partner_id"), "partner_contact", ["partner_id"])


def _make_sites() -> None:
    op.create_table(
        "partner_site",
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        _refers("partner_site", "partner_id", "partner"),
        _refers("partner_site", "site_id", "site"),
        sa.PrimaryKeyConstraint("partner_id", "site_id", name=op.f("pk_partner_site")),
    )


def _make_disclosure() -> None:
    op.create_table(
        "partner_disclosure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.CheckConstraint(f"topic IN ({TOPICS})", name=op.f("ck_partner_disclosure_topic")),
        _refers("partner_disclosure", "partner_id", "partner"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_disclosure")),
        sa.UniqueConstraint(
            "partner_id", "topic", name=op.f("uq_partner_disclosure_partner_id_topic")
        ),
    )


def _make_conventions() -> None:
    op.create_table(
        "convention",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("unit", sa.String(length=8), nullable=False),
        sa.Column("volume", sa.Integer(), nullable=True),
        sa.Column("price_cents", sa.Integer(), nullable=True),
        sa.CheckConstraint(f"kind IS NULL OR kind IN ({KINDS})", name=op.f("ck_convention_kind")),
        sa.CheckConstraint(f"unit IN ({UNITS})", name=op.f("ck_convention_unit")),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_convention_period")),
        sa.CheckConstraint("volume IS NULL OR volume > 0", name=op.f("ck_convention_volume")),
        sa.CheckConstraint(
            "price_cents IS NULL OR price_cents >= 0", name=op.f("ck_convention_price")
        ),
        _refers("convention", "partner_id", "partner"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_convention")),
    )
    op.create_index(op.f("ix_convention_partner_id"), "convention", ["partner_id"])


def _refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name)
