"""A lead of a site with a partner, and the ways of sending files by the desk's own pages."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from energymed.accounts.models import Site, User
from energymed.partners.models import Partner
from tests.factories import MONDAY_MORNING, make_partner, make_site, make_user
from tests.web.helpers import sign_in

SAMPLES = Path(__file__).parents[2] / "samples"
SECOND_FACTOR: dict[str, Any] = {"tf_totp_secret": "set", "tf_primary_method": "authenticator"}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Monday 23 November 2026, ten o'clock in Paris; a test may shift it."""
    with time_machine.travel(MONDAY_MORNING, tick=False) as traveller:
        yield traveller


class LeadDesk:
    """A signed-in lead and a partner, seen through the pages only."""

    def __init__(self, app: Flask, client: FlaskClient, session: Session) -> None:
        self.app, self.client, self.session = app, client, session
        self.site: Site = make_site(session, "valence")
        self.partner: Partner = make_partner(session, "edf")
        self.lead: User = make_user(session, "lead", site=self.site, **SECOND_FACTOR)
        session.commit()
        sign_in(client, self.lead)

    def send(self, content: bytes, name: str, **form: object) -> TestResponse:
        """Post the upload form."""
        data = {"partner_id": self.partner.id, "file": (BytesIO(content), name), **form}
        return self.client.post("/files/new", data=data, content_type="multipart/form-data")

    def send_sample(self, name: str) -> str:
        """Send a sample file; the address of its page."""
        answer = self.send((SAMPLES / name).read_bytes(), name)
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return answer.headers["Location"]

    def bring(self, name: str) -> str:
        """Send a sample file and import it; the address of its page."""
        address = self.send_sample(name)
        assert self.client.post(f"{address}/import").status_code == 303
        return address


@pytest.fixture
def desk(app: Flask, client: FlaskClient, session: Session) -> LeadDesk:
    """The desk of a lead at Valence, with the partner 'edf'."""
    return LeadDesk(app, client, session)
