"""The result of an exchange off the telephone, and the address at which a person was not found.

What was written before went out to the person. A visit or a meeting in which something was agreed
was one with the person; of the others nothing is known, and nothing is made up. Visits may be
planned: the check of kinds of follow-ups is changed in the schema itself in SQLite, as in 0031.
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

RESULTS = (
    "'met_holder','met_mandated','third_party','nobody_card_left','no_access','refused',"
    "'wrong_address','answered_holder','answered_mandated','opposed','sent','returned'"
)
OF_WRITING = "'sent','returned','answered_holder','answered_mandated','opposed'"
OF_VISIT = (
    "'met_holder','met_mandated','third_party','nobody_card_left','no_access','refused',"
    "'wrong_address'"
)
OF_CHANNEL = (
    "exchange_result IS NULL"
    f" OR (channel IN ('sms','email','letter') AND exchange_result IN ({OF_WRITING}))"
    f" OR (channel = 'visit' AND exchange_result IN ({OF_VISIT}))"
    " OR (channel = 'face_to_face' AND exchange_result IN ('met_holder','met_mandated'))"
)
# added in place: to write a table anew would delete what refers to its rows in SQLite
COLUMN = (
    "exchange_result VARCHAR(20)"
    " CONSTRAINT ck_contact_exchange_result"
    f" CHECK (exchange_result IS NULL OR exchange_result IN ({RESULTS}))"
    f" CONSTRAINT ck_contact_exchange_result_of_channel CHECK ({OF_CHANNEL})"
)
SENT = """
UPDATE contact SET exchange_result = 'sent' WHERE channel IN ('sms','email','letter')
"""
MET = """
UPDATE contact SET exchange_result = 'met_holder'
WHERE channel IN ('visit','face_to_face') AND EXISTS (
    SELECT 1 FROM act WHERE act.contact_id = contact.id AND act.voided_at IS NULL
)
"""
KINDS = (
    "'callback','instalment','documents','aid_decision','interpreter','partner_answer',"
    "'ask_person','ask_others','pause'"
)
BEFORE = f"kind IN ({KINDS},'other')"
AFTER = f"kind IN ({KINDS},'visit','other')"


def upgrade() -> None:
    _change_kinds(BEFORE, AFTER)
    op.execute(f"ALTER TABLE contact ADD COLUMN {COLUMN}")
    op.execute("ALTER TABLE case_file ADD COLUMN wrong_address_key TEXT")
    op.execute(SENT)
    op.execute(MET)


def downgrade() -> None:
    """What no kind names any more becomes another follow-up."""
    op.execute("UPDATE follow_up SET kind = 'other' WHERE kind = 'visit'")
    _change_kinds(AFTER, BEFORE)
    op.execute("ALTER TABLE case_file DROP COLUMN wrong_address_key")
    op.execute("ALTER TABLE contact DROP COLUMN exchange_result")


def _change_kinds(before: str, after: str) -> None:
    """Let the check of kinds of follow-ups say something else."""
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_follow_up_kind"), "follow_up", type_="check")
        op.create_check_constraint(op.f("ck_follow_up_kind"), "follow_up", after)
        return
    version = bind.scalar(sa.text("PRAGMA schema_version"))
    bind.execute(sa.text("PRAGMA writable_schema = ON"))
    changed = bind.execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :before, :after)"
            " WHERE type = 'table' AND name = 'follow_up' AND instr(sql, :before)"
        ),
        {"before": before, "after": after},
    )
    if changed.rowcount != 1:
        raise RuntimeError(f"follow_up is not as it was made: {before}")
    bind.execute(sa.text(f"PRAGMA schema_version = {version + 1}"))
    bind.execute(sa.text("PRAGMA writable_schema = OFF"))
