"""A file that waits: read again with its corrections, corrected, decided about, given up."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from energymed.accounts.codes import Role
from energymed.accounts.scope import check_author
from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.errors import NotFound, Refused
from energymed.base.files import read_file
from energymed.base.i18n import N_
from energymed.intake.batches import weeks
from energymed.intake.batches.deposits import Answer, give_answer
from energymed.intake.batches.preview_store import delete_preview
from energymed.intake.batches.row_edits import EditableRow, apply_edits, editable_row, save_edit
from energymed.intake.checking.decisions import decided
from energymed.intake.codes import PENDING_STATES, BatchOrigin, BatchState
from energymed.intake.importing.continuation import latest_root, root_id
from energymed.intake.importing.known_cases import Target
from energymed.intake.mapping.map_file import map_file
from energymed.intake.models import Batch
from energymed.intake.queries import get_batch, is_older
from energymed.intake.rows import MappedFile


def stored_file(session: Session, batch: Batch) -> MappedFile:
    """The batch's file read again, with the columns chosen for it, corrections and decisions.

    Its size was accepted before. Raises NotFound when the file is no longer kept, Refused when it
    was damaged.
    """
    mapped = map_file(
        session,
        read_file(session, batch.sha256),
        batch.file_name,
        partner_id=batch.partner_id,
        kind=batch.kind,
        mapping=batch.mapping,
        limited=False,
    )
    return replace(apply_edits(mapped, batch.row_edits), decisions=batch.decisions)


def target_of(session: Session, batch: Batch, now: datetime) -> Target:
    """For whom the batch is read, at the day on which its amounts are true."""
    today = paris_date(now)
    day = weeks.as_of(today, batch.week)
    whose = (batch.partner_id, batch.site_id, batch.kind)
    if batch.continues_id is None:
        return Target(*whose, day, today, now, late=is_older(session, batch, day))
    late = latest_root(session, *whose) != root_id(session, batch)
    return Target(*whose, day, today, now, continues=True, late=late)


def open_batch(ctx: Context, batch_id: int) -> Batch:
    """The batch, locked, while a lead may still decide about it.

    Raises NotFound when it is not the actor's, Refused when it was imported or given up.
    """
    batch = get_batch(ctx, batch_id, lock=True)
    if ctx.actor.role == Role.PARTNER:
        raise NotFound(N_("Ce fichier n'existe pas, ou n'est pas de votre site."))
    if batch.state not in PENDING_STATES:
        raise Refused(
            N_("Le fichier « %(file)s » a déjà été traité (lot %(batch)s)."),
            file=batch.file_name,
            batch=batch.id,
        )
    return batch


def row_to_edit(ctx: Context, batch_id: int, row_number: int) -> tuple[Batch, EditableRow]:
    """A line of a waiting batch, as it stands.

    Raises:
        NotFound: not the actor's, or no such line.
        Refused: the batch is not waiting any more.
    """
    batch = open_batch(ctx, batch_id)
    return batch, editable_row(stored_file(ctx.session, batch), batch, row_number)


def edit_row(ctx: Context, batch_id: int, row_number: int, texts: Mapping[str, str]) -> bool:
    """Correct a line before the import; returns whether anything changed.

    Raises:
        NotFound, Refused: as `row_to_edit`.
        BadInput: a text is too long, or too many lines were corrected.
    """
    batch, line = row_to_edit(ctx, batch_id, row_number)
    return save_edit(ctx, batch, line, texts)


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
        Refused: it was imported or given up, or the actor is no lead.
    """
    batch = open_batch(ctx, batch_id)
    check_author(ctx.actor)
    before, batch.state, batch.discarded_at = {"state": batch.state}, BatchState.DISCARDED, ctx.now
    if batch.origin != BatchOrigin.SITE:
        give_answer(batch, answer)
    delete_preview(ctx.session, batch)
    audit.record(
        ctx,
        "batch.discarded",
        batch,
        before=before,
        after={"state": BatchState.DISCARDED, "reason": batch.discard_reason},
    )
    ctx.session.flush()
    return batch
