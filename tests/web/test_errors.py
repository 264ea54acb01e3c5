"""Errors read as a sentence that says what to do, whatever was sent."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import make_user
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
