"""A mediator with a case in the queue, and the ways of calling by the desk's own pages."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from energymed.accounts.models import Site, User
from energymed.cases.models import Case
from energymed.partners.models import Partner
from tests.factories import MONDAY_MORNING, make_case, make_partner, make_site, make_user
from tests.web.helpers import hidden_fields, sign_in

REACHED = {"result": "reached_holder", "identity_checked": "y"}
CLOSED = {"next_step": "close", "closure": "informed_only"}
LATER = {"next_step": "follow_up", "follow_up_at": "2026-12-07T10:00"}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Monday 23 November 2026, ten o'clock in Paris; a test may shift it."""
    with time_machine.travel(MONDAY_MORNING, tick=False) as traveller:
        yield traveller


class MediatorDesk:
    """A signed-in mediator with one case of 600 € in the queue, seen through the pages."""

    def __init__(self, app: Flask, client: FlaskClient, session: Session) -> None:
        self.app, self.client, self.session = app, client, session
        self.site: Site = make_site(session, "valence")
        self.partner: Partner = make_partner(session, "edf")
        self.user: User = make_user(session, site=self.site, name="Ada Blanc")
        self.case: Case = self.add_case()
        session.commit()
        sign_in(client, self.user)

    def add_case(self, **values: Any) -> Case:
        """Another case in the mediator's queue."""
        defaults: dict[str, Any] = {"partner": self.partner, "debt_cents": 60_000}
        case = make_case(self.session, assigned_to=self.user, **{**defaults, **values})
        self.session.commit()
        return case

    def next_call(self) -> str:
        """Press "Appel suivant"; the address of the desk that opens."""
        answer = self.client.post("/queue/next")
        assert answer.status_code == 303
        return answer.headers["Location"]

    def hidden(self, address: str) -> dict[str, Any]:
        """The hidden fields of the call's form, as the page carries them."""
        return hidden_fields(self.client.get(address), "call-form")

    def save(self, address: str, **typed: Any) -> TestResponse:
        """Fill in the form of an open call and save it."""
        return self.client.post(address, data={**self.hidden(address), **typed})

    def fresh(self, case: Case | None = None) -> Case:
        """The case as the database has it now."""
        self.session.rollback()
        self.session.expire_all()
        return self.session.get_one(Case, (case or self.case).id)

    def sign_in_as(self, user: User) -> None:
        """Let somebody else sit down."""
        self.session.commit()
        sign_in(self.client, user)


@pytest.fixture
def desk(app: Flask, client: FlaskClient, session: Session) -> MediatorDesk:
    """The desk of a mediator at Valence, with a case of the partner 'edf' in the queue."""
    return MediatorDesk(app, client, session)
