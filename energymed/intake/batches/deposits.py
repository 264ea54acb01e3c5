"""What a partner brings by itself: which site it is for, what became of it, the answer it gets."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from energymed.accounts.models import Site
from energymed.accounts.scope import scoped
from energymed.base.clock import paris_date
from energymed.base.context import Actor, Context
from energymed.base.errors import BadInput, Refused, TryLater
from energymed.base.i18n import N_
from energymed.base.text.folding import tidy_lines
from energymed.base.text.free_text import refuse_sensitive
from energymed.cases.models import Case
from energymed.intake import queries
from energymed.intake.codes import (
    DISCARD_REASONS,
    PENDING_STATES,
    BatchOrigin,
    BatchState,
    DiscardReason,
)
from energymed.intake.models import Batch
from energymed.partners.rulebook import load_deposits_per_hour
from energymed.partners.taking import works_for

NOTE_LENGTH = 500
TOLD_FOR = timedelta(days=7)

TOO_MANY = N_(
    "%(limit)s fichiers ont été déposés en moins d'une heure : attendez un peu avant d'en déposer "
    "d'autres, ou réunissez-les en un seul."
)


@dataclass(frozen=True, slots=True)
class Answer:
    """Why a deposit is not imported: a code of `DISCARD_REASONS` and a word to the partner."""

    reason: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """How many deposits wait for a lead, and how many the watched folder refused this week."""

    waiting: int
    refused: int


def give_answer(batch: Batch, answer: Answer | None) -> None:
    """Write on a deposit why it is not imported.

    Raises:
        BadInput: no reason, 'other' without a word, a word that is too long.
        Refused: a social-security number, an IBAN or the like in it, with `params["field"]`.
    """
    if answer is None or answer.reason not in DISCARD_REASONS:
        raise BadInput(N_("Choisissez un motif : le partenaire le lira."))
    note = tidy_lines(answer.note)
    if answer.reason == DiscardReason.OTHER and not note:
        raise BadInput(N_("Dites en quelques mots pourquoi : le partenaire le lira."))
    if len(note) > NOTE_LENGTH:
        raise BadInput(N_("Ce mot dépasse %(limit)s caractères."), limit=NOTE_LENGTH)
    refuse_sensitive(note, "note")
    batch.discard_reason, batch.discard_note = DiscardReason(answer.reason), note or None


def refuse_waiting(session: Session, batch: Batch) -> None:
    """Raise Refused when the same bytes already wait for the same partner, site and kind."""
    with session.no_autoflush:
        first = session.scalar(
            select(Batch.id)
            .where(Batch.partner_id == batch.partner_id, Batch.site_id == batch.site_id)
            .where(Batch.kind == batch.kind, Batch.sha256 == batch.sha256)
            .where(Batch.state.in_(PENDING_STATES))
            .limit(1)
        )
    if first is not None:
        raise Refused(
            N_("« %(file)s » est déjà déposé : l'association ne l'a pas encore vérifié."),
            file=batch.file_name,
        )


def refuse_too_many(ctx: Context, partner_id: int) -> None:
    """Raise TryLater when a partner has brought as many files within an hour as it may."""
    most = load_deposits_per_hour(ctx.session, paris_date(ctx.now))
    brought = select(func.count()).select_from(Batch).where(
        Batch.partner_id == partner_id,
        Batch.origin != BatchOrigin.SITE,
        Batch.uploaded_at > ctx.now - timedelta(hours=1),
    )  # fmt: skip
    if (ctx.session.scalar(brought) or 0) >= most:
        raise TryLater(TOO_MANY, limit=most)


def known_sites(session: Session, partner_id: int) -> list[Site]:
    """The sites in use that have worked for a partner, and still do: they imported a file or hold
    a case. By name."""
    imported = select(Batch.id).where(
        Batch.site_id == Site.id,
        Batch.partner_id == partner_id,
        Batch.state == BatchState.COMMITTED,
    )
    held = select(Case.id).where(Case.site_id == Site.id, Case.partner_id == partner_id)
    return list(
        session.scalars(
            _possible(partner_id).where(or_(imported.exists(), held.exists())).order_by(Site.name)
        )
    )


def possible_sites(session: Session, partner_id: int) -> list[Site]:
    """The sites that a file of this partner may be for, by name."""
    return list(session.scalars(_possible(partner_id).order_by(Site.name)))


def _possible(partner_id: int) -> Select[Site]:
    in_use = Site.retired_at.is_(None) & ~Site.practice
    return select(Site).where(in_use, works_for(partner_id))


def usual_site(session: Session, partner_id: int) -> Site | None:
    """The one site that a file of this partner can only be for; None when it must be said."""
    for found in (
        known_sites(session, partner_id),
        possible_sites(session, partner_id),
    ):
        if found:
            return found[0] if len(found) == 1 else None
    return None


def deposits(actor: Actor, *, search: str = "", state: BatchState | None = None) -> Select[Batch]:
    """The files that the actor's partner brought itself, by whichever door; latest first."""
    statement = queries.batches(actor, state=state).where(Batch.origin != BatchOrigin.SITE)
    if search:
        statement = statement.where(Batch.file_name.icontains(search, autoescape=True))
    return statement


def arrivals(ctx: Context) -> Arrivals:
    """What came by itself to the sites that the actor may see, in one query."""
    waiting = func.count().filter(Batch.state == BatchState.DEPOSITED)
    refused = func.count().filter(
        Batch.discard_reason == DiscardReason.ON_ARRIVAL, Batch.uploaded_at > ctx.now - TOLD_FOR
    )
    statement = scoped(select(waiting, refused).select_from(Batch), Batch, ctx.actor)
    return Arrivals(*ctx.session.execute(statement.where(Batch.origin != BatchOrigin.SITE)).one())
