"""A healthy installation that has lived, and whoever examines it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from energymed.base.context import Context
from energymed.base.db import db
from energymed.base.files import StoredKind, keep_file
from energymed.calling.codes import FollowUpKind
from energymed.calling.follow_ups.service import add_follow_up
from energymed.cases import transitions
from energymed.cases.codes import WaitingReason
from energymed.cases.models import Case
from energymed.operations.doctor.findings import Finding
from energymed.partners.codes import Closure
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_case, make_partner, make_site, make_user

Examine = Callable[..., list[Finding]]


@pytest.fixture
def examined(app: Flask) -> Examine:
    """The findings of a check on what is committed."""

    def examine(
        check: Callable[..., list[Finding]], *given: object, **more: object
    ) -> list[Finding]:
        with db.engine.connect() as connection:
            return check(connection, *given, **more)

    return examine


@pytest.fixture
def cases(session: Session) -> list[Case]:
    """Cases in every state, each moved there as the desks move them; and a kept file."""
    site, edf = make_site(session), make_partner(session, "edf")
    amina = make_user(session, "mediator", site=site)
    ctx = Context(session, amina.as_actor(), NOW)
    made = [make_case(session, site=site, partner=edf) for _ in range(5)]
    for case in made[1:]:
        transitions.assign(ctx, case, amina.id)
    later = NOW + timedelta(hours=3)
    transitions.wait(ctx, made[2], WaitingReason.CALLBACK, later)
    add_follow_up(ctx, made[2], FollowUpKind.CALLBACK, later)
    transitions.claim(ctx, made[3], amina.id, until=NOW + timedelta(minutes=15))
    transitions.close(ctx, made[4], Closure.PROMISE)
    keep_file(session, b"a;b\n" * 9, StoredKind.RAW, now=NOW, until=None)
    session.commit()
    return made
