"""Checks: what importing a waiting file would do, worked out once and kept until it is decided.

The lines are kept as rows, so that a page of a very large file costs what a page of a small one
does. The import itself plans anew: a check may be older than a call or another file.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from energymed.base.bulk import insert_rows
from energymed.base.clock import paris_date
from energymed.base.errors import Refused
from energymed.intake.decisions import NEW_PHONE
from energymed.intake.models import Batch, Check, CheckedLine
from energymed.intake.payments import PaymentsPlan
from energymed.intake.plan import CasesPlan, MissingCase, PlannedCase
from energymed.intake.report import ImportReport, Plan
from energymed.intake.rows import DuplicateRow, Problem, RejectedRow

HOLDS_FOR = timedelta(hours=1)
MISSING_KEPT = 100
_SHAPE = 1  # of what is kept: another number makes every kept check anew
_NUMBERS = (
    "rows", "created", "updated", "unchanged", "recorded", "rejected", "duplicates", "ignored",
    "missing_from_file", "total_cents",
)  # fmt: skip


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


def problems_of(row: CheckedLine) -> list[Problem]:
    """The problems of a line, errors first."""
    items: list[dict[str, Any]] = (row.problems or {}).get("items", [])
    return [Problem(row=row.row_number, reference=row.reference, **item) for item in items]


class Gathering:
    """Puts a check together from the pieces of a plan."""

    def __init__(self, batch: Batch, fingerprint: str) -> None:
        self.batch_id = batch.id
        self.found = Findings(fingerprint, Summary())
        self._counts: Counter[tuple[str, str]] = Counter()
        self._first: dict[tuple[str, str], Problem] = {}
        self._concerned: Counter[str] = Counter()

    def add(self, plan: Plan) -> None:
        """Take in one more piece."""
        told: dict[int, list[Problem]] = {}
        for problem in plan.problems:
            told.setdefault(problem.row, []).append(problem)
            key = (problem.severity, problem.code)
            self._counts[key] += 1
            if key not in self._first or problem.row < self._first[key].row:
                self._first[key] = problem
        accepted = _payments(plan) if isinstance(plan, PaymentsPlan) else self._cases(plan)
        for row in (*accepted, *map(_duplicate, plan.duplicates), *map(_rejected, plan.rejected)):
            self.found.lines.append(self._line(row, told.get(row["row_number"], [])))

    def add_missing(self, case: MissingCase) -> None:
        """Take in a case that the file no longer names; the first ones are kept."""
        if len(self.found.summary.missing) < MISSING_KEPT:
            self.found.summary.missing.append(case)

    def finish(self, report: ImportReport) -> Findings:
        """The whole check."""
        summary = self.found.summary
        summary.counts = {name: getattr(report, name) for name in _NUMBERS}
        keys = sorted(self._counts, key=lambda key: (key[0] != "error", -self._counts[key], key[1]))
        summary.groups = [
            Group(code, severity, self._counts[severity, code], self._first[severity, code])
            for severity, code in keys
        ]
        summary.concerned = {code: count for code, count in self._concerned.items() if count}
        summary.changed = sum(row["changes"] is not None for row in self.found.lines)
        return self.found

    @staticmethod
    def _cases(plan: CasesPlan) -> Iterator[dict[str, Any]]:
        for one in plan.planned:
            row = one.row
            yield {
                "row_number": row.row_number,
                "reference": row.reference,
                "name": " ".join(filter(None, (row.civility, row.first_name, row.last_name))),
                "amount_cents": row.debt_cents,
                "outcome": one.outcome,
                "case_id": one.known.id if one.known else None,
                "changes": _changes(one),
                "decided": _decidable(one),
            }

    def _line(self, row: dict[str, Any], problems: list[Problem]) -> dict[str, Any]:
        decided = row.pop("decided", [])
        self._concerned.update(decided)
        errors_first = sorted(problems, key=lambda problem: problem.severity != "error")
        items = [
            {"severity": one.severity, "code": one.code, "column": one.column,
             "params": one.params}
            for one in errors_first
        ]  # fmt: skip
        codes = " ".join(dict.fromkeys([*(one.code for one in errors_first), *decided]))
        return {
            **_NOTHING,
            **row,
            "batch_id": self.batch_id,
            "codes": f" {codes} " if codes else " ",
            "problems": {"items": items} if items else None,
        }


_NOTHING: dict[str, Any] = {
    "name": None, "amount_cents": None, "case_id": None, "first_row": None, "changes": None,
}  # fmt: skip


def refused(batch: Batch, fingerprint: str, error: Refused) -> Findings:
    """A check that says only why the file cannot be imported."""
    counts = dict.fromkeys(_NUMBERS, 0)
    return Findings(fingerprint, Summary(counts=counts, refusal=(error.message, error.params)))


def _changes(one: PlannedCase) -> dict[str, Any] | None:
    """{"items": [[field, old, new]]} as JSON keeps it; a number that is added is a "phone"."""
    pairs = {**one.person_changes, **one.changes}
    items = [[name, _plain(old), _plain(new)] for name, (old, new) in pairs.items()]
    items += [["phone", None, number] for number in one.new_phones]
    return {"items": items} if items and one.known is not None else None


def _decidable(one: PlannedCase) -> list[str]:
    """Codes of the decisions that this accepted line is about."""
    if one.known is None:
        return []
    zero = one.row.debt_cents == 0
    return [NEW_PHONE] * bool(one.new_phones) + ["amount_not_positive"] * zero


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _payments(plan: PaymentsPlan) -> Iterator[dict[str, Any]]:
    for outcome, payments in (("recorded", plan.planned), ("duplicate", plan.already)):
        for one in payments:
            yield {
                "row_number": one.row.row_number,
                "reference": one.row.reference,
                "amount_cents": one.row.amount_cents,
                "outcome": outcome,
                "case_id": one.case_id,
            }


def _duplicate(row: DuplicateRow) -> dict[str, Any]:
    return {
        "row_number": row.row_number,
        "reference": row.reference,
        "outcome": "duplicate",
        "first_row": row.first_row,
        "decided": ["conflicting_duplicate"] if row.outdated else [],
    }


def _rejected(row: RejectedRow) -> dict[str, Any]:
    return {"row_number": row.row_number, "reference": row.reference, "outcome": "rejected"}


def _read(kept: dict[str, Any]) -> Summary:
    groups = [Group(**{**one, "example": Problem(**one["example"])}) for one in kept["groups"]]
    missing = [MissingCase(**one) for one in kept["missing"]]
    refusal = tuple(kept["refusal"]) if kept["refusal"] else None
    return Summary(**{**kept, "groups": groups, "missing": missing, "refusal": refusal})
