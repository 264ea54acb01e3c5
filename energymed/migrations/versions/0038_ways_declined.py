"""Ways of the cascade that were declined, and its letter among those to be printed.

The letter to somebody whom calls do not reach puts no exchange and no act in writing: the check of
what a letter is of is changed in the schema itself in SQLite, as in 0034. Its text said that no
number is known, which is not so of them; a text that an installation wrote anew stays as it is.
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STEPS = "'sms','letter','visit'"
REASONS = "'call_again','unsuited','otherwise','other'"
BEFORE = "(asked_contact_id IS NULL) <> (act_id IS NULL)"
AFTER = f"{BEFORE} OR (kind = 'unreachable' AND act_id IS NULL)"
# code of a text, what it said, what it says
SENTENCES = (
    (
        "unreachable_usual",
        "nous n’avons pas de numéro de téléphone où vous joindre.",
        "nous n’arrivons pas à vous joindre par téléphone.",
    ),
    (
        "unreachable_plain",
        "Nous n’avons pas votre numéro de téléphone.",
        "Nous n’arrivons pas à vous joindre par téléphone.",
    ),
)


def upgrade() -> None:
    op.create_table(
        "way_declined",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(20)),
        sa.Column("declined_by_id", sa.Integer()),
        sa.Column("declined_at", MOMENT, nullable=False),
        sa.Column("taken_back_at", MOMENT),
        sa.CheckConstraint(f"way IN ({STEPS})", name=op.f("ck_way_declined_way")),
        sa.CheckConstraint(
            f"reason IS NULL OR reason IN ({REASONS})", name=op.f("ck_way_declined_reason")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_way_declined_case_id_case_file")
        ),
        sa.ForeignKeyConstraint(
            ["declined_by_id"], ["user_account.id"],
            name=op.f("fk_way_declined_declined_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_way_declined")),
    )  # fmt: skip
    op.create_index("ix_way_declined_case_id", "way_declined", ["case_id"])
    _change_check(BEFORE, AFTER)
    for code, said, says in SENTENCES:
        _reword(code, said, says)


def downgrade() -> None:
    """The cascade's letters go with their table's room for them; those sent stay as contacts."""
    for code, said, says in SENTENCES:
        _reword(code, says, said)
    op.execute("DELETE FROM letter_to_print WHERE asked_contact_id IS NULL AND act_id IS NULL")
    _change_check(AFTER, BEFORE)
    op.drop_table("way_declined")


def _reword(code: str, said: str, says: str) -> None:
    """Let a text say something else, where it still says what it was delivered with."""
    op.get_bind().execute(
        sa.text(
            "UPDATE letter_text SET body = replace(body, :said, :says)"
            " WHERE code = :code AND body LIKE :anywhere"
        ),
        {"code": code, "said": said, "says": says, "anywhere": f"%{said}%"},
    )


def _change_check(before: str, after: str) -> None:
    """Let the check of what a letter is of say something else."""
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        name = op.f("ck_letter_to_print_of_one")
        op.drop_constraint(name, "letter_to_print", type_="check")
        op.create_check_constraint(name, "letter_to_print", after)
        return
    version = bind.scalar(sa.text("PRAGMA schema_version"))
    bind.execute(sa.text("PRAGMA writable_schema = ON"))
    changed = bind.execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :before, :after)"
            " WHERE type = 'table' AND name = 'letter_to_print' AND instr(sql, :before)"
        ),
        {"before": f"CHECK ({before})", "after": f"CHECK ({after})"},
    )
    if changed.rowcount != 1:
        raise RuntimeError(f"letter_to_print is not as it was made: {before}")
    bind.execute(sa.text(f"PRAGMA schema_version = {version + 1}"))
    bind.execute(sa.text("PRAGMA writable_schema = OFF"))
