"""What a person needs for their safety, until a day; what is done and whom one rings in haste."""

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

KINDS = (
    "'no_message','equipment','infant','interpreter','hard_of_hearing','reads_little',"
    "'no_internet','trusted'"
)
RELATIONS = "'spouse','child','parent','family','friend','social_worker','other'"
SITUATIONS = "'danger','equipment','heating','food'"
CHECKED_ON = date(2026, 11, 29)
# (situation, advice, whom, number): the European emergency number alone is known
LINES = (
    (
        "danger",
        "Restez en ligne. Demandez si la personne peut parler, puis où elle est : des questions "
        "auxquelles on répond par oui ou non. Ne rappelez pas, ne laissez aucun message.",
        "Les secours",
        "112",
    ),
    (
        "equipment",
        "Demandez combien de temps la batterie tient encore. Si une vie est en jeu : les "
        "secours d'abord. Sinon, demandez aussitôt au fournisseur de rétablir le courant.",
        "Les secours si une vie est en jeu, sinon le fournisseur",
        "112",
    ),
    (
        "heating",
        "Demandez depuis quand, et qui est au foyer. Ni barbecue, ni brasero, ni groupe "
        "électrogène à l'intérieur : leurs fumées tuent. Cherchez avec la personne où passer "
        "la nuit.",
        "Le CCAS de la commune (annuaire), et le fournisseur si la fourniture est coupée",
        None,
    ),
    (
        "food",
        "Demandez combien de personnes sont au foyer, et s'il y a des enfants. Proposez d'appeler "
        "avec la personne une aide alimentaire proche, pour aujourd'hui.",
        "Le CCAS de la commune ou une association caritative (annuaire)",
        None,
    ),
)


def upgrade() -> None:
    op.create_table("person_need", *_need())
    for name, columns in (
        ("person_id", ["person_id"]), ("case_id", ["case_id"]), ("kind_until", ["kind", "until"]),
    ):  # fmt: skip
        op.create_index(op.f(f"ix_person_need_{name}"), "person_need", columns)
    lines = op.create_table("emergency_line", *_line())
    op.bulk_insert(
        lines,
        [
            {
                "situation": situation, "advice": advice, "whom": whom, "phone": phone,
                "checked_on": CHECKED_ON if phone else None,
            }
            for situation, advice, whom, phone in LINES
        ],
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("emergency_line")
    op.drop_table("person_need")


def _need() -> list[sa.schema.SchemaItem]:
    refers = {
        "person_id": "person", "case_id": "case_file", "user_id": "user_account",
        "ended_by_id": "user_account", "corrects_id": "person_need",
    }  # fmt: skip
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=40)),
        sa.Column("name", sa.String(length=120)),
        sa.Column("relation", sa.String(length=14)),
        sa.Column("e164", sa.String(length=20)),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer()),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ended_by_id", sa.Integer()),
        sa.Column("corrects_id", sa.Integer()),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_person_need_kind")),
        sa.CheckConstraint(
            f"relation IS NULL OR relation IN ({RELATIONS})", name=op.f("ck_person_need_relation")
        ),
        sa.CheckConstraint("until >= agreed_on", name=op.f("ck_person_need_period")),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_person_need_{column}_{table}")
            )
            for column, table in refers.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_need")),
    ]


def _line() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("situation", sa.String(length=12), nullable=False),
        sa.Column("advice", sa.String(length=500), nullable=False),
        sa.Column("whom", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=40)),
        sa.Column("checked_on", sa.Date()),
        sa.CheckConstraint(
            f"situation IN ({SITUATIONS})", name=op.f("ck_emergency_line_situation")
        ),
        sa.CheckConstraint(
            "phone IS NULL OR checked_on IS NOT NULL", name=op.f("ck_emergency_line_checked")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_line")),
        sa.UniqueConstraint("situation", name=op.f("uq_emergency_line_situation")),
    ]
