"""What importing a waiting file would do, put together from the pieces of a plan."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from energymed.base.context import Context
from energymed.base.db.bulk import at_scale
from energymed.base.errors import Refused
from energymed.base.progress import Tick, untold
from energymed.intake.batches.pending_batches import open_batch, stored_file, target_of
from energymed.intake.batches.preview_store import (
    MISSING_KEPT,
    Group,
    PreviewDraft,
    Summary,
    basis_of,
    store,
)
from energymed.intake.checking.decisions import NEW_PHONE
from energymed.intake.checking.row_checks import checked_cases, checked_payments
from energymed.intake.codes import FileKind, ProblemCode, RowOutcome, Severity
from energymed.intake.importing.known_cases import Target
from energymed.intake.importing.payments import PaymentsPlan, plan_payments
from energymed.intake.importing.plan import Planner
from energymed.intake.importing.planned import CasesPlan, MissingCase, PlannedCase
from energymed.intake.importing.report import ImportReport, Plan, Totals, report
from energymed.intake.importing.signals import signs_of
from energymed.intake.models import Batch
from energymed.intake.queries import get_batch
from energymed.intake.rows import Doubt, DuplicateRow, MappedFile, Problem, RejectedRow

_NUMBERS = (
    "rows", "created", "updated", "unchanged", "recorded", "rejected", "held", "duplicates",
    "ignored", "missing_from_file", "total_cents",
)  # fmt: skip


def build_preview(ctx: Context, batch_id: int, *, tick: Tick = untold) -> PreviewDraft:
    """What importing the batch now would do, to be kept with `save_preview`. Reads only.

    Raises:
        NotFound: not the actor's, or the file is no longer kept.
        BadInput: a required column is missing.
        Cancelled: by `tick`.
    """
    batch = get_batch(ctx, batch_id)
    basis = basis_of(ctx.session, batch, ctx.now)
    mapped = stored_file(ctx.session, batch)
    target = target_of(ctx.session, batch, ctx.now)
    builder = PreviewBuilder(batch, basis)
    try:
        with at_scale(ctx.session):
            done = _build(ctx.session, target, mapped, builder, tick)
    except Refused as error:
        return _refused(batch, basis, error)
    found = builder.finish(done)
    summary, sheet = found.summary, mapped.sheet
    summary.columns, summary.unmapped = mapped.mapping.fields, mapped.mapping.unmapped
    summary.left_out = mapped.mapping.left_out
    summary.repeated, summary.other_sheets = sheet.repeated, sheet.other_sheets
    return found


def save_preview(ctx: Context, batch_id: int, draft: PreviewDraft) -> None:
    """Keep what was worked out, unless the file was changed or decided about meanwhile.

    Raises:
        Refused: it is not waiting any more.
    """
    batch = open_batch(ctx, batch_id)
    if draft.basis == basis_of(ctx.session, batch, ctx.now):
        store(ctx.session, batch, draft, now=ctx.now)


def _build(
    session: Session, target: Target, mapped: MappedFile, builder: "PreviewBuilder", tick: Tick
) -> ImportReport:
    """Plan the file piece by piece, then see which cases are missing from it."""
    if mapped.kind == FileKind.PAYMENTS:
        payments = plan_payments(session, target, mapped, checked_payments(mapped, target.today))
        builder.add(payments)
        builder.draft.summary.doubts = payments.doubts
        return report(mapped, payments)
    planner, totals = Planner(session, target, mapped), Totals()
    for piece in checked_cases(session, mapped, target.as_of, target.today):
        plan = planner.plan(piece)
        builder.add(plan)
        totals.add(plan)
        tick(totals.counts["rows"], len(mapped.sheet.rows))
    builder.draft.summary.doubts = doubts = planner.doubts()
    for case in planner.finish(doubts):
        builder.add_missing(case)
        totals.counts["missing_from_file"] += 1
    return totals.report(mapped)


class PreviewBuilder:
    """Puts a preview together from the pieces of a plan."""

    def __init__(self, batch: Batch, basis: str) -> None:
        self.batch_id = batch.id
        self.draft = PreviewDraft(basis, Summary())
        self._counts: Counter[tuple[Severity, ProblemCode]] = Counter()
        self._first: dict[tuple[Severity, ProblemCode], Problem] = {}
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
            self.draft.rows.append(self._line(row, told.get(row["row_number"], [])))

    def add_missing(self, case: MissingCase) -> None:
        """Take in a case that the file no longer names; the first ones are kept."""
        if len(self.draft.summary.missing) < MISSING_KEPT:
            self.draft.summary.missing.append(case)

    def finish(self, report: ImportReport) -> PreviewDraft:
        """The whole preview."""
        summary = self.draft.summary
        summary.counts = {name: getattr(report, name) for name in _NUMBERS}
        summary.notes = report.notes
        keys = sorted(
            self._counts, key=lambda key: (key[0] != Severity.ERROR, -self._counts[key], key[1])
        )
        summary.groups = [
            Group(code, severity, self._counts[severity, code], self._first[severity, code])
            for severity, code in keys
        ]
        summary.concerned = {code: count for code, count in self._concerned.items() if count}
        summary.changed = sum(row["outcome"] == RowOutcome.UPDATED for row in self.draft.rows)
        return self.draft

    @staticmethod
    def _cases(plan: CasesPlan) -> Iterator[dict[str, Any]]:
        for case in plan.planned:
            row = case.row
            yield {
                "row_number": row.row_number,
                "reference": row.reference,
                "name": row.name,
                "amount_cents": row.debt_cents,
                "outcome": case.outcome,
                "case_id": case.known.id if case.known else None,
                "changes": _changes(case),
                "decided": [*_decidable(case), *signs_of(case)],
            }

    def _line(self, row: dict[str, Any], problems: list[Problem]) -> dict[str, Any]:
        decided = row.pop("decided", [])
        self._concerned.update(decided)
        errors_first = sorted(problems, key=lambda problem: problem.severity != Severity.ERROR)
        items = [problem.as_kept() for problem in errors_first]
        codes = " ".join(dict.fromkeys([*(problem.code for problem in errors_first), *decided]))
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


def _refused(batch: Batch, basis: str, error: Refused) -> PreviewDraft:
    """A preview that says only why the file cannot be imported."""
    counts = dict.fromkeys(_NUMBERS, 0)
    return PreviewDraft(basis, Summary(counts=counts, refusal=(error.message, error.params)))


def _changes(case: PlannedCase) -> dict[str, Any] | None:
    """{"items": [[field, old, new]]} as JSON keeps it; a number that is added is a "phone"."""
    pairs = {**case.person_changes, **case.changes}
    items = [[name, _plain(old), _plain(new)] for name, (old, new) in pairs.items()]
    items += [["phone", None, number] for number in case.new_phones]
    items += [["phone_remark", None, text] for text in case.new_remarks.values()]
    if case.known is None:
        items = []
    return {"items": items + _holders(case.doubt)} if items or case.doubt else None


def _holders(doubt: Doubt | None) -> list[list[Any]]:
    """The names of a line in doubt, side by side: who is known, and who the line names."""
    return [["holder", doubt.former, doubt.said]] if doubt and doubt.former else []


def _decidable(case: PlannedCase) -> list[str]:
    """Codes of the decisions that this accepted line is about."""
    decided: list[str] = [case.decided] if case.decided else []
    if case.known is None:
        return decided
    zero = case.row.debt_cents == 0
    return decided + [NEW_PHONE] * bool(case.new_phones) + [ProblemCode.AMOUNT_NOT_POSITIVE] * zero


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _payments(plan: PaymentsPlan) -> Iterator[dict[str, Any]]:
    for outcome, payments in (
        (RowOutcome.RECORDED, plan.planned),
        (RowOutcome.DUPLICATE, plan.already),
    ):
        for payment in payments:
            yield {
                "row_number": payment.row.row_number,
                "reference": payment.row.reference,
                "amount_cents": payment.row.signed_cents,
                "outcome": outcome,
                "case_id": payment.case_id,
            }


def _duplicate(row: DuplicateRow) -> dict[str, Any]:
    return {
        "row_number": row.row_number,
        "reference": row.reference,
        "outcome": RowOutcome.DUPLICATE,
        "first_row": row.first_row,
        "decided": [ProblemCode.CONFLICTING_DUPLICATE] if row.outdated else [],
    }


def _rejected(row: RejectedRow) -> dict[str, Any]:
    doubt = row.doubt or Doubt(None, "", "")
    holders = _holders(row.doubt)
    return {
        "name": doubt.said or None,
        "case_id": doubt.case_id,
        "changes": {"items": holders} if holders else None,
        "row_number": row.row_number,
        "reference": row.reference,
        "outcome": row.outcome,
    }
