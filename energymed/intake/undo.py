"""Undo: an import is taken back whole, or refused with what stands in the way.

Cases that the file made are deleted with their ledger, and the people and households that
nothing else knows. Cases that it changed get their former values back, and their ledger the
opposite entries: entries are never deleted from a case that stays.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from energymed.accounts.actor import Actor
from energymed.base import audit
from energymed.base.bulk import PIECE, among
from energymed.base.chunks import chunks
from energymed.base.errors import Refused
from energymed.base.i18n import N_
from energymed.cases import ledger, moves
from energymed.cases.models import Case, LedgerEntry
from energymed.intake.hold import hold
from energymed.intake.models import Batch, BatchRow
from energymed.intake.obstacles import (
    TOUCHED,
    Foreseen,
    Obstacles,
    foresee,
    obstacles,
    touched_cases,
)
from energymed.intake.queries import get_batch
from energymed.intake.undo_people import restore_people

_QUIET: dict[str, Any] = {"synchronize_session": False}


def undo(session: Session, actor: Actor, batch_id: int, *, now: datetime) -> Batch:
    """Take back a committed batch; the same file may then be imported again.

    Raises:
        Refused: it is not committed, a continuation stands, a later file touched its cases, one
            of them is in call, or calls and acts were recorded on the cases that it made.
        NotFound: not the actor's.
    """
    batch = get_batch(session, actor, batch_id, lock=True)
    if batch.state != "committed":
        raise Refused(
            N_("Le lot %(batch)s n'est pas importé : il n'y a rien à annuler."), batch=batch.id
        )
    hold(session, batch.partner_id, batch.site_id)
    touched, made = _cases_of(session, batch)
    _lock_cases(session, touched)
    if standing := obstacles(session, batch, touched, made):
        raise standing.refusal()
    rows = _rows(session, batch)
    _restore_cases(session, batch, rows)
    _reverse_ledger(session, batch, set(made), now)
    _reopen_settled(session, actor, batch, touched, now)
    _delete_cases(session, made)
    restore_people(session, [row.before for row in rows if row.before])
    before = {"state": batch.state}
    batch.state, batch.undone_at, batch.undone_by_id = "undone", now, actor.user_id
    audit.record(
        session,
        actor,
        "batch.undone",
        batch,
        now=now,
        before=before,
        after={"state": "undone", "deleted": len(made), "restored": len(touched) - len(made)},
    )
    session.flush()
    session.expire_all()
    return batch


def look_ahead(session: Session, actor: Actor, batch_id: int) -> tuple[Batch, Obstacles, Foreseen]:
    """What stands in the way of an undo, and what it would do. Writes nothing.

    Raises:
        NotFound: not the actor's.
    """
    batch = get_batch(session, actor, batch_id)
    touched, made = _cases_of(session, batch)
    standing = obstacles(session, batch, touched, made)
    return batch, standing, foresee(session, batch, touched, made)


def _cases_of(session: Session, batch: Batch) -> tuple[list[int], list[int]]:
    """Ids of the cases that the file touched, and of those that it made."""
    return touched_cases(session, batch), touched_cases(session, batch, made=True)


def _rows(session: Session, batch: Batch) -> list[BatchRow]:
    return list(
        session.scalars(
            select(BatchRow)
            .where(BatchRow.batch_id == batch.id, BatchRow.outcome.in_(TOUCHED))
            .order_by(BatchRow.row_number)
        )
    )


def _lock_cases(session: Session, case_ids: list[int]) -> None:
    for some in chunks(case_ids):
        session.execute(
            select(Case.id).where(Case.id.in_(some)).order_by(Case.id).with_for_update()
        )


def _restore_cases(session: Session, batch: Batch, rows: Iterable[BatchRow]) -> None:
    for row in rows:
        note = row.before or {}
        if row.case_id is None or row.outcome == "created" or "last_batch_id" not in note:
            continue
        values: dict[str, Any] = {
            "last_batch_id": note["last_batch_id"],
            "missing_since_batch_id": note["missing_since_batch_id"],
        }
        for name, old in note.get("case", {}).items():
            is_date = Case.__table__.c[name].type.python_type is date
            values[name] = date.fromisoformat(old) if is_date and old else old
        if "case" in note:
            values["version"] = Case.version + 1
        session.execute(
            update(Case).where(Case.id == row.case_id).values(**values), execution_options=_QUIET
        )
    session.execute(
        update(Case)
        .where(Case.missing_since_batch_id == batch.id)
        .values(missing_since_batch_id=None),
        execution_options=_QUIET,
    )


def _reopen_settled(
    session: Session, actor: Actor, batch: Batch, touched: list[int], now: datetime
) -> None:
    """Cases that the import itself closed, because its file said that nothing was owed."""
    for some in chunks(touched, PIECE):
        closed = session.scalars(
            select(Case)
            .where(among(session, Case.id, some))
            .where(Case.closure == "settled", Case.closed_at == batch.committed_at)
            .execution_options(populate_existing=True)
        )
        for case in closed.all():
            moves.reopen(session, actor, case, now=now)


def _reverse_ledger(session: Session, batch: Batch, made: set[int], now: datetime) -> None:
    entries = session.scalars(
        select(LedgerEntry).where(LedgerEntry.batch_id == batch.id).order_by(LedgerEntry.id)
    )
    stays = [entry for entry in entries if entry.case_id not in made]
    ledger.reverse(session, stays, source=batch.file_name, now=now)


def _delete_cases(session: Session, case_ids: list[int]) -> None:
    for some in chunks(case_ids):
        session.execute(
            update(BatchRow)
            .where(BatchRow.case_id.in_(some))  # of files undone before, too
            .values(case_id=None),
            execution_options=_QUIET,
        )
        for model, column in ((LedgerEntry, LedgerEntry.case_id), (Case, Case.id)):
            session.execute(delete(model).where(column.in_(some)), execution_options=_QUIET)
