"""The number of a request: given by a trusted proxy, or made; in every line and in the answer."""

import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient
from structlog.testing import capture_logs

from energymed.base.logs import ToOurs
from energymed.config import Settings
from energymed.web.watch import requests
from energymed.web.watch.requests import HEADER

GIVEN = "a1B2-c3.D4_e5"


@pytest.fixture(scope="module")
def behind_proxy(settings: Settings) -> FlaskClient:
    """The log of an app behind one proxy, with nothing else in it."""
    app = Flask("behind")
    app.extensions["energymed"] = replace(settings, trusted_proxies=1)
    requests.register(app)
    app.add_url_rule("/said", "said", lambda: structlog.contextvars.get_contextvars())
    return app.test_client()


@pytest.mark.once
@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({HEADER: GIVEN, "X-Forwarded-For": "192.0.2.1"}, True),
        ({HEADER: GIVEN}, False),
        ({HEADER: "x" * 8, "X-Forwarded-For": "192.0.2.1"}, True),
        ({HEADER: "x" * 7, "X-Forwarded-For": "192.0.2.1"}, False),
        ({HEADER: "x" * 64, "X-Forwarded-For": "192.0.2.1"}, True),
        ({HEADER: "x" * 65, "X-Forwarded-For": "192.0.2.1"}, False),
        ({HEADER: "a b c d e f", "X-Forwarded-For": "192.0.2.1"}, False),
        ({HEADER: '{"level":1}', "X-Forwarded-For": "192.0.2.1"}, False),
        ({"X-Forwarded-For": "192.0.2.1"}, False),
    ],
)
def test_a_number_is_taken_from_a_trusted_proxy_if_it_is_sane(
    behind_proxy: FlaskClient, sent: dict[str, str], kept: bool
) -> None:
    answer = behind_proxy.get("/said", headers=sent)
    number = answer.headers[HEADER]
    assert answer.json == {"request_id": number}
    assert (number == sent.get(HEADER)) is kept
    assert kept or len(number) == 32


def test_without_a_proxy_nobody_gives_one(client: FlaskClient) -> None:
    sent = {HEADER: GIVEN, "X-Forwarded-For": "192.0.2.1"}
    first, second = (client.get("/healthz", headers=sent).headers[HEADER] for _ in range(2))
    assert len({first, second, GIVEN}) == 3


@pytest.fixture
def lines() -> Iterator[list[structlog.typing.EventDict]]:
    with capture_logs([structlog.contextvars.merge_contextvars]) as said:
        yield said


@pytest.mark.once
def test_what_a_library_says_is_a_line_of_ours(
    lines: list[structlog.typing.EventDict],
) -> None:
    (ours,) = [one for one in logging.getLogger().handlers if isinstance(one, ToOurs)]
    record = logging.makeLogRecord(
        {"name": "apscheduler", "levelno": logging.ERROR, "msg": "%s missed", "args": ("job",)}
    )
    with structlog.contextvars.bound_contextvars(request_id="r1"):
        ours.handle(record)
    (line,) = lines
    assert line["event"] == "job missed"
    assert (line["logger"], line["request_id"]) == ("apscheduler", "r1")
    assert line["log_level"] == "error"
