"""What a customer file is compared with: the open cases that its references name."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.base.db.bulk import PIECE, among
from energymed.base.db.chunks import chunks
from energymed.cases.codes import CaseState
from energymed.cases.holders import Home
from energymed.cases.models import Case
from energymed.intake.codes import FileKind
from energymed.intake.rows import CleanRow

# columns of a case that hold what the last file told
CASE_COLUMNS = (
    "contract_number", "delivery_point", "energy", "supplier", "address", "address_extra",
    "postal_code", "commune", "invoice_date", "due_date", "reminders_count", "cutoff_date",
    "cutoff_slot", "energy_cheque", "energy_cheque_year", "comment", "supply_state", "limited_kva",
    "supply_since", "first_letter_on", "second_letter_on", "main_residence", "communicating_meter",
)  # fmt: skip
case_values = attrgetter(*CASE_COLUMNS)  # of a line, in their order


@dataclass(frozen=True, slots=True)
class Target:
    """For whom a file is read: partner, site and kind, the day of its amounts, today and now.

    `continues` is set for mended lines of a file imported before; `late` when whole files of a
    later day are imported, which say better than these lines where a case was seen last.
    """

    partner_id: int
    site_id: int
    kind: FileKind
    as_of: date
    today: date
    now: datetime
    continues: bool = False
    late: bool = False


class KnownCase(NamedTuple):
    """An open case as it stands. `values` are its CASE_COLUMNS, in their order."""

    id: int
    version: int
    person_id: int
    site_id: int
    state: CaseState
    debt_cents: int | None
    last_batch_id: int | None
    missing_since_batch_id: int | None
    values: tuple[Any, ...]

    def value(self, column: str) -> Any:
        """What the last file told in one of CASE_COLUMNS."""
        return self.values[CASE_COLUMNS.index(column)]

    @property
    def home(self) -> Home:
        """Where the last file says that its person lives."""
        return Home(self.value("address"), self.value("postal_code"))


def open_cases(
    session: Session, target: Target, references: Iterable[str], lock: bool
) -> dict[str, KnownCase]:
    """{reference: the case of the partner's mission that is open}, at whichever site."""
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
        for reference, *own in session.execute(statement):
            found[reference] = KnownCase._make([*own[: len(first)], tuple(own[len(first) :])])
    return found


def count_foreign(session: Session, target: Target, rows: list[CleanRow]) -> int:
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
