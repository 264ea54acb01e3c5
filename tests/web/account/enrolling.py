"""What the tests of one's account share: a real sign-in, and the steps of the second factor."""

from flask.testing import FlaskClient
from pyotp import TOTP
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from energymed.accounts.models import User
from tests.factories import PASSWORD, make_user
from tests.web.helpers import soup

AHEAD = 30  # seconds to the next code of the application


def signed_in(client: FlaskClient, session: Session, role: str = "lead", **values: object) -> User:
    """A user who has just signed in by the form."""
    user = make_user(session, role, password=PASSWORD, **values)
    session.commit()
    give_password(client, user)
    return user


def give_password(client: FlaskClient, user: User, password: str = PASSWORD) -> TestResponse:
    """The answer to the sign-in form."""
    return client.post("/login", data={"email": user.email, "password": password})


def application(client: FlaskClient) -> TOTP:
    """The code application that scanned the page."""
    key = soup(client.get("/account/second-factor")).select_one(".typed-key")
    assert key is not None
    return TOTP("".join(key.get_text().split()))


def enrol(client: FlaskClient) -> tuple[TOTP, list[str]]:
    """Put the application in place and keep the codes; gives both."""
    totp = application(client)
    shown = client.post("/account/second-factor/confirm", data={"code": totp.now()})
    assert shown.status_code == 200
    codes = [each.get_text() for each in soup(shown).select("#codes code")]
    client.post("/account/recovery-codes/kept", data={"kept": "1"})
    return totp, codes
