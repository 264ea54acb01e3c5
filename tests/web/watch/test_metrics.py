"""What is told to Prometheus, to whom, and that nothing of it names a person or an address."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from energymed.base.db import db, transaction
from energymed.config import Settings
from energymed.web.watch import asked, measures, scrape
from tests.factories import make_case, make_user
from tests.web.helpers import sign_in

TOKEN = "0123456789abcdef0123456789abcdef"
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture(autouse=True)
def counted_anew(app: Flask) -> None:
    """Nothing is known from the test before."""
    scrape.register(app)


@pytest.fixture
def with_token(app: Flask) -> Iterator[None]:
    settings: Settings = app.extensions["energymed"]
    object.__setattr__(settings, "metrics_token", TOKEN)
    yield
    object.__setattr__(settings, "metrics_token", "")


def scraped(client: FlaskClient) -> Samples:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.get_data(as_text=True))
        for sample in family.samples
    }


def counted(samples: Samples, name: str, **labels: str) -> float:
    return samples.get((name, tuple(sorted(labels.items()))), 0)


@pytest.mark.parametrize(
    ("asking", "status"),
    [
        ({}, 200),
        ({"environ_base": {"REMOTE_ADDR": "127.8.9.1"}}, 200),
        ({"environ_base": {"REMOTE_ADDR": "::1"}}, 200),
        ({"environ_base": {"REMOTE_ADDR": "192.0.2.1"}}, 403),
        ({"environ_base": {"REMOTE_ADDR": ""}}, 403),
        *(({"headers": {name: "127.0.0.1"}}, 403) for name in scrape.FORWARDED),
        ({"headers": {"Authorization": f"Bearer {TOKEN}"}}, 200),
    ],
)
def test_without_a_token_only_this_machine_reads(
    client: FlaskClient, asking: dict[str, Any], status: int
) -> None:
    assert client.get("/metrics", **asking).status_code == status


@pytest.mark.usefixtures("with_token")
@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN}", 200),
        (f"Bearer {TOKEN}x", 403),
        ("Bearer é", 403),
        ("Bearer ", 403),
        (f"Basic {TOKEN}", 403),
        ("", 403),
    ],
)
def test_from_elsewhere_one_shows_the_token(client: FlaskClient, sent: str, status: int) -> None:
    answer = client.get(
        "/metrics",
        headers={"Authorization": sent, "X-Forwarded-For": "192.0.2.1"},
        environ_base={"REMOTE_ADDR": "192.0.2.1"},
    )
    assert answer.status_code == status
    assert ("energymed_cases" in answer.get_data(as_text=True)) is (status == 200)


def test_requests_are_counted_by_endpoint_and_class(client: FlaskClient, session: Session) -> None:
    case = make_case(session)
    sign_in(client, make_user(session, site=case.site))
    session.commit()
    before = scraped(client)
    assert client.get(f"/cases/{case.id}").status_code == 200
    assert client.get(f"/cases/{case.id + 1}").status_code == 404
    assert client.get("/not/there?q=martin").status_code == 404
    assert client.open("/not/there", method="PROPFIND").status_code == 404
    after = scraped(client)

    def more(name: str, **labels: str) -> float:
        return counted(after, name, **labels) - counted(before, name, **labels)

    total, page = "energymed_requests_total", "mediator.case"
    assert more(total, endpoint=page, method="GET", status="2xx") == 1
    assert more(total, endpoint=page, method="GET", status="4xx") == 1
    assert more(total, endpoint="none", method="GET", status="4xx") == 1
    assert more(total, endpoint="none", method="other", status="4xx") == 1
    assert more("energymed_request_seconds_count", endpoint=page) == 2
    assert more("energymed_database_wait_seconds_count", wait="connection") > 0


@pytest.mark.usefixtures("session")
def test_labels_are_few_and_say_nothing_of_people(app: Flask, client: FlaskClient) -> None:
    client.get("/cases?q=MARTIN%200639980001")
    told = client.get("/metrics").get_data(as_text=True)
    assert "MARTIN" not in told
    assert "0639980001" not in told
    labels = dict.fromkeys(re.findall(r'[{,]([a-z]+)="', told))
    assert set(labels) <= {
        "state", "lease", "outcome", "job", "endpoint", "method", "status", "kind", "wait", "le",
    }  # fmt: skip
    endpoints = set(re.findall(r'endpoint="([^"]*)"', told))
    assert endpoints <= set(app.view_functions) | {measures.NO_ENDPOINT}


def test_a_write_waits_its_turn_on_sqlite_alone(client: FlaskClient, session: Session) -> None:
    before = scraped(client)
    with transaction():
        pass
    after = scraped(client)
    name = "energymed_database_wait_seconds_count"
    more = counted(after, name, wait="turn") - counted(before, name, wait="turn")
    assert more == (1 if db.engine.dialect.name == "sqlite" else 0)


def test_a_database_that_is_away_is_told_and_the_rest_with_it(client: FlaskClient) -> None:
    def refuse(*_asked: object) -> None:
        raise OperationalError("", {}, Exception("gone"))

    event.listen(db.engine.pool, "checkout", refuse)
    try:
        before = scraped(client)
        assert client.get("/queue", headers={"Accept": "application/json"}).status_code == 503
        after = scraped(client)
    finally:
        event.remove(db.engine.pool, "checkout", refuse)
    assert counted(after, "energymed_database_up") == 0
    assert not any(name == "energymed_cases" for name, _labels in after)
    failures = [
        counted(one, "energymed_failures_total", kind="database") for one in (before, after)
    ]
    assert failures[1] - failures[0] == 1


def test_one_scrape_counts_for_those_that_follow(client: FlaskClient, session: Session) -> None:
    assert counted(scraped(client), "energymed_cases", state="to_assign") == 0
    make_case(session)
    session.commit()
    asked_of = client.application.extensions["energymed_figures"]
    assert isinstance(asked_of, asked.Asked)
    assert counted(scraped(client), "energymed_cases", state="to_assign") == 0
    scrape.register(client.application)
    assert counted(scraped(client), "energymed_cases", state="to_assign") == 1
