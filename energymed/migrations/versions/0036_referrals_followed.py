"""Referrals to their end: the words read for the consent, the appointment, who told what.

The words are rows that are only added to, so that each referral keeps which of them were read. A
link by which a body answers is one row of its referral, with its answers: the hash of the token
alone. What was noted before as « no news » was asked once.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
WORDS = (
    "« Je vous propose de vous adresser à {organisme}, pour ce motif : {motif}. {transmis} "
    "Vous pouvez dire non : cela ne change rien à la suite de notre échange. Vous pourrez aussi "
    "changer d'avis plus tard, il suffira de nous le dire. Êtes-vous d'accord ? »"
)
MADE_AT = datetime(2026, 11, 30, tzinfo=UTC)
# added in place: to write a table anew would delete what refers to its rows in SQLite
COLUMNS = (
    "consent_on DATE",
    "consent_ended_on DATE",
    "consent_text_id INTEGER CONSTRAINT fk_referral_consent_text_id_consent_text"
    " REFERENCES consent_text (id)",
    "appointment_on DATE",
    "no_news_count INTEGER DEFAULT 0 NOT NULL",
    "news_source VARCHAR(10) CONSTRAINT ck_referral_news_source"
    " CHECK (news_source IS NULL OR news_source IN ('us','body'))",
)


def upgrade() -> None:
    words = op.create_table(
        "consent_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("made_by_id", sa.Integer()),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["user_account.id"], name=op.f("fk_consent_text_made_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_text")),
    )
    op.bulk_insert(words, [{"words": WORDS, "made_at": MADE_AT}])
    for column in COLUMNS:
        op.execute(f"ALTER TABLE referral ADD COLUMN {column}")
    op.execute("UPDATE referral SET consent_on = referred_on WHERE consent")
    op.execute("UPDATE referral SET news_source = 'us' WHERE news IS NOT NULL")
    op.execute("UPDATE referral SET no_news_count = 1 WHERE news = 'no_news'")
    op.create_table("referral_link", *_link())


def downgrade() -> None:
    op.drop_table("referral_link")
    for column in reversed(COLUMNS):
        op.execute(f"ALTER TABLE referral DROP COLUMN {column.split()[0]}")
    op.drop_table("consent_text")


def _link() -> list[sa.schema.SchemaItem]:
    refers = {"made_by_id": "user_account", "referral_id": "referral"}
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("made_by_id", sa.Integer()),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT),
        sa.Column("received_at", INSTANT),
        sa.Column("met_at", INSTANT),
        sa.Column("ended_at", INSTANT),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_referral_link_{column}_{table}")
            )
            for column, table in refers.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_link")),
        sa.UniqueConstraint("referral_id", name=op.f("uq_referral_link_referral_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_referral_link_token_hash")),
    ]
