"""The administrator's page of the service: what is well, what failed, what the jobs do."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from energymed.base.progress import WorkState
from energymed.config import Settings
from energymed.operations.codes import RunState
from energymed.operations.doctor import background
from energymed.operations.doctor.background import carry_out, how_far
from energymed.operations.failing_jobs import begin_spell
from energymed.operations.models import Failure, JobRun
from energymed.operations.plans import PLANS
from energymed.web.admin import health
from tests.factories import MONDAY_MORNING as NOW
from tests.web.admin.conftest import counted
from tests.web.helpers import soup, table_rows, text_of

PAGE = "/admin/health"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """The installations for which a process was started."""
    started: list[Settings] = []
    monkeypatch.setattr(background, "start_process", started.append)
    return started


def test_the_page_says_what_is_well_and_what_was_never_done(desk: FlaskClient) -> None:
    with counted() as statements:
        answer = desk.get(PAGE)
    said = text_of(answer)
    assert "État du service" in said
    assert "Pas encore d'examen complet" in said
    assert "Aucune erreur" in said
    assert said.count("jamais passée") == len(PLANS)
    assert {row["Examen"] for row in table_rows(answer)} >= {"Réglages", "Disque", "Secrets"}
    assert len(statements) <= 16


def test_jobs_and_failures_are_listed(desk: FlaskClient, session: Session) -> None:
    session.add(
        JobRun(
            job="paid", due_at=NOW, started_at=NOW, finished_at=NOW + timedelta(seconds=1.5),
            state=RunState.FAILED, detail="LookupError",
        )
    )  # fmt: skip
    begin_spell(session, "paid", "LookupError", NOW)
    session.add(
        Failure(
            fingerprint="f", source="web", place="mediator.case", kind="ValueError",
            spot="energymed/cases/queries.py:31", request_id="abc123", first_at=NOW, last_at=NOW,
            count=3,
        )
    )  # fmt: skip
    session.commit()
    answer = desk.get(PAGE)
    (paid,) = (row for row in table_rows(answer, "#jobs ~ * table") if "paid" in row["Tâche"])
    assert (paid["Durée"], paid["État"]) == ("1,5 s", "échec LookupError")
    (failure,) = table_rows(answer, "#failures ~ * table")
    assert (failure["Où"], failure["Requête"], failure["Fois"]) == (
        "Page mediator.case", "abc123", "3",
    )  # fmt: skip
    assert "La tâche « paid » échoue depuis le" in text_of(answer)
    assert "1 (1 point à corriger)" in text_of(desk.get("/admin/users"))


@pytest.mark.usefixtures("clock")
def test_an_examination_runs_in_a_process_of_its_own_and_is_shown(
    desk: FlaskClient, session: Session, settings: Settings, asked: list[Settings]
) -> None:
    assert desk.post(f"{PAGE}/examination").headers["Location"] == PAGE
    desk.post(f"{PAGE}/examination")  # a second press
    assert len(asked) == 1
    assert "Examen complet en cours" in text_of(desk.get(PAGE))
    part = {"HX-Request": "true"}
    assert soup(desk.get(f"{PAGE}/examination", headers=part)).find("progress")
    carry_out(settings)
    work = how_far(session)
    assert work is not None
    assert work.state == WorkState.DONE
    over = desk.get(f"{PAGE}/examination", headers=part)
    assert over.headers["HX-Redirect"] == PAGE
    said = text_of(desk.get(PAGE))
    assert "Fait le" in said
    assert "lancez « energymed init »" in said  # the tests' database has no revision


def test_an_examination_that_stopped_may_be_asked_for_again(
    desk: FlaskClient, asked: list[Settings], clock: time_machine.Traveller
) -> None:
    desk.post(f"{PAGE}/examination")
    clock.shift(timedelta(seconds=21))
    assert "s'est arrêté avant la fin" in text_of(desk.get(PAGE))
    desk.post(f"{PAGE}/examination")
    assert len(asked) == 2


def test_a_page_that_fails_is_counted_after_its_rollback(
    desk: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_session: Session) -> None:
        raise ValueError("Mme MOREAU")

    with monkeypatch.context() as patched:
        patched.setitem(app.config, "TESTING", False)
        patched.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
        patched.setattr(health, "last_runs", fails)
        assert desk.get(PAGE).status_code == 500
        assert desk.get(PAGE).status_code == 500
    answer = desk.get(PAGE)
    (failure,) = table_rows(answer, "#failures ~ * table")
    assert failure["Où"] == "Page admin.health"
    assert failure["Erreur"].startswith("ValueError energymed/web/admin/health.py:")
    assert (failure["Fois"], "MOREAU" in text_of(answer)) == ("2", False)
