"""What a plan says of each line: a case to write, a line left aside, a case that is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from energymed.cases.known_people import Identity, Known
from energymed.cases.people import People
from energymed.cases.repeats import NOTHING_KNOWN, Again
from energymed.intake.codes import ProblemCode, RowOutcome, Severity
from energymed.intake.importing.known_cases import CASE_COLUMNS, KnownCase, case_values
from energymed.intake.mapping.sensitive_columns import cells_to_keep
from energymed.intake.rows import (
    CleanRow,
    Doubt,
    DuplicateRow,
    MappedFile,
    Note,
    PaymentRow,
    Problem,
    RejectedRow,
)


class PlannedCase(NamedTuple):
    """An accepted line and its effect. `changes` and `person_changes` are {field: (old, new)}.

    `person` is whose case it is. `decided` is what a lead decided of the line, with its `doubt`;
    `former` the case of the holder before, which ends. `again` is what is known of its household.
    """

    row: CleanRow
    said: Identity
    person: Known
    known: KnownCase | None = None
    changes: Mapping[str, tuple[Any, Any]] = MappingProxyType({})
    person_changes: Mapping[str, tuple[str | None, str]] = MappingProxyType({})
    new_phones: Sequence[str] = ()
    new_remarks: Mapping[str, str] = MappingProxyType({})
    decided: ProblemCode | None = None
    doubt: Doubt | None = None
    former: KnownCase | None = None
    again: Again = NOTHING_KNOWN

    @property
    def believed(self) -> bool:
        """Whether somebody decided that the line says the name of the person as it is now."""
        return self.decided == ProblemCode.HOLDER_CHANGED and self.former is None

    @property
    def tells_of_person(self) -> bool:
        """Whether the line of a known case says something of its person that was not known."""
        return bool(self.person_changes or self.new_phones or self.new_remarks)

    @property
    def outcome(self) -> RowOutcome:
        """created, updated or unchanged."""
        if self.known is None:
            return RowOutcome.CREATED
        differs = self.changes or self.tells_of_person
        return RowOutcome.UPDATED if differs else RowOutcome.UNCHANGED


@dataclass(frozen=True, slots=True)
class MissingCase:
    """An open case of the previous file that this one no longer names: perhaps paid."""

    case_id: int
    reference: str
    debt_cents: int | None


@dataclass(frozen=True, slots=True)
class CasesPlan:
    """Lines of a file, each in one of five outcomes; `rows` is their sum.

    `people` are those of the known cases of a piece, looked up once for the plan and for what is
    written.
    """

    people: People
    planned: list[PlannedCase] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)
    duplicates: list[DuplicateRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Lines of data in the file."""
        return len(self.planned) + len(self.rejected) + len(self.duplicates)

    @property
    def total_cents(self) -> int:
        """Sum of the amounts of the accepted lines."""
        return sum(planned.row.debt_cents or 0 for planned in self.planned)


_REFERENCE = ("reference",)
# which field is wrong, where it is not the reference
_TELL: Mapping[ProblemCode, tuple[str, ...]] = {
    ProblemCode.AMOUNT_NOT_POSITIVE: ("amount",),
    ProblemCode.BELOW_AMOUNT: ("amount",),
    ProblemCode.TOO_RECENT: ("due_date", "invoice_date"),
}


def reject(
    row: CleanRow | PaymentRow,
    code: ProblemCode,
    mapped: MappedFile,
    params: Mapping[str, str | int] = MappingProxyType({}),
    *,
    doubt: Doubt | None = None,
    refused: bool = False,
) -> RejectedRow:
    """An accepted line that what is there makes unusable."""
    fields = mapped.mapping.fields
    column = next((fields[name] for name in _TELL.get(code, _REFERENCE) if name in fields), None)
    problem = Problem(row.row_number, row.reference, Severity.ERROR, code, column, dict(params))
    raw = cells_to_keep(row.raw, mapped.mapping, mapped.sheet)
    return RejectedRow(row.row_number, row.reference, raw, (problem,), doubt, refused)


def compared(
    row: CleanRow, said: Identity, case: KnownCase, person: Known, believed: bool
) -> PlannedCase:
    """A line beside its case; what the person has said of themselves stays.

    `believed`: somebody decided that the line says the name as it is now.
    """
    told = person.words.cases.get(case.id, ())
    changes: dict[str, tuple[Any, Any]] = {
        name: (old, new)
        for name, old, new in zip(CASE_COLUMNS, case.values, case_values(row), strict=True)
        if new is not None and new != old and name not in told
    }
    if "supply_state" in changes:  # what was said of the state before goes with it
        for name in ("supply_since", "limited_kva"):
            if getattr(row, name) is None and (old := case.value(name)) is not None:
                changes[name] = (old, None)
    if row.debt_cents is not None and row.debt_cents != case.debt_cents:
        changes["debt_cents"] = (case.debt_cents, row.debt_cents)
    return PlannedCase(
        row=row,
        said=said,
        person=person,
        known=case,
        changes=changes,
        person_changes=person.changes(said, believed=believed),
        new_phones=person.missing_phones(row.phones),
        new_remarks=person.new_remarks(said),
    )
