"""What is counted in rows for who watches from outside: bounds of each figure, and the cost."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from energymed.accounts.practice import practice_site
from energymed.base.context import SYSTEM, Context
from energymed.base.db import db
from energymed.messages.codes import MessageState
from energymed.messages.models import Message, MessageTemplate
from energymed.messages.templates import seed
from energymed.operations.codes import RunState
from energymed.operations.figures import row_figures
from energymed.operations.models import JobRun
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_case, make_user
from tests.reporting.makers import batch

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def figures(session: Session) -> dict[str, float]:
    """{name, or name and its label's value: number}."""
    session.flush()
    return {
        " ".join((one.name.removeprefix("energymed_"), *one.labels.values())): one.value
        for one in row_figures(session, NOW)
    }


def test_an_empty_installation_tells_noughts(session: Session) -> None:
    found = figures(session)
    assert {"cases queued", "claims lapsed", "files committed", "import_rows held"} <= set(found)
    assert set(found.values()) == {0}


def test_open_cases_by_state_without_the_practice(session: Session) -> None:
    make_case(session)
    make_case(session, assigned_to=make_user(session))
    make_case(session, site=practice_site(Context(session, SYSTEM, NOW)))
    make_case(session, state="closed", closure="settled", closed_at=NOW)
    found = figures(session)
    assert [found[f"cases {state}"] for state in ("to_assign", "queued", "in_call")] == [1, 1, 0]
    assert "cases closed" not in found


def test_a_lease_runs_to_its_last_second(session: Session) -> None:
    for until in (NOW, NOW - SECOND, NOW + DAY):
        user = make_user(session)
        make_case(session, assigned_to=user, state="in_call", queue_reason=None,
                  claimed_by_id=user.id, claimed_at=NOW - DAY, claimed_until=until)  # fmt: skip
    found = figures(session)
    assert (found["claims running"], found["claims lapsed"]) == (2, 1)


def test_lines_of_a_day_and_files_of_two_months(session: Session) -> None:
    case = make_case(session)
    for age in (timedelta(0), DAY, DAY + SECOND, 60 * DAY, 60 * DAY + SECOND):
        batch(session, case, NOW - age, created=100, rejected=3)
    found = figures(session)
    assert found["files committed"] == 4
    assert (found["import_rows created"], found["import_rows rejected"]) == (200, 6)


def test_messages_that_wait_and_those_of_a_day(session: Session) -> None:
    seed(session, now=NOW)
    case = make_case(session)
    template = session.scalars(select(MessageTemplate.id)).first()
    for state in (MessageState.QUEUED, MessageState.SENT):
        for age in (DAY, DAY + SECOND):
            at = NOW - age
            session.add(
                Message(
                    case_id=case.id, person_id=case.person_id, template_id=template, channel="sms",
                    address="+33639980001", sender="x", body="x", state=state,
                    sent_at=at if state == MessageState.SENT else None, request_key=str(uuid4()),
                    queued_at=at, next_try_at=at,
                )
            )  # fmt: skip
    found = figures(session)
    assert (found["messages queued"], found["messages sent"]) == (2, 1)


def test_jobs_by_their_last_run_and_the_failures_of_a_day(session: Session) -> None:
    for age, state in (
        (timedelta(0), RunState.RUNNING),
        (SECOND, RunState.FAILED),
        (DAY, RunState.FAILED),
        (DAY + SECOND, RunState.FAILED),
    ):
        at = NOW - age
        ended = None if state == RunState.RUNNING else at + 3 * SECOND
        session.add(
            JobRun(job="paid", due_at=at, started_at=at, finished_at=ended, state=state)
        )  # fmt: skip
    found = figures(session)
    assert found["job_last_start_timestamp_seconds paid"] == (NOW - SECOND).timestamp()
    assert found["job_last_duration_seconds paid"] == 3
    assert found["job_last_failed paid"] == 1
    assert (found["job_failures paid"], found["job_failures backup"]) == (2, 0)
    assert "job_last_failed backup" not in found


@pytest.fixture
def statements() -> Iterator[list[str]]:
    heard: list[str] = []

    def hear(_c: object, _k: object, statement: str, *_more: object) -> None:
        heard.append(statement)

    event.listen(db.engine, "before_cursor_execute", hear)
    yield heard
    event.remove(db.engine, "before_cursor_execute", hear)


def test_a_scrape_costs_six_statements(session: Session, statements: list[str]) -> None:
    session.connection()
    statements.clear()
    list(row_figures(session, NOW))
    assert len(statements) == 6
