"""Whether the process answers, and whether it can work: asked without a person or a session."""

import shutil
from collections import namedtuple
from collections.abc import Iterator
from datetime import timedelta
from threading import Event
from time import monotonic

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from energymed.base.db import db
from energymed.operations.codes import RunState
from energymed.operations.models import JobRun
from energymed.revisions import known_revisions
from energymed.web.watch import alive, asked
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_user
from tests.web.helpers import sign_in

Usage = namedtuple("Usage", "total used free")  # as `shutil` gives it
STOPPED = alive.STOPPED_AFTER
WELL = {"database": "ok", "schema": "ok", "jobs": "ok", "disk": "ok"}
UNKNOWN = {"schema": "unknown", "jobs": "unknown"}


@pytest.fixture(autouse=True)
def looked_anew(app: Flask) -> None:
    """Nothing is known from the test before."""
    alive.register(app)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def sound(session: Session) -> Iterator[None]:
    """A database that `init` made, whose jobs ran ten minutes ago: as long as may be."""
    revision(session, at=known_revisions()[-1])
    session.add(JobRun(job="messages", due_at=NOW - STOPPED, started_at=NOW - STOPPED,
                       finished_at=NOW, state=RunState.DONE))  # fmt: skip
    session.commit()
    yield
    session.rollback()
    session.execute(text("DROP TABLE alembic_version"))
    session.commit()


def revision(session: Session, at: str) -> None:
    """The tests' tables are made without migrations: say which one they are at."""
    session.execute(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32))"))
    session.execute(text("DELETE FROM alembic_version"))
    session.execute(text("INSERT INTO alembic_version VALUES (:at)"), {"at": at})


@pytest.mark.usefixtures("sound")
def test_a_sound_installation_is_ready(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, WELL)


@pytest.mark.usefixtures("sound")
def test_before_the_first_job_it_is_ready(client: FlaskClient, session: Session) -> None:
    session.execute(text("DELETE FROM job_run"))
    session.commit()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, WELL | {"jobs": "none"})


@pytest.mark.usefixtures("sound")
def test_without_a_scheduler_it_is_not(client: FlaskClient) -> None:
    with time_machine.travel(NOW + timedelta(seconds=1), tick=False):
        answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (503, WELL | {"jobs": "stopped"})


@pytest.mark.usefixtures("sound")
@pytest.mark.parametrize("other", ["0001", "9999"])
def test_beside_another_version_it_is_not(
    client: FlaskClient, session: Session, other: str
) -> None:
    revision(session, at=other)
    session.commit()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == WELL | {"schema": "other", "jobs": "unknown"}


@pytest.mark.usefixtures("sound")
@pytest.mark.parametrize(("megabytes", "code"), [(300, "ok"), (299, "full")])
def test_a_full_disk_is_told(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, megabytes: int, code: str
) -> None:
    free = Usage(50_000_000_000, 0, megabytes * 1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: free)
    answer = client.get("/readyz")
    assert answer.json == WELL | {"disk": code}
    assert answer.status_code == (200 if code == "ok" else 503)


@pytest.fixture
def somebody(client: FlaskClient, session: Session) -> FlaskClient:
    """A browser whose session says who it is: nobody is to look."""
    sign_in(client, make_user(session))
    session.commit()
    session.close()
    return client


@pytest.fixture
def no_database(somebody: FlaskClient) -> Iterator[None]:
    """From now on nothing gets a connection."""

    def refuse(*_asked: object) -> None:
        raise OperationalError("", {}, Exception("gone"))

    event.listen(db.engine.pool, "checkout", refuse)
    yield
    event.remove(db.engine.pool, "checkout", refuse)


@pytest.mark.usefixtures("no_database")
def test_without_the_database_it_is_alive_and_not_ready(somebody: FlaskClient) -> None:
    answer = somebody.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})
    answer = somebody.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"database": "away", "disk": "ok", **UNKNOWN}


def test_a_database_that_says_nothing_is_waited_for_a_moment_only(
    somebody: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered, looks = Event(), []

    def hang(_at: object) -> dict[str, str]:
        looks.append(1)
        answered.wait()
        return dict(WELL)

    monkeypatch.setattr(alive, "_of_database", hang)
    monkeypatch.setattr(asked, "PATIENCE_S", 0.05)
    begun = monotonic()
    for _again in range(3):
        answer = somebody.get("/readyz")
        assert answer.json == {"database": "away", "disk": "ok", **UNKNOWN}
    assert monotonic() - begun < 1
    assert len(looks) == 1
    answered.set()
    assert somebody.get("/healthz").status_code == 200


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/metrics"])
def test_a_watcher_is_given_no_session(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.post(address).status_code == 405
