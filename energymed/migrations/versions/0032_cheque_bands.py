"""What each campaign of the energy cheque gives, by income and household."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

NAMES = ("rank", "below_cents", "one_cents", "few_cents", "many_cents")
BANDS = (
    (1, 570_000, 19_400, 24_000, 27_700),
    (2, 680_000, 14_600, 17_600, 20_200),
    (3, 785_000, 9_800, 11_300, 12_600),
    (4, 1_100_000, 4_800, 6_300, 7_600),
)
KNOWN = (2024, 2025, 2026)  # 2026: assumed unchanged (DOMAIN §4, C)


def upgrade() -> None:
    table = op.create_table(
        "cheque_band",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("below_cents", sa.BigInteger(), nullable=False),
        sa.Column("one_cents", sa.Integer(), nullable=False),
        sa.Column("few_cents", sa.Integer(), nullable=False),
        sa.Column("many_cents", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["year"], ["cheque_campaign.year"], name=op.f("fk_cheque_band_year_cheque_campaign")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cheque_band")),
        sa.UniqueConstraint("year", "rank", name=op.f("uq_cheque_band_year_rank")),
    )
    campaigns = sa.table("cheque_campaign", sa.column("year", sa.Integer))
    years = op.get_bind().scalars(
        sa.select(campaigns.c.year).where(campaigns.c.year.in_(KNOWN))
    )
    rows = [
        {"year": year, **dict(zip(NAMES, band, strict=True))} for year in years for band in BANDS
    ]
    if rows:
        op.bulk_insert(table, rows)


def downgrade() -> None:
    op.drop_table("cheque_band")
