"""When the database is away: a page that needs none, and nothing that was typed is lost."""

import sqlite3
from collections.abc import Iterator

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.exc import InternalError, OperationalError
from sqlalchemy.orm import Session

from energymed.base.db import db
from energymed.base.errors import Busy
from tests.factories import make_user
from tests.web.helpers import sign_in, soup, text_of

AWAY = "La base de données ne répond pas. Réessayez dans un instant."
FAILED = "Une erreur est survenue de notre côté. Rien n'a été enregistré ; réessayez."
GERMAN_THEN_ENGLISH = {"Accept-Language": "de, en;q=0.5"}


@pytest.fixture
def somebody(client: FlaskClient, session: Session) -> FlaskClient:
    """A browser whose mediator has signed in, and reads in French."""
    sign_in(client, make_user(session))
    session.commit()
    assert client.get("/queue").status_code == 200
    return client


@pytest.fixture
def no_database(somebody: FlaskClient) -> Iterator[None]:
    """From now on every statement fails, the one that takes a failed one back included."""

    def refuse(*_asked: object) -> None:
        raise OperationalError("", {}, sqlite3.OperationalError("gone"))

    for moment in ("before_cursor_execute", "rollback"):
        event.listen(db.engine, moment, refuse)
    yield
    for moment in ("before_cursor_execute", "rollback"):
        event.remove(db.engine, moment, refuse)
    db.session.remove()


@pytest.mark.usefixtures("no_database")
@pytest.mark.parametrize("address", ["/queue", "/cases?q=martin", "/account", "/not-there"])
def test_a_page_says_so_without_asking_who_reads_it(somebody: FlaskClient, address: str) -> None:
    answer = somebody.get(address)
    assert answer.status_code == 503
    assert AWAY in text_of(answer)
    assert "content-security-policy" in answer.headers
    assert soup(answer).select(".side, .demo-banner") == []
    (again,) = soup(answer).select("main a.button-primary")
    assert again["href"] == ("/" if address == "/not-there" else address)


@pytest.mark.usefixtures("no_database")
def test_it_speaks_the_language_of_the_browser(somebody: FlaskClient) -> None:
    page = soup(somebody.get("/queue", headers=GERMAN_THEN_ENGLISH))
    assert page.html is not None
    assert page.html["lang"] == "en"
    assert "The database is not answering" in page.get_text()


@pytest.mark.usefixtures("no_database")
def test_a_background_request_gets_its_sentence(somebody: FlaskClient) -> None:
    answer = somebody.get("/queue", headers={"Accept": "application/json"})
    number = answer.headers["X-Request-ID"]
    assert (answer.status_code, answer.json) == (503, {"error": AWAY, "request_id": number})


@pytest.mark.usefixtures("no_database")
def test_it_tells_the_number_by_which_the_log_knows_it(somebody: FlaskClient) -> None:
    answer = somebody.get("/queue")
    assert f"commence par {answer.headers['X-Request-ID'][:8]}." in text_of(answer)


@pytest.mark.usefixtures("no_database")
def test_what_was_typed_is_sent_again_by_one_button(somebody: FlaskClient) -> None:
    typed = [("note", 'dit : "rappelez" <demain>'), ("acts", "referral"), ("acts", "alert")]
    answer = somebody.post(
        "/call/7?from=queue", data={"note": typed[0][1], "acts": ["referral", "alert"]}
    )
    form = soup(answer).select_one("form")
    assert form is not None
    assert (form["method"], form["action"]) == ("post", "/call/7?from=queue")
    kept = [(field["name"], field["value"]) for field in form.select("input[type=hidden]")]
    assert kept == typed


@pytest.mark.usefixtures("no_database")
def test_an_address_that_is_none_leads_nowhere_else(somebody: FlaskClient) -> None:
    answer = somebody.post("/not-there//evil.example", data={"note": "à garder"})
    assert soup(answer).select("form") == []
    assert [link["href"] for link in soup(answer).select("main a")] == ["/"]


@pytest.mark.usefixtures("no_database")
def test_a_password_is_never_written_into_the_page(somebody: FlaskClient) -> None:
    answer = somebody.post("/login", data={"email": "a@b.fr", "password": "tournevis bleu"})
    assert answer.status_code == 503
    assert soup(answer).select("form") == []
    assert "tournevis" not in answer.get_data(as_text=True)


def test_a_fault_of_ours_is_told_the_same_way(
    app: Flask, somebody: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> str:
        raise ZeroDivisionError

    fail.permission = None  # type: ignore[attr-defined]
    monkeypatch.setitem(app.view_functions, "mediator.queue", fail)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = somebody.get("/queue")
    assert (answer.status_code, FAILED in text_of(answer)) == (500, True)


def of_sqlite(code: int) -> OperationalError:
    told = sqlite3.OperationalError("in its own words")
    told.sqlite_errorcode = code
    return OperationalError("", {}, told)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (Busy(), "D'autres enregistrements sont en cours"),
        (of_sqlite(sqlite3.SQLITE_BUSY), "D'autres enregistrements sont en cours"),
        (of_sqlite(sqlite3.SQLITE_FULL), "Le disque du serveur est plein"),
        (of_sqlite(sqlite3.SQLITE_READONLY), "La base de données ne peut plus être écrite"),
        (
            InternalError("", {}, psycopg.errors.ReadOnlySqlTransaction()),
            "La base de données ne peut plus être écrite",
        ),
    ],
)
def test_what_more_is_known_is_told_and_what_was_typed_is_kept(
    app: Flask,
    somebody: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    sentence: str,
) -> None:
    def fail() -> str:
        raise error

    fail.permission = None  # type: ignore[attr-defined]
    monkeypatch.setitem(app.view_functions, "mediator.next_case", fail)
    answer = somebody.post("/queue/next", data={"note": "à garder"})
    assert answer.status_code == 503
    assert sentence in text_of(answer)
    assert [field["value"] for field in soup(answer).select("form input")] == ["à garder"]
