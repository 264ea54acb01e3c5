"""Plan: what a customer file would change, against what is there. Reads only.

A column that a file leaves empty never wipes what is known. A case open at another site is not
taken over in silence: its line is rejected.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from energymed.base.db.bulk import PIECE, among
from energymed.base.db.chunks import chunks
from energymed.base.errors import Refused
from energymed.base.i18n import N_
from energymed.cases.codes import CaseState
from energymed.cases.models import Case
from energymed.cases.people import Identity, Known, People
from energymed.cases.words import NO_WORDS
from energymed.intake.checking.decisions import NEW_PHONE
from energymed.intake.codes import FileKind, ProblemCode, RowOutcome, Severity
from energymed.intake.importing.continuation import previous_files, rejected_references
from energymed.intake.mapping.sensitive_columns import cells_to_keep
from energymed.intake.rows import (
    CheckResult,
    CleanRow,
    DuplicateRow,
    MappedFile,
    Note,
    PaymentRow,
    Problem,
    RejectedRow,
)

# columns of a case that hold what the last file told
CASE_COLUMNS = (
    "contract_number", "delivery_point", "energy", "supplier", "address", "address_extra",
    "postal_code", "commune", "invoice_date", "due_date", "reminders_count", "cutoff_date",
    "cutoff_slot", "energy_cheque", "comment",
)  # fmt: skip
_FEWEST_FOREIGN = 3  # a reference or two may be alike by chance


@dataclass(frozen=True, slots=True)
class Target:
    """For whom a file is read: its partner, site and kind, the day of its amounts, and today.

    `continues` is set for mended lines of a file imported before; `late` when whole files have
    been imported since, which say better than those lines where a case was seen last.
    """

    partner_id: int
    site_id: int
    kind: FileKind
    as_of: date
    today: date
    continues: bool = False
    late: bool = False


class KnownCase(NamedTuple):
    """An open case as it stands. `values` are its CASE_COLUMNS."""

    id: int
    version: int
    person_id: int
    site_id: int
    debt_cents: int | None
    last_batch_id: int | None
    missing_since_batch_id: int | None
    values: dict[str, Any]


class PlannedCase(NamedTuple):
    """An accepted line and its effect. `changes` and `person_changes` are {field: (old, new)}."""

    row: CleanRow
    known: KnownCase | None = None
    changes: Mapping[str, tuple[Any, Any]] = MappingProxyType({})
    person_changes: Mapping[str, tuple[str | None, str]] = MappingProxyType({})
    new_phones: Sequence[str] = ()
    new_remarks: Mapping[str, str] = MappingProxyType({})

    @property
    def outcome(self) -> RowOutcome:
        """created, updated or unchanged."""
        if self.known is None:
            return RowOutcome.CREATED
        differs = self.changes or self.person_changes or self.new_phones or self.new_remarks
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

    planned: list[PlannedCase] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)
    duplicates: list[DuplicateRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    people: People | None = None

    @property
    def rows(self) -> int:
        """Lines of data in the file."""
        return len(self.planned) + len(self.rejected) + len(self.duplicates)

    @property
    def total_cents(self) -> int:
        """Sum of the amounts of the accepted lines."""
        return sum(planned.row.debt_cents or 0 for planned in self.planned)


class Planner:
    """Compares the lines of a file, piece by piece, with what is there.

    `lock` holds the known cases until the transaction ends (for a commit, on PostgreSQL).
    """

    def __init__(
        self, session: Session, target: Target, mapped: MappedFile, *, lock: bool = False
    ) -> None:
        self.session = session
        self.target = target
        self.examined = mapped
        self.lock = lock
        whose = (target.partner_id, target.site_id, target.kind)
        self.previous = [] if target.continues else previous_files(session, *whose)
        self.accepted = self.foreign = 0
        self._seen: set[int] = set()
        self._refused: set[str | None] = set()
        self._once_rejected = rejected_references(session, self.previous)

    def plan(self, checked: CheckResult) -> CasesPlan:
        """What the lines of a piece would change."""
        rows = checked.accepted
        self.accepted += len(rows)
        self.foreign += _count_foreign(self.session, self.target, rows)
        known = _open_cases(self.session, self.target, [row.reference for row in rows], self.lock)
        self._seen.update(case.id for case in known.values())
        self._refused.update(row.reference for row in checked.rejected)
        self._once_rejected.difference_update(row.reference for row in rows)
        people = People(self.session, self.target.partner_id, self.target.site_id)
        planned, elsewhere = self._compare(rows, known, people)
        refused = [problem for row in elsewhere for problem in row.problems]
        refused += [told for case in planned for told in self._told_otherwise(case, people)]
        return CasesPlan(
            planned=planned,
            rejected=[*checked.rejected, *elsewhere],
            duplicates=checked.duplicates,
            problems=[*checked.problems, *refused],
            notes=checked.notes,
            people=people,
        )

    def finish(self) -> Iterator[MissingCase]:
        """Cases of the previous file that this one does not name; none for a continuation.

        They are read as one goes: there may be as many as the file has lines.
        Raises Refused when the file is plainly another partner's: most of its references are, not
        by chance.
        """
        if self.foreign >= _FEWEST_FOREIGN and self.foreign * 2 > self.accepted:
            raise Refused(
                N_(
                    "%(count)s références de ce fichier sur %(rows)s sont celles d'un autre "
                    "partenaire : vérifiez le partenaire choisi. Rien n'a été importé."
                ),
                count=self.foreign,
                rows=self.accepted,
            )
        return self._missing() if self.previous else iter(())

    def _missing(self) -> Iterator[MissingCase]:
        """Open cases that the previous files name, in accepted lines and then in rejected ones."""
        named = Case.last_batch_id.in_(self.previous)
        yield from self._not_seen(named)
        for some in chunks(sorted(self._once_rejected), PIECE):
            yield from self._not_seen(
                ~named,
                Case.partner_id == self.target.partner_id,
                Case.site_id == self.target.site_id,
                Case.campaign_kind == self.target.kind,
                Case.missing_since_batch_id.is_(None),
                among(self.session, Case.reference, some),
            )

    def _not_seen(self, *which: ColumnElement[bool]) -> Iterator[MissingCase]:
        rows = self.session.execute(
            select(Case.id, Case.reference, Case.debt_cents)
            .where(Case.state != CaseState.CLOSED, *which)
            .order_by(Case.reference),
            execution_options={"yield_per": PIECE},
        )
        for case_id, reference, debt_cents in rows:
            if case_id not in self._seen and reference not in self._refused:
                yield MissingCase(case_id, reference, debt_cents)

    def _told_otherwise(self, case: PlannedCase, people: People) -> Iterator[Problem]:
        """A warning for each word of the person that the line does not overwrite."""
        if case.known is None or (words := people.by_id[case.known.person_id].words) is NO_WORDS:
            return
        row, code = case.row, ProblemCode.PERSON_SAID_OTHERWISE
        for name in words.told_otherwise(row, case.known.id):
            fields = self.examined.mapping.fields
            column = fields.get(name) or fields.get("full_name")
            params: dict[str, str | int] = {"column": column or name}
            yield Problem(row.row_number, row.reference, code.severity, code, column, params)

    def _compare(
        self, rows: Iterable[CleanRow], known: dict[str, KnownCase], people: People
    ) -> tuple[list[PlannedCase], list[RejectedRow]]:
        """Each line beside its case; one that another site has open is rejected."""
        site_id = self.target.site_id
        known_numbers = self.examined.decisions.get(NEW_PHONE) == "ignore"
        people.load(case.person_id for case in known.values() if case.site_id == site_id)
        planned: list[PlannedCase] = []
        elsewhere: list[RejectedRow] = []
        for row in rows:
            case = known.get(row.reference)
            if case is None and row.debt_cents == 0:  # it settles nothing that we know
                elsewhere.append(
                    reject(row, ProblemCode.AMOUNT_NOT_POSITIVE, self.examined, value="0")
                )
            elif case is None:
                planned.append(PlannedCase(row))
            elif case.site_id == site_id:
                person = people.by_id[case.person_id]
                if known_numbers and person.reachable:
                    row = row._replace(phones=tuple(filter(person.phones.__contains__, row.phones)))
                planned.append(_compared(row, case, person))
            else:
                elsewhere.append(reject(row, ProblemCode.OTHER_SITE, self.examined))
        return planned, elsewhere


def identity(row: CleanRow) -> Identity:
    """What the line says of the person."""
    return Identity(
        last_name=row.last_name,
        first_name=row.first_name,
        civility=row.civility,
        customer_reference=row.customer_reference,
        email=row.email,
        phones=row.phones,
        phone_remarks=row.phone_remarks,
    )


def reject(
    row: CleanRow | PaymentRow, code: ProblemCode, mapped: MappedFile, **params: str | int
) -> RejectedRow:
    """An accepted line that what is there makes unusable."""
    field = "amount" if code == ProblemCode.AMOUNT_NOT_POSITIVE else "reference"
    column = mapped.mapping.fields.get(field)
    problem = Problem(row.row_number, row.reference, Severity.ERROR, code, column, params)
    raw = cells_to_keep(row.raw, mapped.mapping, mapped.sheet)
    return RejectedRow(row.row_number, row.reference, raw, (problem,))


def _compared(row: CleanRow, case: KnownCase, person: Known) -> PlannedCase:
    told = person.words.cases.get(case.id, ())
    changes: dict[str, tuple[Any, Any]] = {
        name: (old, getattr(row, name))
        for name, old in case.values.items()
        if getattr(row, name) is not None and getattr(row, name) != old and name not in told
    }
    if row.debt_cents is not None and row.debt_cents != case.debt_cents:
        changes["debt_cents"] = (case.debt_cents, row.debt_cents)
    said = identity(row)
    return PlannedCase(
        row=row,
        known=case,
        changes=changes,
        person_changes=person.changes(said),
        new_phones=person.missing_phones(row.phones),
        new_remarks=person.new_remarks(said),
    )


def _open_cases(
    session: Session, target: Target, references: Iterable[str], lock: bool
) -> dict[str, KnownCase]:
    first = [getattr(Case, name) for name in KnownCase._fields[:-1]]
    columns = [getattr(Case, name) for name in CASE_COLUMNS]
    found: dict[str, KnownCase] = {}
    for some in chunks(references, PIECE):
        statement = (
            select(Case.reference, *first, *columns)
            .where(Case.partner_id == target.partner_id, Case.campaign_kind == target.kind)
            .where(Case.state != CaseState.CLOSED, among(session, Case.reference, some))
            .order_by(Case.id)
        )
        if lock:
            statement = statement.with_for_update()
        for reference, *rest in session.execute(statement):
            values = dict(zip(CASE_COLUMNS, rest[len(first) :], strict=True))
            found[reference] = KnownCase._make([*rest[: len(first)], values])
    return found


def _count_foreign(session: Session, target: Target, rows: list[CleanRow]) -> int:
    """How many references are known from other partners."""
    foreign = 0
    for some in chunks({row.reference for row in rows}, PIECE):
        foreign += (
            session.scalar(
                select(func.count(Case.reference.distinct())).where(
                    Case.partner_id != target.partner_id, among(session, Case.reference, some)
                )
            )
            or 0
        )
    return foreign
