"""Undo: an import is taken back whole, or refused with what stands in the way.

Cases that the file made are deleted with their ledger, and the people and households that
nothing else knows. Cases that it changed get their former values back, and their ledger the
opposite entries: entries are never deleted from a case that stays.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from energymed.accounts.scope import check_author
from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.db.bulk import PIECE, among, update_rows
from energymed.base.db.chunks import chunks
from energymed.base.errors import Refused
from energymed.base.i18n import N_
from energymed.base.progress import Tick, untold
from energymed.cases import ledger, transitions
from energymed.cases.aid_payments import explain_anew
from energymed.cases.codes import CaseState
from energymed.cases.cutoff import tell_anew
from energymed.cases.models import Case, CaseMove, LedgerEntry, MissingMark
from energymed.cases.queries import sent_anew
from energymed.cases.search_index import refresh_places
from energymed.cases.supply import hold_supply_words
from energymed.cases.told_models import CutoffTold
from energymed.cases.words import hold_words
from energymed.intake.codes import BatchState, RowOutcome
from energymed.intake.import_lock import lock_imports
from energymed.intake.importing.balances import last_stated
from energymed.intake.importing.undo_blockers import (
    TOUCHED,
    Foreseen,
    Obstacles,
    foresee,
    obstacles,
    touched_cases,
)
from energymed.intake.importing.undo_people import restore_people
from energymed.intake.models import Batch, BatchRow
from energymed.intake.queries import get_batch
from energymed.partners.rulebook import load_names_per_number

_ATTACHED = (  # deleted with a case
    LedgerEntry.case_id, CaseMove.case_id, MissingMark.case_id, CutoffTold.case_id,
)  # fmt: skip
_QUIET: dict[str, Any] = {"synchronize_session": False}


class _Line(NamedTuple):
    case_id: int | None
    outcome: str
    before: dict[str, Any] | None


def undo(ctx: Context, batch_id: int, *, tick: Tick = untold) -> Batch:
    """Take back a committed batch; the same file may then be imported again.

    `tick` hears how many of its lines are taken back.

    Raises:
        Refused: it is not committed, a continuation stands, a later file touched its cases, one
            of them is in call, or calls and acts were recorded on the cases that it made; or the
            actor is no lead.
        NotFound: not the actor's.
        Cancelled: `tick` was asked to stop.
    """
    batch = get_batch(ctx, batch_id, lock=True)
    check_author(ctx.actor)
    if batch.state != BatchState.COMMITTED:
        raise Refused(
            N_("Le lot %(batch)s n'est pas importé : il n'y a rien à annuler."), batch=batch.id
        )
    lock_imports(ctx.session, batch.partner_id, batch.site_id)
    touched, made = _cases_of(ctx.session, batch)
    _lock_cases(ctx.session, touched)
    if standing := obstacles(ctx.session, batch, touched, made):
        raise standing.refusal()
    lines = _lines(ctx.session, batch)
    _restore_cases(ctx.session, batch, lines, tick)
    hold_words(ctx.session, [line.case_id for line in lines if line.case_id and line.before])
    changed = [one for one, _outcome, note in lines if one and "case" in (note or {})]
    hold_supply_words(ctx.session, changed, batch.committed_at)
    tell_anew(ctx.session, changed, ctx.now)
    _reverse_ledger(ctx.session, batch, set(made), ctx.now)
    _delete_cases(ctx.session, made, len(lines), tick)
    _reopen_closed(ctx, batch)  # whose reference a new case had
    most_names = load_names_per_number(ctx.session, paris_date(ctx.now))
    restore_people(ctx.session, [line.before for line in lines if line.before], most_names)
    before = {"state": batch.state}
    batch.state, batch.undone_at, batch.undone_by_id = BatchState.UNDONE, ctx.now, ctx.actor.user_id
    ctx.session.flush()
    explain_anew(ctx, set(touched) - set(made), last_stated)
    audit.record(
        ctx,
        "batch.undone",
        batch,
        before=before,
        after={"state": batch.state, "deleted": len(made), "restored": len(touched) - len(made)},
    )
    ctx.session.flush()
    ctx.session.expire_all()
    return batch


def look_ahead(ctx: Context, batch_id: int) -> tuple[Batch, Obstacles, Foreseen]:
    """What stands in the way of an undo, and what it would do. Writes nothing.

    Raises:
        NotFound: not the actor's.
    """
    batch = get_batch(ctx, batch_id)
    touched, made = _cases_of(ctx.session, batch)
    standing = obstacles(ctx.session, batch, touched, made)
    return batch, standing, foresee(ctx.session, batch, touched, made)


def _cases_of(session: Session, batch: Batch) -> tuple[list[int], list[int]]:
    """Ids of the cases that the file touched, and of those that it made."""
    return touched_cases(session, batch), touched_cases(session, batch, made=True)


def _lines(session: Session, batch: Batch) -> list[_Line]:
    return [
        _Line(*row)
        for row in session.execute(
            select(BatchRow.case_id, BatchRow.outcome, BatchRow.before)
            .where(BatchRow.batch_id == batch.id, BatchRow.outcome.in_(TOUCHED))
            .order_by(BatchRow.row_number)
        )
    ]


def _lock_cases(session: Session, case_ids: list[int]) -> None:
    for some in chunks(case_ids):
        session.execute(
            select(Case.id).where(Case.id.in_(some)).order_by(Case.id).with_for_update()
        )


def _restore_cases(session: Session, batch: Batch, lines: Sequence[_Line], tick: Tick) -> None:
    """Give the cases that were there before their former values."""
    standing = [
        line for line in lines if line.case_id is not None and line.outcome != RowOutcome.CREATED
    ]
    for done, some in enumerate(chunks(standing, PIECE)):
        tick(done * PIECE, len(lines))
        alike: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
        for line in some:
            values = _former(line)
            alike[tuple(values)].append(values)
        for names, rows in alike.items():
            if len(names) > 1:
                update_rows(session, Case, rows)
        changed = [one for one, _, note in some if one is not None and "case" in (note or {})]
        refresh_places(session, changed)
        session.execute(
            update(Case).where(among(session, Case.id, changed)).values(version=Case.version + 1),
            execution_options=_QUIET,
        )
    session.execute(
        update(Case)
        .where(Case.missing_since_batch_id == batch.id)
        .values(missing_since_batch_id=None),
        execution_options=_QUIET,
    )


def _former(line: _Line) -> dict[str, Any]:
    """The columns of a case as they were before a line, with its id."""
    note = line.before or {}
    former: dict[str, Any] = {"id": line.case_id}
    for name in ("last_batch_id", "missing_since_batch_id"):
        if name in note:
            former[name] = note[name]
    for name, old in note.get("case", {}).items():
        is_date = Case.__table__.c[name].type.python_type is date
        former[name] = date.fromisoformat(old) if is_date and old else old
    return former


def _reopen_closed(ctx: Context, batch: Batch) -> None:
    """Cases that the import itself closed: nothing was owed, or somebody else held the reference.

    Each is back where it stood.
    """
    closed = (
        transitions.last_moves()
        .where(CaseMove.batch_id == batch.id, Case.state == CaseState.CLOSED)
        .execution_options(populate_existing=True)
    )
    for case, closing in ctx.session.execute(closed).all():
        if not sent_anew(ctx.session, case):
            transitions.put_back(ctx, case, closing)


def _reverse_ledger(session: Session, batch: Batch, made: set[int], now: datetime) -> None:
    entries = session.scalars(
        select(LedgerEntry).where(LedgerEntry.batch_id == batch.id).order_by(LedgerEntry.id)
    )
    stays = [entry for entry in entries if entry.case_id not in made]
    ledger.reverse(session, stays, source=batch.file_name, now=now)


def _delete_cases(session: Session, case_ids: Sequence[int], total: int, tick: Tick) -> None:
    for done, some in enumerate(chunks(case_ids, PIECE)):
        tick(total - len(case_ids) + done * PIECE, total)
        session.execute(
            update(BatchRow)
            .where(among(session, BatchRow.case_id, some))  # of files undone before, too
            .values(case_id=None),
            execution_options=_QUIET,
        )
        for column in (*_ATTACHED, Case.id):
            session.execute(
                delete(column.class_).where(among(session, column, some)),
                execution_options=_QUIET,
            )
