"""Passwords: chosen by a link, forgotten, changed at the first sign-in; locks and last days."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts import links
from energymed.accounts.models import AccountLink, User
from energymed.accounts.sign_in_tries import judge_try
from energymed.base.clock import now, today
from energymed.base.context import SYSTEM, Context
from energymed.web.shared.extensions import limiter
from tests.factories import PASSWORD, make_user
from tests.messages.peers import SmtpPeer, smtp_peer
from tests.web.helpers import sign_in, soup, text_of

CHOSEN = "trois-mots-et-une-lune"
BOTH = {"password": CHOSEN, "again": CHOSEN}


@pytest.fixture
def mails(app: Flask) -> Iterator[SmtpPeer]:
    usual = app.extensions["energymed"]
    with smtp_peer() as peer:
        app.extensions["energymed"] = replace(
            usual, smtp_url=peer.url, mail_from="energymed@example.org",
            public_url="https://energymed.example.org",
        )  # fmt: skip
        yield peer
    app.extensions["energymed"] = usual


@pytest.fixture
def user(session: Session) -> User:
    made = make_user(session)
    session.commit()
    return made


def invited(session: Session, user: User) -> str:
    token = links.invite(Context(session, SYSTEM), user)
    session.commit()
    return f"/invitation/{token}"


def enter(client: FlaskClient, user: User, password: str = PASSWORD):  # type: ignore[no-untyped-def]
    return client.post("/login", data={"email": user.email, "password": password})


def test_an_invitation_lets_its_owner_choose_and_sign_in(
    client: FlaskClient, session: Session, user: User
) -> None:
    address = invited(session, user)
    for _ in range(2):  # a program that reads mails ahead of people uses nothing
        page = client.get(address)
        assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "strict-origin"
    assert page.headers["Cache-Control"] == "no-store"
    done = client.post(address, data=BOTH)
    assert done.headers["Location"] == "/login"
    enter(client, user, CHOSEN)
    assert client.get("/queue").status_code == 200
    session.refresh(user)
    assert user.last_sign_in_at is not None


@pytest.mark.parametrize(
    "given", [{}, {"password": "court", "again": "court"}, {**BOTH, "again": "another-password"}]
)
def test_what_is_no_password_keeps_the_link(
    client: FlaskClient, session: Session, user: User, given: dict[str, str]
) -> None:
    address = invited(session, user)
    assert client.post(address, data=given).status_code == 422 if given else 200
    session.refresh(user)
    assert user.password is None
    assert client.get(address).status_code == 200


def test_every_link_that_serves_no_longer_reads_the_same(
    client: FlaskClient, session: Session, user: User
) -> None:
    used = invited(session, user)
    client.post(used, data=BOTH)
    replaced = invited(session, make_user(session))
    other = make_user(session)
    former, _latest = invited(session, other), invited(session, other)
    with time_machine.travel(now() + timedelta(days=7)):
        old = client.get(replaced)
    gone = [old, client.get(used), client.post(used, data=BOTH), client.get(former),
            client.get("/invitation/unknown")]  # fmt: skip
    assert {answer.status_code for answer in gone} == {404}
    assert len({text_of(answer) for answer in gone}) == 1
    assert "demandez-en un autre" in text_of(old)


def test_over_tls_the_form_is_taken(app: Flask, session: Session, user: User) -> None:
    """The guard against forged forms wants to know where one comes from: the site's name does."""
    app.config["WTF_CSRF_ENABLED"] = True
    browser, address = app.test_client(), invited(session, user)
    page = browser.get(address, base_url="https://localhost")
    token = soup(page).select_one("form input[name=csrf_token]")["value"]  # type: ignore[index]
    done = browser.post(
        address, data={**BOTH, "csrf_token": token}, base_url="https://localhost",
        headers={"Referer": "https://localhost/"},
    )  # fmt: skip
    assert done.status_code == 303


def test_the_token_is_in_no_log(
    client: FlaskClient, session: Session, user: User, capsys: pytest.CaptureFixture[str]
) -> None:
    address = invited(session, user)
    client.get(address)
    client.post(address, data=BOTH)
    said = capsys.readouterr()
    assert address.split("/")[-1] not in said.out + said.err


def test_forgotten_mails_a_link_and_says_the_same_of_a_stranger(
    client: FlaskClient, session: Session, user: User, mails: SmtpPeer
) -> None:
    said = []
    for email in (user.email.upper(), "nobody@example.org", "no address"):
        with client.post("/forgotten", data={"email": email}) as answer:
            said.append((answer.status_code, text_of(answer)))
    assert len(set(said)) == 1
    (mail,) = mails.mails
    assert mail["To"] == user.email
    session.rollback()  # what this test read before is older than the link
    address = mail.get_content().split("https://energymed.example.org")[1].split()[0]
    assert client.post(address, data=BOTH).headers["Location"] == "/login"


