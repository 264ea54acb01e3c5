"""A file that comes in: for whom, whether it may, and whether it came before."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import PurePath

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.codes import AT_A_SITE, Role
from energymed.accounts.models import Site
from energymed.base import audit
from energymed.base.clock import paris, paris_date
from energymed.base.codes import as_code
from energymed.base.context import Actor, Context
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.base.files import StoredKind, keep_file
from energymed.base.i18n import N_
from energymed.base.periods import parse_week, week_of
from energymed.base.text.folding import collapse
from energymed.intake.batches.deposits import refuse_too_many, refuse_waiting
from energymed.intake.batches.weeks import week_named
from energymed.intake.checking.decisions import decided
from energymed.intake.codes import BatchOrigin, BatchState, FileKind
from energymed.intake.fields import fields_of
from energymed.intake.import_lock import lock_imports
from energymed.intake.importing.continuation import recognise
from energymed.intake.mapping.map_file import map_file
from energymed.intake.models import RAW_KEPT_FOR, Batch
from energymed.intake.rows import MappedFile
from energymed.partners.models import Partner
from energymed.partners.taking import refuse_new_file


@dataclass(frozen=True, slots=True)
class Upload:
    """A file and for whom it is. Without a `kind` it is guessed; `week` is '2026-W47'.

    `inbox_token` names the arrival of a file that was found in the partner's watched folder: like
    what a partner brings to its own desk, it waits for the lead. `decisions` are {code: choice}
    (`checking.decisions`), for whoever imports without a preview.
    """

    partner: Partner
    site: Site
    content: bytes
    file_name: str
    kind: str | None = None
    week: str | None = None
    inbox_token: str | None = None
    decisions: Mapping[str, str] = field(default_factory=dict)

    @property
    def safe_name(self) -> str:
        """The file's name without any folder, in letters that can be stored."""
        name = PurePath(self.file_name.replace("\\", "/")).name or "fichier"
        return collapse(name.encode("utf-8", "replace").decode("utf-8")) or "fichier"

    def origin(self, actor: Actor) -> BatchOrigin:
        """By which door it comes when this actor brings it."""
        if self.inbox_token:
            return BatchOrigin.INBOX
        return BatchOrigin.DESK if actor.role == Role.PARTNER else BatchOrigin.SITE


def prepare(ctx: Context, upload: Upload) -> Batch:
    """Read a file: its batch, of no session yet. Writes nothing; errors as `receive`.

    How many a partner brings is looked at before any of it is read.
    """
    if upload.origin(ctx.actor) != BatchOrigin.SITE:
        refuse_too_many(ctx, upload.partner.id)
    _mapped, batch = read_upload(ctx, upload)
    return batch


def receive(ctx: Context, upload: Upload, *, batch: Batch | None = None) -> Batch:
    """Keep a file as a batch to be looked at; a partner's own deposit waits for the lead.

    `batch` is what `prepare` made of it before anybody's writing was held up by the reading.

    Raises:
        BadInput: the file cannot be read.
        Refused: the same bytes were imported before (names the first batch), or wait already.
        TryLater: the partner brings too many, or too many files are being read.
        NotFound: the site or partner is not the actor's.
    """
    batch = batch or prepare(ctx, upload)
    if batch.origin != BatchOrigin.SITE:
        lock_imports(ctx.session, batch.partner_id, batch.site_id)
        refuse_waiting(ctx.session, batch)
    refuse_imported(ctx.session, batch)
    keep_raw(ctx.session, upload.content, ctx.now)
    ctx.session.add(batch)
    audit.record(ctx, "batch.received", batch, after={
        "state": batch.state, "kind": batch.kind, "partner_id": batch.partner_id,
        "origin": batch.origin,
    })  # fmt: skip
    ctx.session.flush()
    return batch


def keep_raw(session: Session, content: bytes, now: datetime) -> None:
    """Keep the bytes that came, for as long as a raw file is kept."""
    keep_file(session, content, StoredKind.RAW, now=now, until=now + RAW_KEPT_FOR)


