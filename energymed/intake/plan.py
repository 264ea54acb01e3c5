"""Plan: what a customer file would change, against what is there. Reads only.

A column that a file leaves empty never wipes what is known. A case open at another site is not
taken over in silence: its line is rejected.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.base.chunks import chunks
from energymed.base.errors import Refused
from energymed.base.i18n import N_
from energymed.cases.models import Case
from energymed.cases.people import Identity, Known, People
from energymed.intake.check import cells_to_keep
from energymed.intake.examine import Examined
from energymed.intake.models import Batch
from energymed.intake.rows import (
    CheckResult,
    CleanRow,
    DuplicateRow,
    PaymentRow,
    Problem,
    RejectedRow,
)

# fields of a line that a case keeps as the last file told them
CASE_FIELDS = (
    "contract_number", "delivery_point", "energy", "supplier", "address", "address_extra",
    "postal_code", "commune", "invoice_date", "due_date", "reminders_count", "cutoff_date",
    "cutoff_slot", "energy_cheque", "comment",
)  # fmt: skip
_FEWEST_FOREIGN = 3  # a reference or two may be alike by chance


@dataclass(frozen=True, slots=True)
class Target:
    """For whom a file is read: its partner, site and kind, and the day of its amounts."""

    partner_id: int
    site_id: int
    kind: str
    as_of: date


@dataclass(frozen=True, slots=True)
class KnownCase:
    """An open case as it stands. `values` are its CASE_FIELDS."""

    id: int
    person_id: int
    site_id: int
    debt_cents: int | None
    last_batch_id: int | None
    missing_since_batch_id: int | None
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PlannedCase:
    """An accepted line and its effect. `changes` and `person_changes` are {field: (old, new)}."""

    row: CleanRow
    known: KnownCase | None = None
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    person_changes: dict[str, tuple[str | None, str]] = field(default_factory=dict)
    new_phones: list[str] = field(default_factory=list)

    @property
    def outcome(self) -> str:
        """created, updated or unchanged."""
        if self.known is None:
            return "created"
        differs = self.changes or self.person_changes or self.new_phones
        return "updated" if differs else "unchanged"


@dataclass(frozen=True, slots=True)
class MissingCase:
    """An open case of the previous file that this one no longer names: perhaps paid."""

    case_id: int
    reference: str
    debt_cents: int | None


@dataclass(frozen=True, slots=True)
class CasesPlan:
    """Every line of the file in one of five outcomes; `rows` is their sum."""

    planned: list[PlannedCase]
    rejected: list[RejectedRow]
    duplicates: list[DuplicateRow]
    problems: list[Problem]
    missing: list[MissingCase]

    def count(self, outcome: str) -> int:
        """How many accepted lines are created, updated or unchanged."""
        return sum(one.outcome == outcome for one in self.planned)

    @property
    def rows(self) -> int:
        """Lines of data in the file."""
        return len(self.planned) + len(self.rejected) + len(self.duplicates)

    @property
    def total_cents(self) -> int:
        """Sum of the amounts of the accepted lines."""
        return sum(one.row.debt_cents or 0 for one in self.planned)


def plan_cases(
    session: Session,
    target: Target,
    examined: Examined,
    checked: CheckResult,
    *,
    lock: bool = False,
) -> CasesPlan:
    """Compare the accepted lines with the open cases of the partner and kind.

    `lock` holds the known cases until the transaction ends (for a commit, on PostgreSQL).
    Raises Refused when the file is plainly another partner's.
    """
    _refuse_foreign(session, target, checked.accepted)
    known = _open_cases(session, target, [row.reference for row in checked.accepted], lock)
    people = People(session, target.partner_id, target.site_id)
    people.load(case.person_id for case in known.values() if case.site_id == target.site_id)
    planned: list[PlannedCase] = []
    elsewhere: list[RejectedRow] = []
    for row in checked.accepted:
        case = known.get(row.reference)
        if case is not None and case.site_id != target.site_id:
            elsewhere.append(reject(row, "other_site", examined))
        elif case is None:
            planned.append(PlannedCase(row))
        else:
            planned.append(_compared(row, case, people.by_id[case.person_id]))
    refused = [problem for row in elsewhere for problem in row.problems]
    rejected = sorted([*checked.rejected, *elsewhere], key=lambda row: row.row_number)
    named: set[str | None] = {row.reference for row in checked.accepted}
    named |= {row.reference for row in checked.rejected}
    return CasesPlan(
        planned=planned,
        rejected=rejected,
        duplicates=checked.duplicates,
        problems=sorted([*checked.problems, *refused], key=lambda problem: problem.row),
        missing=_missing(session, target, named),
    )


def previous_batch_id(session: Session, partner_id: int, site_id: int, kind: str) -> int | None:
    """The last file imported for this partner, site and kind."""
    return session.scalar(
        select(Batch.id)
        .where(Batch.partner_id == partner_id, Batch.site_id == site_id, Batch.kind == kind)
        .where(Batch.state == "committed")
        .order_by(Batch.committed_at.desc(), Batch.id.desc())
        .limit(1)
    )


def identity(row: CleanRow) -> Identity:
    """What the line says of the person."""
    return Identity(
        last_name=row.last_name,
        first_name=row.first_name,
        civility=row.civility,
        customer_reference=row.customer_reference,
        email=row.email,
        phones=row.phones,
    )


def reject(
    row: CleanRow | PaymentRow, code: str, examined: Examined, **params: str | int
) -> RejectedRow:
    """An accepted line that what is there makes unusable."""
    column = examined.mapping.fields.get("reference")
    problem = Problem(row.row_number, row.reference, "error", code, column, params)
    raw = cells_to_keep(row.raw, examined.mapping, examined.sheet)
    return RejectedRow(row.row_number, row.reference, raw, (problem,))


def _compared(row: CleanRow, case: KnownCase, person: Known) -> PlannedCase:
    changes: dict[str, tuple[Any, Any]] = {
        name: (old, getattr(row, name))
        for name, old in case.values.items()
        if getattr(row, name) is not None and getattr(row, name) != old
    }
    if row.debt_cents is not None and row.debt_cents != case.debt_cents:
        changes["debt_cents"] = (case.debt_cents, row.debt_cents)
    return PlannedCase(
        row=row,
        known=case,
        changes=changes,
        person_changes=person.changes(identity(row)),
        new_phones=person.missing_phones(row.phones),
    )


def _open_cases(
    session: Session, target: Target, references: Iterable[str], lock: bool
) -> dict[str, KnownCase]:
    columns = [getattr(Case, name) for name in CASE_FIELDS]
    found: dict[str, KnownCase] = {}
    for some in chunks(sorted(references)):
        statement = (
            select(
                Case.id, Case.person_id, Case.site_id, Case.debt_cents, Case.last_batch_id,
                Case.missing_since_batch_id, Case.reference, *columns,
            )
            .where(Case.partner_id == target.partner_id, Case.campaign_kind == target.kind)
            .where(Case.state != "closed", Case.reference.in_(some))
            .order_by(Case.id)
        )  # fmt: skip
        if lock:
            statement = statement.with_for_update()
        for row in session.execute(statement):
            found[row.reference] = KnownCase(
                id=row.id,
                person_id=row.person_id,
                site_id=row.site_id,
                debt_cents=row.debt_cents,
                last_batch_id=row.last_batch_id,
                missing_since_batch_id=row.missing_since_batch_id,
                values=dict(zip(CASE_FIELDS, row[-len(CASE_FIELDS) :], strict=True)),
            )
    return found


def _missing(session: Session, target: Target, named: set[str | None]) -> list[MissingCase]:
    previous = previous_batch_id(session, target.partner_id, target.site_id, target.kind)
    if previous is None:
        return []
    rows = session.execute(
        select(Case.id, Case.reference, Case.debt_cents)
        .where(Case.last_batch_id == previous, Case.state != "closed")
        .order_by(Case.reference)
    )
    return [MissingCase(*row) for row in rows if row.reference not in named]


def _refuse_foreign(session: Session, target: Target, rows: list[CleanRow]) -> None:
    """A file most of whose references are another partner's was chosen by mistake."""
    foreign = 0
    for some in chunks(sorted({row.reference for row in rows})):
        foreign += (
            session.scalar(
                select(func.count(Case.reference.distinct())).where(
                    Case.partner_id != target.partner_id, Case.reference.in_(some)
                )
            )
            or 0
        )
    if foreign >= _FEWEST_FOREIGN and foreign * 2 > len(rows):
        raise Refused(
            N_(
                "%(count)s références de ce fichier sur %(rows)s sont celles d'un autre "
                "partenaire : vérifiez le partenaire choisi. Rien n'a été importé."
            ),
            count=foreign,
            rows=len(rows),
        )
