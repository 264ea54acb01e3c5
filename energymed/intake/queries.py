"""Reads on imported files: one, a list, and what became of each line."""

from dataclasses import dataclass
from datetime import date
from string import hexdigits
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from energymed.accounts.models import User
from energymed.accounts.scope import scoped
from energymed.base.context import Actor, Context
from energymed.base.db.list_query import ListQuery
from energymed.base.errors import NotFound
from energymed.base.i18n import N_
from energymed.base.text.folding import whole_number
from energymed.cases.models import Case
from energymed.cases.search import matches
from energymed.intake.codes import LEFT_ASIDE, BatchState, FileKind, RowOutcome
from energymed.intake.models import Batch, BatchRow, PreviewRow
from energymed.intake.rows import Problem

_SHORTEST_SHA = 4


class RejectedLine(NamedTuple):
    """A rejected line to mend: its cells under `Batch.headers`, and why."""

    row_number: int
    cells: list[str]
    problems: list[Problem]


def get_batch(ctx: Context, batch_id: int, *, lock: bool = False) -> Batch:
    """The batch, when it is the actor's to see.

    Raises:
        NotFound: unknown, of another site or of another partner, told the same way.
    """
    statement = scoped(select(Batch), Batch, ctx.actor).where(Batch.id == batch_id)
    if lock:
        statement = statement.with_for_update(of=Batch).execution_options(populate_existing=True)
    batch = ctx.session.scalar(statement)
    if batch is None:
        raise NotFound(N_("Ce fichier n'existe pas, ou n'est pas de votre site."))
    return batch


def payments_known_until(session: Session) -> dict[tuple[int, int], date]:
    """{(partner, site): day of the latest payments file that stands}."""
    statement = (
        select(Batch.partner_id, Batch.site_id, func.max(Batch.as_of))
        .where(Batch.kind == FileKind.PAYMENTS, Batch.state == BatchState.COMMITTED)
        .group_by(Batch.partner_id, Batch.site_id)
    )
    rows = session.execute(statement)
    return {(partner_id, site_id): on for partner_id, site_id, on in rows if on is not None}


def batches(actor: Actor, *, state: BatchState | None = None) -> Select[Batch]:
    """A select of the batches that the actor may see, latest first, to be paged."""
    statement = scoped(select(Batch), Batch, actor).options(
        joinedload(Batch.partner, innerjoin=True), joinedload(Batch.uploaded_by)
    )
    if state is not None:
        statement = statement.where(Batch.state == state)
    return statement.order_by(Batch.uploaded_at.desc(), Batch.id.desc())


@dataclass(frozen=True, slots=True)
class BatchSearch:
    """Which files to list; empty fields ask nothing.

    `text` is matched against the file's name, who brought it, its number, the beginning of its
    SHA-256, and the people whose cases it opened or named last. `sort` is one of `BATCHES.sorts`,
    with a minus for descending.
    """

    text: str = ""
    partner_id: int | None = None
    kind: FileKind | None = None
    state: BatchState | None = None
    sort: str = "-uploaded"


def search_batches(ctx: Context, search: BatchSearch) -> Select[Batch]:
    """A select of the actor's files; an abandoned one is listed only when asked for."""
    statement = batches(ctx.actor)
    if search.state is None:
        statement = statement.where(Batch.state != BatchState.DISCARDED)
    if search.text:
        statement = statement.where(_matches(ctx, search.text))
    return BATCHES.apply(statement, search)


def _matches(ctx: Context, text: str) -> ColumnElement[bool]:
    theirs = select(Case.opened_batch_id, Case.last_batch_id).where(matches(ctx, text))
    cases = theirs.subquery()
    options = [
        Batch.id.in_(select(cases.c.opened_batch_id)),
        Batch.id.in_(select(cases.c.last_batch_id)),
        Batch.file_name.icontains(text, autoescape=True),
        Batch.uploaded_by.has(User.name.icontains(text, autoescape=True)),
    ]
    if len(text) >= _SHORTEST_SHA and all(sign in hexdigits for sign in text):
        options.append(Batch.sha256.startswith(text.lower()))
    if (number := whole_number(text)) is not None:
        options.append(Batch.id == number)
    return or_(*options)


BATCHES = ListQuery(
    sorts={
        "uploaded": Batch.uploaded_at,
        "name": Batch.file_name,
        "rows": Batch.rows,
        "rejected": Batch.rejected,
        "total": Batch.total_cents,
    },
    usual="-uploaded",
    ties=(Batch.id.desc(),),
    filters={
        "partner_id": lambda partner_id: Batch.partner_id == partner_id,
        "kind": lambda kind: Batch.kind == kind,
        "state": lambda state: Batch.state == state,
    },
)


def is_older(session: Session, batch: Batch, as_of: date) -> bool:
    """Whether a file of a later day is imported for the same partner, site and mission."""
    if batch.kind == FileKind.PAYMENTS:
        return False
    newer = (
        select(Batch.id)
        .where(Batch.partner_id == batch.partner_id, Batch.site_id == batch.site_id)
        .where(Batch.kind == batch.kind, Batch.as_of > as_of, Batch.continues_id.is_(None))
        .where(Batch.state == BatchState.COMMITTED)
    )
    return session.scalar(newer.limit(1)) is not None


def lines(batch: Batch, *, outcome: RowOutcome | None = None) -> Select[BatchRow]:
    """A select of what became of each line, in the order of the file, to be paged."""
    statement = select(BatchRow).where(BatchRow.batch_id == batch.id)
    if outcome is not None:
        statement = statement.where(BatchRow.outcome == outcome)
    return statement.order_by(BatchRow.row_number, BatchRow.id)


def searched_lines(
    ctx: Context, batch: Batch, *, outcome: RowOutcome | None, text: str
) -> Select[BatchRow]:
    """`lines` of a person, of a part of a reference, or of one number."""
    statement = lines(batch, outcome=outcome)
    if not text:
        return statement
    theirs = BatchRow.case_id.in_(select(Case.id).where(matches(ctx, text)))
    found = theirs | BatchRow.reference.icontains(text, autoescape=True)
    if (number := whole_number(text)) is not None:
        found = found | (BatchRow.row_number == number)
    return statement.where(found)


def problems_of(row: BatchRow | PreviewRow) -> list[Problem]:
    """The problems kept with a line, errors first as they were found."""
    items: list[dict[str, Any]] = (row.problems or {}).get("items", [])
    return [Problem.from_kept(row.row_number, row.reference, item) for item in items]


def problems(session: Session, batch: Batch) -> list[Problem]:
    """Every problem of a committed batch, in the order of the lines."""
    rows = session.scalars(lines(batch).where(BatchRow.problems.is_not(None)))
    return [problem for row in rows for problem in problems_of(row)]


def rejected_lines(session: Session, batch: Batch) -> list[RejectedLine]:
    """The lines of a batch that were left aside; without cells once retention cut them."""
    rows = session.scalars(lines(batch).where(BatchRow.outcome.in_(LEFT_ASIDE)))
    return [RejectedLine(row.row_number, row.raw or [], problems_of(row)) for row in rows]
