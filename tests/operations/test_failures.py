"""Failures are counted without a word on people; jobs that fail are told once a spell."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import Engine, create_engine, event, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from energymed.base.db import db, transaction
from energymed.config import Settings
from energymed.jobs.ledger import run_once
from energymed.jobs.work import Job
from energymed.messages.gateway import NotSent, Outgoing
from energymed.operations import failing_jobs, failures
from energymed.operations.codes import FailureSource
from energymed.operations.failing_jobs import begin_spell, end_spell
from energymed.operations.failing_jobs import failing_jobs as spells
from energymed.operations.failures import (
    count_failures,
    forget_old_failures,
    last_failures,
    note_failure,
)
from energymed.operations.models import FailingJob, Failure
from energymed.operations.troubles import count_troubles
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_user

MINUTE = timedelta(minutes=1)


class Post:
    """A mail server that takes what it is given, but for the first `silent` ones."""

    def __init__(self) -> None:
        self.taken: list[Outgoing] = []
        self.silent = 0

    def send(self, message: Outgoing) -> str:
        if self.silent:
            self.silent -= 1
            raise NotSent("unreachable")
        self.taken.append(message)
        return "id"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Post:
    server = Post()
    monkeypatch.setattr(failing_jobs, "gateways", lambda _settings: {"email": server})
    return server


@pytest.fixture
def mailing(settings: Settings) -> Settings:
    return replace(
        settings, smtp_url="smtp://x", mail_from="a@example.org", public_url="https://x.example/"
    )


def fails(_session: Session, _at: object) -> int:
    raise LookupError("Mme MOREAU, 06 12 34 56 78")


def works(_session: Session, _at: object) -> int:
    return 1


def broken(word: str) -> Exception:
    try:
        raise ValueError(word)
    except ValueError as error:
        return error


def test_a_kind_of_failure_is_counted_and_says_nothing_of_people(
    session: Session, clock: time_machine.Traveller
) -> None:
    note_failure(db.engine, FailureSource.WEB, "mediator.case", broken("Mme MOREAU"))
    clock.shift(MINUTE)
    note_failure(db.engine, FailureSource.WEB, "mediator.case", broken("M. DURAND"))
    note_failure(db.engine, FailureSource.COMMAND, "import", KeyError("x"))
    once, twice = sorted(last_failures(session), key=lambda each: each.count)
    assert (twice.place, twice.kind, twice.count) == ("mediator.case", "ValueError", 2)
    assert (twice.first_at, twice.last_at) == (NOW, NOW + MINUTE)
    assert (once.source, once.spot) == (FailureSource.COMMAND, "")
    assert count_failures(session) == 3
    kept = " ".join(map(str, (vars(once), vars(twice))))
    assert "MOREAU" not in kept
    assert "DURAND" not in kept


def test_where_nothing_can_be_noted_nothing_else_fails(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    note_failure(
        create_engine("postgresql+psycopg://x@127.0.0.1:1/x"), FailureSource.WEB, "x", broken("x")
    )
    note_failure(create_engine("sqlite://"), FailureSource.WEB, "x", broken("x"))  # no table
    monkeypatch.setattr(failures, "PATIENCE_MS", 1)
    if db.engine.dialect.name == "sqlite":
        with transaction() as writing:
            end_spell(writing, "paid")  # somebody writes
            note_failure(db.engine, FailureSource.WEB, "x", broken("x"))
        assert count_failures(session) == 0


def test_failures_are_bounded(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, days in enumerate((90, 1, 1, 1, 91)):
        at = NOW - timedelta(days=days)
        session.add(
            Failure(
                fingerprint=str(number), source=FailureSource.JOB, place="paid", kind="E", spot="",
                first_at=at, last_at=at, count=1,
            )
        )  # fmt: skip
    session.flush()
    assert forget_old_failures(session, NOW) == 1
    monkeypatch.setattr(failures, "MOST", 3)
    assert forget_old_failures(session, NOW) == 1
    assert {each.fingerprint for each in session.scalars(select(Failure))} == {"1", "2", "3"}


def test_a_job_that_fails_is_told_to_the_administrators_once_a_spell(
    session: Session, mailing: Settings, post: Post, clock: time_machine.Traveller
) -> None:
    make_user(session, "admin", email="ada@example.org", name="Ada")
    make_user(session, "admin", email="gone@example.org", ends_on=NOW.date() - timedelta(days=1))
    make_user(session, "admin", email="shut@example.org", active=False)
    make_user(session, "mediator", email="amina@example.org")
    session.commit()
    bad, good = (Job("due_work", "…", 1, work) for work in (fails, works))
    for minute in range(3):
        bad.run(NOW + minute * MINUTE, mailing)
    (mail,) = post.taken
    assert (mail.to, mail.subject) == (
        "ada@example.org",
        "energymed : la tâche « due_work » échoue",
    )
    assert "https://x.example/admin/health" in mail.text
    assert "LookupError" in mail.text
    assert "MOREAU" not in mail.text
    assert count_troubles(session) == 1
    good.run(NOW + 3 * MINUTE, mailing)
    assert (spells(session), count_troubles(session)) == ([], 0)
    bad.run(NOW + 4 * MINUTE, mailing)
    assert len(post.taken) == 2
    (counted,) = last_failures(session)
    assert (counted.place, counted.count) == ("due_work", 4)
    assert counted.spot.startswith("energymed/jobs/ledger.py:")


def test_a_mail_that_could_not_leave_is_tried_at_the_next_failure(
    session: Session, mailing: Settings, post: Post
) -> None:
    make_user(session, "admin", email="ada@example.org")
    session.commit()
    post.silent = 1
    for minute in range(3):
        Job("paid", "…", 1, fails).run(NOW + minute * MINUTE, mailing)
    assert len(post.taken) == 1


def test_without_mail_the_pages_alone_tell(
    session: Session, settings: Settings, post: Post
) -> None:
    Job("paid", "…", 1, fails).run(NOW, settings)
    assert post.taken == []
    assert [spell.job for spell in spells(session)] == ["paid"]


def test_a_spell_keeps_its_beginning_and_one_of_an_unknown_job_is_not_told(
    session: Session,
) -> None:
    for at in (NOW, NOW + MINUTE):
        begin_spell(session, "paid", "OSError", at)
        begin_spell(session, "former_job", "OSError", at)
    (spell,) = spells(session)
    assert spell.since == NOW
    end_spell(session, "paid")
    assert spells(session) == []


def test_a_run_that_ends_well_leaves_no_trace_of_failing(session: Session) -> None:
    assert run_once("paid", fails, NOW).error == "LookupError"
    assert run_once("paid", works, NOW + MINUTE).count == 1
    assert session.scalars(select(FailingJob)).all() == []


def test_a_disk_that_takes_nothing_more_is_borne(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(engine: Engine) -> None:
        @event.listens_for(engine, "begin")
        def refuse(_connection: object) -> None:
            raise OperationalError("BEGIN", {}, OSError(28, "No space left on device"))

    engine = create_engine("sqlite://")
    full(engine)
    note_failure(engine, FailureSource.JOB, "backup", broken("x"))
