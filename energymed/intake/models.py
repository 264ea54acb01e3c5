"""Tables: a batch is one file of a partner, from deposit or preview to import and undo."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from energymed.accounts.models import Site, User
from energymed.base.db import Model
from energymed.base.db.code_columns import CodeType, code_check
from energymed.cases.models import Case
from energymed.intake.codes import BatchOrigin, BatchState, DiscardReason, FileKind, RowOutcome
from energymed.partners.models import Partner

RAW_KEPT_FOR = timedelta(days=30)  # the bytes of a file, after it came (DOMAIN §12)


class Batch(Model):
    """One file. `kind` is a campaign kind or 'payments'; counts are those of the import.

    `as_of` is the civil date at which the file's amounts are true: the day of import kept
    within the file's ISO week (`week`, "2026-W47"). `continues_id` is the batch whose rejected
    lines this one brings again, mended. `row_edits` are the corrections made on screen,
    {line number: {column: text}}; `decisions` are {problem code: choice}, see `checking.decisions`.

    `origin` says by which door it came: 'site' (a lead, or the command line), 'desk' (the
    partner's own desk) or 'inbox' (the watched folder; `inbox_token` then names the one arrival
    that it is). `discard_reason` is a code of `codes.DISCARD_REASONS`, `discard_note` the word to
    the partner.
    """

    __tablename__ = "batch"
    __table_args__ = (
        code_check("state", BatchState),
        code_check("kind", FileKind),
        code_check("origin", BatchOrigin),
        code_check("discard_reason", DiscardReason),
        Index(
            "uq_batch_partner_id_sha256_committed",
            "partner_id",
            "site_id",
            "kind",
            "sha256",
            unique=True,
            sqlite_where=text("state = 'committed'"),
            postgresql_where=text("state = 'committed'"),
        ),
        Index("ix_batch_site_id_uploaded_at", "site_id", "uploaded_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("partner.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    kind: Mapped[FileKind] = mapped_column(CodeType(FileKind, 20))
    state: Mapped[BatchState] = mapped_column(CodeType(BatchState, 12))
    origin: Mapped[BatchOrigin] = mapped_column(CodeType(BatchOrigin, 8), default=BatchOrigin.SITE)
    inbox_token: Mapped[str | None] = mapped_column(String(32), unique=True)
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    encoding: Mapped[str | None] = mapped_column(String(20))
    delimiter: Mapped[str | None] = mapped_column(String(4))
    sheet_name: Mapped[str | None] = mapped_column(String(120))
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    headers: Mapped[list[str]] = mapped_column(default=list)
    row_edits: Mapped[dict[str, Any]] = mapped_column("mends", default=dict)
    decisions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    week: Mapped[str | None] = mapped_column(String(8))
    as_of: Mapped[date | None]
    partial: Mapped[bool] = mapped_column(default=False)  # it made nobody missing
    rows: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    recorded: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)
    duplicates: Mapped[int] = mapped_column(default=0)
    ignored: Mapped[int] = mapped_column(default=0)
    missing_from_file: Mapped[int] = mapped_column(default=0)
    total_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    uploaded_at: Mapped[datetime]
    committed_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    continues_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"), index=True)
    discarded_at: Mapped[datetime | None]
    discard_reason: Mapped[DiscardReason | None] = mapped_column(CodeType(DiscardReason, 12))
    discard_note: Mapped[str | None] = mapped_column(String(600))

    partner: Mapped[Partner] = relationship()
    site: Mapped[Site] = relationship()
    uploaded_by: Mapped[User | None] = relationship(foreign_keys=[uploaded_by_id])
    undone_by: Mapped[User | None] = relationship(foreign_keys=[undone_by_id])

    @property
    def left_aside(self) -> int:
        """Lines of which nothing was written: rejected, or held for somebody to decide."""
        return self.rejected + self.held


class BatchRow(Model):
    """What became of one line of a file.

    `raw` keeps the original cells of rejected and held rows only, to be mended; `problems` is
    {"items": [{"severity", "code", "column", "params"}]}; `before` is what an undo needs: the
    values that the line replaced ("case", "person" with "person_id", "last_batch_id",
    "missing_since_batch_id"), the rows it added ("new_person", "phones") and, on the first line
    of a file, the former "households" of people who changed theirs.
    """

    __tablename__ = "batch_row"
    __table_args__ = (
        code_check("outcome", RowOutcome),
        Index("ix_batch_row_batch_id_row_number", "batch_id", "row_number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id", ondelete="CASCADE"))
    row_number: Mapped[int]
    reference: Mapped[str | None] = mapped_column(String(60))
    outcome: Mapped[RowOutcome] = mapped_column(CodeType(RowOutcome, 10))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    before: Mapped[dict[str, Any] | None]
    raw: Mapped[list[str] | None]
    problems: Mapped[dict[str, Any] | None]

    case: Mapped[Case | None] = relationship()


class BatchPreview(Model):
    """What importing a waiting file would do, worked out once and kept until it is decided.

    It holds while its `basis` does (`preview_store.basis_of`). `summary` is what the page says of
    the whole file, as `preview_store` writes and reads it.
    """

    __tablename__ = "batch_check"

    batch_id: Mapped[int] = mapped_column(
        ForeignKey("batch.id", ondelete="CASCADE"), primary_key=True
    )
    basis: Mapped[str] = mapped_column("fingerprint", String(64))
    checked_at: Mapped[datetime]
    summary: Mapped[dict[str, Any]]


class PreviewRow(Model):
    """One line of a waiting file: what would become of it.

    `codes` are those of its problems and of decisions about it, between spaces, as in
    " no_phone bad_date "; `first_row` is the line that a duplicate repeats; `problems` is
    {"items": [...]} as of `BatchRow`; `changes` is {"items": [[field, old, new]]} for a known case,
    with the two names of a line that may speak of another "holder".
    `case_id` is no foreign key: the case may go while the line waits, and the import looks anew.
    """

    __tablename__ = "batch_check_line"

    batch_id: Mapped[int] = mapped_column(
        ForeignKey("batch.id", ondelete="CASCADE"), primary_key=True
    )
    row_number: Mapped[int] = mapped_column(primary_key=True)
    outcome: Mapped[RowOutcome] = mapped_column(CodeType(RowOutcome, 10))
    reference: Mapped[str | None] = mapped_column(String(60))
    name: Mapped[str | None] = mapped_column(String(270))
    amount_cents: Mapped[int | None] = mapped_column(BigInteger)
    case_id: Mapped[int | None]
    first_row: Mapped[int | None]
    codes: Mapped[str] = mapped_column(String(400), default=" ")
    problems: Mapped[dict[str, Any] | None]
    changes: Mapped[dict[str, Any] | None]
