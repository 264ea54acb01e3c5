"""The compulsory second factor, from the first sign-in to a lost telephone, as in production."""

from collections.abc import Iterator
from datetime import timedelta

import pyotp
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from energymed.accounts.models import User
from energymed.base.audit import AuditEvent
from tests.factories import MONDAY_MORNING, PASSWORD, make_user
from tests.web.helpers import soup, text_of

pytestmark = pytest.mark.slow  # real argon2 at each sign-in
PAGE = "/account/second-factor"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """A clock that stands still, so that a code stays the right one."""
    with time_machine.travel(MONDAY_MORNING, tick=False) as traveller:
        yield traveller


class Telephone:
    """A code application that has taken in a key."""

    def __init__(self, page: TestResponse) -> None:
        key = soup(page).select_one(".enrol-key")
        assert key is not None
        self.totp = pyotp.TOTP(key.get_text().replace(" ", ""))

    @property
    def code(self) -> str:
        """What it shows now."""
        return self.totp.now()


def come_in(client: FlaskClient, user: User, code: str = "", by: str = "/tf-validate") -> str:
    """Sign in by the forms; returns the page where one then is."""
    client.post("/login", data={"email": user.email, "password": PASSWORD})
    if code:
        client.post(by, data={"code": code})
    return client.get("/", follow_redirects=True).request.path


def enrol(client: FlaskClient) -> tuple[Telephone, list[str]]:
    """Scan, type the code, keep the recovery codes."""
    telephone = Telephone(client.get(PAGE))
    answer = client.post(PAGE, data={"code": telephone.code}, follow_redirects=True)
    codes = [each.get_text() for each in soup(answer).select(".recovery-codes code")]
    assert client.post(f"{PAGE}/codes", data={"kept": "y"}).location == "/"
    return telephone, codes


@pytest.fixture
def lead(session: Session) -> User:
    """A lead who has a password alone."""
    user = make_user(session, "lead", password=PASSWORD)
    session.commit()
    return user


def test_a_lead_enrols_and_signs_in_again(
    app: Flask, client: FlaskClient, session: Session, lead: User, clock: time_machine.Traveller
) -> None:
    assert come_in(client, lead) == PAGE
    telephone, codes = enrol(client)
    assert len(set(codes)) == 10
    assert client.get("/", follow_redirects=True).request.path == "/files"
    client.post("/logout")
    clock.shift(timedelta(minutes=2))
    assert come_in(client, lead) == "/login"
    assert come_in(app.test_client(), lead, telephone.code) == "/files"
    actions = session.scalars(select(AuditEvent.action)).all()
    assert actions.count("user.second_factor_changed") == 1


def test_nothing_holds_before_the_codes_are_kept(
    client: FlaskClient, session: Session, lead: User, clock: time_machine.Traveller
) -> None:
    come_in(client, lead)
    telephone = Telephone(client.get(PAGE))
    client.post(PAGE, data={"code": telephone.code})
    first, again = client.get(f"{PAGE}/codes"), client.get(f"{PAGE}/codes")
    assert [each.text for each in soup(first).select("code")] == [
        each.text for each in soup(again).select("code")
    ]
    refused = client.post(f"{PAGE}/codes", data={})
    assert refused.status_code == 422
    assert "Gardez les codes, puis cochez la case." in text_of(refused)
    session.expire_all()
    assert lead.tf_totp_secret is None
    assert client.get("/files").location == PAGE


def test_a_wrong_code_keeps_the_key(
    client: FlaskClient, session: Session, lead: User, clock: time_machine.Traveller
) -> None:
    come_in(client, lead)
    before = Telephone(client.get(PAGE))
    wrong = client.post(PAGE, data={"code": "000000" if before.code != "000000" else "111111"})
    assert wrong.status_code == 422
    assert Telephone(wrong).totp.secret == before.totp.secret


def test_a_recovery_code_serves_once(
    app: Flask, client: FlaskClient, session: Session, lead: User, clock: time_machine.Traveller
) -> None:
    come_in(client, lead)
    _telephone, codes = enrol(client)
    assert come_in(app.test_client(), lead, codes[0], "/mf-recovery") == "/files"
    assert come_in(app.test_client(), lead, codes[0], "/mf-recovery") == "/login"
    assert come_in(app.test_client(), lead, codes[1], "/mf-recovery") == "/files"
    session.expire_all()
    assert len(lead.mf_recovery_codes or ()) == 8
    assert codes[2] not in (lead.mf_recovery_codes or ())  # kept encrypted


def test_the_last_codes_are_told(
    app: Flask, client: FlaskClient, session: Session, lead: User, clock: time_machine.Traveller
) -> None:
    come_in(client, lead)
    _telephone, codes = enrol(client)
    session.expire_all()
    lead.mf_recovery_codes = (lead.mf_recovery_codes or [])[:3]
    session.commit()
    lost = app.test_client()
    lost.post("/login", data={"email": lead.email, "password": PASSWORD})
    lost.post("/mf-recovery", data={"code": codes[0]})
    assert "Il vous reste 2 codes de secours" in text_of(lost.get("/files"))


def test_a_new_telephone_asks_the_password(
    app: Flask, client: FlaskClient, session: Session, lead: User, clock: time_machine.Traveller
) -> None:
    come_in(client, lead)
    old, _codes = enrol(client)
    assert client.post(f"{PAGE}/change", data={"current": "not-mine-at-all"}).status_code == 422
    assert client.post(f"{PAGE}/change", data={"current": PASSWORD}).location == PAGE
    clock.shift(timedelta(minutes=2))
    new, _codes = enrol(client)
    clock.shift(timedelta(minutes=2))
    assert come_in(app.test_client(), lead, old.code) == "/login"
    assert come_in(app.test_client(), lead, new.code) == "/files"


def test_where_it_is_compulsory_it_is_never_dropped(
    client: FlaskClient, session: Session, lead: User, clock: time_machine.Traveller
) -> None:
    come_in(client, lead)
    enrol(client)
    assert "Ne plus utiliser" not in text_of(client.get(PAGE))
    assert client.post(f"{PAGE}/drop", data={"current": PASSWORD}).status_code == 409
    session.expire_all()
    assert lead.tf_totp_secret


def test_a_mediator_may_drop_what_they_chose(
    client: FlaskClient, session: Session, clock: time_machine.Traveller
) -> None:
    user = make_user(session, "mediator", password=PASSWORD)
    session.commit()
    come_in(client, user)
    enrol(client)
    assert client.post(f"{PAGE}/drop", data={"current": PASSWORD}).location == "/account"
    session.expire_all()
    assert user.tf_totp_secret is None


@pytest.mark.parametrize("address", ["/tf-setup", "/mf-recovery-codes", "/tf-rescue", "/verify"])
def test_the_pages_of_the_library_lead_to_ours(client: FlaskClient, address: str) -> None:
    for answer in (client.get(address), client.post(address, data={"setup": "disable"})):
        assert answer.status_code == 303
        assert answer.location in (PAGE, "/")
