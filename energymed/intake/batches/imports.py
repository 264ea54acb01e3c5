"""Importing a file: a waiting batch carried out, or a file received and imported at once.

The import plans anew inside its own transaction: a preview that is older than another import is
still right. Files of one partner and site are imported one after the other.
"""

from sqlalchemy.exc import IntegrityError

from energymed.base import audit
from energymed.base.context import Context
from energymed.base.db.bulk import at_scale
from energymed.base.progress import Tick, untold
from energymed.cases.aid_payments import explain_anew
from energymed.intake.batches.pending_batches import open_batch, stored_file, target_of
from energymed.intake.batches.preview_store import delete_preview
from energymed.intake.batches.uploads import (
    Upload,
    already_imported,
    imported_before,
    keep_raw,
    read_upload,
    refuse_imported,
)
from energymed.intake.checking.row_checks import checked_cases, checked_payments
from energymed.intake.codes import BatchState, FileKind
from energymed.intake.import_lock import lock_imports
from energymed.intake.importing.balances import last_stated
from energymed.intake.importing.commit import (
    close_moved,
    mark_missing,
    write_cases,
    write_payment_rows,
)
from energymed.intake.importing.continuation import check_continued
from energymed.intake.importing.file_guard import refuse_stopped
from energymed.intake.importing.known_cases import Target
from energymed.intake.importing.payments import book_payments, plan_payments
from energymed.intake.importing.plan import Planner
from energymed.intake.importing.report import (
    ImportReport,
    Totals,
    copy_counts,
    report,
    report_again,
)
from energymed.intake.models import Batch
from energymed.intake.queries import problems
from energymed.intake.rows import MappedFile
from energymed.partners.taking import refuse_new_file


def commit(ctx: Context, batch_id: int, *, tick: Tick = untold) -> ImportReport:
    """Carry out the batch: cases, people and ledger are written, all or nothing.

    Raises:
        Cancelled: by `tick`; nothing is written then.
        Refused: it is not waiting any more, or the same bytes were imported meanwhile.
        BadInput: a required column is missing.
        NotFound: not the actor's, or the file's retention is over.
    """
    batch = open_batch(ctx, batch_id)
    lock_imports(ctx.session, batch.partner_id, batch.site_id)
    return _commit(ctx, batch, stored_file(ctx.session, batch), tick)


def import_file(
    ctx: Context,
    upload: Upload,
    *,
    again: bool = False,
    tick: Tick = untold,
) -> ImportReport:
    """Receive and commit in one transaction; `tick` is told the rows done, as `commit`'s is.

    With `again`, bytes imported before change nothing and every accepted line is unchanged;
    without it they are refused.
    """
    mapped, batch = read_upload(ctx, upload, limited=False)
    lock_imports(ctx.session, batch.partner_id, batch.site_id)
    if again and (first := imported_before(ctx.session, batch)):
        return report_again(mapped, first, problems(ctx.session, first))
    refuse_imported(ctx.session, batch)
    keep_raw(ctx.session, upload.content, ctx.now)
    ctx.session.add(batch)
    ctx.session.flush()
    return _commit(ctx, batch, mapped, tick)


def dry_run(ctx: Context, upload: Upload, *, again: bool = False) -> ImportReport:
    """The report that `import_file` would give. Writes nothing."""
    mapped, batch = read_upload(ctx, upload, limited=False)
    if again and (first := imported_before(ctx.session, batch)):
        return report_again(mapped, first, problems(ctx.session, first))
    refuse_imported(ctx.session, batch)
    check_continued(ctx.session, batch)
    target = target_of(ctx.session, batch, ctx.now)
    if mapped.kind == FileKind.PAYMENTS:
        plan = plan_payments(ctx.session, target, mapped, checked_payments(mapped, target.today))
        refuse_stopped(plan.doubts, mapped.decisions)
        return report(mapped, plan)
    planner, totals = Planner(ctx.session, target, mapped), Totals()
    for piece in checked_cases(ctx.session, mapped, target.as_of, target.today):
        totals.add(planner.plan(piece))
    doubts = planner.doubts()
    refuse_stopped(doubts, mapped.decisions)
    totals.counts["missing_from_file"] = sum(1 for _missing in planner.finish(doubts))
    return totals.report(mapped, doubts=doubts)


def _commit(ctx: Context, batch: Batch, mapped: MappedFile, tick: Tick) -> ImportReport:
    refuse_imported(ctx.session, batch)
    refuse_new_file(
        ctx.session, partner_id=batch.partner_id, site_id=batch.site_id, kind=batch.kind
    )
    check_continued(ctx.session, batch)
    target = target_of(ctx.session, batch, ctx.now)
    with at_scale(ctx.session):
        if mapped.kind == FileKind.PAYMENTS:
            done = _import_payments(ctx, batch, target, mapped)
        else:
            done = _import_cases(ctx, batch, target, mapped, tick)
    delete_preview(ctx.session, batch)
    before = {"state": batch.state}
    copy_counts(batch, done)
    batch.as_of, batch.committed_at, batch.state = target.as_of, ctx.now, BatchState.COMMITTED
    try:
        with ctx.session.begin_nested():
            ctx.session.flush()
    except IntegrityError as error:
        raise already_imported(batch, None) from error
    audit.record(ctx, "batch.committed", batch, before=before, after=_counts(done))
    ctx.session.flush()
    ctx.session.expire_all()
    return done


def _import_payments(
    ctx: Context, batch: Batch, target: Target, mapped: MappedFile
) -> ImportReport:
    checked = checked_payments(mapped, target.today)
    plan = plan_payments(ctx.session, target, mapped, checked, lock=True)
    refuse_stopped(plan.doubts, mapped.decisions)
    book_payments(ctx.session, plan, batch_id=batch.id, source=batch.file_name, now=ctx.now)
    explain_anew(ctx, {line.case_id for line in plan.planned if line.reverses}, last_stated)
    write_payment_rows(ctx.session, batch, plan)
    return report(mapped, plan, batch.id)


def _import_cases(
    ctx: Context, batch: Batch, target: Target, mapped: MappedFile, tick: Tick
) -> ImportReport:
    """Piece by piece, so that a large file never lies in memory whole."""
    planner, totals = Planner(ctx.session, target, mapped, lock=True), Totals()
    for piece in checked_cases(ctx.session, mapped, target.as_of, target.today):
        plan = planner.plan(piece)
        write_cases(ctx, target, batch, plan)
        totals.add(plan)
        tick(totals.counts["rows"], batch.rows)
    doubts = planner.doubts()
    refuse_stopped(doubts, mapped.decisions)
    batch.partial = planner.partial(doubts)
    totals.counts["missing_from_file"] = mark_missing(ctx.session, batch, planner.finish(doubts))
    close_moved(ctx, batch, planner.former_holders)
    return totals.report(mapped, batch.id, doubts)


def _counts(done: ImportReport) -> dict[str, int | str]:
    names = (
        "created", "updated", "unchanged", "recorded", "rejected", "held", "duplicates",
        "total_cents",
    )  # fmt: skip
    return {"state": BatchState.COMMITTED, **{name: getattr(done, name) for name in names}}
