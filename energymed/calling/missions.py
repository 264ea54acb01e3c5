"""Missions that end by themselves: an intervention whose time has come (DOMAIN §2)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.actor import SYSTEM
from energymed.base.clock import paris_date
from energymed.calling.followups import close_case
from energymed.cases.cutoff import scheduled_at
from energymed.cases.models import Case


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
        if case.cutoff_date and scheduled_at(case.cutoff_date, case.cutoff_slot) <= now
    ]
    for case in over:
        closure = "informed_only" if case.told_in_time else "too_late"
        close_case(session, SYSTEM, case, closure, now=now, for_good=False)
    return len(over)
