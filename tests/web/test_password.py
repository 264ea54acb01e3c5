"""Changing one's own password."""

from unicodedata import normalize

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from energymed.accounts.models import User
from tests.factories import PASSWORD, make_user
from tests.web.helpers import text_of

pytestmark = pytest.mark.slow  # real argon2
NEW = "quatre chevaux lisent dehors"


@pytest.fixture
def user(session: Session) -> User:
    """A mediator with a password."""
    user = make_user(session, "mediator", password=PASSWORD, name="Ada Blanc")
    session.commit()
    return user


def come_in(client: FlaskClient, user: User, password: str) -> bool:
    """Whether signing in with this password works."""
    client.post("/login", data={"email": user.email, "password": password})
    return client.get("/queue").status_code == 200


def test_the_new_one_counts_and_other_sessions_end(app: Flask, user: User) -> None:
    here, elsewhere = app.test_client(), app.test_client()
    assert come_in(here, user, PASSWORD)
    assert come_in(elsewhere, user, PASSWORD)
    answer = here.post("/account/password", data={"current": PASSWORD, "password": NEW})
    assert answer.location == "/account"
    assert here.get("/queue").status_code == 200
    assert elsewhere.get("/queue").status_code == 302
    assert not come_in(app.test_client(), user, PASSWORD)
    assert come_in(app.test_client(), user, NEW)


def test_letters_written_in_two_ways_are_one_password(app: Flask, user: User) -> None:
    client = app.test_client()
    come_in(client, user, PASSWORD)
    composed = "chevaux d\u00e9j\u00e0 partis dehors"
    apart = normalize("NFD", composed)
    client.post("/account/password", data={"current": PASSWORD, "password": composed})
    assert come_in(app.test_client(), user, apart)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"current": "another-one-entirely", "password": NEW}, "Ce n'est pas votre mot de passe."),
        ({"current": PASSWORD, "password": "court"}, "au moins 12 caractères"),
        ({"current": PASSWORD, "password": "azertyuiop12"}, "trop facile à deviner"),
        ({"current": PASSWORD, "password": "Ada Blanc 2026"}, "trop facile à deviner"),
        ({"current": PASSWORD, "password": ""}, "Tapez le nouveau mot de passe."),
    ],
)
def test_a_bad_one_is_told_and_changes_nothing(
    app: Flask, user: User, given: dict[str, str], said: str
) -> None:
    client = app.test_client()
    come_in(client, user, PASSWORD)
    answer = client.post("/account/password", data=given)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert come_in(app.test_client(), user, PASSWORD)
