"""A payments file: each confirmed payment finds its case and is booked once, whoever retells it.

A payment goes to the most recent case of its reference at the file's site, closed or not. It is
known by its key on *any* case of that reference, so that a case closed and reopened does not
let an old payment in again.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.db.chunks import chunks
from energymed.cases import ledger, rules
from energymed.cases.codes import LedgerKind
from energymed.cases.ledger import Entry
from energymed.cases.models import Case, LedgerEntry
from energymed.intake.checking.decisions import accepted
from energymed.intake.codes import ProblemCode
from energymed.intake.importing.balances import accounts
from energymed.intake.importing.plan import Target, reject
from energymed.intake.rows import (
    DuplicateRow,
    MappedFile,
    Note,
    PaymentRow,
    PaymentsResult,
    Problem,
    RejectedRow,
)


@dataclass(frozen=True, slots=True)
class PlannedPayment:
    """A payment and the case that it is for; `key` names it in the ledger."""

    row: PaymentRow
    case_id: int
    key: str


@dataclass(frozen=True, slots=True)
class PaymentsPlan:
    """Every line in one of three outcomes. `already` were booked by an earlier file."""

    planned: list[PlannedPayment]
    rejected: list[RejectedRow]
    duplicates: list[DuplicateRow]
    already: list[PlannedPayment]
    problems: list[Problem]
    notes: list[Note] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Lines of data in the file."""
        return len(self.planned) + len(self.rejected) + self.repeated

    @property
    def repeated(self) -> int:
        """Lines told twice, in this file or by an earlier one."""
        return len(self.duplicates) + len(self.already)

    @property
    def total_cents(self) -> int:
        """Sum of the payments to be recorded."""
        return sum(payment.row.amount_cents for payment in self.planned)


@dataclass(slots=True)
class _Reference:
    """What is known under one reference: its case here, or one elsewhere, and what was booked."""

    case_id: int | None = None
    elsewhere: bool = False
    booked: dict[str, tuple[int, date]] = field(default_factory=dict)


def plan_payments(
    session: Session,
    target: Target,
    mapped: MappedFile,
    checked: PaymentsResult,
    *,
    lock: bool = False,
) -> PaymentsPlan:
    """Compare the accepted payments with the partner's cases and what is booked. Reads only."""
    known = _references(session, target, [row.reference for row in checked.accepted], lock)
    planned: list[PlannedPayment] = []
    already: list[PlannedPayment] = []
    refused: list[RejectedRow] = []
    future_too = accepted(mapped.decisions, ProblemCode.FUTURE_PAYMENT)
    for row in checked.accepted:
        if row.paid_on > target.today and not future_too:
            day = row.paid_on.strftime("%d/%m/%Y")
            refused.append(reject(row, ProblemCode.FUTURE_PAYMENT, mapped, date=day))
            continue
        reference = known.get(row.reference)
        if reference is None or reference.case_id is None:
            code = ProblemCode.OTHER_SITE if reference else ProblemCode.UNKNOWN_REFERENCE
            refused.append(reject(row, code, mapped))
            continue
        key = rules.payment_key(row.paid_on, row.amount_cents, row.method, row.payment_reference)
        payment = PlannedPayment(row, reference.case_id, key)
        booked = reference.booked.get(key)
        if booked is None:
            planned.append(payment)
        elif booked == (row.amount_cents, row.paid_on):
            already.append(payment)
        else:
            day = booked[1].strftime("%d/%m/%Y")
            refused.append(reject(row, ProblemCode.PAYMENT_DIFFERS, mapped, date=day))
    problems = [problem for row in refused for problem in row.problems]
    return PaymentsPlan(
        planned=planned,
        rejected=sorted([*checked.rejected, *refused], key=lambda row: row.row_number),
        duplicates=checked.duplicates,
        already=already,
        problems=sorted([*checked.problems, *problems], key=lambda problem: problem.row),
        notes=checked.notes,
    )


def book_payments(
    session: Session, plan: PaymentsPlan, *, batch_id: int, source: str, now: datetime
) -> None:
    """Write the planned payments into the ledger, oldest first, with what each explains."""
    known = accounts(session, [payment.case_id for payment in plan.planned])
    entries: list[Entry] = []
    for payment in sorted(
        plan.planned, key=lambda payment: (payment.row.paid_on, payment.row.row_number)
    ):
        row = payment.row
        movements, known[payment.case_id] = rules.confirmed_payment(
            known[payment.case_id], row.amount_cents, row.paid_on
        )
        for movement in movements:
            is_payment = movement.kind == LedgerKind.PAYMENT
            entries.append(
                Entry(
                    case_id=payment.case_id,
                    kind=movement.kind,
                    amount_cents=movement.amount_cents,
                    on_date=row.paid_on,
                    source=source,
                    method=row.method if is_payment else None,
                    payment_key=payment.key if is_payment else None,
                )
            )
    ledger.book(session, entries, now=now, batch_id=batch_id)


def _references(
    session: Session, target: Target, references: list[str], lock: bool
) -> dict[str, _Reference]:
    found: dict[str, _Reference] = {}
    of_case: dict[int, _Reference] = {}
    for some in chunks(sorted(set(references))):
        statement = (
            select(Case.id, Case.reference, Case.site_id)
            .where(Case.partner_id == target.partner_id, Case.debt_cents.is_not(None))
            .where(Case.reference.in_(some))
            .order_by(Case.opened_at, Case.id)  # the most recent is seen last, and stays
        )
        if lock:
            statement = statement.with_for_update()
        for case_id, name, site_id in session.execute(statement):
            known = of_case[case_id] = found.setdefault(name, _Reference())
            if site_id == target.site_id:
                known.case_id = case_id
            else:
                known.elsewhere = True
    for case_ids in chunks(of_case):
        rows = session.execute(
            select(
                LedgerEntry.case_id,
                LedgerEntry.payment_key,
                LedgerEntry.amount_cents,
                LedgerEntry.on_date,
            ).where(LedgerEntry.case_id.in_(case_ids), LedgerEntry.payment_key.is_not(None))
        )
        for case_id, key, cents, on_date in rows:
            assert key is not None
            of_case[case_id].booked[key] = (-cents, on_date)
    return found
