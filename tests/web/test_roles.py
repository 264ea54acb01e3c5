"""What the direction and people in formation see: figures without a name, and the practice."""

from collections.abc import Iterator

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from energymed.accounts.service import NewUser, add_user
from energymed.base.context import SYSTEM, Context
from tests.factories import MONDAY_MORNING, make_site, make_user
from tests.web.helpers import sign_in, soup, text_of


@pytest.fixture(autouse=True)
def in_hours() -> Iterator[None]:
    """Monday 23 November 2026, ten o'clock in Paris."""
    with time_machine.travel(MONDAY_MORNING, tick=False):
        yield


def in_formation(session: Session, client: FlaskClient) -> None:
    """Sign in somebody in formation."""
    new = NewUser("nora@example.org", "Nora", "trainee", "-", must_change_password=False)
    user = add_user(Context(session, SYSTEM, MONDAY_MORNING), new)
    session.commit()
    sign_in(client, user)


def test_the_direction_has_the_figures_of_every_site(session: Session, client: FlaskClient) -> None:
    make_site(session), make_site(session)
    sign_in(client, make_user(session, "director"))
    session.commit()
    assert client.get("/").location == "/reports"
    page = client.get("/reports?period=2026-11")
    assert page.status_code == 200
    assert len(soup(page).select("#filter-site option")) == 3
    assert soup(page).select("td.number a") == []


@pytest.mark.parametrize("address", ["/reports/cases_handled", "/cases", "/queue", "/admin/users"])
def test_the_direction_sees_no_name(session: Session, client: FlaskClient, address: str) -> None:
    sign_in(client, make_user(session, "director"))
    session.commit()
    assert client.get(address).status_code == 403


def test_one_asks_for_practice_cases_and_calls_one(session: Session, client: FlaskClient) -> None:
    in_formation(session, client)
    first = client.get("/")
    assert first.location == "/queue"
    assert "Recevoir des dossiers d'entraînement" in text_of(client.get("/queue"))
    assert client.post("/queue/practice").location == "/queue"
    assert "10 personnes à appeler maintenant" in text_of(client.get("/queue"))
    desk = client.post("/queue/next", follow_redirects=True)
    assert desk.status_code == 200
    assert "Entraînement : les personnes sont inventées" in text_of(desk)


def test_mediators_are_not_given_invented_cases(session: Session, client: FlaskClient) -> None:
    sign_in(client, make_user(session, "mediator"))
    session.commit()
    assert client.post("/queue/practice").status_code == 403
