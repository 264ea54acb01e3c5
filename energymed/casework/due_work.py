"""Work that falls due: what runs makes follow-ups, and what is due queues its case."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager

from energymed.base.clock import at_paris, paris_date
from energymed.base.context import SYSTEM, Context
from energymed.base.db import db, transaction
from energymed.base.db.chunks import chunks
from energymed.calling.codes import FollowUpKind, FollowUpState
from energymed.calling.follow_ups.pauses import end_overtaken
from energymed.calling.follow_ups.service import add_follow_up
from energymed.calling.models import FollowUp
from energymed.calling.queue.due import due_cases, surface_due
from energymed.cases.models import Case
from energymed.casework.aid_grants import grants_over, let_grants_go
from energymed.casework.due_follow_ups import MORNING, cases_to_follow, follow_cases
from energymed.casework.hear_payments import hear_of_payments
from energymed.mediation.codes import InstalmentState, InstalmentWord, PlanState
from energymed.mediation.models import Instalment, Plan
from energymed.mediation.plan_payments import tolerances
from energymed.mediation.states import FOLLOWED_PLANS, NOT_IN_FORCE
from energymed.partners.rulebook import load_waiting_rules

AT_ONCE = 50  # cases in one transaction


def queue_due_work(at: datetime) -> int:
    """What falls due becomes queue entries: instalments, callbacks, retries, pauses, follow-ups.

    Thousands fall due at once when the calling hours begin: a few at a time, so that nobody who
    saves a call waits for all of them.
    """
    with transaction() as session:
        ctx = Context(session, SYSTEM, at)
        follow_instalments(ctx)
        end_overtaken(ctx)
    due = due_cases(db.session(), now=at)
    return sum(_surface(piece, at) for piece in chunks(due, AT_ONCE))


def follow_running(at: datetime) -> int:
    """Follow-ups for what runs and is due; those of what moved on end. Returns of how many cases.

    It reads all that runs: days matter here, not minutes. Grants that nobody paid are let go first.
    """
    if grants_over(Context(db.session(), SYSTEM, at)):
        with transaction() as session:
            let_grants_go(Context(session, SYSTEM, at))
    cases = cases_to_follow(db.session(), paris_date(at))
    for piece in chunks(cases, AT_ONCE):
        with transaction() as session:
            follow_cases(Context(session, SYSTEM, at), piece)
    return len(cases)


def follow_instalments(ctx: Context) -> None:
    """A follow-up for each late instalment that nobody follows.

    They hear of their payments first: nobody is called about one that is paid.
    """
    today = paris_date(ctx.now)
    overdue = instalments_due(ctx.session, today)
    hear_of_payments(ctx, {each.plan.case_id for each in overdue})
    for late in overdue:
        if late.said is None and late.state != InstalmentState.CONFIRMED:
            add_follow_up(
                ctx, late.plan.case, FollowUpKind.INSTALMENT, at_paris(today, MORNING),
                instalment_id=late.id, act_id=late.plan.act_id,
            )  # fmt: skip


def instalments_due(session: Session, today: date) -> list[Instalment]:
    """Instalments not paid in time that nobody follows, and of which nobody knows more.

    Followed means: an open follow-up, or one that ended a short while ago. Of a broken plan,
    what broke it alone; none of a plan that another one replaced, or where nothing is owed.
    """
    again = timedelta(days=load_waiting_rules(session, today).again)
    followed = select(FollowUp.id).where(
        FollowUp.instalment_id == Instalment.id, _since(today - again)
    )
    later, earlier = aliased(Plan), aliased(Instalment)
    replaced = select(later.id).where(
        later.case_id == Plan.case_id, later.id > Plan.id, later.state.not_in(NOT_IN_FORCE)
    )
    broken_before = select(earlier.id).where(
        earlier.plan_id == Plan.id,
        earlier.due_on < Instalment.due_on,
        earlier.state == InstalmentState.MISSED,
        Plan.state == PlanState.BROKEN,
    )
    unpaid = and_(
        Instalment.state == InstalmentState.DUE, Instalment.said == InstalmentWord.UNPAID
    )  # to be told missed once its last day is over
    unsaid = and_(
        Instalment.state.in_((InstalmentState.DUE, InstalmentState.MISSED)),
        Instalment.said.is_(None),
    )
    statement = (
        select(Instalment)
        .join(Instalment.plan)
        .join(Plan.case)
        .where(or_(unsaid, unpaid), Instalment.due_on < today, Plan.state.in_(FOLLOWED_PLANS))
        .where(Case.debt_cents > 0)
        .where(~followed.exists(), ~replaced.exists(), ~broken_before.exists())
        .options(contains_eager(Instalment.plan).contains_eager(Plan.case))
        .order_by(Instalment.due_on, Instalment.id)
    )
    tolerance = tolerances(session)
    found = session.scalars(statement).all()
    return [each for each in found if today > each.due_on + timedelta(tolerance(each).days)]


def _since(day: date) -> ColumnElement[bool]:
    """A follow-up that is open, or that ended on that day or later.

    One that ended by a payment does not count: should that be taken back, it is asked anew.
    """
    ended = FollowUp.done_at >= at_paris(day, time.min)
    return or_(
        FollowUp.state == FollowUpState.OPEN, and_(ended, FollowUp.settled_by_payment.is_(False))
    )


def _surface(case_ids: list[int], at: datetime) -> int:
    with transaction() as session:
        return surface_due(session, now=at, among=case_ids)
