"""Preview: a waiting file as a lead sees it before the import; see `checks` for what is kept."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from energymed.base.context import Context
from energymed.base.db.bulk import at_scale
from energymed.base.errors import Refused
from energymed.base.files import FileStore
from energymed.base.progress import Tick, untold
from energymed.intake.batches import preview_store
from energymed.intake.batches.pending import open_batch, stored, target_of
from energymed.intake.batches.preview_builder import Gathering, refused
from energymed.intake.batches.preview_store import Findings, Summary, fingerprint
from energymed.intake.checking.examine import Examined, checked_cases, checked_payments
from energymed.intake.codes import PAYMENTS
from energymed.intake.importing.payments import plan_payments
from energymed.intake.importing.plan import Planner, Target
from energymed.intake.importing.report import ImportReport, Totals, report
from energymed.intake.mapping.headers import suggest
from energymed.intake.mapping.profiles import LayoutChange, layout_change
from energymed.intake.models import Batch
from energymed.intake.queries import get_batch, later_batch


@dataclass(frozen=True, slots=True)
class Preview:
    """A waiting batch and its check; `summary` is None until it is worked out.

    `later` is a file already imported that speaks of a later day: importing this one would bring
    the balances back to older amounts. `change` is what differs from the columns that the
    partner's files had before.
    """

    batch: Batch
    summary: Summary | None
    later: Batch | None = None
    change: LayoutChange | None = None


def lacks_columns(batch: Batch) -> bool:
    """Whether a required column was not found: the columns are to be chosen first."""
    return bool(suggest(batch.headers, batch.kind, batch.mapping).missing)


def look(ctx: Context, batch_id: int) -> Preview:
    """The batch with its check, as long as that holds. Reads only."""
    batch = get_batch(ctx, batch_id)
    summary = preview_store.standing(ctx.session, batch, ctx.now)
    if summary is None:
        return Preview(batch, None)
    day = target_of(ctx.session, batch, ctx.now).as_of
    later = None if batch.kind == PAYMENTS else later_batch(ctx, batch, day)
    return Preview(batch, summary, later, layout_change(ctx.session, batch))


def work_out(ctx: Context, batch_id: int, *, files: FileStore, tick: Tick = untold) -> Findings:
    """What importing the batch now would do, to be kept with `keep`. Reads only.

    Raises:
        NotFound: not the actor's, or the file is no longer kept.
        BadInput: a required column is missing.
        Cancelled: by `tick`.
    """
    batch = get_batch(ctx, batch_id)
    rests_on = fingerprint(ctx.session, batch, ctx.now)
    examined = stored(ctx.session, batch, files)
    target = target_of(ctx.session, batch, ctx.now)
    gathering = Gathering(batch, rests_on)
    try:
        with at_scale(ctx.session):
            done = _gather(ctx.session, target, examined, gathering, tick)
    except Refused as error:
        return refused(batch, rests_on, error)
    found = gathering.finish(done)
    summary, sheet = found.summary, examined.sheet
    summary.columns, summary.unmapped = examined.mapping.fields, examined.mapping.unmapped
    summary.left_out, summary.private = examined.mapping.left_out, sheet.private
    summary.repeated, summary.other_sheets = sheet.repeated, sheet.other_sheets
    return found


def keep(ctx: Context, batch_id: int, found: Findings) -> None:
    """Keep what was worked out, unless the file was changed or decided about meanwhile.

    Raises:
        Refused: it is not waiting any more.
    """
    batch = open_batch(ctx, batch_id)
    if found.fingerprint == fingerprint(ctx.session, batch, ctx.now):
        preview_store.keep(ctx.session, batch, found, now=ctx.now)


def _gather(
    session: Session, target: Target, examined: Examined, gathering: Gathering, tick: Tick
) -> ImportReport:
    """Plan the file piece by piece, then see which cases are missing from it."""
    if examined.kind == PAYMENTS:
        payments = plan_payments(session, target, examined, checked_payments(examined))
        gathering.add(payments)
        return report(examined, payments)
    planner, totals = Planner(session, target, examined), Totals()
    for piece in checked_cases(session, examined, target.as_of):
        plan = planner.plan(piece)
        gathering.add(plan)
        totals.add(plan)
        tick(totals.counts["rows"], len(examined.sheet.rows))
    for one in planner.finish():
        gathering.add_missing(one)
        totals.counts["missing_from_file"] += 1
    return totals.report(examined)
