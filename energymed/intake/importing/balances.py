"""Where the debts stand between two files: the ledger read together with the files' history."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.db.bulk import PIECE, among
from energymed.base.db.chunks import chunks
from energymed.cases import rules
from energymed.cases.codes import LedgerKind
from energymed.cases.models import LedgerEntry
from energymed.cases.rules import Account
from energymed.intake.codes import BatchState, FileKind, RowOutcome
from energymed.intake.models import Batch, BatchRow

Moment = tuple[datetime, int]  # two files of one instant are told apart by their ids
_START: Moment = (datetime.min.replace(tzinfo=UTC), 0)
_EXPLAINING = (LedgerKind.REPORTED_DECREASE, LedgerKind.NEW_CHARGE)


def accounts(session: Session, case_ids: Iterable[int]) -> dict[int, Account]:
    """{case id: its account}; a few queries for any number of cases."""
    found: dict[int, Account] = {}
    for some in chunks(set(case_ids), PIECE):
        statements = _statements(session, some)
        entries = _entries(session, some)
        for case_id in some:
            found[case_id] = _account(statements[case_id], entries[case_id])
    return found


def _account(
    statements: list[tuple[Moment, date | None]],
    entries: list[tuple[LedgerKind, int, Moment]],
) -> Account:
    last, as_of = max(statements, default=(_START, None), key=lambda one: one[0])
    pairs = [(kind, cents) for kind, cents, _ in entries]
    since = [(kind, cents) for kind, cents, at in entries if at > last]
    explained = sum(cents for kind, cents in since if kind in _EXPLAINING)
    return Account(
        balance_cents=rules.balance(pairs),
        unexplained_cents=rules.unexplained(pairs),
        charged_cents=rules.charged(pairs),
        fresh_cents=rules.repaid(since) - explained,
        statements=len(statements),
        as_of=as_of,
    )


def last_stated(session: Session, case_ids: Iterable[int]) -> dict[int, datetime]:
    """{case id: when the last weekly file that stands told of it}, of cases that have one."""
    found: dict[int, datetime] = {}
    for some in chunks(set(case_ids), PIECE):
        told = _statements(session, some)
        found |= {case_id: max(at[0] for at, _ in each) for case_id, each in told.items()}
    return found


def stated_since(session: Session, case_id: int, recorded_at: datetime) -> bool:
    """Whether a weekly file has told of the case since: what it says had counted all before it."""
    return any(at[0] > recorded_at for at, _ in _statements(session, [case_id])[case_id])


def _statements(
    session: Session, case_ids: list[int]
) -> dict[int, list[tuple[Moment, date | None]]]:
    rows = session.execute(
        select(BatchRow.case_id, Batch.committed_at, Batch.id, Batch.as_of)
        .join(Batch, BatchRow.batch_id == Batch.id)
        .where(Batch.state == BatchState.COMMITTED, Batch.kind == FileKind.UNPAID_BILL)
        .where(BatchRow.outcome.in_((RowOutcome.CREATED, RowOutcome.UPDATED, RowOutcome.UNCHANGED)))
        .where(among(session, BatchRow.case_id, case_ids))
    )
    found: dict[int, list[tuple[Moment, date | None]]] = defaultdict(list)
    for case_id, committed_at, batch_id, as_of in rows:
        assert case_id is not None
        assert committed_at is not None
        found[case_id].append(((committed_at, batch_id), as_of))
    return found


def _entries(
    session: Session, case_ids: list[int]
) -> dict[int, list[tuple[LedgerKind, int, Moment]]]:
    """(kind, cents, moment) of every entry still standing.

    Entries of an undone file and their reversals cancel out: both are left aside.
    """
    rows = session.execute(
        select(
            LedgerEntry.case_id,
            LedgerEntry.kind,
            LedgerEntry.amount_cents,
            LedgerEntry.recorded_at,
            LedgerEntry.batch_id,
            Batch.state,
        )
        .outerjoin(Batch, LedgerEntry.batch_id == Batch.id)
        .where(among(session, LedgerEntry.case_id, case_ids))
    )
    found: dict[int, list[tuple[LedgerKind, int, Moment]]] = defaultdict(list)
    for row in rows:
        if row.state != BatchState.UNDONE:
            moment = (row.recorded_at, row.batch_id or 0)
            found[row.case_id].append((row.kind, row.amount_cents, moment))
    return found
