"""Two nodes on one database, each with a folder of its own: files, progress, a worker that dies.

The other node is a real process.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.base.clock import now
from energymed.base.db import db, transaction
from energymed.base.files import StoredFile, StoredKind, keep_file, read_file
from energymed.base.progress import SILENCE, Progress, WorkState, announce, ask_to_stop, progress_of

NUMBER = 7
OPENING = """
import sys
from energymed.base.clock import now
from energymed.base.db import db, transaction
from energymed.base.files import StoredKind, keep_file, read_file
from energymed.base.progress import telling
from energymed.cli.common import app_context

def say(text):
    print(text, flush=True)

with app_context():
"""
READS = """
    say(read_file(db.session(), sys.argv[1]).decode())
    with transaction() as session:
        sha256 = keep_file(session, b"from elsewhere", StoredKind.RAW, now=now(), until=None)
    say(sha256)
"""
CHECKS = """
    with telling(7, "check", 100) as tick:
        tick(1, 100)
        say("begun")
        sys.stdin.readline()
        tick(2, 100)
        say("went on")
"""
WRITES = """
    with telling(7, "import", 100) as tick, transaction() as session:
        keep_file(session, b"half", StoredKind.RAW, now=now(), until=None)
        tick(1, 100)
        say("begun")
        sys.stdin.readline()
        tick(2, 100)
"""
Node = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def node(session: Session, tmp_path: Path) -> Iterator[Node]:
    """Starts a process of another node; what is left of it ends with the test."""
    started: list[subprocess.Popen[str]] = []

    def start(program: str, *arguments: str) -> subprocess.Popen[str]:
        session.close()
        process = subprocess.Popen(
            [sys.executable, "-c", OPENING + program, *arguments],
            env={
                **os.environ,
                "ENERGYMED_INSTANCE": str(tmp_path / "other"),
                "ENERGYMED_DATABASE_URL": db.engine.url.render_as_string(hide_password=False),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def seen(at: timedelta = timedelta(0)) -> Progress:
    """How far the work is, as it is read here, some time from now."""
    db.session.rollback()
    with time_machine.travel(now() + at, tick=False):
        found = progress_of(db.session(), NUMBER)
    assert found is not None
    return found


LATER = SILENCE + timedelta(seconds=1)


@pytest.mark.slow
def test_what_one_node_keeps_the_other_reads(node: Node, session: Session) -> None:
    with transaction() as writing:
        sha256 = keep_file(writing, b"from here", StoredKind.RAW, now=now(), until=None)
    other = node(READS, sha256)
    assert line(other) == "from here"
    assert read_file(session, line(other)) == b"from elsewhere"


@pytest.mark.slow
def test_work_is_seen_and_stopped_from_the_other_node(node: Node) -> None:
    announce(NUMBER, "check", 100)
    other = node(CHECKS)
    assert line(other) == "begun"
    assert seen().state == WorkState.RUNNING
    assert not announce(NUMBER, "check", 100)
    ask_to_stop(NUMBER)
    said, _errors = other.communicate("go on\n")
    assert "went on" not in said
    assert seen().state == WorkState.CANCELLED


@pytest.mark.slow
def test_work_that_writes_is_stopped_from_the_other_node(node: Node, session: Session) -> None:
    announce(NUMBER, "import", 100)
    other = node(WRITES)
    assert line(other) == "begun"
    ask_to_stop(NUMBER)  # waits for nobody
    other.communicate("go on\n")
    assert seen().state == WorkState.CANCELLED
    assert session.scalar(select(func.count(StoredFile.id))) == 0


def test_a_worker_that_is_killed_is_lost_and_its_work_may_begin_anew(node: Node) -> None:
    announce(NUMBER, "check", 100)
    other = node(CHECKS)
    assert line(other) == "begun"
    other.kill()
    other.wait()
    assert seen(SILENCE - timedelta(seconds=5)).state == WorkState.RUNNING
    assert seen(LATER).state == WorkState.LOST
    with time_machine.travel(now() + LATER, tick=False):
        assert announce(NUMBER, "check", 100)


def test_a_worker_that_is_killed_while_it_writes_leaves_nothing(
    node: Node, session: Session
) -> None:
    announce(NUMBER, "import", 100)
    other = node(WRITES)
    assert line(other) == "begun"
    while seen().done != 1:  # told while it writes, within half a second
        pass
    assert seen().state == WorkState.RUNNING
    if db.engine.dialect.name == "sqlite":  # that somebody writes is a sign of life as well
        assert seen(LATER).state == WorkState.RUNNING
    other.kill()
    other.wait()
    assert seen(LATER).state == WorkState.LOST
    assert session.scalar(select(func.count(StoredFile.id))) == 0
    with time_machine.travel(now() + LATER, tick=False):
        assert announce(NUMBER, "import", 100)
