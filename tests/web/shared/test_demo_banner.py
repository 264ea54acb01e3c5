"""A demo says on every page what time it lives at, and how to sign in; a real one says nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from energymed import create_app
from energymed.base.db import db
from energymed.config import Settings
from energymed.demo.team import TEAM
from tests.factories import make_user
from tests.web.helpers import soup, text_of

PAGES = ("/login", "/nothing-there")
LOGINS = tuple(member.login for member in TEAM)


@pytest.fixture(scope="module")
def demo_app(settings: Settings) -> Iterator[Flask]:
    made = create_app(replace(settings, environment="demo", demo_logins=LOGINS))
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture(autouse=True)
def _set_up(session: Session) -> None:
    make_user(session)  # where nobody has an account, every page leads to the set-up
    session.commit()


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("at", "french", "english"),
    [
        ("2026-11-30T09:00:59+00:00", "lundi 30 nov., 10 h", "Monday 30 Nov, 10:00"),
        ("2026-11-30T08:04:00+00:00", "lundi 30 nov., 9 h 04", "Monday 30 Nov, 9:04"),
        ("2026-07-13T22:30:00+00:00", "mardi 14 juil., 0 h 30", "Tuesday 14 Jul, 0:30"),
    ],
)
def test_every_page_of_a_demo_tells_its_time(
    demo_app: Flask, page: str, at: str, french: str, english: str
) -> None:
    moment = datetime.fromisoformat(at)
    with time_machine.travel(moment, tick=False):
        browser = demo_app.test_client()
        shown = soup(browser.get(page)).select_one(".demo-banner")
        with browser.session_transaction() as kept:
            kept["locale"] = "en"
        translated = soup(browser.get(page)).select_one(".demo-banner")
    assert shown is not None
    assert translated is not None
    assert " ".join(shown.get_text().split()) == f"Démonstration : {french}"
    assert translated.get_text(" ", strip=True).endswith(english)
    clock = shown.select_one("time[data-demo-clock]")
    assert clock is not None
    assert datetime.fromisoformat(str(clock["datetime"])) == moment.astimezone(UTC)


def test_its_sign_in_page_names_everybody(demo_app: Flask) -> None:
    page = text_of(demo_app.test_client().get("/login"))
    assert LOGINS[0].password in page
    assert [login.email for login in LOGINS if login.email not in page] == []
    assert [login.place for login in LOGINS if login.place not in page] == []


@pytest.mark.parametrize("page", PAGES)
def test_a_real_installation_says_nothing_of_it(client: FlaskClient, page: str) -> None:
    answer = client.get(page)
    assert soup(answer).select(".demo-banner, .demo-accounts") == []
    assert "demo.example.org" not in text_of(answer)
