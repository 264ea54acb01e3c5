"""A file that comes in: for whom, whether it may, and whether it came before."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.models import Site
from energymed.base.clock import paris, paris_date
from energymed.base.context import Actor, Context
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.base.i18n import N_
from energymed.base.periods import parse_week, week_of
from energymed.base.text.folding import collapse
from energymed.intake.checking.examine import Examined, Limits, examine
from energymed.intake.checking.weeks import week_named
from energymed.intake.codes import FILE_KINDS
from energymed.intake.importing.continuation import recognise
from energymed.intake.mapping.headers import fields_of
from energymed.intake.models import Batch
from energymed.partners.models import Partner


@dataclass(frozen=True, slots=True)
class Upload:
    """A file and for whom it is. Without a `kind` it is guessed; `week` is '2026-W47'.

    `inbox_token` names the arrival of a file that was found in the partner's watched folder: like
    what a partner brings to its own desk, it waits for the lead.
    """

    partner: Partner
    site: Site
    content: bytes
    file_name: str
    kind: str | None = None
    week: str | None = None
    inbox_token: str | None = None

    @property
    def safe_name(self) -> str:
        """The file's name without any folder, in letters that can be stored."""
        name = PurePath(self.file_name.replace("\\", "/")).name or "fichier"
        return collapse(name.encode("utf-8", "replace").decode("utf-8")) or "fichier"


def examine_upload(session: Session, upload: Upload, limits: Limits) -> Examined:
    """The file read, its columns matched and its kind known. Raises BadInput when it cannot be."""
    if upload.kind is not None and upload.kind not in FILE_KINDS:
        raise BadInput(N_("Type de fichier inconnu : %(kind)s."), kind=upload.kind)
    return examine(
        session,
        upload.content,
        upload.safe_name,
        partner_id=upload.partner.id,
        kind=upload.kind,
        limits=limits,
    )


def taken_in(ctx: Context, upload: Upload, limits: Limits) -> tuple[Examined, Batch]:
    """A file read and its batch, not yet added; mended lines are known as a continuation.

    Raises BadInput when it cannot be read.
    """
    examined, first = recognise(
        ctx.session,
        examine_upload(ctx.session, upload, limits),
        partner_id=upload.partner.id,
        site_id=upload.site.id,
        kind=upload.kind,
    )
    batch = new_batch(ctx.actor, upload, examined, ctx.now)
    if first is not None:
        batch.continues_id = first.id
        if upload.week is None:
            batch.week = first.week
    return examined, batch


def new_batch(actor: Actor, upload: Upload, examined: Examined, now: datetime) -> Batch:
    """The batch of a file, not yet added to any session; a partner's own waits for the lead.

    A file that waits keeps the week of its deposit, unless its name tells another: its amounts
    were true then, not on the day when somebody approves it.
    """
    sheet = examined.sheet
    today = paris_date(now)
    origin = "inbox" if upload.inbox_token else "desk" if actor.role == "partner" else "site"
    week = parse_week(upload.week) if upload.week else week_named(sheet.file_name, today)
    if origin != "site":
        week = week or week_of(today)
    fields, lost = examined.mapping.fields, examined.mapping.lost
    return Batch(
        partner_id=upload.partner.id,
        site_id=upload.site.id,
        kind=examined.kind,
        state="preview" if origin == "site" else "deposited",
        origin=origin,
        inbox_token=upload.inbox_token,
        file_name=sheet.file_name[-200:],
        sha256=sheet.sha256,
        size_bytes=sheet.size_bytes,
        encoding=sheet.encoding,
        delimiter=sheet.delimiter,
        sheet_name=sheet.sheet_name,
        mapping={field: fields.get(field) or lost.get(field) for field in fields_of(examined.kind)},
        headers=sheet.headers,
        week=week.code if week else None,
        rows=len(sheet.rows),
        ignored=sheet.ignored,
        uploaded_by_id=actor.user_id,
        uploaded_at=now,
    )


def check_bounds(actor: Actor, upload: Upload) -> None:
    """Raise NotFound when the site or the partner is not the actor's."""
    foreign_site = actor.role in ("lead", "mediator") and actor.site_id != upload.site.id
    foreign_partner = actor.role == "partner" and actor.partner_id != upload.partner.id
    if foreign_site or foreign_partner:
        raise NotFound(N_("Ce site ou ce partenaire n'est pas le vôtre."))


def known_batch(session: Session, batch: Batch) -> Batch | None:
    """The batch that imported the same bytes."""
    with session.no_autoflush:
        return session.scalar(
            select(Batch).where(
                Batch.partner_id == batch.partner_id,
                Batch.site_id == batch.site_id,
                Batch.kind == batch.kind,
                Batch.sha256 == batch.sha256,
                Batch.state == "committed",
            )
        )


def refuse_known(session: Session, batch: Batch) -> None:
    """Raise Refused, naming the first batch, when the same bytes were imported before."""
    if first := known_batch(session, batch):
        raise imported_before(batch, first)


def imported_before(batch: Batch, first: Batch | None) -> Refused:
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
