"""A directory of funds and bodies; requests and referrals name the row that was chosen.

SQLite has no way to change what is unique but to write the table anew. Its text is taken as it
stands, so that nothing of it is lost; nothing refers to a referral.
"""

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

FUNDS = {
    "fsl_energy": "FSL énergie", "fsl_water": "FSL eau", "ccas": "Secours du CCAS / CIAS",
    "caf": "CAF", "msa": "MSA", "carsat": "CARSAT", "agirc_arrco": "AGIRC-ARRCO",
    "action_logement": "Action Logement", "supplier_fund": "Fonds du fournisseur",
    "water_fund": "Fonds de solidarité eau", "charity": "Association caritative",
}  # fmt: skip
BODIES = {
    "ccas": "CCAS / CIAS", "cms": "CMS / maison des solidarités",
    "social_worker": "Travailleur social / CESF", "udaf": "UDAF", "pcb": "Point conseil budget",
    "cresus": "CRESUS", "banque_de_france": "Banque de France (surendettement)",
    "soliha": "SOLIHA", "adil": "ADIL", "slime": "SLIME", "pari": "PARI",
    "france_services": "France Services", "mne": "Médiateur national de l'énergie", "caf": "CAF",
    "msa": "MSA", "carsat": "CARSAT", "supplier_desk": "Pôle solidarité du fournisseur",
    "charity": "Association caritative", "energy_cheque": "Assistance chèque énergie",
}  # fmt: skip
NEW = "energy_cheque"
LINES = {
    "mne": ("0 800 112 212", None),
    "energy_cheque": ("0 805 204 805", None),
    "banque_de_france": ("34 14", "du lundi au vendredi, de 8 h à 18 h"),
}
CHECKED_ON = date(2026, 11, 29)
CERTAINTY = "certainty IN ('A','A-','B','C','P')"
COLUMN = "INTEGER CONSTRAINT fk_{0}_{1}_{2} REFERENCES {2} (id)"
UNIQUE = "CONSTRAINT uq_referral_case_id_body UNIQUE (case_id, body)"
NEW_UNIQUE = "CONSTRAINT uq_referral_case_id_body_id UNIQUE (case_id, body_id)"
WITHOUT = sa.text("body_id IS NULL")


def upgrade() -> None:
    op.create_table("aid_fund", *_entry(), *_rules(), *_checks("aid_fund", FUNDS), *_rule_checks())
    op.create_table("social_body", *_entry(), *_checks("social_body", BODIES))
    for table in ("aid_fund", "social_body"):
        op.create_index(f"ix_{table}_department", table, ["department"])
    _seed()
    column = COLUMN.format("aid_request", "fund_id", "aid_fund")
    op.execute(f"ALTER TABLE aid_request ADD COLUMN fund_id {column}")
    op.create_index("ix_aid_request_fund_id", "aid_request", ["fund_id"])
    column = COLUMN.format("referral", "body_id", "social_body")
    op.execute(f"ALTER TABLE referral ADD COLUMN body_id {column}")
    old = ",".join(f"'{code}'" for code in BODIES if code != NEW)
    _change_referrals(UNIQUE, NEW_UNIQUE, old, ",".join(f"'{code}'" for code in BODIES))
    op.create_index("ix_referral_body_id", "referral", ["body_id"])
    op.create_index(
        "uq_referral_case_id_body", "referral", ["case_id", "body"], unique=True,
        sqlite_where=WITHOUT, postgresql_where=WITHOUT,
    )  # fmt: skip
    for table, kind, column, rows in (
        ("aid_request", "fund", "fund_id", "aid_fund"),
        ("referral", "body", "body_id", "social_body"),
    ):
        op.execute(
            f"UPDATE {table} SET {column} = (SELECT {rows}.id FROM {rows}"
            f" WHERE {rows}.kind = {table}.{kind})"
        )


def downgrade() -> None:
    """Of several referrals of a case to bodies of one kind the first stays.

    The act of another stays as well: it says that there was one. What was sent to the new kind
    becomes a referral to France Services, where people are helped with it too.
    """
    op.execute(
        "DELETE FROM referral WHERE body = 'energy_cheque' AND EXISTS (SELECT 1 FROM referral"
        " AS other WHERE other.case_id = referral.case_id AND other.body = 'france_services')"
    )
    op.execute("UPDATE referral SET body = 'france_services' WHERE body = 'energy_cheque'")
    op.execute(
        "DELETE FROM referral WHERE EXISTS (SELECT 1 FROM referral AS other WHERE"
        " other.case_id = referral.case_id AND other.body = referral.body"
        " AND other.id < referral.id)"
    )
    op.drop_index("uq_referral_case_id_body", "referral")
    op.drop_index("ix_referral_body_id", "referral")
    old = ",".join(f"'{code}'" for code in BODIES if code != NEW)
    _change_referrals(NEW_UNIQUE, UNIQUE, ",".join(f"'{code}'" for code in BODIES), old)
    op.execute("ALTER TABLE referral DROP COLUMN body_id")
    op.drop_index("ix_aid_request_fund_id", "aid_request")
    op.execute("ALTER TABLE aid_request DROP COLUMN fund_id")
    op.drop_table("social_body")
    op.drop_table("aid_fund")


