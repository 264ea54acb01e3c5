"""Work that falls due: instalments and papers make follow-ups, and what is due queues its case."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from energymed.base.clock import at_paris, paris_date
from energymed.base.context import SYSTEM, Context
from energymed.base.db import db, transaction
from energymed.base.db.chunks import chunks
from energymed.calling.codes import FollowUpKind, FollowUpState
from energymed.calling.follow_ups.service import add_follow_up
from energymed.calling.models import FollowUp
from energymed.calling.queue.due import due_cases, surface_due
from energymed.mediation.codes import AidState, InstalmentState
from energymed.mediation.models import AidRequest, Instalment, Plan
from energymed.mediation.states import RUNNING_PLANS

MORNING = time(9, 0)
REMIND_AFTER = timedelta(days=7)  # what nobody settled after a follow-up is asked again
AT_ONCE = 50  # cases in one transaction


def queue_due_work(at: datetime) -> int:
    """What falls due becomes queue entries: instalments, papers, callbacks, retries, follow-ups.

    Thousands fall due at once when the calling hours begin: a few at a time, so that nobody who
    saves a call waits for all of them.
    """
    with transaction() as session:
        follow_up_due(Context(session, SYSTEM, at))
    due = due_cases(db.session(), now=at)
    return sum(_surface(piece, at) for piece in chunks(due, AT_ONCE))


def follow_up_due(ctx: Context) -> None:
    """A follow-up for each instalment and each request for papers that nobody follows."""
    today = paris_date(ctx.now)
    morning = at_paris(today, MORNING)
    for instalment in instalments_due(ctx.session, today):
        case, kind = instalment.plan.case, FollowUpKind.INSTALMENT
        add_follow_up(ctx, case, kind, morning, instalment_id=instalment.id)
    for aid in papers_due(ctx.session, today):
        add_follow_up(ctx, aid.case, FollowUpKind.DOCUMENTS, morning)


def instalments_due(session: Session, today: date) -> list[Instalment]:
    """Instalments of running plans whose day has passed and that nobody follows.

    Followed means: an open follow-up, or one that ended in the last seven days.
    """
    followed = select(FollowUp.id).where(FollowUp.instalment_id == Instalment.id, _recent(today))
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
    followed = select(FollowUp.id).where(
        FollowUp.case_id == AidRequest.case_id,
        FollowUp.kind == FollowUpKind.DOCUMENTS,
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


def _recent(today: date) -> ColumnElement[bool]:
    """A follow-up that is open, or that ended in the last days."""
    since = at_paris(today - REMIND_AFTER, time.min)
    return or_(FollowUp.state == FollowUpState.OPEN, FollowUp.done_at >= since)


def _surface(case_ids: list[int], at: datetime) -> int:
    with transaction() as session:
        return surface_due(session, now=at, among=case_ids)
