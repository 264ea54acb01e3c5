"""Use cases of an intake: receive, plan, commit, discard; or all at once.

A file is received (kept, nothing written to cases), looked at as a plan, then committed. The
commit makes the plan anew inside its own transaction: a preview that is older than another
import is still right. Files of one partner and site are committed one after the other.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from energymed.base import audit
from energymed.base.context import Context
from energymed.base.db.bulk import at_scale
from energymed.base.files import FileStore
from energymed.base.progress import Tick, untold
from energymed.intake.batches import preview_store
from energymed.intake.batches.deposits import Answer, give_answer, refuse_waiting
from energymed.intake.batches.pending import open_batch, stored, target_of
from energymed.intake.batches.row_edits import Mendable, mend, mendable
from energymed.intake.batches.uploads import (
    Upload,
    check_bounds,
    imported_before,
    known_batch,
    refuse_known,
    taken_in,
)
from energymed.intake.checking.decisions import decided
from energymed.intake.checking.examine import (
    COMMAND_LINE,
    WEB,
    Examined,
    Limits,
    checked_cases,
    checked_payments,
)
from energymed.intake.codes import PAYMENTS, BatchState
from energymed.intake.import_lock import hold
from energymed.intake.importing.commit import mark_missing, write_cases, write_payment_rows
from energymed.intake.importing.continuation import stands
from energymed.intake.importing.payments import book_payments, plan_payments
from energymed.intake.importing.plan import Planner, Target
from energymed.intake.importing.report import (
    ImportReport,
    Totals,
    copy_counts,
    report,
    report_again,
)
from energymed.intake.models import Batch
from energymed.intake.queries import problems


def read_in(ctx: Context, upload: Upload, *, limits: Limits = WEB) -> Batch:
    """Read a file: its batch, of no session yet. Writes nothing; errors as `receive`."""
    check_bounds(ctx.actor, upload)
    _examined, batch = taken_in(ctx, upload, limits)
    return batch


def receive(
    ctx: Context,
    upload: Upload,
    *,
    files: FileStore,
    limits: Limits = WEB,
    batch: Batch | None = None,
) -> Batch:
    """Keep a file as a batch to be looked at; a partner's own deposit waits for the lead.

    `batch` is what `read_in` made of it before anybody's writing was held up by the reading.

    Raises:
        BadInput: the file cannot be read.
        Refused: the same bytes were imported before (names the first batch), or wait already.
        NotFound: the site or partner is not the actor's.
    """
    batch = batch or read_in(ctx, upload, limits=limits)
    if batch.origin != "site":
        hold(ctx.session, batch.partner_id, batch.site_id)
        refuse_waiting(ctx.session, batch)
    refuse_known(ctx.session, batch)
    files.put(upload.content)
    ctx.session.add(batch)
    audit.record(ctx, "batch.received", batch, after={
        "state": batch.state, "kind": batch.kind, "partner_id": batch.partner_id,
        "origin": batch.origin,
    })  # fmt: skip
    ctx.session.flush()
    return batch


def commit(ctx: Context, batch_id: int, *, files: FileStore, tick: Tick = untold) -> ImportReport:
    """Carry out the batch: cases, people and ledger are written, all or nothing.

    Raises:
        Cancelled: by `tick`; nothing is written then.
        Refused: it is not waiting any more, or the same bytes were imported meanwhile.
        BadInput: a required column is missing.
        NotFound: not the actor's, or the file's retention is over.
    """
    batch = open_batch(ctx, batch_id)
    hold(ctx.session, batch.partner_id, batch.site_id)
    return _commit(ctx, batch, stored(ctx.session, batch, files), tick)


def line_to_mend(
    ctx: Context, batch_id: int, row_number: int, *, files: FileStore
) -> tuple[Batch, Mendable]:
    """A line of a waiting batch, as it stands.

    Raises:
        NotFound: not the actor's, or no such line.
        Refused: the batch is not waiting any more.
    """
    batch = open_batch(ctx, batch_id)
    return batch, mendable(stored(ctx.session, batch, files), batch, row_number)


def mend_line(
    ctx: Context, batch_id: int, row_number: int, texts: Mapping[str, str], *, files: FileStore
) -> bool:
    """Correct a line before the import; returns whether anything changed.

    Raises:
        NotFound, Refused: as `line_to_mend`.
        BadInput: a text is too long, or too many lines were corrected.
    """
    batch, line = line_to_mend(ctx, batch_id, row_number, files=files)
    return mend(ctx, batch, line, texts)


def decide(ctx: Context, batch_id: int, code: str, choice: str) -> None:
    """Decide what becomes of the lines with one kind of problem.

    Raises:
        BadInput: there is no such choice.
        Refused: the batch is not waiting any more.
        NotFound: not the actor's.
    """
    batch = open_batch(ctx, batch_id)
    before = batch.decisions
    batch.decisions = decided(before, code, choice, batch.kind)
    if batch.decisions != before:
        audit.record(ctx, "batch.decided", batch, before=dict(before), after=dict(batch.decisions))
    ctx.session.flush()


def discard(ctx: Context, batch_id: int, *, answer: Answer | None = None) -> Batch:
    """Give up a batch that was never committed; a partner's deposit is owed an answer.

    Raises:
        BadInput: a deposit without a reason, or a text that the partner may not be sent.
    """
    batch = open_batch(ctx, batch_id)
    before, batch.state, batch.discarded_at = {"state": batch.state}, BatchState.DISCARDED, ctx.now
    if batch.origin != "site":
        give_answer(batch, answer)
    preview_store.forget(ctx.session, batch)
    audit.record(
        ctx,
        "batch.discarded",
        batch,
        before=before,
        after={"state": "discarded", "reason": batch.discard_reason},
    )
    ctx.session.flush()
    return batch


def import_file(
    ctx: Context,
    upload: Upload,
    *,
    files: FileStore,
    again: bool = False,
    limits: Limits = COMMAND_LINE,
    tick: Tick = untold,
) -> ImportReport:
    """Receive and commit in one transaction; `tick` is told the rows done, as `commit`'s is.

    With `again`, bytes imported before change nothing and every accepted line is unchanged;
    without it they are refused.
    """
    check_bounds(ctx.actor, upload)
    examined, batch = taken_in(ctx, upload, limits)
    hold(ctx.session, batch.partner_id, batch.site_id)
    if again and (first := known_batch(ctx.session, batch)):
        return report_again(examined, first, problems(ctx.session, first))
    refuse_known(ctx.session, batch)
    files.put(upload.content)
    ctx.session.add(batch)
    ctx.session.flush()
    return _commit(ctx, batch, examined, tick)


def dry_run(
    ctx: Context, upload: Upload, *, again: bool = False, limits: Limits = COMMAND_LINE
) -> ImportReport:
    """The report that `import_file` would give. Writes nothing."""
    check_bounds(ctx.actor, upload)
    examined, batch = taken_in(ctx, upload, limits)
    if again and (first := known_batch(ctx.session, batch)):
        return report_again(examined, first, problems(ctx.session, first))
    refuse_known(ctx.session, batch)
    stands(ctx.session, batch)
    target = target_of(ctx.session, batch, ctx.now)
    if examined.kind == PAYMENTS:
        plan = plan_payments(ctx.session, target, examined, checked_payments(examined))
        return report(examined, plan)
    planner, totals = Planner(ctx.session, target, examined), Totals()
    for piece in checked_cases(ctx.session, examined, target.as_of):
        totals.add(planner.plan(piece))
    totals.counts["missing_from_file"] = sum(1 for _missing in planner.finish())
    return totals.report(examined)


def _commit(ctx: Context, batch: Batch, examined: Examined, tick: Tick) -> ImportReport:
    refuse_known(ctx.session, batch)
    stands(ctx.session, batch)
    target = target_of(ctx.session, batch, ctx.now)
    with at_scale(ctx.session):
        if examined.kind == PAYMENTS:
            done = _write_payments(ctx.session, batch, target, examined, ctx.now)
        else:
            done = _write_cases(ctx.session, batch, target, examined, ctx.now, tick)
    preview_store.forget(ctx.session, batch)
    before = {"state": batch.state}
    copy_counts(batch, done)
    batch.as_of, batch.committed_at, batch.state = target.as_of, ctx.now, BatchState.COMMITTED
    try:
        with ctx.session.begin_nested():
            ctx.session.flush()
    except IntegrityError as error:
        raise imported_before(batch, None) from error
    audit.record(ctx, "batch.committed", batch, before=before, after=_counts(done))
    ctx.session.flush()
    ctx.session.expire_all()
    return done


def _write_payments(
    session: Session, batch: Batch, target: Target, examined: Examined, now: datetime
) -> ImportReport:
    plan = plan_payments(session, target, examined, checked_payments(examined), lock=True)
    book_payments(session, plan, batch_id=batch.id, source=batch.file_name, now=now)
    write_payment_rows(session, batch, plan)
    return report(examined, plan, batch.id)


def _write_cases(
    session: Session,
    batch: Batch,
    target: Target,
    examined: Examined,
    now: datetime,
    tick: Tick,
) -> ImportReport:
    """Piece by piece, so that a large file never lies in memory whole."""
    planner = Planner(session, target, examined, lock=True)
    totals = Totals()
    for piece in checked_cases(session, examined, target.as_of):
        plan = planner.plan(piece)
        write_cases(session, target, batch, plan, now=now)
        totals.add(plan)
        tick(totals.counts["rows"], batch.rows)
    totals.counts["missing_from_file"] = mark_missing(session, batch, planner.finish())
    return totals.report(examined, batch.id)


def _counts(done: ImportReport) -> dict[str, int | str]:
    names = ("created", "updated", "unchanged", "recorded", "rejected", "duplicates", "total_cents")
    return {"state": "committed", **{name: getattr(done, name) for name in names}}
