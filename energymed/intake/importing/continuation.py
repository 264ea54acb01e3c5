"""Continuations: rejected lines that come back mended belong to the file that they were cut from.

The file of rejected lines says in the title of its last column which batch it is of, which every
spreadsheet keeps. A batch and its continuations are one file: a family. The next weekly file is
compared with the whole family, and a continuation makes nobody missing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.base.context import Context
from energymed.base.errors import Refused
from energymed.base.i18n import N_
from energymed.intake.codes import LEFT_ASIDE, BatchState, FileKind
from energymed.intake.mapping.headers import suggest
from energymed.intake.mapping.rejection_column import reason_columns
from energymed.intake.models import Batch, BatchRow
from energymed.intake.queries import batches
from energymed.intake.rows import MappedFile, Sheet, texts
from energymed.intake.synonyms import canonical

_CANDIDATES = 20  # files looked at when the number is gone from the title
_TELLING = 4  # characters: a shorter cell says too little to know a line by


def recognise(
    session: Session, mapped: MappedFile, *, partner_id: int, site_id: int, kind: FileKind | None
) -> tuple[MappedFile, Batch | None]:
    """The batch that a file continues, and the file read with the columns of that batch.

    A `kind` that somebody gave is kept. A file is a continuation when it has our reason column
    and most of its lines were rejected before.
    """
    first = _first(session, mapped.sheet, partner_id, site_id, kind)
    if first is None:
        return mapped, None
    headers, sensitive = mapped.sheet.headers, mapped.mapping.left_out
    mapping = suggest(headers, first.kind, first.mapping, sensitive)
    return replace(mapped, mapping=mapping, kind=first.kind), first


def _first(
    session: Session, sheet: Sheet, partner_id: int, site_id: int, kind: FileKind | None
) -> Batch | None:
    columns = reason_columns(sheet.headers)
    if not columns:
        return None
    statement = (
        select(Batch)
        .where(
            Batch.partner_id == partner_id,
            Batch.site_id == site_id,
            Batch.rejected + Batch.held > 0,
        )
        .order_by(Batch.committed_at.desc(), Batch.id.desc())
    )
    if kind is not None:
        statement = statement.where(Batch.kind == kind)
    named = columns[0].batch_id
    if named is not None:  # an undone one, too: the import then says what to do
        statement = statement.where(
            Batch.id == named, Batch.state.in_((BatchState.COMMITTED, BatchState.UNDONE))
        )
    else:
        statement = statement.where(Batch.state == BatchState.COMMITTED)
    for batch in session.scalars(statement.limit(_CANDIDATES)):
        if _is_cut_from(session, batch, sheet, named=named is not None):
            return batch
    return None


def _is_cut_from(session: Session, batch: Batch, sheet: Sheet, *, named: bool) -> bool:
    """Whether most lines of the sheet are rejected lines of the batch, mended or not."""
    if not sheet.rows or len(sheet.rows) > 2 * batch.left_aside + 1:
        return False
    kept = session.scalars(
        select(BatchRow.raw).where(
            BatchRow.batch_id == batch.id,
            BatchRow.outcome.in_(LEFT_ASIDE),
            BatchRow.raw.is_not(None),
        )
    ).all()
    if not kept:  # their cells are gone with the retention: the title alone is left to believe
        return named
    cells = {cell for raw in kept for cell in _telling(batch.headers, raw or ())}
    known = sum(
        not cells.isdisjoint(_telling(sheet.headers, texts(row.cells))) for row in sheet.rows
    )
    return known * 2 >= len(sheet.rows)


def _telling(headers: Sequence[str], cells: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The cells by which a line is known again, apart from our own column."""
    ours = {column.header for column in reason_columns(headers)}
    for header, text in zip(headers, cells, strict=False):
        cell = text.strip().lstrip("'")
        if len(cell) >= _TELLING and header not in ours:
            yield canonical(header), cell


def check_continued(session: Session, batch: Batch) -> None:
    """Check, before a continuation is imported, that what it continues is still imported.

    When that file was undone and imported again since, the new batch is continued instead.

    Raises:
        Refused: the first file was undone.
    """
    if batch.continues_id is None:
        return
    first = session.get_one(Batch, batch.continues_id, populate_existing=True)
    if first.state == BatchState.COMMITTED:
        return
    again = session.scalar(
        select(Batch.id).where(
            Batch.partner_id == first.partner_id,
            Batch.site_id == first.site_id,
            Batch.kind == first.kind,
            Batch.sha256 == first.sha256,
            Batch.state == BatchState.COMMITTED,
        )
    )
    if again is None:
        raise Refused(
            N_(
                "Ce fichier est la suite de « %(file)s » (lot %(batch)s), dont l'import a été "
                "annulé : importez d'abord ce fichier à nouveau."
            ),
            file=first.file_name,
            batch=first.id,
        )
    batch.continues_id = again


def root_id(session: Session, batch: Batch) -> int:
    """The first batch of the family."""
    at = batch
    while at.continues_id is not None:
        at = session.get_one(Batch, at.continues_id)
    return at.id


def family(session: Session, root: int) -> list[int]:
    """Ids of a batch and of all that stands as its continuation."""
    found, last = [root], [root]
    while last:
        last = list(
            session.scalars(
                select(Batch.id)
                .where(Batch.continues_id.in_(last), Batch.state == BatchState.COMMITTED)
                .order_by(Batch.id)
            )
        )
        found += last
    return found


def latest_root(session: Session, partner_id: int, site_id: int, kind: FileKind) -> int | None:
    """The last whole file imported for this partner, site and kind."""
    return session.scalar(
        select(Batch.id)
        .where(Batch.partner_id == partner_id, Batch.site_id == site_id, Batch.kind == kind)
        .where(Batch.state == BatchState.COMMITTED, Batch.continues_id.is_(None))
        .order_by(Batch.committed_at.desc(), Batch.id.desc())
        .limit(1)
    )


def previous_files(session: Session, partner_id: int, site_id: int, kind: FileKind) -> list[int]:
    """The last whole file imported for this partner, site and kind, with its continuations."""
    root = latest_root(session, partner_id, site_id, kind)
    return [] if root is None else family(session, root)


def rejected_references(session: Session, batch_ids: Sequence[int]) -> set[str]:
    """References of lines that could not be read then: their cases, older, may be open."""
    if not batch_ids:
        return set()
    references = session.scalars(
        select(BatchRow.reference)
        .where(BatchRow.batch_id.in_(batch_ids), BatchRow.outcome.in_(LEFT_ASIDE))
        .where(BatchRow.reference.is_not(None))
    )
    return set(filter(None, references))


def continuations(ctx: Context, batch: Batch) -> list[Batch]:
    """The files that stand as continuations of this one, first imported first."""
    statement = batches(ctx.actor, state=BatchState.COMMITTED).where(Batch.continues_id == batch.id)
    return list(
        ctx.session.scalars(statement.order_by(None).order_by(Batch.committed_at, Batch.id))
    )


def accepted_since(session: Session, batch: Batch) -> int:
    """How many of the rejected lines of a batch are in by now, through its continuations."""
    others = family(session, batch.id)[1:]
    if not others:
        return 0
    accepted = Batch.created + Batch.updated + Batch.unchanged + Batch.recorded
    total = session.scalar(select(func.sum(accepted)).where(Batch.id.in_(others))) or 0
    return min(batch.left_aside, int(total))
