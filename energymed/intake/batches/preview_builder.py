"""Gathering: a check put together from the pieces of a plan; nothing is written here."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from energymed.base.errors import Refused
from energymed.intake.batches.preview_store import MISSING_KEPT, Findings, Group, Summary
from energymed.intake.checking.decisions import NEW_PHONE
from energymed.intake.importing.payments import PaymentsPlan
from energymed.intake.importing.plan import CasesPlan, MissingCase, PlannedCase
from energymed.intake.importing.report import ImportReport, Plan
from energymed.intake.models import Batch
from energymed.intake.rows import DuplicateRow, Problem, RejectedRow

_NUMBERS = (
    "rows", "created", "updated", "unchanged", "recorded", "rejected", "duplicates", "ignored",
    "missing_from_file", "total_cents",
)  # fmt: skip


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
