"""What an import answers: the counts and problems of DESIGN's JSON, the same for a dry run."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from energymed.intake.codes import FileKind, HouseholdSign, RowOutcome
from energymed.intake.importing.file_guard import Suspicion
from energymed.intake.importing.payments import PaymentsPlan
from energymed.intake.importing.planned import CasesPlan
from energymed.intake.importing.signals import household_notes, signs_of
from energymed.intake.models import Batch
from energymed.intake.rows import MappedFile, Note, Problem

Plan = CasesPlan | PaymentsPlan


def _same(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class ImportReport:
    """Counts of one file. `batch` is None for a dry run; `total_cents` is over accepted lines.

    `left_out` are the columns that are never kept, `other_sheets` those of a workbook not read,
    `notes` what was concluded about the whole file; `signs` of how many new lines the household
    is known, and how.
    """

    batch: int | None
    kind: FileKind
    file: str
    sha256: str
    encoding: str | None
    delimiter: str | None
    mapping: dict[str, str]
    rows: int
    rejected: int
    held: int
    duplicates: int
    ignored: int
    total_cents: int
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    recorded: int = 0
    missing_from_file: int = 0
    problems: list[Problem] = field(default_factory=list)
    doubts: list[Suspicion] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    other_sheets: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    signs: Counter[HouseholdSign] = field(default_factory=Counter)

    @property
    def all_notes(self) -> list[Note]:
        """What was concluded about the file, then what is known of its households."""
        return [*self.notes, *household_notes(self.signs)]

    def as_dict(self, translate: Callable[[str], str] = _same) -> dict[str, Any]:
        """The JSON of the command line (stable: others script against it)."""
        payments = self.kind == FileKind.PAYMENTS
        names = _PAYMENT_COUNTS if payments else _CASE_COUNTS
        counts = {name: getattr(self, name) for name in names}
        counts["total_cents" if payments else "total_debt_cents"] = self.total_cents
        return {
            "batch": self.batch,
            "file": self.file,
            "kind": self.kind,
            "sha256": self.sha256,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "mapping": self.mapping,
            **counts,
            "problems": [_problem(problem, translate) for problem in self.problems],
            "left_out": self.left_out,
            "other_sheets": self.other_sheets,
            "notes": [translate(note.message) % note.params for note in self.all_notes],
            "doubts": [
                {"code": doubt.code, "message": translate(doubt.message) % doubt.params}
                for doubt in self.doubts
            ],
        }


_CASE_COUNTS = (
    "rows", "created", "updated", "unchanged", "rejected", "held", "duplicates", "ignored",
    "missing_from_file",
)  # fmt: skip
_PAYMENT_COUNTS = ("rows", "recorded", "duplicates", "rejected", "held", "ignored")


@dataclass(slots=True)
class Totals:
    """What the pieces of a customer file come to."""

    counts: Counter[str] = field(default_factory=Counter)
    total_cents: int = 0
    problems: list[Problem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    signs: Counter[HouseholdSign] = field(default_factory=Counter)

    def add(self, plan: CasesPlan) -> None:
        """Count one more piece."""
        self.counts.update(case.outcome for case in plan.planned)
        self.counts.update(row.outcome for row in plan.rejected)
        self.counts["duplicates"] += len(plan.duplicates)
        self.counts["rows"] += plan.rows
        self.total_cents += plan.total_cents
        self.problems.extend(plan.problems)
        self.notes.extend(plan.notes)
        for case in plan.planned:
            self.signs.update(signs_of(case))

    def report(
        self, mapped: MappedFile, batch_id: int | None = None, doubts: Sequence[Suspicion] = ()
    ) -> ImportReport:
        """The answer for the whole file."""
        counts: dict[str, Any] = {
            name: self.counts[name] for name in _CASE_COUNTS if name != "ignored"
        }
        return ImportReport(
            **_file(mapped, batch_id, self.notes),
            **counts,
            total_cents=self.total_cents,
            problems=sorted(self.problems, key=lambda problem: problem.row),
            doubts=list(doubts),
            signs=self.signs,
        )


def report(mapped: MappedFile, plan: Plan, batch_id: int | None = None) -> ImportReport:
    """The report of a plan, carried out or not."""
    if isinstance(plan, PaymentsPlan):
        aside = Counter(row.outcome for row in plan.rejected)
        return ImportReport(
            **_file(mapped, batch_id, plan.notes),
            rows=plan.rows,
            recorded=len(plan.planned),
            rejected=aside[RowOutcome.REJECTED],
            held=aside[RowOutcome.HELD],
            duplicates=plan.repeated,
            total_cents=plan.total_cents,
            problems=plan.problems,
            doubts=plan.doubts,
        )
    totals = Totals()
    totals.add(plan)
    return totals.report(mapped, batch_id)


def report_again(mapped: MappedFile, first: Batch, problems: list[Problem]) -> ImportReport:
    """The report of a file imported before as `first`: nothing changes, whatever came since.

    Accepted lines count as unchanged, payments as duplicates; `problems` are those of the first.
    """
    payments = mapped.kind == FileKind.PAYMENTS
    accepted = first.rows - first.left_aside - first.duplicates
    return ImportReport(
        **_file(mapped, first.id),
        rows=first.rows,
        unchanged=0 if payments else accepted,
        rejected=first.rejected,
        held=first.held,
        duplicates=first.duplicates + (accepted if payments else 0),
        total_cents=0 if payments else first.total_cents,
        problems=problems,
    )


def copy_counts(batch: Batch, done: ImportReport) -> None:
    """Keep the counts of an import on its batch."""
    for name in (*_CASE_COUNTS, "recorded", "total_cents"):
        setattr(batch, name, getattr(done, name))


def _file(mapped: MappedFile, batch_id: int | None, notes: Sequence[Note] = ()) -> dict[str, Any]:
    """What a report says of the file itself; `notes` are the check's, after the reader's."""
    sheet = mapped.sheet
    return {
        "batch": batch_id,
        "kind": mapped.kind,
        "file": sheet.file_name,
        "sha256": sheet.sha256,
        "encoding": sheet.encoding,
        "delimiter": sheet.delimiter,
        "mapping": mapped.mapping.fields,
        "ignored": sheet.ignored,
        "left_out": list(mapped.mapping.left_out),
        "other_sheets": sheet.other_sheets,
        "notes": [*sheet.notes, *notes],
    }


def _problem(problem: Problem, translate: Callable[[str], str]) -> dict[str, Any]:
    return {
        "row": problem.row,
        "reference": problem.reference,
        "severity": problem.severity,
        "code": problem.code,
        "column": problem.column,
        "message": translate(problem.message) % problem.params,
    }
