"""The debt ledger of a case: writing movements, and reading what they come to.

Entries are added, never changed, with one exception: an entry that is reversed gives up its
`payment_key`, so that the same payment may be told again by a mended file.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select, update
from sqlalchemy import case as when
from sqlalchemy.orm import Session

from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.db.bulk import insert_rows
from energymed.base.db.chunks import chunks
from energymed.base.money import Cents
from energymed.cases import rules
from energymed.cases.codes import REPAID, LedgerKind
from energymed.cases.models import Case, LedgerEntry


@dataclass(frozen=True, slots=True)
class Entry:
    """A movement with its case, day and source (a file name, or an act)."""

    case_id: int
    kind: LedgerKind
    amount_cents: Cents
    on_date: date
    source: str
    method: str | None = None
    payment_key: str | None = None
    reverses_id: int | None = None


@dataclass(frozen=True, slots=True)
class LedgerSummary:
    """What a case's ledger says. `balance_cents` is None for a mission without a debt."""

    balance_cents: Cents | None
    repaid_cents: Cents
    entries: list[LedgerEntry] = field(default_factory=list)


def read_ledger(session: Session, case: Case) -> LedgerSummary:
    """The case's balance, what was confirmed as repaid, and its entries in order of booking."""
    entries = list(
        session.scalars(
            select(LedgerEntry).where(LedgerEntry.case_id == case.id).order_by(LedgerEntry.id)
        )
    )
    pairs = [(entry.kind, entry.amount_cents) for entry in entries]
    owed = rules.balance(pairs) if entries or case.debt_cents is not None else None
    return LedgerSummary(owed, rules.repaid(pairs), entries)


def owed_as_of(ctx: Context, case: Case) -> Cents | None:
    """What the case owes; for what is written down later (`Context.as_of`), what it owed then.

    Or what it owes now where that is more: a charge that came to be known since was owed too.
    """
    if ctx.written_at is None or case.debt_cents is None:
        return case.debt_cents
    booked = select(func.coalesce(func.sum(LedgerEntry.amount_cents), 0)).where(
        LedgerEntry.case_id == case.id, LedgerEntry.on_date <= paris_date(ctx.now)
    )
    return max(case.debt_cents, int(ctx.session.scalar(booked) or 0))


def book(
    session: Session,
    entries: Sequence[Entry],
    *,
    now: datetime,
    batch_id: int | None = None,
    user_id: int | None = None,
    move_balance: bool = True,
) -> None:
    """Add entries and move the balance of their cases by as much. A few statements for any number.

    The caller holds the cases (their rows are locked, or only this transaction knows them).
    `move_balance` is False for the opening of a case that was written with its balance.
    """
    if not entries:
        return
    insert_rows(
        session,
        LedgerEntry,
        [
            {
                "case_id": entry.case_id,
                "kind": entry.kind,
                "amount_cents": entry.amount_cents,
                "on_date": entry.on_date,
                "recorded_at": now,
                "source": entry.source[:200],
                "method": entry.method,
                "payment_key": entry.payment_key,
                "reverses_id": entry.reverses_id,
                "batch_id": batch_id,
                "user_id": user_id,
            }
            for entry in entries
        ],
    )
    if move_balance:
        _move_balances(session, entries)


def reverse(session: Session, entries: Iterable[LedgerEntry], *, source: str, now: datetime) -> int:
    """Add the opposite of each entry, same kind and same day; returns how many.

    The day is that of the entry, so that the sums of every period are as if it never was.
    """
    originals = list(entries)
    for case_ids in chunks([entry.id for entry in originals if entry.payment_key]):
        session.execute(
            update(LedgerEntry).where(LedgerEntry.id.in_(case_ids)).values(payment_key=None),
            execution_options={"synchronize_session": False},
        )
    by_batch: dict[int | None, list[Entry]] = defaultdict(list)
    for one in originals:
        by_batch[one.batch_id].append(
            Entry(
                one.case_id,
                one.kind,
                -one.amount_cents,
                one.on_date,
                source,
                one.method,
                reverses_id=one.id,
            )
        )
    for batch_id, opposite in by_batch.items():
        book(session, opposite, now=now, batch_id=batch_id)
    return len(originals)


def out_of_balance() -> Select[int]:
    """Cases whose balance is not the sum of their movements, by number: there should be none."""
    booked = (
        select(LedgerEntry.case_id, func.sum(LedgerEntry.amount_cents).label("cents"))
        .group_by(LedgerEntry.case_id)
        .subquery()
    )
    return (
        select(Case.id)
        .outerjoin(booked, booked.c.case_id == Case.id)
        .where(Case.debt_cents.is_distinct_from(booked.c.cents))
        .order_by(Case.id)
    )


def repaid_sum() -> ColumnElement[int]:
    """What was confirmed as repaid by these entries, in positive cents: `rules.repaid` in SQL."""
    of_entry = when((LedgerEntry.kind.in_(REPAID), -LedgerEntry.amount_cents), else_=0)
    return func.coalesce(func.sum(of_entry), 0)


def _move_balances(session: Session, entries: Sequence[Entry]) -> None:
    """Add to the mirrored balance; the version moves too, so that an open form notices."""
    moved: dict[int, Cents] = defaultdict(int)
    for entry in entries:
        moved[entry.case_id] += entry.amount_cents
    table = Case.__table__
    values: list[dict[str, Any]] = [
        {"the_case": case_id, "cents": cents} for case_id, cents in moved.items() if cents
    ]
    if values:
        session.connection().execute(
            update(table)  # type: ignore[arg-type]  # a declared table, typed as FromClause
            .where(table.c.id == bindparam("the_case"))
            .values(
                debt_cents=func.coalesce(table.c.debt_cents, 0) + bindparam("cents"),
                version=table.c.version + 1,
            ),
            values,
        )