def read_upload(ctx: Context, upload: Upload, *, limited: bool = True) -> tuple[MappedFile, Batch]:
    """A file read and its batch, not yet added; mended lines are known as a continuation.

    `limited` holds the file to the size that the web takes.

    Raises:
        BadInput: it cannot be read.
        NotFound: the site or partner is not the actor's.
        Refused: no such file is taken of this partner, or for this site.
    """
    check_bounds(ctx.actor, upload)
    kind: FileKind | None = as_code(FileKind, upload.kind)
    if upload.kind is not None and kind is None:
        raise BadInput(N_("Type de fichier inconnu : %(kind)s."), kind=upload.kind)
    partner_id, site_id = upload.partner.id, upload.site.id
    mapped = map_file(
        ctx.session,
        upload.content,
        upload.safe_name,
        partner_id=partner_id,
        kind=kind,
        limited=limited,
    )
    refuse_new_file(ctx.session, partner_id=partner_id, site_id=site_id, kind=mapped.kind)
    mapped, first = recognise(
        ctx.session, mapped, partner_id=partner_id, site_id=site_id, kind=kind
    )
    batch = _new_batch(ctx, upload, mapped)
    for code, choice in upload.decisions.items():
        batch.decisions = decided(batch.decisions, code, choice, batch.kind)
    mapped = replace(mapped, decisions=batch.decisions)
    if first is not None:
        batch.continues_id = first.id
        if upload.week is None:
            batch.week = first.week
    return mapped, batch


def _new_batch(ctx: Context, upload: Upload, mapped: MappedFile) -> Batch:
    """The batch of a file, not yet added to any session; a partner's own waits for the lead.

    A file that waits keeps the week of its deposit, unless its name tells another: its amounts
    were true then, not on the day when somebody approves it.
    """
    sheet = mapped.sheet
    today = paris_date(ctx.now)
    origin = upload.origin(ctx.actor)
    week = parse_week(upload.week) if upload.week else week_named(sheet.file_name, today)
    if origin != BatchOrigin.SITE:
        week = week or week_of(today)
    fields, lost = mapped.mapping.fields, mapped.mapping.lost
    return Batch(
        partner_id=upload.partner.id,
        site_id=upload.site.id,
        kind=mapped.kind,
        state=BatchState.PREVIEW if origin == BatchOrigin.SITE else BatchState.DEPOSITED,
        origin=origin,
        inbox_token=upload.inbox_token,
        file_name=sheet.file_name[-200:],
        sha256=sheet.sha256,
        size_bytes=sheet.size_bytes,
        encoding=sheet.encoding,
        delimiter=sheet.delimiter,
        sheet_name=sheet.sheet_name,
        mapping={field: fields.get(field) or lost.get(field) for field in fields_of(mapped.kind)},
        headers=sheet.headers,
        week=week.code if week else None,
        rows=len(sheet.rows),
        ignored=sheet.ignored,
        decisions={},
        uploaded_by_id=ctx.actor.user_id,
        uploaded_at=ctx.now,
    )


def check_bounds(actor: Actor, upload: Upload) -> None:
    """Raise NotFound when the site or the partner is not the actor's."""
    foreign_site = actor.role in AT_A_SITE and actor.site_id != upload.site.id
    foreign_partner = actor.role == Role.PARTNER and actor.partner_id != upload.partner.id
    if foreign_site or foreign_partner:
        raise NotFound(N_("Ce site ou ce partenaire n'est pas le vôtre."))


def imported_before(session: Session, batch: Batch) -> Batch | None:
    """The batch that imported the same bytes."""
    with session.no_autoflush:
        return session.scalar(
            select(Batch).where(
                Batch.partner_id == batch.partner_id,
                Batch.site_id == batch.site_id,
                Batch.kind == batch.kind,
                Batch.sha256 == batch.sha256,
                Batch.state == BatchState.COMMITTED,
            )
        )


def refuse_imported(session: Session, batch: Batch) -> None:
    """Raise Refused, naming the first batch, when the same bytes were imported before."""
    if first := imported_before(session, batch):
        raise already_imported(batch, first)


def already_imported(batch: Batch, first: Batch | None) -> Refused:
    """The refusal; without `first`, another transaction was quicker by a moment."""
    if first is None or first.committed_at is None:
        return Refused(N_("« %(file)s » vient d'être importé par ailleurs."), file=batch.file_name)
    return Refused(
        N_(
            "« %(file)s » a déjà été importé le %(date)s sous le nom « %(first)s » (lot %(batch)s)."
        ),
        file=batch.file_name,
        date=paris(first.committed_at).strftime("%d/%m/%Y"),
        first=first.file_name,
        batch=first.id,
    )
