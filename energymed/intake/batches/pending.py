"""A waiting file: the batch that may still be decided about, its file read again, its target."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.errors import NotFound, Refused
from energymed.base.files import FileStore
from energymed.base.i18n import N_
from energymed.intake.batches.row_edits import lay_over
from energymed.intake.checking import weeks
from energymed.intake.checking.examine import COMMAND_LINE, Examined, examine
from energymed.intake.importing.continuation import latest_root, root_id
from energymed.intake.importing.plan import Target
from energymed.intake.models import Batch
from energymed.intake.queries import get_batch

OPEN = ("preview", "deposited")


def stored(session: Session, batch: Batch, files: FileStore) -> Examined:
    """The batch's file read again, with the columns chosen for it, corrections and decisions.

    Its size was accepted before. Raises NotFound when the file is no longer kept.
    """
    examined = examine(
        session,
        files.get(batch.sha256),
        batch.file_name,
        partner_id=batch.partner_id,
        kind=batch.kind,
        mapping=batch.mapping,
        limits=COMMAND_LINE,
    )
    return replace(lay_over(examined, batch.mends), decisions=batch.decisions)


def target_of(session: Session, batch: Batch, now: datetime) -> Target:
    """For whom the batch is read, at the day on which its amounts are true."""
    day = weeks.as_of(paris_date(now), batch.week)
    whose = (batch.partner_id, batch.site_id, batch.kind)
    if batch.continues_id is None:
        return Target(*whose, day)
    late = latest_root(session, *whose) != root_id(session, batch)
    return Target(*whose, day, continues=True, late=late)


def open_batch(ctx: Context, batch_id: int) -> Batch:
    """The batch, locked, while a lead may still decide about it.

    Raises NotFound when it is not the actor's, Refused when it was imported or given up.
    """
    batch = get_batch(ctx, batch_id, lock=True)
    if ctx.actor.role == "partner":
        raise NotFound(N_("Ce fichier n'existe pas, ou n'est pas de votre site."))
    if batch.state not in OPEN:
        raise Refused(
            N_("Le fichier « %(file)s » a déjà été traité (lot %(batch)s)."),
            file=batch.file_name,
            batch=batch.id,
        )
    return batch
