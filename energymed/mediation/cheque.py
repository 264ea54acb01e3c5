"""Energy-cheque awareness: one act per case and campaign year (DOMAIN §4)."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.errors import BadInput, Faults, Refused
from energymed.base.i18n import N_
from energymed.cases.models import Case
from energymed.cases.queries import get_case
from energymed.mediation.codes import (
    CHEQUE_HELP,
    CHEQUE_STATUSES,
    CHEQUE_TOPICS,
    ELIGIBILITY_BANDS,
    ActKind,
    ChequeHelp,
    ChequeStatus,
    EligibilityBand,
)
from energymed.mediation.journal import known_act, new_act
from energymed.mediation.models import ChequeAwareness
from energymed.partners.cheque_campaign_rows import load_cheque_campaigns

KIND = ActKind.ENERGY_CHEQUE_AWARENESS


@dataclass(frozen=True, slots=True)
class ChequeTalk:
    """What was said about the energy cheque; at least one topic.

    `eligibility_band` is a rank of ELIGIBILITY_BANDS, never an income.
    """

    campaign_year: int
    declared_status: str
    topics: tuple[str, ...]
    help: str = ChequeHelp.INFORMED
    eligibility_band: str | None = None


def give_awareness(
    ctx: Context,
    case_id: int,
    talk: ChequeTalk,
    *,
    contact_id: int | None = None,
    request_key: str | None = None,
) -> ChequeAwareness:
    """Record the talk.

    Raises:
        BadInput: no topic, unknown code or an unlikely year, with `params["field"]`.
        Refused: this case had its talk for the year (and it was not crossed out).
    """
    case = get_case(ctx, case_id, lock=True)
    known = known_act(ctx.session, case, KIND, request_key)
    if known is not None:
        given = select(ChequeAwareness).where(ChequeAwareness.act_id == known.id)
        return ctx.session.scalars(given).one()
    awareness = check_talk(ctx, case, talk)
    if awareness is None:
        awareness = ChequeAwareness(case_id=case.id, campaign_year=talk.campaign_year)
    # a crossed-out talk of the same year is told again: its row is that of the new act
    awareness.act = new_act(ctx, case, KIND, contact_id=contact_id, request_key=request_key)
    awareness.declared_status = ChequeStatus(talk.declared_status)
    awareness.help = ChequeHelp(talk.help)
    awareness.topics = list(dict.fromkeys(talk.topics))
    band = talk.eligibility_band
    awareness.eligibility_band = EligibilityBand(band) if band else None
    awareness.given_on = paris_date(ctx.now)
    ctx.session.add(awareness)
    after = {"campaign_year": talk.campaign_year, "status": talk.declared_status}
    audit.record(ctx, "cheque.explained", awareness, after=after)
    ctx.session.flush()
    return awareness


def check_talk(ctx: Context, case: Case, talk: ChequeTalk) -> ChequeAwareness | None:
    """Refuse what `give_awareness` would, writing nothing; gives a crossed-out talk of the year."""
    faults = Faults()
    with faults:
        day = paris_date(ctx.now)
        _check(talk, load_cheque_campaigns(ctx.session).talked_of(day))
    given = _given(ctx.session, case.id, talk.campaign_year)
    faults.when(
        given is not None and given.act.voided_at is None,
        Refused(
            N_("La sensibilisation de cette campagne est déjà notée sur ce dossier."),
            field="campaign_year",
        ),
    )
    faults.tell()
    return given


def _check(talk: ChequeTalk, years: Collection[int]) -> None:
    faults = Faults()
    faults.when(
        not talk.topics or not set(talk.topics) <= set(CHEQUE_TOPICS),
        BadInput(N_("Cochez au moins un sujet abordé."), field="topics"),
    )
    faults.when(
        talk.declared_status not in CHEQUE_STATUSES or talk.help not in CHEQUE_HELP,
        BadInput(N_("Dites ce que la personne déclare de son chèque."), field="status"),
    )
    faults.when(
        talk.campaign_year not in years,
        BadInput(N_("Choisissez l'année de la campagne."), field="campaign_year"),
    )
    faults.when(
        talk.eligibility_band not in (None, *ELIGIBILITY_BANDS),
        BadInput(N_("Choisissez une tranche d'éligibilité."), field="eligibility_band"),
    )
    faults.tell()


def _given(session: Session, case_id: int, year: int) -> ChequeAwareness | None:
    return session.scalar(
        select(ChequeAwareness)
        .where(ChequeAwareness.case_id == case_id, ChequeAwareness.campaign_year == year)
        .options(joinedload(ChequeAwareness.act))
    )
