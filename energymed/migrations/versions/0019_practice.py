"""People in formation with invented cases, and the direction, which sees figures alone."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ROLES = "role IN ('mediator','lead','partner','admin')"
NEW_ROLES = "role IN ('trainee','mediator','lead','partner','admin','director')"
AT_A_SITE = "role NOT IN ('lead','mediator') OR site_id IS NOT NULL"
NEW_AT_A_SITE = "role NOT IN ('lead','mediator','trainee') OR site_id IS NOT NULL"


def upgrade() -> None:
    columns = sa.inspect(op.get_bind()).get_columns("site")
    if "practice" in {column["name"] for column in columns}:
        return  # it landed before 0015 to 0018 (`odd_schemas`)
    for table in ("site", "partner"):
        practice = sa.Column("practice", sa.Boolean(), server_default=sa.false(), nullable=False)
        op.add_column(table, practice)
    _check(NEW_ROLES, NEW_AT_A_SITE)


def downgrade() -> None:
    # whoever was in formation sees nothing, and neither does a direction
    op.execute(
        "UPDATE user_account SET role = 'mediator', active = false WHERE role = 'trainee'"
    )
    op.execute("UPDATE user_account SET role = 'admin', active = false WHERE role = 'director'")
    _check(ROLES, AT_A_SITE)
    for table in ("site", "partner"):
        op.drop_column(table, "practice")


def _check(roles: str, at_a_site: str) -> None:
    with op.batch_alter_table("user_account") as users:
        for name, text in (("role", roles), ("site_bound", at_a_site)):
            users.drop_constraint(op.f(f"ck_user_account_{name}"), type_="check")
            users.create_check_constraint(op.f(f"ck_user_account_{name}"), text)
