"""Reads on calling: a mediator's day, the team's board, a case's contacts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from energymed.base.clock import day_bounds, paris_date
from energymed.base.context import Context
from energymed.base.db.bulk import among
from energymed.calling.codes import CALLS, REACHED, FollowUpKind, FollowUpState
from energymed.calling.eligibility.attempts import is_call
from energymed.calling.follow_ups.callbacks import OPEN_CALLBACK
from energymed.calling.models import Contact, FollowUp
from energymed.cases.models import Case


@dataclass(frozen=True, slots=True)
class Day:
    """Neutral counts of one's own day: no money, no comparison."""

    calls: int
    reached: int


def my_day(ctx: Context) -> Day:
    """Calls made today by the actor, and how many reached somebody."""
    start, end = day_bounds(paris_date(ctx.now))
    reached = func.count().filter(Contact.result.in_(REACHED))
    row = ctx.session.execute(
        select(func.count(), reached).where(
            Contact.user_id == ctx.actor.user_id,
            is_call(),
            Contact.started_at >= start,
            Contact.started_at < end,
        )
    ).one()
    return Day(row[0], row[1])


def calls_of_day(ctx: Context) -> Sequence[Contact]:
    """The actor's own calls of today, in and out, the latest first."""
    start, end = day_bounds(paris_date(ctx.now))
    statement = (
        select(Contact)
        .where(Contact.user_id == ctx.actor.user_id, Contact.result.is_not(None))
        .where(Contact.call_of_id.is_(None), Contact.voided_at.is_(None))
        .where(Contact.started_at >= start, Contact.started_at < end)
        .options(
            joinedload(Contact.case, innerjoin=True).joinedload(Case.person, innerjoin=True),
            joinedload(Contact.case, innerjoin=True).joinedload(Case.partner, innerjoin=True),
        )
        .order_by(Contact.started_at.desc(), Contact.id.desc())
    )
    return ctx.session.scalars(statement).all()


def callbacks_of_today(ctx: Context) -> Sequence[FollowUp]:
    """The callbacks that the actor promised for today or before, soonest first."""
    _start, end = day_bounds(paris_date(ctx.now))
    statement = (
        select(FollowUp)
        .where(FollowUp.assigned_to_id == ctx.actor.user_id, OPEN_CALLBACK, FollowUp.due_at < end)
        .options(joinedload(FollowUp.case, innerjoin=True).joinedload(Case.person, innerjoin=True))
        .order_by(FollowUp.due_at)
    )
    return ctx.session.scalars(statement).all()


def last_call(session: Session, case_id: int) -> int:
    """The id of the case's latest call on file; 0 when there is none."""
    calls = select(func.max(Contact.id)).where(
        Contact.case_id == case_id, Contact.channel.in_(CALLS)
    )
    return session.scalar(calls) or 0


def awaited_note(session: Session, case: Case) -> str | None:
    """What is to be done at the time that the case waits for, in the words of the follow-up."""
    awaited = select(FollowUp.note).where(
        FollowUp.case_id == case.id,
        FollowUp.kind == FollowUpKind.OTHER,
        FollowUp.state == FollowUpState.OPEN,
        FollowUp.due_at == case.next_action_at,
    )
    return session.scalar(awaited.limit(1))


def contacts_of(session: Session, *case_ids: int) -> Sequence[Contact]:
    """Every contact of these cases, newest first, voided ones included."""
    statement = (
        select(Contact)
        .where(Contact.case_id.in_(case_ids))
        .options(
            joinedload(Contact.user), joinedload(Contact.phone), joinedload(Contact.recorded_by)
        )
        .order_by(Contact.started_at.desc(), Contact.id.desc())
    )
    return session.scalars(statement).all()


def follow_ups_of(session: Session, case_ids: Collection[int]) -> Sequence[FollowUp]:
    """Every follow-up of these cases, newest first."""
    statement = (
        select(FollowUp)
        .where(among(session, FollowUp.case_id, case_ids))
        .options(
            joinedload(FollowUp.assigned_to),
            joinedload(FollowUp.made_by),
            joinedload(FollowUp.made_by_contact).joinedload(Contact.user),
        )
        .order_by(FollowUp.due_at.desc())
    )
    return session.scalars(statement).all()


def versions_of(session: Session, contact: Contact) -> list[int]:
    """The contact and all that it corrects: what was agreed in the call may hang on any of them."""
    found = [contact.id]
    before = contact.corrects_id
    while before is not None:
        found.append(before)
        before = session.scalar(select(Contact.corrects_id).where(Contact.id == before))
    return found
