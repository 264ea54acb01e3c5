"""Reads on mediation: what a case has, what falls due."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

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
from energymed.mediation.request_models import PartnerRequest
from energymed.mediation.requests import ASKING
from energymed.mediation.states import ENDED_AIDS, NO_MORE_OPEN, RUNNING_PLANS

__all__ = [
    "CaseMediation", "acts_in", "of_case", "of_cases", "protection", "recent_instalments",
    "running_plan", "solved_cases", "solved_of",
]  # fmt: skip

Record = TypeVar(
    "Record", Plan, AidRequest, Referral, ChequeAwareness, HouseholdBudget, PartnerRequest
)


@dataclass(frozen=True, slots=True)
class CaseMediation:
    """Everything that mediation did on a case, newest first, crossed-out acts included.

    A plan, aid, referral, talk or budget is crossed out when its `act.voided_at` is set.
    """

    acts: list[Act] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    aids: list[AidRequest] = field(default_factory=list)
    referrals: list[Referral] = field(default_factory=list)
    cheques: list[ChequeAwareness] = field(default_factory=list)
    budgets: list[HouseholdBudget] = field(default_factory=list)
    requests: list[PartnerRequest] = field(default_factory=list)


# records of acts, under their names in `CaseMediation`: the table, and the acts that make one
RECORDS: dict[str, tuple[Any, tuple[ActKind, ...]]] = {
    "plans": (Plan, (ActKind.PLAN_AGREED,)),
    "aids": (AidRequest, (ActKind.AID_OPENED,)),
    "referrals": (Referral, (ActKind.REFERRAL,)),
    "cheques": (ChequeAwareness, (ActKind.ENERGY_CHEQUE_AWARENESS,)),
    "budgets": (HouseholdBudget, (ActKind.BUDGET_STUDY,)),
    "requests": (PartnerRequest, tuple(ASKING)),
}


def of_case(session: Session, case_id: int) -> CaseMediation:
    """Everything that mediation did on a case (`of_cases`)."""
    return of_cases(session, [case_id])[case_id]


def of_cases(session: Session, case_ids: Collection[int]) -> dict[int, CaseMediation]:
    """{case: everything that mediation did on it}, for all cases that are asked for.

    One query where there are no acts: each record belongs to one. Else one more for each kind of
    record that an act tells of, and two for the instalments.
    """
    found = {case_id: CaseMediation() for case_id in case_ids}
    acts = (
        select(Act)
        .where(among(session, Act.case_id, found))
        .options(joinedload(Act.user), joinedload(Act.voided_by))
        .order_by(Act.created_at.desc(), Act.id.desc())
    )
    for act in session.scalars(acts):
        found[act.case_id].acts.append(act)
    kinds = {act.kind for case in found.values() for act in case.acts}
    for name, (model, of_kinds) in RECORDS.items():
        if kinds.isdisjoint(of_kinds):
            continue
        for record in session.scalars(_of(model).where(among(session, model.case_id, found))):
            getattr(found[record.case_id], name).append(record)
    return found


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


def _of(model: type[Record]) -> Select[Record]:
    statement = select(model).options(joinedload(model.act)).order_by(model.id.desc())
    if model is AidRequest:
        return statement.options(joinedload(model.listed), selectinload(model.papers))
    if model is Referral:
        return statement.options(joinedload(model.listed), joinedload(model.link))
    if model is not Plan:
        return statement
    told = joinedload(Instalment.confirmations)
    schedule = selectinload(Plan.instalments).options(
        told.joinedload(Confirmation.recorded_by), told.joinedload(Confirmation.withdrawn_by)
    )
    return statement.options(schedule)