def _entry() -> list[sa.Column]:
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("department", sa.String(length=3)),
        sa.Column("commune", sa.String(length=80)),
        sa.Column("phone", sa.String(length=40)),
        sa.Column("email", sa.String(length=120)),
        sa.Column("address", sa.String(length=200)),
        sa.Column("website", sa.String(length=200)),
        sa.Column("hours", sa.String(length=200)),
        sa.Column("documents", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("valid_from", sa.Date()),
        sa.Column("valid_until", sa.Date()),
        sa.Column("checked_on", sa.Date()),
        sa.Column("certainty", sa.String(length=2), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    ]


def _rules() -> list[sa.Column]:
    return [
        sa.Column("ceiling_cents", sa.BigInteger()),
        sa.Column("ceiling_basis", sa.String(length=80)),
        sa.Column("least_cents", sa.BigInteger()),
        sa.Column("most_cents", sa.BigInteger()),
        sa.Column("own_share", sa.Integer()),
        sa.Column("loan_share", sa.Integer()),
        sa.Column("times_a_year", sa.Integer()),
        sa.Column("contract_months", sa.Integer()),
        sa.Column("filed_by", sa.String(length=12)),
    ]


def _checks(table: str, kinds: dict[str, str]) -> list[sa.Constraint]:
    listed = ",".join(f"'{code}'" for code in kinds)
    return [
        sa.CheckConstraint(f"kind IN ({listed})", name=op.f(f"ck_{table}_kind")),
        sa.CheckConstraint(CERTAINTY, name=op.f(f"ck_{table}_certainty")),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f(f"ck_{table}_validity")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _rule_checks() -> list[sa.Constraint]:
    conditions = {
        "filed_by": "filed_by IS NULL OR filed_by IN ('person','professional')",
        "own_share": "own_share BETWEEN 0 AND 100",
        "loan_share": "loan_share BETWEEN 0 AND 100",
        "amounts": "most_cents >= least_cents",
    }
    return [
        sa.CheckConstraint(condition, name=op.f(f"ck_aid_fund_{name}"))
        for name, condition in conditions.items()
    ]


def _seed() -> None:
    """A row for each kind, everywhere, and the national lines (DOMAIN §16)."""
    for table, kinds in (("aid_fund", FUNDS), ("social_body", BODIES)):
        rows = []
        for kind, name in kinds.items():
            phone, hours = LINES.get(kind, (None, None)) if table == "social_body" else (None, None)
            rows.append({
                "kind": kind, "name": name, "phone": phone, "hours": hours,
                "certainty": "B" if phone else "P",
                "source": "DOMAIN §16" if phone else "DOMAIN §5, §6",
                "checked_on": CHECKED_ON if phone else None, "documents": [], "version": 1,
            })  # fmt: skip
        op.bulk_insert(_seeded(table), rows)


def _seeded(table: str) -> sa.TableClause:
    texts = ("kind", "name", "phone", "hours", "certainty", "source")
    return sa.table(
        table, *(sa.column(name, sa.String) for name in texts), sa.column("documents", sa.JSON),
        sa.column("version", sa.Integer), sa.column("checked_on", sa.Date),
    )  # fmt: skip


def _change_referrals(before: str, after: str, kinds: str, new_kinds: str) -> None:
    """Let a referral be unique by something else, and its kind be one of others."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"ALTER TABLE referral DROP {' '.join(before.split()[:2])}")
        op.execute(f"ALTER TABLE referral ADD {after}")
        op.drop_constraint(op.f("ck_referral_body"), "referral", type_="check")
        op.create_check_constraint(op.f("ck_referral_body"), "referral", f"body IN ({new_kinds})")
        return
    bind = op.get_bind()
    named = sa.text("SELECT sql FROM sqlite_master WHERE type = :type AND tbl_name = 'referral'")
    made = bind.scalar(named, {"type": "table"})
    indexes = [sql for (sql,) in bind.execute(named, {"type": "index"}) if sql]
    changed = made.replace(before, after).replace(f"body IN ({kinds})", f"body IN ({new_kinds})")
    if changed.count(after) != 1 or changed.count(f"({new_kinds})") != 1:
        raise RuntimeError("referral is not as it was made")
    columns = ", ".join(row[1] for row in bind.execute(sa.text("PRAGMA table_info(referral)")))
    op.execute(_renamed(changed))
    op.execute(f"INSERT INTO referral_anew ({columns}) SELECT {columns} FROM referral")
    op.drop_table("referral")
    op.rename_table("referral_anew", "referral")
    for sql in indexes:
        op.execute(sql)


def _renamed(made: str) -> str:
    """The text that makes the table, under another name."""
    head, parenthesis, rest = made.partition("(")
    if "referral" not in head:
        raise RuntimeError("referral is not as it was made")
    return f"{head.replace('referral', 'referral_anew')}{parenthesis}{rest}"
