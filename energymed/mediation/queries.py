"""Reads on mediation: what a case has, what falls due."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from sqlalchemy import Select, select, union
from sqlalchemy.orm import Session, joinedload, selectinload

from energymed.base.db.bulk import among
from energymed.cases.models import Case
from energymed.mediation.codes import ActKind, PlanState
from energymed.mediation.models import (
    Act,
    AidRequest,
    ChequeAwareness,
    Confirmation,
    HouseholdBudget,
    Instalment,
    Plan,
    Referral,
)
from energymed.mediation.plans import running_plan
from energymed.mediation.states import ENDED_AIDS, NO_MORE_OPEN, RUNNING_PLANS

__all__ = [
    "CaseMediation", "acts_in", "of_case", "protection", "recent_instalments", "running_plan",
    "solved_cases", "solved_of",
]  # fmt: skip

Record = TypeVar("Record", Plan, AidRequest, Referral, ChequeAwareness, HouseholdBudget)


@dataclass(frozen=True, slots=True)
class CaseMediation:
    """Everything that mediation did on a case, newest first, crossed-out acts included.

    A plan, aid, referral, talk or budget is crossed out when its `act.voided_at` is set.
    """

    acts: list[Act]
    plans: list[Plan]
    aids: list[AidRequest]
    referrals: list[Referral]
    cheques: list[ChequeAwareness]
    budgets: list[HouseholdBudget] = field(default_factory=list)


def of_case(session: Session, case_id: int) -> CaseMediation:
    """The acts, plans, aids, referrals and cheque talks of a case, in six queries.

    In one when there are no acts: each of the others belongs to one. Its budgets in one more,
    where one was studied.
    """
    acts = (
        select(Act)
        .where(Act.case_id == case_id)
        .options(joinedload(Act.user))
        .order_by(Act.created_at.desc(), Act.id.desc())
    )
    found = list(session.scalars(acts))
    if not found:
        return CaseMediation([], [], [], [], [])
    studied = any(act.kind == ActKind.BUDGET_STUDY for act in found)
    told = joinedload(Instalment.confirmations)
    plans = _of(Plan, case_id).options(
        selectinload(Plan.instalments).options(
            told.joinedload(Confirmation.recorded_by), told.joinedload(Confirmation.withdrawn_by)
        )
    )
    aids = _of(AidRequest, case_id).options(joinedload(AidRequest.listed))
    referrals = _of(Referral, case_id).options(joinedload(Referral.listed))
    return CaseMediation(
        acts=found,
        plans=list(session.scalars(plans)),
        aids=list(session.scalars(aids)),
        referrals=list(session.scalars(referrals)),
        cheques=list(session.scalars(_of(ChequeAwareness, case_id))),
        budgets=list(session.scalars(_of(HouseholdBudget, case_id))) if studied else [],
    )


def solved_cases() -> Select[int]:
    """Select of the ids of the cases that have a solution which runs: a plan, or an open aid."""
    plans = (
        select(Plan.case_id.label("case_id"))
        .join(Plan.act)
        .where(Act.voided_at.is_(None), Plan.state.in_(RUNNING_PLANS))
    )
    aids = (
        select(AidRequest.case_id.label("case_id"))
        .join(AidRequest.act)
        .where(Act.voided_at.is_(None), AidRequest.state.not_in(NO_MORE_OPEN))
    )
    both = union(plans, aids).subquery()
    return select(both.c.case_id)


def solved_of(session: Session, case_ids: Collection[int]) -> set[int]:
    """Those of the cases that have a solution which runs; no query for none."""
    if not case_ids:
        return set()
    solved = solved_cases().subquery()
    statement = select(Case.id).where(
        among(session, Case.id, case_ids), Case.id.in_(select(solved.c.case_id))
    )
    return set(session.scalars(statement))


def acts_in(session: Session, contact_ids: Sequence[int]) -> Sequence[Act]:
    """What was agreed in these contacts and still counts, in the order in which it was noted."""
    return session.scalars(
        select(Act)
        .where(Act.contact_id.in_(contact_ids), Act.voided_at.is_(None))
        .order_by(Act.created_at, Act.id)
    ).all()


def recent_instalments(
    session: Session, user_id: int | None, first: date, last: date
) -> Sequence[Instalment]:
    """Instalments due between two days, of the plans that this user agreed; the latest first."""
    statement = (
        select(Instalment)
        .join(Plan, Plan.id == Instalment.plan_id)
        .join(Act, Act.id == Plan.act_id)
        .where(Act.user_id == user_id, Act.voided_at.is_(None), Plan.state != PlanState.CANCELLED)
        .where(Instalment.due_on.between(first, last))
        .options(
            joinedload(Instalment.plan, innerjoin=True)
            .joinedload(Plan.case, innerjoin=True)
            .joinedload(Case.person, innerjoin=True)
        )
        .order_by(Instalment.due_on.desc(), Instalment.id)
    )
    return session.scalars(statement).all()


def protection(aids: Sequence[AidRequest], today: date) -> date | None:
    """Until when submitted aid requests of a case protect supply, if one does on `today`.

    A request that was refused, withdrawn or let lapse protects no more.
    """
    days = [aid.protects_until for aid in aids if aid.state not in ENDED_AIDS]
    return max((day for day in days if day and day >= today), default=None)


def _of(model: type[Record], case_id: int) -> Select[Record]:
    return (
        select(model)
        .where(model.case_id == case_id)
        .options(joinedload(model.act))
        .order_by(model.id.desc())
    )
