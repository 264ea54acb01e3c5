"""A real import in a process of its own, followed from here while it writes."""

import subprocess
from collections.abc import Iterator
from contextlib import suppress
from time import monotonic
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.base.progress import Progress, WorkState, ask_to_stop
from energymed.cases.models import Case
from energymed.casework import import_batch
from energymed.intake.models import Batch
from tests.casework.test_import_batch import Office
from tests.intake.books import csv_bytes

ROWS = 12_000


@pytest.fixture
def office(app: Flask, session: Session) -> Office:
    return Office(session, app.extensions["energymed"])


def large_file() -> bytes:
    return csv_bytes(
        *((f"R{row}", f"DURAND{row}", "Léa", "", f"{row % 900 + 1},50") for row in range(ROWS))
    )


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[subprocess.Popen[bytes]]]:
    """The process that is started, once it is; it ends with the test."""
    started: list[subprocess.Popen[bytes]] = []
    start = subprocess.Popen

    def noted(*asked: Any, **how: Any) -> subprocess.Popen[bytes]:
        started.append(start(*asked, **how))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", noted)
    yield started
    for each in started:
        each.kill()
        each.wait()


def followed(office: Office, batch_id: int, process: subprocess.Popen[bytes]) -> Iterator[Progress]:
    """How far it is, read twenty times a second until it is over."""
    until = monotonic() + 120
    while monotonic() < until:
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
        office.session.rollback()
        found = office.progress(batch_id)
        assert found is not None
        yield found
        if not found.is_under_way:
            return
    pytest.fail("it took too long")


@pytest.mark.slow
def test_a_large_import_is_seen_while_it_writes(
    office: Office, session: Session, process: list[subprocess.Popen[bytes]]
) -> None:
    batch_id = office.receive(large_file())
    import_batch.begin(office.settings, office.actor, batch_id, import_batch.IMPORT)
    seen = {(found.state, found.done) for found in followed(office, batch_id, process[-1])}
    on_the_way = {done for state, done in seen if state == WorkState.RUNNING and 0 < done < ROWS}
    assert len(on_the_way) >= 2, seen
    assert (WorkState.DONE, ROWS) in seen
    assert session.scalar(select(func.count(Case.id))) == ROWS


@pytest.mark.slow
def test_it_is_stopped_while_it_writes(
    office: Office, session: Session, process: list[subprocess.Popen[bytes]]
) -> None:
    batch_id = office.receive(large_file())
    import_batch.begin(office.settings, office.actor, batch_id, import_batch.IMPORT)
    for found in followed(office, batch_id, process[-1]):
        if found.done:
            ask_to_stop(batch_id)
    assert found.state == WorkState.CANCELLED
    session.rollback()
    assert session.get_one(Batch, batch_id).state == "preview"
    assert session.scalar(select(func.count(Case.id))) == 0
