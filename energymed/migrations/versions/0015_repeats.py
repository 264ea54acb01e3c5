"""How a case ends in more words; the key of each case's address, by which a household is found.

SQLite has no way to change a check but to write the table anew, which would delete what refers to
its rows: the text of the check is changed in the schema itself, as SQLite's documentation of ALTER
TABLE says for changes that touch no row.
"""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

PIECE = 10_000
BEFORE = (
    "'settled','plan_running','aid_pending','referred','promise','informed_only','unreachable',"
    "'refused','opposed','wrong_data','deceased','moved','not_customer','disputed',"
    "'recalled_by_partner','duplicate','too_late'"
)
ADDED = (
    "'repeated','unjustified','followed_elsewhere','lost_after_contact','self_solved','advised',"
    "'intervention_avoided'"
)
# what each of them was called before there was a word for it
FORMER = {
    "repeated": "duplicate",
    "unjustified": "wrong_data",
    "followed_elsewhere": "referred",
    "lost_after_contact": "unreachable",
    "self_solved": "informed_only",
    "advised": "informed_only",
    "intervention_avoided": "informed_only",
}
NOT_WORD = re.compile(r"[^a-z0-9]+")
LIGATURES = str.maketrans(
    {"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"}
)
SHORT_FORMS = {
    "av": "avenue", "ave": "avenue", "bd": "boulevard", "bld": "boulevard", "bvd": "boulevard",
    "ch": "chemin", "che": "chemin", "chem": "chemin", "imp": "impasse", "pl": "place",
    "r": "rue", "rte": "route", "all": "allee", "allees": "allee", "lot": "lotissement",
    "res": "residence", "bat": "batiment", "apt": "appartement", "appt": "appartement",
    "st": "saint", "ste": "sainte", "fg": "faubourg", "q": "quai",
}  # fmt: skip
SMALL_WORDS = frozenset(("de", "du", "des", "d", "la", "le", "les", "l", "a", "au", "aux"))


def upgrade() -> None:
    op.add_column("case_file", sa.Column("address_key", sa.Text(), nullable=True))
    _fill()
    op.create_index("ix_case_file_delivery_point", "case_file", ["delivery_point"])
    op.create_index("ix_case_file_address_key", "case_file", ["address_key"])
    _allow(BEFORE, f"{BEFORE},{ADDED}")


def downgrade() -> None:
    for code, former in FORMER.items():
        op.execute(f"UPDATE case_file SET closure = '{former}' WHERE closure = '{code}'")
    _allow(f"{BEFORE},{ADDED}", BEFORE)
    op.drop_index("ix_case_file_address_key", "case_file")
    op.drop_index("ix_case_file_delivery_point", "case_file")
    op.drop_column("case_file", "address_key")


def _allow(before: str, after: str) -> None:
    """Let the check on closures list other codes."""
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_case_file_closure"), "case_file", type_="check")
        condition = f"closure IS NULL OR closure IN ({after})"
        op.create_check_constraint(op.f("ck_case_file_closure"), "case_file", condition)
        return
    version = bind.scalar(sa.text("PRAGMA schema_version"))
    bind.execute(sa.text("PRAGMA writable_schema = ON"))
    changed = bind.execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :before, :after)"
            " WHERE type = 'table' AND name = 'case_file' AND instr(sql, :before)"
        ),
        {"before": f"closure IN ({before})", "after": f"closure IN ({after})"},
    )
    if changed.rowcount != 1:
        raise RuntimeError("the check on closures is not as it was made")
    bind.execute(sa.text(f"PRAGMA schema_version = {version + 1}"))
    bind.execute(sa.text("PRAGMA writable_schema = OFF"))


def _fill() -> None:
    bind = op.get_bind()
    some = sa.text(
        "SELECT id, address, postal_code, commune FROM case_file"
        " WHERE id > :last AND address IS NOT NULL ORDER BY id LIMIT :most"
    )
    update = sa.text("UPDATE case_file SET address_key = :key WHERE id = :id")
    last = 0
    while cases := bind.execute(some, {"last": last, "most": PIECE}).fetchall():
        last = cases[-1][0]
        bind.execute(update, [{"id": one, "key": _address_key(*where)} for one, *where in cases])


def _address_key(address: str | None, postal_code: str | None, commune: str | None) -> str | None:
    words = [word for word in _fold(address or "").split() if word not in SMALL_WORDS]
    words = [SHORT_FORMS.get(word, word) for word in words]
    words = [word.lstrip("0") if word.isdigit() else word for word in words]
    where = postal_code or _fold(commune or "")
    street = " ".join(filter(None, words))
    return f"{where} {street}" if where and street else None


def _fold(text: str) -> str:
    opened = unicodedata.normalize("NFKD", text.translate(LIGATURES))
    plain = "".join(letter for letter in opened if not unicodedata.combining(letter))
    return NOT_WORD.sub(" ", plain.casefold()).strip()
