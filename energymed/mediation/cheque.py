"""Energy-cheque awareness: one act per case and campaign year (DOMAIN §4)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.actor import Actor
from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.errors import BadInput, Refused
from energymed.base.i18n import N_
from energymed.cases.queries import get_case
from energymed.mediation.acts import new_act
from energymed.mediation.codes import CHEQUE_HELP, CHEQUE_STATUSES, CHEQUE_TOPICS
from energymed.mediation.models import ChequeAwareness


@dataclass(frozen=True, slots=True)
class ChequeTalk:
    """What was said about the energy cheque; at least one topic. Never an income."""

    campaign_year: int
    declared_status: str
    topics: tuple[str, ...]
    help: str = "informed"
    eligibility_band: str | None = None


def give_awareness(
    session: Session,
    actor: Actor,
    case_id: int,
    talk: ChequeTalk,
    *,
    now: datetime,
    contact_id: int | None = None,
    request_key: str | None = None,
) -> ChequeAwareness:
    """Record the talk.

    Raises:
        BadInput: no topic, unknown code or an unlikely year, with `params["field"]`.
        Refused: this case had its talk for the year.
    """
    if not talk.topics or not set(talk.topics) <= set(CHEQUE_TOPICS):
        raise BadInput(N_("Cochez au moins un sujet abordé."), field="topics")
    if talk.declared_status not in CHEQUE_STATUSES or talk.help not in CHEQUE_HELP:
        raise BadInput(N_("Dites ce que la personne déclare de son chèque."), field="status")
    if not paris_date(now).year - 2 <= talk.campaign_year <= paris_date(now).year:
        raise BadInput(N_("Choisissez l'année de la campagne."), field="campaign_year")
    case = get_case(session, actor, case_id, lock=True)
    act, known = new_act(
        session, actor, case, "energy_cheque_awareness", now=now, contact_id=contact_id,
        request_key=request_key,
    )  # fmt: skip
    if known:
        return session.scalars(
            select(ChequeAwareness).where(ChequeAwareness.act_id == act.id)
        ).one()
    if _given(session, case.id, talk.campaign_year):
        raise Refused(
            N_("La sensibilisation de cette campagne est déjà notée sur ce dossier."),
            field="campaign_year",
        )
    awareness = ChequeAwareness(
        act_id=act.id,
        case_id=case.id,
        campaign_year=talk.campaign_year,
        declared_status=talk.declared_status,
        topics=list(talk.topics),
        help=talk.help,
        eligibility_band=talk.eligibility_band,
        given_on=paris_date(now),
    )
    session.add(awareness)
    after = {"campaign_year": talk.campaign_year, "status": talk.declared_status}
    audit.record(session, actor, "cheque.explained", awareness, now=now, after=after)
    session.flush()
    return awareness


def _given(session: Session, case_id: int, year: int) -> bool:
    statement = select(ChequeAwareness.id).where(
        ChequeAwareness.case_id == case_id, ChequeAwareness.campaign_year == year
    )
    return session.scalar(statement) is not None
