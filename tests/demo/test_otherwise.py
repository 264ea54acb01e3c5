"""The demo has somebody for each way of the cascade, and no figure of the past moves for it."""

from collections import Counter
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.models import User
from energymed.base.context import Context
from energymed.calling.eligibility.rules import in_hours
from energymed.calling.models import Contact, WayDeclined
from energymed.calling.other_ways import planned_visits
from energymed.casework.cascade_letters import all_proposed_now
from energymed.demo import otherwise
from energymed.messages.letters.models import LetterToPrint
from energymed.partners.rulebook import load_calling_rules
from tests.demo.test_demo import make


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.parametrize("day", ["2026-11-30", "2027-01-04", "2026-01-02", "2026-05-07"])
def test_every_way_is_somewhere(app: Flask, session: Session, day: str) -> None:
    at = datetime.fromisoformat(f"{day}T10:00+01:00").astimezone(UTC)
    make(at, missions=())
    amina = session.scalars(select(User).where(User.email.startswith("amina@"))).one()
    ctx = Context(session, amina.as_actor(), at)
    with time_machine.travel(at, tick=False):
        proposed = Counter(each.way for each in all_proposed_now(ctx))
        visits = planned_visits(ctx)
    assert proposed["sms"] >= 1
    assert proposed["letter"] == 3
    assert proposed["visit"] == 2
    assert len(visits) == 3
    assert Counter(session.scalars(select(LetterToPrint.state))) == {"waiting": 2, "sent": 7}
    visited = session.scalars(select(Contact.exchange_result).filter_by(channel="visit")).all()
    assert visited == ["nobody_card_left", "met_holder"]
    assert len(session.scalars(select(WayDeclined)).all()) == 1
    _all_of_it_is_past_and_within_hours(session, at)


def _all_of_it_is_past_and_within_hours(session: Session, at: datetime) -> None:
    declined = session.scalars(select(WayDeclined)).one()
    rules = load_calling_rules(session, at.date())
    calls = session.scalars(select(Contact).filter_by(case_id=declined.case_id)).all()
    assert len(calls) == len(otherwise.CALLS)
    assert all(in_hours(rules, call.started_at) for call in calls)
    assert max(call.started_at for call in session.scalars(select(Contact))) < at
    assert declined.declined_at < at
