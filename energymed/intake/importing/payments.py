"""A payments file: each confirmed payment finds its case and is booked once, whoever retells it.

A payment goes to the most recent case of its reference at the file's site, closed or not. It is
known by its key on *any* case of that reference, so that a case closed and reopened does not
let an old payment in again. A line that takes a payment back goes to the case of that payment.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.db.bulk import PIECE, among
from energymed.base.db.chunks import chunks
from energymed.base.text.references import bare_key
from energymed.cases import ledger, rules
from energymed.cases.codes import REPAID, LedgerKind
from energymed.cases.ledger import Entry
from energymed.cases.models import Case, LedgerEntry
from energymed.cases.rules import Movement
from energymed.intake.checking.decisions import LATEST, accepted
from energymed.intake.codes import ProblemCode
from energymed.intake.importing.balances import accounts
from energymed.intake.importing.file_guard import Suspicion, payments_jumped
from energymed.intake.importing.known_cases import Target
from energymed.intake.importing.planned import reject
from energymed.intake.importing.reversals import KnownPayments, Payment
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
    """A line and the case that it is for; `key` names it in the ledger.

    `reverses` is the key, on that case, of the payment that it takes back.
    """

    row: PaymentRow
    case_id: int
    key: str
    reverses: str | None = None


@dataclass(frozen=True, slots=True)
class PaymentsPlan:
    """Every line in one of three outcomes. `already` were booked by an earlier file."""

    planned: list[PlannedPayment]
    rejected: list[RejectedRow]
    duplicates: list[DuplicateRow]
    already: list[PlannedPayment]
    problems: list[Problem]
    notes: list[Note] = field(default_factory=list)
    doubts: list[Suspicion] = field(default_factory=list)

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
        """Sum of the payments to be recorded, less those taken back."""
        return sum(payment.row.signed_cents for payment in self.planned)


@dataclass(slots=True)
class _Reference:
    """What is known under one reference: its case here, or one elsewhere, and what was booked.

    `owed_cents` is the most that is known of its debt: at first, or by now.
    """

    case_id: int | None = None
    owed_cents: int = 0
    elsewhere: bool = False
    booked: dict[str, tuple[int, date]] = field(default_factory=dict)
    payments: KnownPayments = field(default_factory=KnownPayments)


def plan_payments(
    session: Session,
    target: Target,
    mapped: MappedFile,
    checked: PaymentsResult,
    *,
    lock: bool = False,
) -> PaymentsPlan:
    """Compare the accepted payments with the partner's cases and what is booked. Reads only.

    Payments come first: a line may take back one that the same file tells further down.
    """
    known = _references(session, target, [row.reference for row in checked.accepted], lock)
    read_as = _in_other_shapes(session, target, known, checked.accepted, lock)
    known |= {shape: known[reference] for shape, reference in read_as.items()}
    planning = _Planning(target, mapped, known)
    for row in checked.accepted:
        if not row.taken_back:
            planning.add(row)
    back = [row for row in checked.accepted if row.taken_back]
    for row in sorted(back, key=lambda row: (row.on, row.row_number)):
        planning.add(row)
    paid = [(line.row, known[line.row.reference]) for line in planning.planned]
    jumped = payments_jumped(
        (row.amount_cents, reference.owed_cents) for row, reference in paid if not row.taken_back
    )
    refused = planning.refused
    problems = [problem for row in refused for problem in row.problems]
    problems += [
        _told(payment.row, read_as[payment.row.reference], mapped)
        for payment in (*planning.planned, *planning.already)
        if payment.row.reference in read_as
    ]
    return PaymentsPlan(
        planned=planning.planned,
        rejected=sorted([*checked.rejected, *refused], key=lambda row: row.row_number),
        duplicates=checked.duplicates,
        already=planning.already,
        problems=sorted([*checked.problems, *problems], key=lambda problem: problem.row),
        notes=checked.notes,
        doubts=jumped,
    )


class _Planning:
    """What becomes of each line, the payments before those that take one back."""

    def __init__(self, target: Target, mapped: MappedFile, known: dict[str, _Reference]) -> None:
        self.target, self.mapped, self.known = target, mapped, known
        self.planned: list[PlannedPayment] = []
        self.already: list[PlannedPayment] = []
        self.refused: list[RejectedRow] = []

    def add(self, row: PaymentRow) -> None:
        """Plan one more line."""
        future_too = accepted(self.mapped.decisions, ProblemCode.FUTURE_PAYMENT)
        reference = self.known.get(row.reference)
        if row.on > self.target.today and not future_too:
            self._refuse(row, ProblemCode.FUTURE_PAYMENT, date=row.on.strftime("%d/%m/%Y"))
        elif reference is None or reference.case_id is None:
            code = ProblemCode.OTHER_SITE if reference else ProblemCode.UNKNOWN_REFERENCE
            self._refuse(row, code)
        elif row.taken_back is None:
            self._pay(row, reference, reference.case_id)
        else:
            self._take_back(row, reference)

    def _pay(self, row: PaymentRow, reference: _Reference, case_id: int) -> None:
        payment = PlannedPayment(row, case_id, _key(row))
        if not self._told_before(payment, reference):
            self.planned.append(payment)
            reference.booked[payment.key] = (row.amount_cents, row.on)
            reference.payments.add(Payment(case_id, payment.key, row.amount_cents, row.paid_on))

    def _take_back(self, row: PaymentRow, reference: _Reference) -> None:
        """A line that takes back what was taken back already is one told twice."""
        key = rules.reversal_key(_key(row))
        first = PlannedPayment(row, reference.case_id or 0, key)
        if self._told_before(first, reference):
            return
        latest = self.mapped.decisions.get(ProblemCode.REVERSAL_AMBIGUOUS) == LATEST
        found = reference.payments.taken_back_by(row, latest=latest)
        if isinstance(found, ProblemCode):
            self._refuse(row, found, value=row.taken_back.said if row.taken_back else "")
            return
        planned = PlannedPayment(row, found.case_id, key, reverses=found.key)
        if found.key in reference.payments.taken:
            self.already.append(planned)
            return
        self.planned.append(planned)
        reference.payments.taken.add(found.key)
        reference.booked[key] = (row.amount_cents, row.on)

    def _told_before(self, line: PlannedPayment, reference: _Reference) -> bool:
        """Whether the ledger or an earlier line has it: a repeat when alike, else refused."""
        booked = reference.booked.get(line.key)
        if booked is None:
            return False
        if booked == (line.row.amount_cents, line.row.on):
            self.already.append(line)
        else:
            day = booked[1].strftime("%d/%m/%Y")
            self._refuse(line.row, ProblemCode.PAYMENT_DIFFERS, date=day)
        return True

    def _refuse(self, row: PaymentRow, code: ProblemCode, **params: str | int) -> None:
        self.refused.append(reject(row, code, self.mapped, params))


def book_payments(
    session: Session, plan: PaymentsPlan, *, batch_id: int, source: str, now: datetime
) -> None:
    """Write the plan into the ledger, oldest first: the payments, then what takes some back."""
    known = accounts(session, [payment.case_id for payment in plan.planned])
    for back in (False, True):
        lines = [line for line in plan.planned if (line.reverses is not None) is back]
        reversed_ids = _entries_named(session, lines) if back else {}
        entries: list[Entry] = []
        for line in sorted(lines, key=lambda line: (line.row.on, line.row.row_number)):
            move = rules.reversed_payment if back else rules.confirmed_payment
            movements, known[line.case_id] = move(
                known[line.case_id], line.row.amount_cents, line.row.on
            )
            reverses_id = reversed_ids.get((line.case_id, line.reverses or ""))
            entries += [_entry(line, movement, source, reverses_id) for movement in movements]
        ledger.book(session, entries, now=now, batch_id=batch_id)


def _entry(line: PlannedPayment, movement: Movement, source: str, reverses_id: int | None) -> Entry:
    """The entry of a movement; what goes with the payment, to explain the files, has no name."""
    row = line.row
    itself = movement.kind in REPAID
    return Entry(
        case_id=line.case_id,
        kind=movement.kind,
        amount_cents=movement.amount_cents,
        on_date=row.on,
        source=source,
        method=row.method if itself else None,
        payment_key=line.key if itself else None,
        reverses_id=reverses_id if itself else None,
    )


def _entries_named(session: Session, lines: list[PlannedPayment]) -> dict[tuple[int, str], int]:
    """{(case id, key): id of the payment} of those that the lines take back."""
    found: dict[tuple[int, str], int] = {}
    for some in chunks({line.case_id for line in lines}):
        rows = session.execute(
            select(LedgerEntry.case_id, LedgerEntry.payment_key, LedgerEntry.id).where(
                LedgerEntry.case_id.in_(some), LedgerEntry.kind == LedgerKind.PAYMENT
            )
        )
        found |= {(case_id, key): entry_id for case_id, key, entry_id in rows if key}
    return found


def _key(row: PaymentRow) -> str:
    return rules.payment_key(row.paid_on, row.amount_cents, row.method, row.payment_reference)


def _references(
    session: Session, target: Target, references: list[str], lock: bool
) -> dict[str, _Reference]:
    found: dict[str, _Reference] = {}
    of_case: dict[int, _Reference] = {}
    for some in chunks(sorted(set(references))):
        statement = (
            select(Case.id, Case.reference, Case.site_id, Case.debt_cents, Case.opening_debt_cents)
            .where(Case.partner_id == target.partner_id, Case.debt_cents.is_not(None))
            .where(Case.reference.in_(some))
            .order_by(Case.opened_at, Case.id)  # the most recent is seen last, and stays
        )
        if lock:
            statement = statement.with_for_update()
        for case_id, name, site_id, owed, owed_first in session.execute(statement):
            known = of_case[case_id] = found.setdefault(name, _Reference())
            if site_id == target.site_id:
                known.case_id, known.owed_cents = case_id, max(owed or 0, owed_first or 0)
            else:
                known.elsewhere = True
    _load_booked(session, of_case, target.site_id)
    return found


_BOOKED = (
    LedgerEntry.id, LedgerEntry.case_id, LedgerEntry.kind, LedgerEntry.amount_cents,
    LedgerEntry.on_date, LedgerEntry.payment_key, LedgerEntry.reverses_id,
)  # fmt: skip


def _load_booked(session: Session, of_case: dict[int, _Reference], site_id: int) -> None:
    """What was booked on these cases, and which payments of the site still stand."""
    rows = [
        row
        for case_ids in chunks(of_case)
        for row in session.execute(
            select(*_BOOKED, Case.site_id)
            .join(Case, Case.id == LedgerEntry.case_id)
            .where(LedgerEntry.case_id.in_(case_ids), LedgerEntry.kind.in_(REPAID))
        )
    ]
    taken = rules.taken_back((row.id, row.reverses_id) for row in rows)
    for row in rows:
        if row.payment_key is None:
            continue
        known, cents = of_case[row.case_id], abs(row.amount_cents)
        known.booked[row.payment_key] = (cents, row.on_date)
        if row.kind == LedgerKind.PAYMENT and row.site_id == site_id:
            known.payments.add(Payment(row.case_id, row.payment_key, cents, row.on_date))
            if row.id in taken:
                known.payments.taken.add(row.payment_key)


def _in_other_shapes(
    session: Session,
    target: Target,
    known: dict[str, _Reference],
    rows: Sequence[PaymentRow],
    lock: bool,
) -> dict[str, str]:
    """{unknown reference: the only one of the site that has its bare key}; they become `known`."""
    unknown = {bare_key(row.reference): row.reference for row in rows if row.reference not in known}
    if not unknown:
        return {}
    alike: dict[str, set[str]] = defaultdict(set)
    for some in chunks(filter(None, unknown), PIECE):
        here = select(Case.bare_reference, Case.reference).where(
            Case.partner_id == target.partner_id,
            Case.site_id == target.site_id,
            Case.debt_cents.is_not(None),
            among(session, Case.bare_reference, some),
        )
        for key, reference in session.execute(here.distinct()):
            alike[key].add(reference)
    meant = {key: others.pop() for key, others in alike.items() if len(others) == 1}
    known |= _references(session, target, [one for one in meant.values() if one not in known], lock)
    return {
        row.reference: meant[key]
        for row in rows
        if row.reference not in known and (key := bare_key(row.reference)) in meant
    }


def _told(row: PaymentRow, known: str, mapped: MappedFile) -> Problem:
    """A warning that the payment was found under another shape of its reference."""
    code, column = ProblemCode.REFERENCE_READ_AS, mapped.mapping.fields.get("reference")
    params: dict[str, str | int] = {"value": row.reference, "known": known}
    return Problem(row.row_number, row.reference, code.severity, code, column, params)
