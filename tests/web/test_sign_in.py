"""Sign-in: the form, the second factor, limited tries, safe returns."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.models import User
from energymed.base.audit import AuditEvent
from tests.factories import MONDAY_MORNING, PASSWORD, make_user
from tests.web.helpers import soup


@pytest.fixture
def browser(app: Flask) -> Iterator[FlaskClient]:
    """A client that has to send the CSRF token, as a real browser."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield app.test_client()
    app.config["WTF_CSRF_ENABLED"] = False


def login(client: FlaskClient, email: str, password: str, **extra: str):  # type: ignore[no-untyped-def]
    token = soup(client.get("/login")).select_one("input[name=csrf_token]")["value"]  # type: ignore[index]
    data = {"email": email, "password": password, "csrf_token": token, **extra}
    return client.post("/login", data=data)


def test_the_right_password_opens_the_first_page(browser: FlaskClient, session: Session) -> None:
    user = make_user(session, "mediator", password=PASSWORD)
    session.commit()
    answer = login(browser, user.email, PASSWORD)
    assert answer.status_code == 302
    assert browser.get("/", follow_redirects=True).request.path == "/queue"
    actions = session.scalars(select(AuditEvent.action)).all()
    assert "user.signed_in" in actions


def test_wrong_password_and_unknown_account_read_the_same(
    browser: FlaskClient, session: Session
) -> None:
    user = make_user(session, "mediator", password=PASSWORD)
    session.commit()
    wrong = soup(login(browser, user.email, "not-the-password"))
    unknown = soup(login(browser, "nobody@example.org", "not-the-password"))
    said = [" ".join(page.select_one("main").get_text(" ").split()) for page in (wrong, unknown)]  # type: ignore[union-attr]
    assert said[0] == said[1]
    fields = wrong.select("input[aria-invalid=true][aria-describedby=refused]")
    assert [field["name"] for field in fields] == ["email", "password"]
    assert browser.get("/queue").status_code == 302


def test_a_closed_account_cannot_sign_in(browser: FlaskClient, session: Session) -> None:
    user = make_user(session, "mediator", password=PASSWORD, active=False)
    session.commit()
    login(browser, user.email, PASSWORD)
    assert browser.get("/queue").status_code == 302


def test_without_the_token_nothing_happens(browser: FlaskClient, session: Session) -> None:
    user = make_user(session, "mediator", password=PASSWORD)
    session.commit()
    browser.post("/login", data={"email": user.email, "password": PASSWORD})
    assert browser.get("/queue").status_code == 302


def test_no_return_to_another_site(browser: FlaskClient, session: Session) -> None:
    user = make_user(session, "mediator", password=PASSWORD)
    session.commit()
    answer = login(browser, user.email, PASSWORD, next="https://evil.example/")
    assert "evil.example" not in answer.headers.get("Location", "")


@pytest.mark.slow
def test_a_code_serves_once(app: Flask, browser: FlaskClient, session: Session) -> None:
    user = make_user(session, "lead", password=PASSWORD)
    with app.test_request_context():
        totp = app.extensions["security"]._totp_factory  # type: ignore[attr-defined]
        stored = totp.generate_totp_secret()
    user.tf_primary_method, user.tf_totp_secret = "authenticator", stored
    session.commit()
    with time_machine.travel(MONDAY_MORNING, tick=False) as clock:
        with app.test_request_context():
            code = totp.generate_totp_password(stored)
        assert _sign_in_with_code(browser, user, code) == "/files"
        other = app.test_client()
        assert _sign_in_with_code(other, user, code) == "/login"
        clock.shift(timedelta(minutes=5))
        with app.test_request_context():
            fresh = totp.generate_totp_password(stored)
        assert _sign_in_with_code(other, user, fresh) == "/files"


def _sign_in_with_code(client: FlaskClient, user: User, code: str) -> str:
    page = soup(_follow(client, login(client, user.email, PASSWORD)))
    token = page.select_one("input[name=csrf_token]")["value"]  # type: ignore[index]
    client.post("/tf-validate", data={"code": code, "csrf_token": token})
    return client.get("/", follow_redirects=True).request.path


def _follow(client: FlaskClient, answer):  # type: ignore[no-untyped-def]
    return client.get(answer.headers["Location"]) if answer.status_code == 302 else answer


@pytest.mark.slow
def test_tries_are_limited_for_one_account(browser: FlaskClient, session: Session) -> None:
    user = make_user(session, "mediator", password=PASSWORD)
    session.commit()
    statuses = [login(browser, user.email, "wrong-password").status_code for _ in range(9)]
    assert statuses[:8] == [200] * 8
    assert statuses[8] == 429


def test_language_is_kept_and_never_leads_away(client: FlaskClient) -> None:
    answer = client.post("/account/language", data={"locale": "en", "next": "//evil.example"})
    assert answer.headers["Location"] == "/"
    assert soup(client.get("/login")).html["lang"] == "en"  # type: ignore[index]
    assert client.post("/account/language", data={"locale": "xx"}).status_code == 400


def test_headers_forbid_inline_code_and_frames(client: FlaskClient) -> None:
    headers = client.get("/login").headers
    assert "script-src 'self';" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"


def test_cookies_are_closed_to_scripts_and_secure_on_tls(client: FlaskClient) -> None:
    plain = client.post("/account/language", data={"locale": "fr"}).headers["Set-Cookie"]
    assert "HttpOnly" in plain
    assert "SameSite=Lax" in plain
    over_tls = client.post(
        "/account/language", data={"locale": "en"}, base_url="https://localhost",
        headers={"Referer": "https://localhost/"},
    )  # fmt: skip
    assert "Secure" in over_tls.headers["Set-Cookie"]


@pytest.mark.slow
def test_another_way_of_writing_an_address_is_the_same_account(
    browser: FlaskClient, session: Session
) -> None:
    user = make_user(session, "mediator", password=PASSWORD)
    session.commit()
    name, host = user.email.split("@")
    wide = "".join(chr(ord(letter) + 0xFEE0) if letter.isalpha() else letter for letter in host)
    for _try in range(8):
        login(browser, user.email, "not-the-password")
    for written in (f"{name}@{wide}", user.email.upper(), f" {user.email}"):
        assert login(browser, written, PASSWORD).status_code == 429, written
    sent = browser.post("/login", json={"email": user.email, "password": PASSWORD})
    assert sent.status_code in (400, 429)  # refused for the missing token, or for the tries


def test_nobody_is_remembered_beyond_the_day(browser: FlaskClient, session: Session) -> None:
    user = make_user(session, "mediator", password=PASSWORD)
    session.commit()
    answer = login(browser, user.email, PASSWORD, remember="y")
    assert answer.status_code == 302
    assert "remember_token" not in answer.headers.get("Set-Cookie", "")
    assert browser.get_cookie("remember_token") is None


def test_signing_out_ends_every_session_and_forgets_what_was_searched(
    client: FlaskClient, app: Flask, session: Session
) -> None:
    user = make_user(session, "mediator", password=PASSWORD)
    session.commit()
    client.post("/login", data={"email": user.email, "password": PASSWORD})
    client.post("/cases", data={"q": "DURAND"})
    copied = client.get_cookie("energymed_session")
    assert copied is not None
    client.post("/logout")
    with client.session_transaction() as cookie:
        assert "DURAND" not in str(dict(cookie))
    thief = app.test_client()
    thief.set_cookie("energymed_session", copied.value)
    assert thief.get("/queue").status_code == 302
