"""The administrator's desk on a Monday morning, and what every change of a rule says."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from energymed.base.db import db
from energymed.partners.models import Campaign
from tests.factories import MONDAY_MORNING, make_user
from tests.web.helpers import sign_in

TODAY = MONDAY_MORNING.date()
WHY = {"valid_from": TODAY.isoformat(), "source": "Accord avec le partenaire du 20 novembre"}


@pytest.fixture
def desk(client: FlaskClient, session: Session, clock: time_machine.Traveller) -> FlaskClient:
    admin = make_user(session, "admin", tf_totp_secret="s", tf_primary_method="authenticator")
    session.commit()
    sign_in(client, admin)
    return client


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY_MORNING, tick=False) as traveller:
        yield traveller


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are sent to the database meanwhile."""
    said: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(db.engine, "before_cursor_execute", hear)


def campaign_of(session: Session, partner_id: int, kind: str) -> Campaign:
    """The campaign of a partner and mission."""
    wanted = (Campaign.partner_id == partner_id, Campaign.kind == kind)
    return session.scalars(select(Campaign).where(*wanted)).one()
