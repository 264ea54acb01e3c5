"""Failed sign-ins are counted by account, by its second factor, and by where they come from."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE sign_in_tries RENAME COLUMN account_key TO tried")
    op.execute("ALTER TABLE sign_in_tries ADD COLUMN place VARCHAR(64)")


def downgrade() -> None:
    op.execute("ALTER TABLE sign_in_tries DROP COLUMN place")
    op.execute("ALTER TABLE sign_in_tries RENAME COLUMN tried TO account_key")
