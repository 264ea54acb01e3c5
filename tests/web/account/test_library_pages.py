"""Every page of Flask-Security that can be reached is in our frame and in both languages."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from energymed.web.shared.sign_in import SHUT
from tests.web.account.enrolling import enrol, give_password, signed_in
from tests.web.account.test_second_factor import a_passkey
from tests.web.helpers import soup

FRENCH = ("Connexion", "Code de", "Second facteur", "Clé d'accès", "Confirmez", "Changer", "Nouv")


def addresses(app: Flask) -> Iterator[tuple[str, str]]:
    """(endpoint, address) of every page of the library."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("security.") and rule.endpoint != "security.static":
            yield rule.endpoint, rule.rule.replace("<token>", "nonsense")


def ours(answer, path: str) -> None:  # type: ignore[no-untyped-def]
    """The answer leads elsewhere, or is a page in our frame with nothing of the library's own."""
    assert answer.status_code in (200, 302, 303, 404, 405), path
    if answer.status_code != 200:
        return
    page = soup(answer)
    assert page.select_one("link[href*='css/page.css']") is not None, path
    assert page.select("[class*='fs-'], input[type=submit], script:not([src]), [style]") == [], path
    for control in page.select("main input:not([type=hidden], [hidden])"):
        assert page.select_one(f"main label[for='{control['id']}']") is not None, (path, control)


@pytest.mark.parametrize("who", ["stranger", "half", "signed in"])
def test_every_page_is_in_our_frame(
    app: Flask, client: FlaskClient, session: Session, who: str
) -> None:
    user = signed_in(client, session, "mediator")
    enrol(client)
    session.refresh(user)
    user.webauthn.append(a_passkey())
    session.commit()
    seen = []
    for endpoint, path in addresses(app):
        browser = app.test_client()
        if who == "half":
            give_password(browser, user)
        for ask in (browser.get, browser.post):
            if "logout" in endpoint:
                continue
            answer = (client if who == "signed in" else browser).open(path, method=ask.__name__)
            ours(answer, path)
            if answer.status_code == 200:
                seen.append(soup(answer).title.get_text())  # type: ignore[union-attr]
    assert seen != []
    assert all(title.startswith(FRENCH) for title in seen), seen


def test_what_ours_stand_in_for_is_shut(app: Flask, client: FlaskClient, session: Session) -> None:
    signed_in(client, session, "mediator")
    enrol(client)
    for endpoint, path in addresses(app):
        if endpoint in SHUT:
            for method in ("GET", "POST"):
                assert client.open(path, method=method).status_code in (404, 405), endpoint


def test_a_script_that_asks_for_codes_gets_none(client: FlaskClient, session: Session) -> None:
    signed_in(client, session, "mediator")
    enrol(client)
    asked = client.get("/mf-recovery-codes", headers={"Accept": "application/json"})
    assert asked.status_code == 404


def test_the_page_of_the_code_never_signs_anybody_out(
    client: FlaskClient, session: Session
) -> None:
    signed_in(client, session, "mediator")
    client.get("/tf-validate")
    assert client.get("/queue").status_code == 200