def test_forgotten_asks_nothing_of_the_database_before_it_answers(
    client: FlaskClient, session: Session, user: User, mails: SmtpPeer
) -> None:
    answer = client.post("/forgotten", data={"email": user.email})
    assert (mails.mails, session.scalars(select(AccountLink)).all()) == ([], [])
    answer.close()
    assert len(mails.mails) == 1


def test_without_mail_an_administrator_is_named(client: FlaskClient, user: User) -> None:
    for answer in (client.get("/forgotten"), client.post("/forgotten", data={"email": user.email})):
        assert answer.status_code == 200
        assert "Demandez à un administrateur" in text_of(answer)
    assert "Mot de passe oublié" in text_of(client.get("/login"))


@pytest.mark.parametrize("email", ["one@example.org", "nobody@example.org"])
def test_forgotten_is_limited_for_one_account(
    client: FlaskClient, session: Session, mails: SmtpPeer, email: str
) -> None:
    make_user(session, email="one@example.org")
    session.commit()
    statuses = []
    for _ in range(9):
        with client.post("/forgotten", data={"email": email}) as answer:
            statuses.append(answer.status_code)
    assert statuses == [200] * 8 + [429]


def test_a_password_that_somebody_else_knows_is_changed_first(
    client: FlaskClient, session: Session
) -> None:
    user = make_user(session, password=PASSWORD, must_change_password=True)
    session.commit()
    enter(client, user)
    for page in ("/queue", "/account", "/cases"):
        assert client.get(page).headers["Location"] == "/change"
    told = client.get("/queue", follow_redirects=True)
    assert "Choisissez d'abord votre propre mot de passe" in text_of(told)
    assert soup(told).select("nav a[href='/queue']") == []
    given = {"password": PASSWORD, "new_password": CHOSEN, "new_password_confirm": CHOSEN}
    client.post("/change", data={**given, "new_password_confirm": "something-else"})
    assert client.get("/queue").status_code == 302
    client.post("/change", data=given)
    assert client.get("/queue").status_code == 200
    session.refresh(user)
    assert user.must_change_password is False


def test_a_lock_outlasts_the_right_password_and_reads_like_a_wrong_one(
    client: FlaskClient, session: Session
) -> None:
    user = make_user(session, password=PASSWORD)
    session.commit()
    for _ in range(5):
        limiter.reset()
        wrong = enter(client, user, "wrong-password")
    for _ in range(5):
        judge_try(session, user.email, False, now())
    session.commit()
    limiter.reset()
    locked = enter(client, user)
    assert text_of(locked) == text_of(wrong)
    assert client.get("/queue").status_code == 302
    with time_machine.travel(now() + timedelta(minutes=16)):
        enter(client, user)
        assert client.get("/queue").status_code == 200


def test_the_right_password_forgets_the_count(client: FlaskClient, session: Session) -> None:
    user = make_user(session, password=PASSWORD)
    for _ in range(9):
        judge_try(session, user.email, False, now())
    session.commit()
    assert enter(client, user).status_code == 302
    assert judge_try(session, user.email, False, now()) is False
    session.commit()
    client.post("/logout")
    limiter.reset()
    assert enter(client, user).status_code == 302


@pytest.mark.parametrize(("shift", "enters"), [(-1, False), (0, True)])
def test_the_last_day_is_the_last(
    client: FlaskClient, session: Session, shift: int, enters: bool
) -> None:
    user = make_user(session, password=PASSWORD, ends_on=today() + timedelta(days=shift))
    session.commit()
    answer = enter(client, user)
    assert ("a pris fin" in text_of(answer)) is not enters
    assert (client.get("/queue").status_code == 200) is enters


def test_the_end_is_told_to_nobody_else(client: FlaskClient, session: Session) -> None:
    user = make_user(session, password=PASSWORD, ends_on=today() - timedelta(days=1))
    session.commit()
    wrong = enter(client, user, "wrong-password")
    assert "Connexion refusée" in text_of(wrong)
    user.active = False  # the job came by
    session.commit()
    assert "a pris fin" in text_of(enter(client, user))


def test_a_session_ends_with_the_day_without_any_job(client: FlaskClient, session: Session) -> None:
    user = make_user(session, ends_on=today())
    session.commit()
    sign_in(client, user)
    assert client.get("/queue").status_code == 200
    with time_machine.travel(now() + timedelta(days=1)):
        assert client.get("/queue").status_code == 302
