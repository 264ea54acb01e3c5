"""Reads on mediation: what a case has, what falls due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from energymed.base.clock import at_paris
from energymed.base.db import Model
from energymed.cases.models import Case
from energymed.mediation.codes import AidState, InstalmentState, PlanState
from energymed.mediation.models import Act, AidRequest, ChequeAwareness, Instalment, Plan, Referral
from energymed.mediation.plans import running_plan
from energymed.mediation.states import ENDED_AIDS, RUNNING_PLANS

__all__ = [
    "CaseMediation", "acts_in", "instalments_due", "of_case", "papers_due", "protection",
    "recent_instalments", "running_plan",
]  # fmt: skip

REMIND_AFTER = timedelta(days=7)  # what nobody settled after a follow-up is asked again
Record = TypeVar("Record", Plan, AidRequest, Referral, ChequeAwareness)


@dataclass(frozen=True, slots=True)
class CaseMediation:
    """Everything that mediation did on a case, newest first, crossed-out acts included.

    A plan, aid, referral or talk is crossed out when its `act.voided_at` is set.
    """

    acts: list[Act]
    plans: list[Plan]
    aids: list[AidRequest]
    referrals: list[Referral]
    cheques: list[ChequeAwareness]


def of_case(session: Session, case_id: int) -> CaseMediation:
    """The acts, plans, aids, referrals and cheque talks of a case, in six queries.

    In one when there are no acts: each of the others belongs to one.
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
    plans = _of(Plan, case_id).options(selectinload(Plan.instalments))
    return CaseMediation(
        acts=found,
        plans=list(session.scalars(plans)),
        aids=list(session.scalars(_of(AidRequest, case_id))),
        referrals=list(session.scalars(_of(Referral, case_id))),
        cheques=list(session.scalars(_of(ChequeAwareness, case_id))),
    )


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


def instalments_due(session: Session, today: date) -> list[Instalment]:
    """Instalments of running plans whose day has passed and that nobody follows.

    Followed means: an open follow-up, or one that ended in the last seven days.
    """
    follow_up = Model.metadata.tables["follow_up"]  # calling's table, read only
    followed = select(follow_up.c.id).where(
        follow_up.c.instalment_id == Instalment.id, _recent(today)
    )
    statement = (
        select(Instalment)
        .join(Instalment.plan)
        .where(Instalment.state == InstalmentState.DUE, Instalment.due_on < today)
        .where(Plan.state.in_(RUNNING_PLANS), ~followed.exists())
        .options(joinedload(Instalment.plan).joinedload(Plan.case))
        .order_by(Instalment.due_on, Instalment.id)
    )
    return list(session.scalars(statement))


def papers_due(session: Session, today: date) -> list[AidRequest]:
    """Aid requests that have waited a week or more for papers, and that nobody follows."""
    follow_up = Model.metadata.tables["follow_up"]
    followed = select(follow_up.c.id).where(
        follow_up.c.case_id == AidRequest.case_id,
        follow_up.c.kind == "documents",
        _recent(today),
    )
    statement = (
        select(AidRequest)
        .where(AidRequest.state == AidState.DOCUMENTS_PENDING)
        .where(AidRequest.opened_on <= today - REMIND_AFTER, ~followed.exists())
        .options(joinedload(AidRequest.case))
        .order_by(AidRequest.opened_on, AidRequest.id)
    )
    return list(session.scalars(statement))


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


def _recent(today: date) -> ColumnElement[bool]:
    """A follow-up that is open, or that ended in the last days."""
    follow_up = Model.metadata.tables["follow_up"]
    since = at_paris(today - REMIND_AFTER, time.min)
    return or_(follow_up.c.state == "open", follow_up.c.done_at >= since)
