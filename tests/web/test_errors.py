"""Errors read as a sentence that says what to do, whatever was sent."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_security import UserMixin
from sqlalchemy.orm import Session

from tests.factories import PASSWORD, make_user
from tests.web.helpers import sign_in, soup, text_of


@pytest.mark.parametrize(
    "address", ["/cases/99999999999999999999", "/cases/2147483648", "/cases/-1", "/cases/x"]
)
def test_a_number_that_no_table_holds_is_not_found(
    client: FlaskClient, session: Session, address: str
) -> None:
    sign_in(client, make_user(session))
    session.commit()
    assert client.get(address).status_code == 404


def test_an_expired_form_offers_to_sign_in(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    answer = app.test_client().post("/login", data={"email": "a@b.fr", "password": "x"})
    assert answer.status_code == 400
    assert "Session expirée" in text_of(answer)
    link = soup(answer).select_one("main a.button-primary")
    assert link is not None
    assert link["href"] == "/login"


def test_a_sign_that_no_database_keeps_is_no_crash(client: FlaskClient, session: Session) -> None:
    sign_in(client, make_user(session))
    session.commit()
    assert client.get("/cases?q=%00&page=99999999999999999999").status_code in (200, 400)


DEEP = b"[" * 4_000


@pytest.mark.parametrize(
    ("address", "status"),
    [("/login", 400), ("/queue", 405), ("/nope", 404), ("/healthz", 405),
     ("/telephony/events", 401), ("/cases/1/open", 401)],
)  # fmt: skip
def test_json_nested_without_end_is_answered_like_any_other_body(
    client: FlaskClient, address: str, status: int
) -> None:
    answer = client.post(address, data=DEEP, content_type="application/json")
    assert answer.status_code == status


def test_who_sends_json_signs_in_as_before(client: FlaskClient, session: Session) -> None:
    user = make_user(session, password=PASSWORD)
    session.commit()
    answer = client.post("/login", json={"email": user.email, "password": PASSWORD})
    assert answer.status_code == 200
    assert client.get("/queue").status_code == 200


class Whoever(UserMixin):  # type: ignore[misc]  # the base is untyped
    """What Flask-Security makes a token of."""

    def __init__(self, fs_uniquifier: str) -> None:
        self.fs_uniquifier = fs_uniquifier


def test_a_token_in_a_request_signs_nobody_in(app: Flask, session: Session) -> None:
    user = make_user(session)
    session.commit()
    with app.test_request_context():
        token = Whoever(user.fs_uniquifier).get_auth_token()  # ours make none
    sent = app.test_client().get("/queue", headers={"Authentication-Token": token})
    assert sent.status_code == 302
