"""Checks: what importing a waiting file would do, worked out once and kept until it is decided.

The lines are kept as rows, so that a page of a very large file costs what a page of a small one
does. The import itself plans anew: a check may be older than a call or another file.
"""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from energymed.base.clock import paris_date
from energymed.base.db.bulk import insert_rows
from energymed.intake.importing.plan import MissingCase
from energymed.intake.models import Batch, Check, CheckedLine
from energymed.intake.rows import Problem

HOLDS_FOR = timedelta(hours=1)
MISSING_KEPT = 100
_SHAPE = 1  # of what is kept: another number makes every kept check anew


@dataclass(frozen=True, slots=True)
class Group:
    """Problems of one code and severity: how many lines, and the first of them as example."""

    code: str
    severity: str
    count: int
    example: Problem


@dataclass(slots=True)
class Summary:
    """What a check says of the whole file.

    `counts` are those of `ImportReport`; `missing` the first cases that the file no longer names;
    `concerned` {code: lines that a decision changed}; `private` {column: kind} and `left_out` are
    never kept; `refusal` is (sentence, its values) when the file cannot be imported at all.
    """

    counts: dict[str, int] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)
    missing: list[MissingCase] = field(default_factory=list)
    concerned: dict[str, int] = field(default_factory=dict)
    changed: int = 0
    columns: dict[str, str] = field(default_factory=dict)
    unmapped: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    private: dict[str, str] = field(default_factory=dict)
    repeated: list[str] = field(default_factory=list)
    other_sheets: list[str] = field(default_factory=list)
    refusal: tuple[str, dict[str, Any]] | None = None


@dataclass(slots=True)
class Findings:
    """A check that was worked out and is not kept yet."""

    fingerprint: str
    summary: Summary
    lines: list[dict[str, Any]] = field(default_factory=list)


def fingerprint(session: Session, batch: Batch, now: datetime) -> str:
    """Everything that a check rests on, in one word: the file, what was chosen, what came since."""
    near = (Batch.partner_id == batch.partner_id) | (Batch.site_id == batch.site_id)
    last = session.execute(
        select(func.max(Batch.committed_at), func.max(Batch.undone_at)).where(near)
    ).one()
    rests_on = [
        _SHAPE, batch.kind, batch.week, batch.mapping, batch.mends, batch.decisions,
        batch.continues_id, str(paris_date(now)), *map(str, last),
    ]  # fmt: skip
    return sha256(json.dumps(rests_on, sort_keys=True).encode()).hexdigest()


def standing(session: Session, batch: Batch, now: datetime) -> Summary | None:
    """The check of a waiting file, as long as it holds."""
    kept = session.get(Check, batch.id)
    if kept is None or now - kept.checked_at > HOLDS_FOR:
        return None
    return _read(kept.summary) if kept.fingerprint == fingerprint(session, batch, now) else None


def keep(session: Session, batch: Batch, found: Findings, *, now: datetime) -> None:
    """Keep a check in place of the former one; the caller holds the batch."""
    forget(session, batch)
    session.add(
        Check(
            batch_id=batch.id,
            fingerprint=found.fingerprint,
            checked_at=now,
            summary=asdict(found.summary),
        )
    )
    session.flush()
    insert_rows(session, CheckedLine, found.lines)


def forget(session: Session, batch: Batch) -> None:
    """Let go of a check: the file was decided about, or is checked anew."""
    for model in (CheckedLine, Check):
        session.execute(
            delete(model).where(model.batch_id == batch.id),
            execution_options={"synchronize_session": "fetch" if model is Check else False},
        )


def lines(
    batch: Batch, *, outcome: str = "", code: str = "", changed: bool = False
) -> Select[CheckedLine]:
    """A select of the lines of a check in the order of the file, to be paged.

    Only those of an `outcome`, with a problem of this `code`, or that change a known case.
    """
    statement = select(CheckedLine).where(CheckedLine.batch_id == batch.id)
    if outcome:
        statement = statement.where(CheckedLine.outcome == outcome)
    if code:
        statement = statement.where(CheckedLine.codes.contains(f" {code} ", autoescape=True))
    if changed:
        statement = statement.where(CheckedLine.changes.is_not(None))
    return statement.order_by(CheckedLine.row_number)


def line(session: Session, batch: Batch, row_number: int) -> CheckedLine | None:
    """One line of a check."""
    return session.get(CheckedLine, (batch.id, row_number))


def _read(kept: dict[str, Any]) -> Summary:
    groups = [Group(**{**one, "example": Problem(**one["example"])}) for one in kept["groups"]]
    missing = [MissingCase(**one) for one in kept["missing"]]
    refusal = tuple(kept["refusal"]) if kept["refusal"] else None
    return Summary(**{**kept, "groups": groups, "missing": missing, "refusal": refusal})
