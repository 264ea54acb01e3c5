"""The password page: the same sentence before and after, hashes up to date, sessions ended."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_security.utils import get_hmac
from passlib.hash import argon2
from sqlalchemy.orm import Session

from tests.factories import PASSWORD
from tests.web.account.enrolling import give_password, signed_in
from tests.web.helpers import text_of

GOOD = "tournevis bleu nuage"


def change(client: FlaskClient, new: str, *, now: str = PASSWORD, again: str | None = None):  # type: ignore[no-untyped-def]
    data = {"password": now, "new_password": new, "new_password_confirm": again or new}
    return client.post("/change", data=data)


@pytest.mark.parametrize("bad", ["court", "motdepasse2024", "amelie.martin", "a" * 257])
def test_the_sentence_is_the_same_before_and_after_it_is_sent(
    client: FlaskClient, session: Session, bad: str
) -> None:
    signed_in(client, session, "mediator", name="Amélie Martin")
    before = text_of(client.post("/account/password/check", data={"new_password": bad}))
    assert before
    assert before in text_of(change(client, bad))
    assert client.get("/queue").status_code == 200


def test_a_good_one_is_said_so_and_taken_and_other_sessions_end(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    user = signed_in(client, session, "mediator")
    elsewhere = app.test_client()
    give_password(elsewhere, user)
    said = text_of(client.post("/account/password/check", data={"new_password": GOOD}))
    assert said == "Ce mot de passe convient."
    assert change(client, GOOD).headers["Location"] == "/welcome"
    assert client.get("/queue").status_code == 200
    assert elsewhere.get("/queue").status_code == 302
    assert give_password(app.test_client(), user).status_code == 200
    assert give_password(app.test_client(), user, GOOD).status_code == 302


def test_nothing_is_said_of_nothing(client: FlaskClient) -> None:
    assert text_of_or_nothing(client.post("/account/password/check", data={})) == ""


def text_of_or_nothing(answer) -> str:  # type: ignore[no-untyped-def]
    return answer.get_data(as_text=True).strip()


def test_the_wrong_present_password_changes_nothing(client: FlaskClient, session: Session) -> None:
    user = signed_in(client, session, "mediator")
    change(client, GOOD, now="not-the-password")
    assert give_password(client.application.test_client(), user).status_code == 302


def test_accents_open_the_account_however_they_are_typed(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    user = signed_in(client, session, "mediator")
    change(client, "été à la forêt bleue")
    apart = "e\u0301te\u0301 a\u0300 la fore\u0302t bleue"
    assert give_password(app.test_client(), user, apart).status_code == 302


def test_hashes_are_above_the_least_and_older_ones_are_made_anew_at_sign_in(
    app: Flask, client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    security = app.extensions["security"]
    shipped = app.config["SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS"]
    monkeypatch.setattr(security, "pwd_context", security.pwd_context.copy(**shipped))
    user = signed_in(client, session, "mediator")
    present = str(user.password)
    assert present.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    with app.test_request_context():
        weak = argon2.using(memory_cost=8192, time_cost=1, parallelism=1)
        user.password = weak.hash(get_hmac(PASSWORD))
    session.commit()
    assert give_password(app.test_client(), user).status_code == 302
    session.refresh(user)
    assert str(user.password).startswith("$argon2id$v=19$m=65536,t=3,p=4$")
