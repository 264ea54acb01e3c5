"""The papers of a request for aid, one by one; what followed a refusal; a grant never paid.

What was missing was a list of codes: each becomes a paper that was asked for on the day of the
last step. Where nothing was asked for yet, what the fund asks for (or the usual papers) is listed.
The check of states is changed in the schema itself in SQLite, as in 0031.
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

STATES = (
    "'identified','consent_given','documents_pending','complete','submitted','granted_full',"
    "'granted_partial','granted_loan','refused','adjourned','withdrawn','lapsed',"
    "'paid_to_supplier'"
)
BEFORE = f"state IN ({STATES})"
AFTER = f"state IN ({STATES},'never_paid')"
NEXT = "'other_fund','asked_again','appeal','referral','hold','plan','nothing'"
AFTER_REFUSAL = (
    "after_refusal VARCHAR(20) CONSTRAINT ck_aid_request_after_refusal"
    f" CHECK (after_refusal IS NULL OR after_refusal IN ({NEXT}))"
)
PAPERS = (
    "identity", "income", "bill", "lease", "tax_notice", "family_benefits", "reminder", "charges",
    "household", "form", "social_report",
)  # fmt: skip
USUAL = ("identity", "income", "bill")
AT_ONCE = 1000


def upgrade() -> None:
    listed = ",".join(f"'{paper}'" for paper in PAPERS)
    papers = op.create_table(
        "aid_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("aid_id", sa.Integer(), nullable=False),
        sa.Column("paper", sa.String(20), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("noted_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(f"paper IN ({listed})", name=op.f("ck_aid_paper_paper")),
        sa.ForeignKeyConstraint(
            ["aid_id"], ["aid_request.id"], name=op.f("fk_aid_paper_aid_id_aid_request")
        ),
        sa.ForeignKeyConstraint(
            ["noted_by_id"], ["user_account.id"],
            name=op.f("fk_aid_paper_noted_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aid_paper")),
        sa.UniqueConstraint("aid_id", "paper", name=op.f("uq_aid_paper_aid_id_paper")),
    )  # fmt: skip
    _list_papers(papers)
    _change_states(BEFORE, AFTER)
    op.execute(f"ALTER TABLE aid_request ADD COLUMN {AFTER_REFUSAL}")
    op.execute("ALTER TABLE aid_request DROP COLUMN missing_documents")


def downgrade() -> None:
    """A grant that was never paid lapsed; what is not there yet is missing again."""
    empty = "'[]'" if op.get_bind().dialect.name == "sqlite" else "'[]'::json"
    op.execute(
        f"ALTER TABLE aid_request ADD COLUMN missing_documents JSON DEFAULT {empty} NOT NULL"
    )
    _list_missing()
    op.execute("ALTER TABLE aid_request DROP COLUMN after_refusal")
    op.execute("UPDATE aid_request SET state = 'lapsed' WHERE state = 'never_paid'")
    _change_states(AFTER, BEFORE)
    op.drop_table("aid_paper")


def _tables() -> tuple[sa.TableClause, sa.TableClause]:
    aid = sa.table(
        "aid_request", sa.column("id", sa.Integer), sa.column("state", sa.String),
        sa.column("fund_id", sa.Integer), sa.column("moved_on", sa.Date),
        sa.column("missing_documents", sa.JSON),
    )  # fmt: skip
    fund = sa.table("aid_fund", sa.column("id", sa.Integer), sa.column("documents", sa.JSON))
    return aid, fund


def _list_papers(papers: sa.Table) -> None:
    aid, fund = _tables()
    bind = op.get_bind()
    of_fund = {row.id: row.documents for row in bind.execute(sa.select(fund)).all()}
    open_ones = sa.select(aid).where(
        aid.c.state.in_(
            ("identified", "consent_given", "documents_pending", "complete", "adjourned")
        )
    )
    rows = []
    for row in bind.execute(open_ones).all():
        missing = _known(row.missing_documents)
        if row.state == "complete":  # whatever it was, it is there
            missing = []
        unasked = row.state in ("identified", "consent_given", "documents_pending")
        usual = _known(of_fund.get(row.fund_id)) or USUAL if unasked and not missing else ()
        rows += [{"aid_id": row.id, "paper": each, "asked_on": row.moved_on} for each in missing]
        rows += [{"aid_id": row.id, "paper": each, "asked_on": None} for each in usual]
    for start in range(0, len(rows), AT_ONCE):
        bind.execute(sa.insert(papers), rows[start : start + AT_ONCE])


def _known(codes: object) -> list[str]:
    """The codes of a list that are papers, each once."""
    return [each for each in PAPERS if isinstance(codes, list) and each in codes]


def _list_missing() -> None:
    aid, _fund = _tables()
    paper = sa.table(
        "aid_paper", sa.column("aid_id", sa.Integer), sa.column("paper", sa.String),
        sa.column("asked_on", sa.Date), sa.column("received_on", sa.Date),
    )  # fmt: skip
    bind, found = op.get_bind(), dict[int, list[str]]()
    asked = sa.select(paper.c.aid_id, paper.c.paper).where(
        paper.c.asked_on.is_not(None), paper.c.received_on.is_(None)
    )
    for row in bind.execute(asked).all():
        found.setdefault(row.aid_id, []).append(row.paper)
    for aid_id, missing in found.items():
        bind.execute(sa.update(aid).where(aid.c.id == aid_id).values(missing_documents=missing))


def _change_states(before: str, after: str) -> None:
    """Let the check of states of requests say something else."""
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_aid_request_state"), "aid_request", type_="check")
        op.create_check_constraint(op.f("ck_aid_request_state"), "aid_request", after)
        return
    version = bind.scalar(sa.text("PRAGMA schema_version"))
    bind.execute(sa.text("PRAGMA writable_schema = ON"))
    changed = bind.execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :before, :after)"
            " WHERE type = 'table' AND name = 'aid_request' AND instr(sql, :before)"
        ),
        {"before": before, "after": after},
    )
    if changed.rowcount != 1:
        raise RuntimeError(f"aid_request is not as it was made: {before}")
    bind.execute(sa.text(f"PRAGMA schema_version = {version + 1}"))
    bind.execute(sa.text("PRAGMA writable_schema = OFF"))
