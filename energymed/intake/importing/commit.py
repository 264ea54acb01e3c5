"""Commit: a plan becomes cases, people and ledger entries, in a few statements for a whole file."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from energymed.base.db.bulk import PIECE, among, insert_with_ids, update_rows
from energymed.base.db.chunks import chunks
from energymed.cases import ledger, rules
from energymed.cases.codes import LedgerKind
from energymed.cases.cutoff import tell_anew
from energymed.cases.ledger import Entry
from energymed.cases.models import Case
from energymed.cases.people import People
from energymed.intake.importing.balances import accounts
from energymed.intake.importing.commit_people import write_people
from energymed.intake.importing.outcomes import outcome_row, write_rows
from energymed.intake.importing.payments import PaymentsPlan
from energymed.intake.importing.plan import CASE_FIELDS, CasesPlan, MissingCase, PlannedCase, Target
from energymed.intake.models import Batch

Before = dict[str, Any]


def write_cases(
    session: Session, target: Target, batch: Batch, plan: CasesPlan, *, now: datetime
) -> None:
    """Write a piece of the plan, made in this transaction by a caller that holds the partner."""
    before: dict[int, Before] = {one.row.row_number: {} for one in plan.planned}
    created = [one for one in plan.planned if one.known is None]
    known = [one for one in plan.planned if one.known is not None]
    people = plan.people or People(session, target.partner_id, target.site_id)
    owners = write_people(session, people, plan.planned, before, now)
    case_ids = _insert_cases(session, target, batch, created, owners, now)
    _update_cases(session, target, batch, known, before)
    _state_debts(session, target, batch, known, now)
    case_ids |= {one.row.row_number: one.known.id for one in known if one.known}
    outcomes = [
        outcome_row(batch, one.row.row_number, one.row.reference, one.outcome, case_ids, before)
        for one in plan.planned
    ]
    repeats = [
        outcome_row(batch, one.row_number, one.reference, "duplicate", {}, {})
        for one in plan.duplicates
    ]
    write_rows(session, batch, [*outcomes, *repeats], plan.rejected, plan.problems)


def write_payment_rows(session: Session, batch: Batch, plan: PaymentsPlan) -> None:
    """Keep what became of each line of a payments file."""
    case_ids = {one.row.row_number: one.case_id for one in (*plan.planned, *plan.already)}
    lines = [(one.row.row_number, one.row.reference, "recorded") for one in plan.planned]
    lines += [(one.row.row_number, one.row.reference, "duplicate") for one in plan.already]
    lines += [(one.row_number, one.reference, "duplicate") for one in plan.duplicates]
    rows = [
        outcome_row(batch, number, ref, outcome, case_ids, {}) for number, ref, outcome in lines
    ]
    write_rows(session, batch, rows, plan.rejected, plan.problems)


def plain(value: object) -> object:
    """A column's value as JSON keeps it: a date becomes its ISO text."""
    return value.isoformat() if isinstance(value, date) else value


def _insert_cases(
    session: Session,
    target: Target,
    batch: Batch,
    created: list[PlannedCase],
    owners: dict[int, int],
    now: datetime,
) -> dict[int, int]:
    """{row number: id of its new case}, with the opening of each debt."""
    if not created:
        return {}
    rows = [
        {
            "partner_id": target.partner_id,
            "site_id": target.site_id,
            "campaign_kind": target.kind,
            "reference": one.row.reference,
            "person_id": owners[one.row.row_number],
            "debt_cents": one.row.debt_cents,
            "opening_debt_cents": one.row.debt_cents,
            "opened_at": now,
            "opened_batch_id": batch.id,
            "last_batch_id": batch.id,
            **{name: getattr(one.row, name) for name in CASE_FIELDS},
        }
        for one in created
    ]
    ids = insert_with_ids(session, Case, rows)
    openings = [
        Entry(case_id, LedgerKind.OPENING, one.row.debt_cents, target.as_of, batch.file_name)
        for case_id, one in zip(ids, created, strict=True)
        if one.row.debt_cents is not None
    ]
    ledger.book(session, openings, now=now, batch_id=batch.id, move_balance=False)
    return {one.row.row_number: case_id for case_id, one in zip(ids, created, strict=True)}


def _update_cases(
    session: Session,
    target: Target,
    batch: Batch,
    known: list[PlannedCase],
    before: dict[int, Before],
) -> None:
    """Set the fields that the file tells otherwise; every case named is seen in this file.

    Lines that come back after a later whole file do not say where a case was seen last.
    """
    news: list[dict[str, Any]] = []
    for one in known:
        if one.known is None:
            continue
        note = before[one.row.row_number]
        note["last_batch_id"] = one.known.last_batch_id
        note["missing_since_batch_id"] = one.known.missing_since_batch_id
        changes = {name: pair for name, pair in one.changes.items() if name in CASE_FIELDS}
        if changes:
            note["case"] = {name: plain(old) for name, (old, _) in changes.items()}
        news.append(
            {
                "id": one.known.id,
                "last_batch_id": one.known.last_batch_id if target.late else batch.id,
                "missing_since_batch_id": (
                    one.known.missing_since_batch_id if target.late else None
                ),
                "version": one.known.version + bool(one.changes),
                "debt_cents": one.changes.get("debt_cents", (None, one.known.debt_cents))[1],
                **one.known.values,
                **{name: new for name, (_, new) in changes.items()},
            }
        )
    update_rows(session, Case, news)
    moved = ("cutoff_date", "cutoff_slot")
    tell_anew(
        session,
        [one.known.id for one in known if one.known and not one.changes.keys().isdisjoint(moved)],
    )


def _state_debts(
    session: Session, target: Target, batch: Batch, known: list[PlannedCase], now: datetime
) -> None:
    """Book what brings each balance, already set, to what the file says is owed."""
    moved = [(one.known.id, one.row) for one in known if one.known and "debt_cents" in one.changes]
    standing = accounts(session, [case_id for case_id, _ in moved])
    entries: list[Entry] = []
    for case_id, row in moved:
        if row.debt_cents is None:
            continue
        movements, _ = rules.statement(standing[case_id], row.debt_cents, target.as_of)
        entries += [
            Entry(case_id, one.kind, one.amount_cents, target.as_of, batch.file_name)
            for one in movements
        ]
    ledger.book(session, entries, now=now, batch_id=batch.id, move_balance=False)


def mark_missing(session: Session, batch: Batch, missing: Iterable[MissingCase]) -> int:
    """Note the cases that the file no longer names; returns how many."""
    marked = 0
    for some in chunks((one.case_id for one in missing), PIECE):
        marked += len(some)
        absent = among(session, Case.id, some)
        session.execute(
            update(Case)
            .where(absent)
            .values(missing_since_batch_id=batch.id, missing_asked_at=None),
            execution_options={"synchronize_session": False},
        )
    return marked
