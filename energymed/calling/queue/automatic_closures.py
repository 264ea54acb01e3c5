"""Cases that end by themselves: paid, an intervention whose time has come (DOMAIN §2), a stop."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, true
from sqlalchemy.orm import Session, aliased

from energymed.base.clock import paris_date
from energymed.base.context import SYSTEM, Context
from energymed.base.db.bulk import among
from energymed.calling.codes import FollowUpKind, FollowUpState
from energymed.calling.eligibility.stopped import (
    CLOSURES,
    in_a_marked_home,
    never_called,
    never_called_among,
    stopping_call,
)
from energymed.calling.follow_ups.service import close_case, settle_follow_ups
from energymed.cases import transitions
from energymed.cases.codes import REPAID, CaseState
from energymed.cases.cutoff import past_cutoff
from energymed.cases.models import Case, CaseMove, LedgerEntry, Person
from energymed.cases.queries import sent_anew
from energymed.partners.codes import CampaignKind, Closure


def close_past_cutoffs(session: Session, *, now: datetime) -> int:
    """Close the cut-off notices whose intervention may have begun; returns how many.

    Somebody who was told in time is `informed_only`, anybody else `too_late`. A case in call is
    left to whoever is talking.
    """
    farthest = paris_date(now + timedelta(days=1))  # overseas it may be tomorrow already
    past = session.scalars(
        select(Case)
        .where(Case.campaign_kind == CampaignKind.CUTOFF_NOTICE)
        .where(Case.state.not_in((CaseState.CLOSED, CaseState.IN_CALL)))
        .where(Case.cutoff_date.is_not(None), Case.cutoff_date <= farthest)
        .order_by(Case.id)
        .with_for_update(skip_locked=True)
    ).all()
    begun = [case for case in past if past_cutoff(case, now)]
    for case in begun:
        closure = Closure.INFORMED_ONLY if case.told_in_time else Closure.TOO_LATE
        close_case(Context(session, SYSTEM, now), case, closure, for_good=False)
    return len(begun)


def close_paid(ctx: Context, case_ids: Collection[int] | None = None) -> int:
    """Close the cases that payments brought to zero; returns how many.

    One in call is left to whoever is talking, and closed afterwards. The file of the last payment
    is the cause: its undo opens them again. Nobody decides it, whoever booked the last movement.

    Args:
        case_ids: of which cases; all of them when None.
    """
    each = aliased(LedgerEntry)
    last_paid = (
        select(func.max(each.id))
        .where(each.case_id == Case.id, each.kind.in_(REPAID), each.amount_cents < 0)
        .scalar_subquery()
    )
    of_these = true() if case_ids is None else among(ctx.session, Case.id, case_ids)
    paid = (
        select(Case, LedgerEntry.batch_id)
        .join(LedgerEntry, LedgerEntry.id == last_paid)
        .where(of_these, Case.debt_cents <= 0)
        .where(Case.state.not_in((CaseState.CLOSED, CaseState.IN_CALL)))
        .order_by(Case.id)
        .with_for_update(of=Case, skip_locked=case_ids is None)
    )
    rows = ctx.session.execute(paid).all()
    for case, batch_id in rows:
        told = (ctx if ctx.batch_id else ctx.caused_by(batch_id=batch_id)).acting_as(SYSTEM)
        close_case(told, case, Closure.SETTLED, for_good=False)
        settle_follow_ups(told, case, (FollowUpKind.INSTALMENT,), FollowUpState.CANCELLED)
    return len(rows)


def reopen_unpaid(ctx: Context, case_ids: Collection[int]) -> None:
    """Open again those of these cases that a payment settled and that owe something after all.

    One whose reference the partner has sent anew stays closed.
    """
    unpaid = transitions.last_moves().where(
        among(ctx.session, Case.id, case_ids),
        Case.state == CaseState.CLOSED,
        Case.closure == Closure.SETTLED,
        Case.debt_cents > 0,
        or_(CaseMove.batch_id.is_not(None), CaseMove.actor_id.is_(None)),  # nobody's decision
    )
    for case, closing in ctx.session.execute(unpaid).all():
        if not sent_anew(ctx.session, case):
            transitions.put_back(ctx, case, closing)


def close_never_called(session: Session, *, now: datetime) -> int:
    """Return to the partner the cases of people who are never called; returns how many.

    A later file names somebody who died, or who opposed, or who lives with somebody who died: the
    team that was given the case has nothing to do on it. One to be assigned still stays, so that
    its file can be undone. The call that said so is the cause: its correction opens them again.
    """
    stopped = session.scalars(
        select(Case)
        .join(Person, Person.id == Case.person_id)
        .where(in_a_marked_home(), never_called())
        .where(Case.state.in_((CaseState.QUEUED, CaseState.WAITING)))
        .order_by(Case.id)
        .with_for_update(of=Case, skip_locked=True)
    ).all()
    reasons = never_called_among(session, [case.id for case in stopped])
    for case in stopped:
        reason = reasons[case.id]
        call = stopping_call(session, case.person, reason)
        ctx = Context(session, SYSTEM, now).caused_by(contact_id=call)
        close_case(ctx, case, CLOSURES[reason], for_good=True)
    return len(stopped)
