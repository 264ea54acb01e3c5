"""What FSL requests say to the legal clock of a person's cases (DOMAIN §3, §5)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.cases.models import Case
from energymed.mediation.codes import AidState, Fund
from energymed.mediation.models import Act, AidRequest
from energymed.mediation.states import DECISIONS, NOBODY_DECIDED
from energymed.partners.codes import Energy

AIDED = (*DECISIONS, AidState.PAID_TO_SUPPLIER)
DECIDED = (*AIDED, AidState.REFUSED, AidState.NEVER_PAID)


@dataclass(frozen=True, slots=True)
class Fsl:
    """The latest request that was filed, and whether one has ever been granted."""

    filed_on: date | None = None
    decided_on: date | None = None
    aided: bool = False


def fsl_of_person(session: Session, person_id: int, energy: Energy | None) -> Fsl:
    """What the FSL knows of a person at its supplier, for water or for energy; in one query.

    A request that was withdrawn or let lapse counts for nothing, nor does a crossed-out one.
    """
    fund = Fund.FSL_WATER if energy == Energy.WATER else Fund.FSL_ENERGY
    statement = (
        select(AidRequest.submitted_on, AidRequest.decision_on, AidRequest.state)
        .join(Case, Case.id == AidRequest.case_id)
        .join(Act, Act.id == AidRequest.act_id)
        .where(Case.person_id == person_id, AidRequest.fund == fund, Act.voided_at.is_(None))
        .where(AidRequest.submitted_on.is_not(None), AidRequest.state.not_in(NOBODY_DECIDED))
        .order_by(AidRequest.submitted_on, AidRequest.id)
    )
    rows = session.execute(statement).all()
    if not rows:
        return Fsl()
    filed_on, decision_on, state = rows[-1]
    return Fsl(
        filed_on,
        decision_on if state in DECIDED else None,
        any(row.state in AIDED for row in rows),
    )
