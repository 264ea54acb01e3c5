"""Work on a file: its check, its import and its undo, here or in a process of its own.

A large file would hold a web process for long, and everybody who is served by it: it is worked
on beside, and its page shows how far it is.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from energymed.accounts.models import User
from energymed.base.clock import now
from energymed.base.context import Actor, Context
from energymed.base.db import db, transaction
from energymed.base.errors import Refused
from energymed.base.i18n import N_
from energymed.base.progress import Tick, announce, is_under_way, telling, untold
from energymed.calling.codes import FollowUpKind, FollowUpState
from energymed.calling.follow_ups.service import (
    OUTLIVE_THE_CASE,
    close_case,
    settle_follow_ups,
)
from energymed.cases import transitions
from energymed.cases.codes import CaseState
from energymed.cases.models import Case, CaseMove
from energymed.casework import hear_payments
from energymed.config import Settings
from energymed.intake.batches import imports
from energymed.intake.batches.preview_builder import build_preview, save_preview
from energymed.intake.batches.uploads import Upload
from energymed.intake.codes import ProblemCode, RowOutcome
from energymed.intake.importing.report import ImportReport
from energymed.intake.models import Batch, BatchRow
from energymed.intake.queries import get_batch
from energymed.partners.codes import Closure

CHECK, IMPORT, UNDO = WORKS = "check", "import", "undo"
PROGRAM = (sys.executable, "-m", "energymed")
AT_ONCE = 3_000  # rows: fewer are done while the page is waited for


def is_large(batch: Batch) -> bool:
    """Whether a file is worked on in a process of its own."""
    return batch.rows > AT_ONCE


def check_file(actor: Actor, batch_id: int, at: datetime, tick: Tick = untold) -> None:
    """Work out what importing the file would do, and keep it. Errors as `build_preview`."""
    found = build_preview(Context(db.session(), actor, at), batch_id, tick=tick)
    with transaction() as session:
        save_preview(Context(session, actor, at), batch_id, found)


def import_file(actor: Actor, batch_id: int, at: datetime, tick: Tick = untold) -> ImportReport:
    """Import the file, and close what it says is settled. Errors as `imports.commit`."""
    with transaction() as session:
        ctx = Context(session, actor, at)
        done = imports.commit(ctx, batch_id, tick=tick)
        _hear(ctx.caused_by(batch_id=batch_id))
    return done


def receive_and_import(
    ctx: Context, upload: Upload, *, again: bool, tick: Tick = untold
) -> ImportReport:
    """Receive a file and import it at once. Errors as `imports.import_file`."""
    done = imports.import_file(ctx, upload, again=again, tick=tick)
    if done.batch is not None:
        _hear(ctx.caused_by(batch_id=done.batch))
    return done


def _hear(ctx: Context) -> None:
    """What follows from an imported file: zeros that settle, payments, people who moved."""
    if ctx.batch_id is None:
        return
    if get_batch(ctx, ctx.batch_id).decisions.get(ProblemCode.AMOUNT_NOT_POSITIVE) == "settled":
        _close_settled(ctx)
    hear_payments.hear_of_file(ctx, ctx.batch_id)
    _end_follow_ups_of_moved(ctx)


def undo_file(actor: Actor, batch_id: int, at: datetime, tick: Tick = untold) -> None:
    """Take the import back, with what it settled. Errors as `undo.undo`."""
    with transaction() as session:
        hear_payments.undo_file(Context(session, actor, at), batch_id, tick)


def begin(settings: Settings, actor: Actor, batch_id: int, work: str) -> None:
    """Start the work in a process of its own; when it is under way already, let it go on.

    Raises:
        NotFound: not the actor's.
    """
    batch = get_batch(Context(db.session(), actor), batch_id)
    # what writes on SQLite would keep the announcement waiting: it is looked at first
    if is_under_way(db.session(), batch_id) or not announce(batch_id, work, batch.rows):
        return
    subprocess.Popen(
        [*PROGRAM, "jobs", "file", work, str(batch_id), str(actor.user_id)],
        env={
            **os.environ,
            "ENERGYMED_INSTANCE": str(settings.instance),
            "ENERGYMED_DATABASE_URL": settings.database_url,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,  # the work outlives a web process that is stopped
    )


def carry_out(user_id: int, batch_id: int, work: str) -> None:
    """Do what `begin` announced, and tell how far it is.

    Raises:
        Refused: whoever asked is not there any more.
    """
    works: dict[str, Callable[..., Any]] = {
        CHECK: check_file, IMPORT: import_file, UNDO: undo_file,
    }  # fmt: skip
    user = db.session.scalar(select(User).where(User.id == user_id, User.active))
    if user is None:
        raise Refused(N_("Ce compte n'est plus actif."))
    actor = user.as_actor()
    rows = get_batch(Context(db.session(), actor), batch_id).rows
    with telling(batch_id, work, rows) as tick:
        tick(0, rows)  # somebody may have thought better of it
        works[work](actor, batch_id, now(), tick)


def _end_follow_ups_of_moved(ctx: Context) -> None:
    """Nobody calls back whoever has moved; a plan or an aid goes on."""
    moved = transitions.last_moves().where(
        CaseMove.batch_id == ctx.batch_id, Case.closure == Closure.MOVED
    )
    kinds = set(FollowUpKind) - set(OUTLIVE_THE_CASE)
    for case, _closing in ctx.session.execute(moved).all():
        settle_follow_ups(ctx, case, kinds, FollowUpState.CANCELLED)


def _close_settled(ctx: Context) -> None:
    """Cases of which the file says that nothing is owed any more; none that is in call."""
    known_before = BatchRow.outcome.in_((RowOutcome.UPDATED, RowOutcome.UNCHANGED))
    settled = ctx.session.scalars(
        select(Case)
        .join(BatchRow, BatchRow.case_id == Case.id)
        .where(BatchRow.batch_id == ctx.batch_id, known_before)
        .where(Case.debt_cents == 0, Case.state.not_in((CaseState.CLOSED, CaseState.IN_CALL)))
        .order_by(Case.id)
    )
    for case in settled.all():
        close_case(ctx, case, Closure.SETTLED, for_good=False)
