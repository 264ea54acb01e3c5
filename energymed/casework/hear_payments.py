"""What money that arrives, or goes back, settles: instalments, the calls about them, and cases.

Everything that books a payment or takes one back ends here: a file, its undo, a lead.
"""

from collections.abc import Collection
from datetime import date

from sqlalchemy import select

from energymed.base.context import Context
from energymed.base.progress import Tick, untold
from energymed.calling.follow_ups.service import reopen_follow_ups, settle_paid_checks
from energymed.calling.queue.automatic_closures import close_paid, reopen_unpaid
from energymed.intake.codes import FileKind, RowOutcome
from energymed.intake.importing.undo import undo
from energymed.intake.models import Batch, BatchRow
from energymed.intake.queries import get_batch, payments_known_until
from energymed.mediation import instalments
from energymed.mediation.codes import InstalmentWord
from energymed.mediation.models import Instalment
from energymed.mediation.plan_payments import hear_payments, overdue_cases


def hear_of_payments(ctx: Context, case_ids: Collection[int]) -> None:
    """Let the plans of these cases follow their payments; close what is paid, open what is not."""
    known_until = payments_known_until(ctx.session)
    heard = hear_payments(ctx, case_ids, known_until)
    if heard.settled:
        settle_paid_checks(ctx, [each.id for each in heard.settled])
    reopen_unpaid(ctx, case_ids)
    close_paid(ctx, case_ids)


def hear_of_file(ctx: Context, batch_id: int) -> None:
    """After a payments file: the cases that it names, and the instalments that it does not."""
    batch = ctx.session.get_one(Batch, batch_id)
    if batch.kind != FileKind.PAYMENTS:
        return
    cases = _cases_named(ctx, batch_id) | _overdue(ctx, batch)
    hear_of_payments(ctx.caused_by(batch_id=batch_id), cases)


def undo_file(ctx: Context, batch_id: int, tick: Tick = untold) -> Batch:
    """Take an import back, with what it settled. Errors as `undo.undo`."""
    batch = get_batch(ctx, batch_id)
    payments = batch.kind == FileKind.PAYMENTS
    named = _cases_named(ctx, batch_id) if payments else set()
    batch = undo(ctx, batch_id, tick=tick)
    reopen_follow_ups(ctx, batch_id)
    if payments:
        hear_of_payments(ctx, named | _overdue(ctx, batch, missed=True))
    return batch


def confirm_instalment(
    ctx: Context, instalment_id: int, *, paid_on: date | None, source: str
) -> Instalment:
    """The partner told a lead that it is paid. Errors as `instalments.confirm_instalment`."""
    confirmed = instalments.confirm_instalment(ctx, instalment_id, paid_on=paid_on, source=source)
    return _after(ctx, confirmed)


def withdraw_confirmation(ctx: Context, confirmation_id: int) -> Instalment:
    """The partner did not say so after all. Errors as `instalments.withdraw_confirmation`."""
    return _after(ctx, instalments.withdraw_confirmation(ctx, confirmation_id))


def note_word(ctx: Context, instalment_id: int, said: InstalmentWord | None) -> Instalment:
    """What the person says of an instalment. Errors as `instalments.note_word`."""
    return _after(ctx, instalments.note_word(ctx, instalment_id, said))


def _after(ctx: Context, instalment: Instalment) -> Instalment:
    hear_of_payments(ctx, [instalment.plan.case_id])
    return instalment


def _overdue(ctx: Context, batch: Batch, *, missed: bool = False) -> set[int]:
    """Cases of which the file, by saying nothing, says that an instalment was not paid."""
    if batch.as_of is None:
        return set()
    place = batch.partner_id, batch.site_id
    return overdue_cases(ctx.session, *place, batch.as_of, missed=missed)


def _cases_named(ctx: Context, batch_id: int) -> set[int]:
    found = select(BatchRow.case_id).where(
        BatchRow.batch_id == batch_id, BatchRow.outcome == RowOutcome.RECORDED
    )
    return {case_id for case_id in ctx.session.scalars(found) if case_id}
