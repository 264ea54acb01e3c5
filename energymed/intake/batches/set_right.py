"""A waiting file set right: what it is and whose, and what was corrected when it came before."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base import audit
from energymed.base.context import Context
from energymed.base.errors import NotFound, Refused
from energymed.base.files import read_file
from energymed.base.i18n import N_
from energymed.intake.batches.pending_batches import open_batch
from energymed.intake.batches.preview_store import delete_preview
from energymed.intake.batches.uploads import refuse_imported
from energymed.intake.checking.decisions import choices
from energymed.intake.codes import BatchOrigin, BatchState, FileKind
from energymed.intake.fields import fields_of
from energymed.intake.mapping.map_file import map_file
from energymed.intake.models import Batch
from energymed.partners.models import Partner
from energymed.partners.taking import refuse_new_file


def retarget(ctx: Context, batch_id: int, *, kind: FileKind, partner_id: int) -> Batch:
    """Say that a waiting file is of another kind or partner; its columns are matched anew.

    Corrected lines stay, decisions that make no sense any more go.

    Raises:
        NotFound: not the actor's, or no such partner.
        Refused: the file is not waiting, a partner's own, a continuation or imported before; or no
            such file is taken of this partner.
    """
    batch = open_batch(ctx, batch_id)
    if batch.origin != BatchOrigin.SITE and partner_id != batch.partner_id:
        raise Refused(N_("Un fichier déposé par un partenaire reste le sien."))
    if batch.continues_id is not None:
        raise Refused(N_("La suite d'un fichier garde son type et son partenaire."))
    if ctx.session.get(Partner, partner_id) is None:
        raise NotFound(N_("Ce partenaire n'existe plus : rechargez la page."))
    refuse_new_file(ctx.session, partner_id=partner_id, site_id=batch.site_id, kind=kind)
    mapped = map_file(
        ctx.session,
        read_file(ctx.session, batch.sha256),
        batch.file_name,
        partner_id=partner_id,
        kind=kind,
        limited=False,
    )
    before = {"kind": batch.kind, "partner_id": batch.partner_id}
    batch.kind, batch.partner_id = kind, partner_id
    refuse_imported(ctx.session, batch)
    fields, lost = mapped.mapping.fields, mapped.mapping.lost
    batch.mapping = {field: fields.get(field) or lost.get(field) for field in fields_of(kind)}
    batch.decisions = {
        code: choice for code, choice in batch.decisions.items() if choice in choices(code, kind)
    }
    delete_preview(ctx.session, batch)
    audit.record(
        ctx,
        "batch.retargeted",
        batch,
        before=before,
        after={"kind": kind, "partner_id": partner_id},
    )
    ctx.session.flush()
    return batch


def corrected_before(session: Session, batch: Batch) -> Batch | None:
    """The last undone import of these bytes, if lines corrected for it are not corrected here."""
    undone = session.scalar(
        select(Batch)
        .where(Batch.partner_id == batch.partner_id, Batch.site_id == batch.site_id)
        .where(Batch.kind == batch.kind, Batch.sha256 == batch.sha256, Batch.id != batch.id)
        .where(Batch.state == BatchState.UNDONE)
        .order_by(Batch.undone_at.desc(), Batch.id.desc())
        .limit(1)
    )
    if undone is None or not (undone.row_edits or undone.decisions):
        return None
    return None if batch.row_edits or batch.decisions else undone


def take_over_corrections(ctx: Context, batch_id: int) -> int:
    """Take over the corrected lines, columns and decisions of the undone import of these bytes.

    Returns how many lines are corrected by it. Errors as `open_batch`.
    """
    batch = open_batch(ctx, batch_id)
    former = corrected_before(ctx.session, batch)
    if former is None:
        return 0
    batch.row_edits, batch.decisions = dict(former.row_edits), dict(former.decisions)
    batch.mapping = dict(former.mapping)
    audit.record(ctx, "batch.corrections_taken_over", batch, after={"from": former.id})
    ctx.session.flush()
    return len(batch.row_edits)
