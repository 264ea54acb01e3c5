"""The journal of a case's acts: how every act is written once, and how its record is reached."""

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.scope import may_take_back
from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.context import Actor, Context
from energymed.base.errors import Conflict, NotFound, Refused
from energymed.base.i18n import N_
from energymed.cases.models import Case
from energymed.cases.queries import get_case
from energymed.mediation.models import Act, AidRequest, Plan, Referral
from energymed.mediation.request_models import PartnerRequest

Record = TypeVar("Record", Act, Plan, AidRequest, Referral, PartnerRequest)


def known_act(session: Session, case: Case, kind: str, request_key: str | None) -> Act | None:
    """The act that the same request has already written (a double click), if it has.

    The case is locked by the caller, so that two clicks come one after the other.

    Raises:
        Conflict: the request served another case.
    """
    if not request_key:
        return None
    act = session.scalar(select(Act).where(Act.request_key == request_key, Act.kind == kind))
    if act is not None and act.case_id != case.id:
        raise Conflict(N_("Ce formulaire a déjà servi pour un autre dossier : rechargez la page."))
    return act


def new_act(
    ctx: Context,
    case: Case,
    kind: str,
    *,
    details: Mapping[str, Any] | None = None,
    contact_id: int | None = None,
    request_key: str | None = None,
) -> Act:
    """Add an act of today to the case, with its audit event; the contact is of the same case."""
    act = Act(
        case_id=case.id,
        kind=kind,
        acted_on=paris_date(ctx.now),
        user_id=ctx.actor.user_id,
        contact_id=contact_id,
        details=dict(details or {}),
        request_key=request_key or None,
        created_at=ctx.now,
        recorded_at=ctx.recorded_at,
    )
    ctx.session.add(act)
    audit.record(ctx, "act.recorded", act, after={"kind": kind})
    ctx.session.flush()
    return act


def locked(ctx: Context, model: type[Record], record_id: int) -> tuple[Record, Case]:
    """A record and its case, the case locked, the record as it stands once the lock is held.

    Raises:
        NotFound: unknown or of another site.
    """
    record = ctx.session.get(model, record_id)
    if record is None:
        raise NotFound(N_("Cette fiche n'existe pas, ou n'est pas de votre site."))
    case = get_case(ctx, record.case_id, lock=True)
    ctx.session.refresh(record)
    return record, case


def read_record(ctx: Context, model: type[Record], record_id: int) -> Record:
    """A record whose case is the actor's to see, and that was not crossed out.

    Raises:
        NotFound: unknown, crossed out or of another site.
    """
    record = ctx.session.get(model, record_id)
    act = record if isinstance(record, Act) else record.act if record else None
    if record is None or act is None or act.voided_at is not None:
        raise NotFound(N_("Cette fiche n'existe pas, ou n'est pas de votre site."))
    get_case(ctx, record.case_id)
    return record


def check_in_charge(actor: Actor, *whose: int | None) -> None:
    """Ask before a plan or a request is ended that nobody outside ended.

    Raises:
        Refused: it is not the actor's (`Plan.in_charge`), who is no lead either.
    """
    if not may_take_back(actor, *whose):
        raise Refused(
            N_("Seul l'auteur, le médiateur du dossier ou le chef d'équipe peut revenir là-dessus.")
        )
