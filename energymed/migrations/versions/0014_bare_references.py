"""The bare key of each case's reference, under which the shapes of references meet."""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

PIECE = 10_000
DECIMALS = re.compile(r"(\d+)[.,]0{1,2}", re.ASCII)


def upgrade() -> None:
    op.add_column(
        "case_file", sa.Column("bare_reference", sa.Text(), server_default="", nullable=False)
    )
    _fill()
    op.create_index("ix_case_file_bare_reference", "case_file", ["partner_id", "bare_reference"])


def downgrade() -> None:
    op.drop_index("ix_case_file_bare_reference", "case_file")
    op.drop_column("case_file", "bare_reference")


def _fill() -> None:
    bind = op.get_bind()
    some = sa.text("SELECT id, reference FROM case_file WHERE id > :last ORDER BY id LIMIT :most")
    update = sa.text("UPDATE case_file SET bare_reference = :bare WHERE id = :id")
    last = 0
    while cases := bind.execute(some, {"last": last, "most": PIECE}).fetchall():
        last = cases[-1][0]
        bind.execute(update, [{"id": one, "bare": _bare_key(said)} for one, said in cases])


def _bare_key(reference: str) -> str:
    text = unicodedata.normalize("NFKC", reference).strip()
    if whole := DECIMALS.fullmatch(text):
        text = whole[1]
    return "".join(sign for sign in text.casefold() if sign.isalnum()).lstrip("0")
