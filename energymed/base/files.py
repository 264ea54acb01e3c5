"""Files kept as rows, named by the SHA-256 of their content: one backup has them, any node reads.

A content is kept once, compressed, until the latest day that anybody asked for. What comes back is
measured against its name: a row that was damaged says so, and the same file given again mends it.
"""

import hashlib
import re
import zlib
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    LargeBinary,
    String,
    case,
    delete,
    exists,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from energymed.base import audit
from energymed.base.codes import Code
from energymed.base.context import Context
from energymed.base.db import Model
from energymed.base.db.adding import inserting
from energymed.base.db.code_columns import CodeType, code_check
from energymed.base.errors import NotFound, Refused
from energymed.base.i18n import N_

_SHA256 = re.compile(r"[0-9a-f]{64}")
# The quickest: text is a fifth as long, at 70 MB a second. The usual level takes three times as
# long to save a quarter more, and other writers would wait for it.
_LEVEL = 1


class StoredKind(Code):
    """What a kept file is."""

    RAW = "raw"
    DELIVERY = "delivery"


class StoredFile(Model):
    """One content. `kind` is what it was first kept as; without `kept_until` it stays.

    `packed` is the content by zlib. It is read by `read_file` alone, never with a list.
    """

    __tablename__ = "stored_file"
    __table_args__ = (
        code_check("kind", StoredKind),
        CheckConstraint("length(sha256) = 64", name="sha256"),
        CheckConstraint("size_bytes >= 0", name="size_bytes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[StoredKind] = mapped_column(CodeType(StoredKind, 12))
    size_bytes: Mapped[int]
    packed: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    stored_at: Mapped[datetime]
    kept_until: Mapped[datetime | None] = mapped_column(index=True)


def keep_file(
    session: Session, content: bytes, kind: StoredKind, *, now: datetime, until: datetime | None
) -> str:
    """Keep `content` with the transaction, at least `until` then; its SHA-256. Safe to repeat.

    Without an `until` it stays.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    adding = inserting(session, StoredFile).values(
        sha256=sha256, kind=kind, size_bytes=len(content), packed=zlib.compress(content, _LEVEL),
        stored_at=now, kept_until=until,
    )  # fmt: skip
    asked, known = adding.excluded.kept_until, StoredFile.kept_until
    later = case((or_(asked.is_(None), known.is_(None)), None), (asked > known, asked), else_=known)
    given = adding.excluded
    mended = {"packed": given.packed, "size_bytes": given.size_bytes, "kept_until": later}
    session.execute(adding.on_conflict_do_update(index_elements=["sha256"], set_=mended))
    return sha256


def read_file(session: Session, sha256: str) -> bytes:
    """The content kept under this SHA-256.

    Raises:
        NotFound: when it was never kept, or its time is over.
        Refused: when what is kept is damaged.
    """
    _check_name(sha256)
    found = session.execute(
        select(StoredFile.packed, StoredFile.size_bytes).where(StoredFile.sha256 == sha256)
    ).one_or_none()
    if found is None:
        raise NotFound(N_("Le fichier d'origine n'est plus conservé : déposez-le à nouveau."))
    content = unpacked(found.packed, found.size_bytes, sha256)
    if content is None:
        raise Refused(N_("Le fichier conservé est abîmé : donnez le même à nouveau."))
    return content


def has_file(session: Session, sha256: str) -> bool:
    """Whether the content is still there."""
    _check_name(sha256)
    return bool(session.scalar(select(exists().where(StoredFile.sha256 == sha256))))


def unpacked(packed: bytes, size: int, sha256: str) -> bytes | None:
    """The content, never longer than it was; None when it is not what was packed."""
    reader = zlib.decompressobj()
    try:
        content = reader.decompress(packed, size + 1)
    except zlib.error:
        return None
    whole = len(content) == size and hashlib.sha256(content).hexdigest() == sha256
    return content if whole else None


def purge_files(ctx: Context) -> int:
    """Delete the files whose time is over; returns how many. The trail keeps that they were."""
    over = StoredFile.kept_until <= ctx.now
    gone = delete(StoredFile).where(over).returning(StoredFile.id, StoredFile.kind)
    purged = ctx.session.execute(gone).all()
    for file_id, kind in purged:
        audit.record_of(ctx, "file.purged", StoredFile, file_id, before={"kind": kind})
    return len(purged)


def _check_name(sha256: str) -> None:
    if not _SHA256.fullmatch(sha256):
        raise ValueError("not a SHA-256")
