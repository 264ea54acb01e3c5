"""Reads on mediation: what a case has, what falls due."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from energymed.base.db import Model
from energymed.mediation.models import Act, AidRequest, ChequeAwareness, Instalment, Plan, Referral
from energymed.mediation.plans import running_plan
from energymed.mediation.states import RUNNING_PLANS

__all__ = ["CaseMediation", "instalments_due", "of_case", "protection", "running_plan"]


@dataclass(frozen=True, slots=True)
class CaseMediation:
    """Everything that mediation did on a case, newest first."""

    acts: list[Act]
    plans: list[Plan]
    aids: list[AidRequest]
    referrals: list[Referral]
    cheques: list[ChequeAwareness]


def of_case(session: Session, case_id: int) -> CaseMediation:
    """The acts, plans, aids, referrals and cheque talks of a case, in six queries."""
    acts = (
        select(Act)
        .where(Act.case_id == case_id)
        .options(joinedload(Act.user))
        .order_by(Act.created_at.desc(), Act.id.desc())
    )
    plans = (
        select(Plan)
        .where(Plan.case_id == case_id)
        .options(selectinload(Plan.instalments))
        .order_by(Plan.id.desc())
    )
    return CaseMediation(
        acts=list(session.scalars(acts)),
        plans=list(session.scalars(plans)),
        aids=list(
            session.scalars(
                select(AidRequest)
                .where(AidRequest.case_id == case_id)
                .order_by(AidRequest.id.desc())
            )
        ),
        referrals=list(
            session.scalars(
                select(Referral).where(Referral.case_id == case_id).order_by(Referral.id.desc())
            )
        ),
        cheques=list(
            session.scalars(
                select(ChequeAwareness)
                .where(ChequeAwareness.case_id == case_id)
                .order_by(ChequeAwareness.id.desc())
            )
        ),
    )


def instalments_due(session: Session, today: date) -> list[Instalment]:
    """Instalments of running plans whose day has passed and that nobody follows yet."""
    follow_up = Model.metadata.tables["follow_up"]  # calling's table, read only
    followed = select(follow_up.c.instalment_id).where(follow_up.c.instalment_id.is_not(None))
    statement = (
        select(Instalment)
        .join(Instalment.plan)
        .where(Instalment.state == "due", Instalment.due_on < today)
        .where(Plan.state.in_(RUNNING_PLANS), Instalment.id.not_in(followed))
        .options(joinedload(Instalment.plan))
        .order_by(Instalment.due_on, Instalment.id)
    )
    return list(session.scalars(statement))


def protection(session: Session, case_id: int, today: date) -> date | None:
    """Until when a submitted aid request protects supply, if one does on `today`."""
    statement = select(AidRequest.protects_until).where(
        AidRequest.case_id == case_id, AidRequest.protects_until >= today
    )
    return max((day for day in session.scalars(statement) if day), default=None)
