"""How long somebody stays signed in, and where signing in leads."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from time_machine import Traveller

from energymed.accounts.service import set_active
from energymed.base.context import SYSTEM, Context
from energymed.calling.queue.claims import claim_case
from tests.factories import MONDAY_MORNING, PASSWORD, make_case, make_user
from tests.web.account.enrolling import enrol, give_password, signed_in
from tests.web.helpers import text_of

BACKGROUND = {"Sec-Fetch-Mode": "cors", "HX-Request": "true"}
IDLE = timedelta(hours=2)


@pytest.fixture
def clock() -> Iterator[Traveller]:
    with time_machine.travel(MONDAY_MORNING, tick=False) as traveller:
        yield traveller


def test_two_hours_without_a_page_end_a_session_on_both_sides(
    client: FlaskClient, session: Session, clock: Traveller
) -> None:
    signed_in(client, session, "mediator")
    clock.shift(IDLE)
    assert client.get("/queue").status_code == 200
    clock.shift(IDLE + timedelta(seconds=1))
    assert client.get("/queue").status_code == 302
    page = text_of(client.get("/login"))
    assert "Votre session a pris fin après 2 heures sans activité" in page
    assert "Un appel en cours de saisie est gardé" in page


def test_what_a_page_asks_by_itself_is_no_activity(
    client: FlaskClient, session: Session, clock: Traveller
) -> None:
    signed_in(client, session, "mediator")
    for _quarter in range(8):
        clock.shift(timedelta(minutes=15))
        assert client.get("/queue", headers=BACKGROUND).status_code == 200
    clock.shift(timedelta(minutes=1))
    assert client.get("/queue", headers=BACKGROUND).status_code == 302
    assert "sans activité" in text_of(client.get("/queue", follow_redirects=True))


def test_pages_lengthen_a_session_until_its_day_is_over(
    client: FlaskClient, session: Session, clock: Traveller
) -> None:
    signed_in(client, session, "mediator")
    for _hour in range(10):
        clock.shift(timedelta(hours=1))
        assert client.get("/queue").status_code == 200
    clock.shift(timedelta(seconds=1))
    assert client.get("/queue").status_code == 302
    assert "Votre session a pris fin" in text_of(client.get("/login"))


def test_nobody_is_thrown_out_of_a_call_but_out_of_a_lapsed_one(
    client: FlaskClient, session: Session, clock: Traveller
) -> None:
    user = signed_in(client, session, "mediator")
    case = make_case(session, site=user.site, assigned_to=user)
    session.commit()
    claim_case(Context(session, user.as_actor(), MONDAY_MORNING), case.id)
    session.commit()
    for _renewal in range(15):
        clock.shift(timedelta(minutes=10))
        assert client.post(f"/call/{case.id}/lease", headers=BACKGROUND).status_code == 200
    assert client.get(f"/call/{case.id}").status_code == 200
    clock.shift(IDLE + timedelta(minutes=1))  # the desk was shut, its lease lapsed
    assert client.get("/queue").status_code == 302


def test_the_session_that_ends_is_this_one_alone(
    app: Flask, client: FlaskClient, session: Session, clock: Traveller
) -> None:
    user = signed_in(client, session, "mediator")
    clock.shift(IDLE)
    elsewhere = app.test_client()
    give_password(elsewhere, user)
    clock.shift(timedelta(seconds=1))
    assert client.get("/queue").status_code == 302
    assert elsewhere.get("/queue").status_code == 200


@pytest.mark.parametrize("active", [True, False])
def test_closing_and_reopening_an_account_end_its_sessions(
    client: FlaskClient, session: Session, active: bool
) -> None:
    user = signed_in(client, session, "mediator")
    set_active(Context(session, SYSTEM), user, False)
    if active:
        set_active(Context(session, SYSTEM), user, True)
    session.commit()
    assert client.get("/queue").status_code == 302


WANTED = [
    ("/cases", "/cases"),
    ("/cases?state=queued", "/cases?state=queued"),
    ("/account", "/account"),
    ("/files", "/queue"),  # of another role
    ("/admin/users", "/queue"),
    ("/nowhere", "/queue"),
    ("/queue/next", "/queue"),  # takes no GET
    ("/logout", "/queue"),
    ("https://evil.example/", "/queue"),
    ("//evil.example/", "/queue"),
    ("/\\evil.example/", "/queue"),
    ("\\\\evil.example", "/queue"),
    ("/cases\\..\\x", "/queue"),
    ("///evil.example", "/queue"),
    ("javascript:alert(1)", "/queue"),
    ("", "/queue"),
]


def by_address(client: FlaskClient, wanted: str, email: str) -> None:
    client.get("/login", query_string={"next": wanted})
    client.post("/login", query_string={"next": wanted},
                data={"email": email, "password": PASSWORD})  # fmt: skip


def by_form(client: FlaskClient, wanted: str, email: str) -> None:
    client.post("/login", data={"email": email, "password": PASSWORD, "next": wanted})


@pytest.mark.parametrize("way", [by_address, by_form])
@pytest.mark.parametrize(("wanted", "arrives"), WANTED)
def test_signing_in_leads_to_the_page_that_was_wanted_or_home(
    client: FlaskClient,
    session: Session,
    way: Callable[[FlaskClient, str, str], None],
    wanted: str,
    arrives: str,
) -> None:
    user = make_user(session, "mediator", password=PASSWORD)
    session.commit()
    way(client, wanted, user.email)
    answer = client.get("/welcome")
    while answer.status_code in (302, 303) and answer.headers["Location"] == "/":
        answer = client.get("/")
    assert answer.headers["Location"] == arrives


def test_a_stranger_is_led_back_after_password_and_code(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    user = signed_in(client, session)
    totp, _codes = enrol(client)
    other = app.test_client()
    answer = other.get("/team")
    other.get(answer.headers["Location"])
    answer = give_password(other, user)
    with time_machine.travel(timedelta(seconds=30)):
        answer = other.post(answer.headers["Location"], data={"code": totp.now()})
        assert answer.headers["Location"] == "/welcome"
        assert other.get("/welcome").headers["Location"] == "/team"
        assert other.get("/welcome").headers["Location"] == "/"
