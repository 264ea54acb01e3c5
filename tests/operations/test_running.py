"""Who runs: said again and again, forgotten after ninety seconds, whatever the time of a demo."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from importlib.metadata import version

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from energymed.base.clock import shift_clock
from energymed.base.errors import Unusable
from energymed.base.parent_process import PARENT
from energymed.operations import running
from energymed.operations.models import RunningNode
from energymed.operations.running import (
    RENEWED_EVERY,
    STALE_AFTER,
    Presence,
    database_now,
    leave,
    running_nodes,
    say_running,
    serving_process,
    take_leave,
    try_to_tell,
)
from energymed.revisions import known_revisions

A_SECOND = timedelta(seconds=1)
HERE = socket.gethostname()


def age(session: Session, process: int, by: timedelta) -> None:
    """As if it had been seen that long ago."""
    then = database_now(session) - by
    node = update(RunningNode).where(RunningNode.process == process)
    session.execute(node.values(seen_at=then, started_at=then))


def test_a_process_is_known_with_its_version(session: Session) -> None:
    say_running(session, 41)
    (node,) = running_nodes(session)
    assert (node.machine, node.process, node.version) == (HERE, 41, version("energymed"))
    assert node.revision == known_revisions()[-1]
    assert 0 <= node.seen_s < 60


def test_it_is_seen_anew_and_started_once(session: Session) -> None:
    say_running(session, 41)
    age(session, 41, STALE_AFTER - A_SECOND)
    (before,) = running_nodes(session)
    say_running(session, 41)
    (after,) = running_nodes(session)
    assert after.started_at == before.started_at
    assert after.seen_s < before.seen_s


@pytest.mark.parametrize(("ago", "known"), [(89, [89]), (90, []), (91, [])])
def test_ninety_seconds_unseen_is_gone(session: Session, ago: int, known: list[int]) -> None:
    say_running(session, 41)
    present = database_now(session)
    node = session.scalars(select(RunningNode)).one()
    node.seen_at = present - timedelta(seconds=ago)
    assert [each.seen_s for each in running_nodes(session, present)] == known


def test_who_was_killed_is_forgotten_by_the_next(session: Session) -> None:
    say_running(session, 41)
    age(session, 41, STALE_AFTER)
    say_running(session, 42)
    assert session.scalars(select(RunningNode.process)).all() == [42]


def test_a_process_takes_its_own_leave(session: Session) -> None:
    say_running(session, 41)
    say_running(session, 42)
    session.add(
        RunningNode(
            machine="elsewhere", process=41, version="9", revision="9999",
            started_at=database_now(session), seen_at=database_now(session),
        )
    )  # fmt: skip
    session.flush()
    take_leave(session, 41)
    found = {(node.machine, node.process) for node in running_nodes(session)}
    assert found == {("elsewhere", 41), (HERE, 42)}


@pytest.mark.parametrize("days", [-400, 400])
def test_a_demo_of_another_time_is_seen_all_the_same(session: Session, days: int) -> None:
    shift_clock(timedelta(days=days))
    try:
        say_running(session, 41)
        assert [node.process for node in running_nodes(session)] == [41]
    finally:
        shift_clock(timedelta(0))


def test_a_server_speaks_through_its_scheduler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PARENT, raising=False)
    assert serving_process() == os.getpid()
    monkeypatch.setenv(PARENT, "41")
    assert serving_process() == 41


@pytest.mark.parametrize(
    "trouble", [OperationalError("", {}, Exception()), Unusable("away"), OSError("full")]
)
def test_a_database_that_is_away_ends_nothing(trouble: Exception) -> None:
    asked = []

    @contextmanager
    def away() -> Iterator[None]:
        asked.append(1)
        raise trouble
        yield

    try_to_tell(away, say_running, 41)
    leave(away, 41)
    assert len(asked) == 2


class Rounds:
    """An event that is set at the third wait."""

    def __init__(self) -> None:
        self.waited: list[float] = []

    def wait(self, seconds: float) -> bool:
        self.waited.append(seconds)
        return len(self.waited) == 3

    def set(self) -> None:
        self.waited.append(0)


def test_it_is_said_every_half_minute_until_it_stops(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    monkeypatch.setattr(running, "say_running", lambda _session, process: told.append(process))
    presence = Presence(nullcontext, 41)
    rounds = Rounds()
    monkeypatch.setattr(presence, "_over", rounds)
    presence.run()
    assert told == [41, 41, 41]
    assert rounds.waited == [RENEWED_EVERY.total_seconds()] * 3
    assert RENEWED_EVERY * 3 == STALE_AFTER
