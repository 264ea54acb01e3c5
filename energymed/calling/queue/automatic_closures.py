"""Cases that end by themselves: an intervention whose time has come (DOMAIN §2), a stop."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from energymed.base.clock import paris_date
from energymed.base.context import SYSTEM, Context
from energymed.calling.follow_ups.service import close_case
from energymed.cases.cutoff import past_cutoff
from energymed.cases.models import Case, Person
from energymed.partners.codes import Closure


def close_past_cutoffs(session: Session, *, now: datetime) -> int:
    """Close the cut-off notices whose intervention may have begun; returns how many.

    Somebody who was told in time is `informed_only`, anybody else `too_late`. A case in call is
    left to whoever is talking.
    """
    past = session.scalars(
        select(Case)
        .where(Case.campaign_kind == "cutoff_notice", Case.state.not_in(("closed", "in_call")))
        .where(Case.cutoff_date.is_not(None), Case.cutoff_date <= paris_date(now))
        .order_by(Case.id)
        .with_for_update(skip_locked=True)
    ).all()
    over = [
        case
        for case in past
        if past_cutoff(case.campaign_kind, case.cutoff_date, case.cutoff_slot, now)
    ]
    for case in over:
        closure = Closure.INFORMED_ONLY if case.told_in_time else Closure.TOO_LATE
        close_case(Context(session, SYSTEM, now), case, closure, for_good=False)
    return len(over)


def close_never_called(session: Session, *, now: datetime) -> int:
    """Return to the partner the cases of people who are never called; returns how many.

    A later file names somebody who died, or who opposed: the team that was given the case has
    nothing to do on it. One to be assigned still stays, so that its file can be undone.
    """
    stopped = session.scalars(
        select(Case)
        .join(Person, Person.id == Case.person_id)
        .where(or_(Person.opposed_at.is_not(None), Person.deceased_at.is_not(None)))
        .where(Case.state.in_(("queued", "waiting")))
        .order_by(Case.id)
        .with_for_update(of=Case, skip_locked=True)
    ).all()
    for case in stopped:
        person, closure = case.person, Closure.OPPOSED
        said_by = person.opposed_by_contact_id
        if person.deceased_at:
            closure, said_by = Closure.DECEASED, person.deceased_by_contact_id
        ctx = Context(session, SYSTEM, now).caused_by(contact_id=said_by)
        close_case(ctx, case, closure, for_good=True)
    return len(stopped)
