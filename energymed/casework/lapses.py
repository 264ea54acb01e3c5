"""What ends by itself in the next days, so that nothing lapses unseen.

Protections of aid requests, holds, the last day for the mediator for energy, energy cheques that
are not used or not asked for, mandates, needs that are to be asked again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, joinedload

from energymed.base.clock import paris_date
from energymed.base.codes import Code
from energymed.base.context import Context
from energymed.base.db.bulk import among
from energymed.base.i18n import N_
from energymed.cases.codes import CaseState
from energymed.cases.models import Case
from energymed.cases.person_models import Mandate, PersonNeed
from energymed.casework.work_tray import TrayFilter, cases_asked
from energymed.mediation.codes import ChequeStatus
from energymed.mediation.models import Act, AidRequest, ChequeAwareness
from energymed.mediation.next_dates import complaint_days
from energymed.mediation.open_things import Within
from energymed.mediation.request_codes import RequestKind, RequestState
from energymed.mediation.request_models import PartnerRequest
from energymed.mediation.states import NO_MORE_OPEN
from energymed.partners.cheque_campaign_rows import load_cheque_campaigns
from energymed.partners.rulebook import load_waiting_rules

DAYS = (7, 30, 90)
_BEFORE_MEDIATOR = (RequestState.ASKED, RequestState.REFUSED, RequestState.NO_ANSWER)
_CASE = (Case.id.label("case_id"), Case.partner_id, Case.campaign_kind)


class LapseKind(Code):
    """What ends by itself."""

    PROTECTION = "protection", N_("Protection d'une demande d'aide")
    HOLD = "hold", N_("Suspension accordée")
    MEDIATOR = "mediator", N_("Dernier jour pour saisir le médiateur de l'énergie")
    CHEQUE_TO_USE = "cheque_to_use", N_("Chèque énergie à utiliser")
    CHEQUE_TO_ASK = "cheque_to_ask", N_("Chèque énergie à demander")
    MANDATE = "mandate", N_("Mandat ou mesure de protection")
    NEED = "need", N_("Besoin de la personne, à redemander")


@dataclass(frozen=True, slots=True)
class Lapse:
    """What ends after `on`, on which case."""

    kind: LapseKind
    on: date
    case_id: int


def lapses(ctx: Context, asked: TrayFilter, days: int) -> list[Lapse]:
    """What ends from today to so many days ahead, on the cases asked for; the soonest first."""
    today, within = paris_date(ctx.now), cases_asked(ctx, asked)
    last, session = today + timedelta(days=days), ctx.session
    found = {
        *_protections(session, within, today, last),
        *_holds(session, within, today, last),
        *(each for each in _complaints(session, within, today) if today <= each.on <= last),
        *(each for each in _cheques(session, within) if today <= each.on <= last),
        *_mandates(session, within, today, last),
        *_needs(session, within, today, last),
    }
    return sorted(found, key=lambda each: (each.on, each.case_id, each.kind))


def cases_of(session: Session, found: Sequence[Lapse]) -> dict[int, Case]:
    """{id: case, with person and partner} of these lapses."""
    statement = (
        select(Case)
        .where(among(session, Case.id, {each.case_id for each in found}))
        .options(joinedload(Case.person), joinedload(Case.partner), joinedload(Case.assigned_to))
    )
    return {case.id: case for case in session.scalars(statement)} if found else {}


def _protections(session: Session, within: Within, first: date, last: date) -> Iterator[Lapse]:
    statement = (
        select(AidRequest.case_id, AidRequest.protects_until)
        .join(AidRequest.act)
        .join(Case, Case.id == AidRequest.case_id)
        .where(Act.voided_at.is_(None), AidRequest.state.not_in(NO_MORE_OPEN), *within)
        .where(AidRequest.protects_until.between(first, last))
    )
    for case_id, on in session.execute(statement):
        if on is not None:
            yield Lapse(LapseKind.PROTECTION, on, case_id)


def _holds(session: Session, within: Within, first: date, last: date) -> Iterator[Lapse]:
    statement = _requests(within, RequestKind.HOLD).where(
        PartnerRequest.state == RequestState.GRANTED, PartnerRequest.until.between(first, last)
    )
    for row in session.execute(statement):
        yield Lapse(LapseKind.HOLD, row.until, row.case_id)


def _complaints(session: Session, within: Within, today: date) -> Iterator[Lapse]:
    """Complaints that may still go to the mediator for energy, with the last day for it."""
    statement = _requests(within, RequestKind.DISPUTE).where(
        PartnerRequest.state.in_(_BEFORE_MEDIATOR), PartnerRequest.asked_on.is_not(None)
    )
    rules: dict[tuple[int, str], Any] = {}
    for row in session.execute(statement):
        key = (row.partner_id, row.campaign_kind)
        if key not in rules:
            rules[key] = load_waiting_rules(session, today, partner_id=key[0], kind=key[1])
        _answered_by, last = complaint_days(row.asked_on, rules[key])
        yield Lapse(LapseKind.MEDIATOR, last, row.case_id)


def _requests(within: Within, kind: RequestKind) -> Any:
    return (
        select(PartnerRequest.until, PartnerRequest.asked_on, *_CASE)
        .join(PartnerRequest.act)
        .join(Case, Case.id == PartnerRequest.case_id)
        .where(Act.voided_at.is_(None), PartnerRequest.kind == kind, *within)
    )


def _cheques(session: Session, within: Within) -> Iterator[Lapse]:
    """What the person said last of a year's cheque: not used yet, or not received (DOMAIN §4)."""
    later, of_later = aliased(ChequeAwareness), aliased(Act)
    said_since = (
        select(later.id)
        .join(of_later, of_later.id == later.act_id)
        .where(later.case_id == ChequeAwareness.case_id, later.id > ChequeAwareness.id)
        .where(later.campaign_year == ChequeAwareness.campaign_year, of_later.voided_at.is_(None))
    )
    unused = (ChequeStatus.RECEIVED_UNUSED, ChequeStatus.NOT_RECEIVED)
    statement = (
        select(
            ChequeAwareness.case_id, ChequeAwareness.campaign_year, ChequeAwareness.declared_status
        )
        .join(ChequeAwareness.act)
        .join(Case, Case.id == ChequeAwareness.case_id)
        .where(Act.voided_at.is_(None), ChequeAwareness.declared_status.in_(unused), *within)
        .where(Case.state != CaseState.CLOSED, ~said_since.exists())
    )
    campaigns = load_cheque_campaigns(session)
    for case_id, year, said in session.execute(statement):
        campaign = campaigns.of_year(year)
        if campaign is None:
            continue
        if said == ChequeStatus.RECEIVED_UNUSED:
            yield Lapse(LapseKind.CHEQUE_TO_USE, campaign.spend_until, case_id)
        elif campaign.ask_until is not None:
            yield Lapse(LapseKind.CHEQUE_TO_ASK, campaign.ask_until, case_id)


def _mandates(session: Session, within: Within, first: date, last: date) -> Iterator[Lapse]:
    statement = (
        select(Mandate.case_id, Mandate.until)
        .join(Case, Case.id == Mandate.case_id)
        .where(Mandate.ended_at.is_(None), Mandate.until.between(first, last), *within)
    )
    for case_id, on in session.execute(statement):
        if on is not None:
            yield Lapse(LapseKind.MANDATE, on, case_id)


def _needs(session: Session, within: Within, first: date, last: date) -> Iterator[Lapse]:
    """What a person needs ceases to hold: told once a need, on the newest case that is open."""
    statement = (
        select(PersonNeed.id, PersonNeed.until, Case.id.label("case_id"))
        .join(Case, Case.person_id == PersonNeed.person_id)
        .where(PersonNeed.ended_at.is_(None), PersonNeed.until.between(first, last), *within)
        .where(Case.state != CaseState.CLOSED)
        .order_by(Case.id)
    )
    newest = {row.id: row for row in session.execute(statement)}
    for row in newest.values():
        yield Lapse(LapseKind.NEED, row.until, row.case_id)
