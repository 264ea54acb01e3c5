"""Raw files and the bytes of deliveries are rows of one table, compressed; so is long work."""

import hashlib
import zlib
from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

DELIVERIES_KEPT_FOR = timedelta(days=731)

INSTANT = sa.DateTime(timezone=True)
DELIVERY = sa.table(
    "delivery", sa.column("id", sa.Integer), sa.column("sha256", sa.String),
    sa.column("content", sa.LargeBinary), sa.column("created_at", INSTANT),
)  # fmt: skip
STORED = sa.table(
    "stored_file", sa.column("sha256", sa.String), sa.column("kind", sa.String),
    sa.column("size_bytes", sa.Integer), sa.column("packed", sa.LargeBinary),
    sa.column("stored_at", INSTANT), sa.column("kept_until", INSTANT),
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.Column("stored_at", INSTANT, nullable=False),
        sa.Column("kept_until", INSTANT),
        sa.CheckConstraint("kind IN ('raw','delivery')", name=op.f("ck_stored_file_kind")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_stored_file_sha256")),
        sa.CheckConstraint("size_bytes >= 0", name=op.f("ck_stored_file_size_bytes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
        sa.UniqueConstraint("sha256", name=op.f("uq_stored_file_sha256")),
    )
    op.create_index("ix_stored_file_kept_until", "stored_file", ["kept_until"])
    _move_deliveries()
    op.drop_column("delivery", "content")
    op.create_table(
        "long_work",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("work", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("told_at", INSTANT, nullable=False),
        sa.Column("stop_asked", sa.Boolean(), nullable=False),
        sa.Column("sentence", sa.Text()),
        sa.Column("params", sa.JSON(none_as_null=True)),
        sa.CheckConstraint(
            "state IN ('asked','running','writing','done','failed','cancelled')",
            name=op.f("ck_long_work_state"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_long_work")),
    )


def downgrade() -> None:
    """Deliveries have their bytes again; raw files are lost, and would be after thirty days."""
    op.drop_table("long_work")
    op.add_column("delivery", sa.Column("content", sa.LargeBinary()))
    bind = op.get_bind()
    for row in bind.execute(sa.select(DELIVERY.c.id, DELIVERY.c.sha256)).all():
        packed = bind.scalar(sa.select(STORED.c.packed).where(STORED.c.sha256 == row.sha256))
        if packed is not None:
            mine = sa.update(DELIVERY).where(DELIVERY.c.id == row.id)
            bind.execute(mine.values(content=zlib.decompress(packed)))
    op.drop_table("stored_file")


def _move_deliveries() -> None:
    """One after the other, the oldest first: of two that are alike, the later one says how long."""
    bind = op.get_bind()
    wanted = sa.select(DELIVERY.c.id, DELIVERY.c.created_at).order_by(DELIVERY.c.id)
    for row in bind.execute(wanted).all():
        content = bind.scalar(sa.select(DELIVERY.c.content).where(DELIVERY.c.id == row.id))
        if content is None:
            continue
        sha256, until = hashlib.sha256(content).hexdigest(), row.created_at + DELIVERIES_KEPT_FOR
        mine = sa.update(STORED).where(STORED.c.sha256 == sha256).values(kept_until=until)
        if bind.execute(mine).rowcount:
            continue
        kept = {
            "sha256": sha256, "kind": "delivery", "size_bytes": len(content),
            "packed": zlib.compress(content), "stored_at": row.created_at, "kept_until": until,
        }  # fmt: skip
        bind.execute(sa.insert(STORED).values(kept))
