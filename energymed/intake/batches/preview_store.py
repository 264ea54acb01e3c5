"""Previews: what importing a waiting file would do, worked out once and kept until it is decided.

The lines are kept as rows, so that a page of a very large file costs what a page of a small one
does. The import itself plans anew: a preview may be older than a call or another file.
"""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.db.bulk import insert_rows
from energymed.intake.codes import FileDoubt, ProblemCode, RowOutcome, SensitiveKind, Severity
from energymed.intake.importing.file_guard import Suspicion
from energymed.intake.importing.planned import MissingCase
from energymed.intake.mapping.headers import suggest
from energymed.intake.mapping.profiles import LayoutChange, layout_change
from energymed.intake.models import Batch, BatchPreview, PreviewRow
from energymed.intake.queries import get_batch
from energymed.intake.rows import Note, Problem

HOLDS_FOR = timedelta(hours=1)
MISSING_KEPT = 100
_SHAPE = 6  # of what is kept: another number makes every kept check anew


@dataclass(frozen=True, slots=True)
class Group:
    """Problems of one code and severity: how many lines, and the first of them as example."""

    code: ProblemCode
    severity: Severity
    count: int
    example: Problem


@dataclass(slots=True)
class Summary:
    """What a check says of the whole file.

    `counts` are those of `ImportReport`; `missing` the first cases that the file no longer names;
    `concerned` {code: lines that a decision changed, or whose household is known}; the columns
    `left_out`, {column: kind}, are never kept; `notes` are what the reader concluded, `doubts` are
    about the whole file;
    `refusal` is (sentence, its values) when the file cannot be imported at all.
    """

    counts: dict[str, int] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)
    missing: list[MissingCase] = field(default_factory=list)
    concerned: dict[str, int] = field(default_factory=dict)
    changed: int = 0
    columns: dict[str, str] = field(default_factory=dict)
    unmapped: list[str] = field(default_factory=list)
    left_out: dict[str, SensitiveKind] = field(default_factory=dict)
    repeated: list[str] = field(default_factory=list)
    other_sheets: list[str] = field(default_factory=list)
    doubts: list[Suspicion] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    refusal: tuple[str, dict[str, Any]] | None = None


@dataclass(slots=True)
class PreviewDraft:
    """A check that was worked out and is not kept yet."""

    basis: str
    summary: Summary
    rows: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Preview:
    """A waiting batch and its check; `summary` is None until it is worked out.

    `change` is what differs from the columns that the
    partner's files had before.
    """

    batch: Batch
    summary: Summary | None
    change: LayoutChange | None = None


def lacks_columns(batch: Batch) -> bool:
    """Whether a required column was not found: the columns are to be chosen first."""
    return bool(suggest(batch.headers, batch.kind, batch.mapping).missing)


def load_preview(ctx: Context, batch_id: int) -> Preview:
    """The batch with its check, as long as that holds. Reads only."""
    batch = get_batch(ctx, batch_id)
    summary = current_summary(ctx.session, batch, ctx.now)
    if summary is None:
        return Preview(batch, None)
    return Preview(batch, summary, layout_change(ctx.session, batch))


def basis_of(session: Session, batch: Batch, now: datetime) -> str:
    """Everything that a check rests on, in one word: the file, what was chosen, what came since."""
    near = (Batch.partner_id == batch.partner_id) | (Batch.site_id == batch.site_id)
    last = session.execute(
        select(func.max(Batch.committed_at), func.max(Batch.undone_at)).where(near)
    ).one()
    rests_on = [
        _SHAPE, batch.kind, batch.week, batch.mapping, batch.row_edits, batch.decisions,
        batch.continues_id, str(paris_date(now)), *map(str, last),
    ]  # fmt: skip
    return sha256(json.dumps(rests_on, sort_keys=True).encode()).hexdigest()


def current_summary(session: Session, batch: Batch, now: datetime) -> Summary | None:
    """The check of a waiting file, as long as it holds."""
    kept = session.get(BatchPreview, batch.id)
    if kept is None or now - kept.checked_at > HOLDS_FOR:
        return None
    return _read(kept.summary) if kept.basis == basis_of(session, batch, now) else None


def store(session: Session, batch: Batch, draft: PreviewDraft, *, now: datetime) -> None:
    """Keep a check in place of the former one; the caller holds the batch."""
    delete_preview(session, batch)
    session.add(
        BatchPreview(
            batch_id=batch.id,
            basis=draft.basis,
            checked_at=now,
            summary=asdict(draft.summary),
        )
    )
    session.flush()
    insert_rows(session, PreviewRow, draft.rows)


def delete_preview(session: Session, batch: Batch) -> None:
    """Let go of a check: the file was decided about, or is checked anew."""
    for model in (PreviewRow, BatchPreview):
        session.execute(
            delete(model).where(model.batch_id == batch.id),
            execution_options={"synchronize_session": "fetch" if model is BatchPreview else False},
        )


def preview_rows(
    batch: Batch, *, outcome: str = "", code: str = "", changed: bool = False
) -> Select[PreviewRow]:
    """A select of the lines of a check in the order of the file, to be paged.

    Only those of an `outcome`, with a problem of this `code`, or that change a known case.
    """
    statement = select(PreviewRow).where(PreviewRow.batch_id == batch.id)
    if outcome:
        statement = statement.where(PreviewRow.outcome == outcome)
    if code:
        statement = statement.where(PreviewRow.codes.contains(f" {code} ", autoescape=True))
    if changed:
        statement = statement.where(PreviewRow.outcome == RowOutcome.UPDATED)
    return statement.order_by(PreviewRow.row_number)


def preview_row(session: Session, batch: Batch, row_number: int) -> PreviewRow | None:
    """One line of a check."""
    return session.get(PreviewRow, (batch.id, row_number))


def _read(kept: dict[str, Any]) -> Summary:
    groups = [_read_group(group) for group in kept["groups"]]
    missing = [MissingCase(**case) for case in kept["missing"]]
    doubts = [Suspicion(FileDoubt(doubt["code"]), doubt["params"]) for doubt in kept["doubts"]]
    refusal = tuple(kept["refusal"]) if kept["refusal"] else None
    notes = [Note(*note) for note in kept["notes"]]
    read = {"groups": groups, "missing": missing, "notes": notes, "doubts": doubts}
    return Summary(**{**kept, **read, "refusal": refusal})


def _read_group(kept: dict[str, Any]) -> Group:
    example = kept["example"]
    problem = Problem.from_kept(example["row"], example["reference"], example)
    return Group(ProblemCode(kept["code"]), Severity(kept["severity"]), kept["count"], problem)
