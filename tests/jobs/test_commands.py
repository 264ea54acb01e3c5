"""`energymed jobs list|run|serve` and `energymed assign`."""

import json
import os
import signal
import subprocess
import sys
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.db import db
from energymed.cases.models import Case
from energymed.cli import main
from energymed.config import Settings
from energymed.jobs import work
from energymed.operations.models import JobRun
from tests.factories import make_case, make_partner, make_site, make_user


@pytest.fixture
def run(session: Session, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command on the test database, as another process would."""
    url = db.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("ENERGYMED_DATABASE_URL", url)
    monkeypatch.setenv("ENERGYMED_INSTANCE", str(settings.instance))

    def call(*arguments: str) -> Result:
        session.commit()
        session.close()
        return CliRunner().invoke(main, list(arguments))

    return call


def test_the_jobs_are_listed_with_their_last_run(run: Any) -> None:
    before = {row["name"]: row for row in json.loads(run("jobs", "list", "--json").stdout)}
    assert {"lapsed_claims", "due_work"} <= set(before)
    assert before["due_work"]["last_run"] is None
    assert run("jobs", "run", "due_work").exit_code == 0
    after = {row["name"]: row for row in json.loads(run("jobs", "list", "--json").stdout)}
    assert after["due_work"]["last_run"].endswith("+00:00")
    assert "due_work" in run("jobs", "list").stdout


def test_a_job_is_run_by_hand(run: Any, session: Session) -> None:
    answer = json.loads(run("jobs", "run", "lapsed_claims", "--json").stdout)
    assert (answer["job"], answer["count"]) == ("lapsed_claims", 0)
    assert session.scalars(select(JobRun.state)).all() == ["done"]


def test_an_unknown_job_is_one_sentence(run: Any) -> None:
    result = run("jobs", "run", "sleep")
    assert result.exit_code == 1
    assert result.stderr.startswith("Tâche inconnue : sleep. Tâches connues : lapsed_claims, due_")
    assert result.stderr.count("\n") == 1


def test_a_job_that_fails_says_so_and_exits_with_one(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_session: Session, _at: object) -> int:
        raise LookupError("Mme MOREAU")

    monkeypatch.setitem(work.JOBS, "due_work", work.Job("due_work", "…", 1, fails))
    result = run("jobs", "run", "due_work")
    assert result.exit_code == 1
    assert "La tâche due_work a échoué (LookupError)" in result.stderr
    assert "MOREAU" not in result.output


@pytest.mark.slow
def test_the_scheduler_runs_in_a_process_of_its_own_and_stops_when_asked(
    run: Any, settings: Settings
) -> None:
    run("jobs", "list")
    child = subprocess.Popen(
        [sys.executable, "-m", "energymed", "jobs", "serve"],
        env={**os.environ, "ENERGYMED_LOG_LEVEL": "INFO"},
        text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert child.stdout is not None
    first = child.stdout.readline()
    assert "jobs_serving" in first, first + child.communicate()[0]
    child.send_signal(signal.SIGTERM)
    child.communicate(timeout=30)
    assert child.returncode == 0


def test_assign_spreads_a_partners_cases_over_the_sites_mediators(
    run: Any, session: Session
) -> None:
    site, far = make_site(session), make_site(session)
    edf, suez = make_partner(session, "edf"), make_partner(session, "suez")
    suez_id = suez.id
    for email in ("ada@example.org", "bob@example.org"):
        make_user(session, site=site, email=email)
    make_user(session, site=far, email="far@example.org")
    for _turn in range(5):
        make_case(session, site=site, partner=edf)
    make_case(session, site=far, partner=edf)
    make_case(session, site=site, partner=suez)
    answer = json.loads(run("assign", "--partner", "edf", "--json").stdout)
    assert answer == {
        "assigned": 6,
        "mediators": [
            {"email": "ada@example.org", "cases": 3},
            {"email": "bob@example.org", "cases": 2},
            {"email": "far@example.org", "cases": 1},
        ],
    }
    left = session.scalars(select(Case).where(Case.state == "to_assign")).one()
    assert left.partner_id == suez_id
    again = json.loads(run("assign", "--partner", "edf", "--json").stdout)
    assert again == {"assigned": 0, "mediators": []}


def test_assign_takes_the_mediators_that_are_named(run: Any, session: Session) -> None:
    site, edf = make_site(session), make_partner(session, "edf")
    for email in ("ada@example.org", "bob@example.org", "zoe@example.org"):
        make_user(session, site=site, email=email)
    make_user(session, site=make_site(session), email="far@example.org")
    for _turn in range(4):
        make_case(session, site=site, partner=edf)
    named = [part for who in ("ada", "zoe", "far") for part in ("--mediator", f"{who}@example.org")]
    answer = json.loads(run("assign", "--partner", "edf", *named, "--json").stdout)
    assert answer["assigned"] == 4
    assert {row["email"]: row["cases"] for row in answer["mediators"]} == {
        "ada@example.org": 2, "zoe@example.org": 2, "far@example.org": 0,
    }  # fmt: skip
    readable = run("assign", "--partner", "edf", "--mediator", "bob@example.org").stdout
    assert readable.split() == ["Répartis", ":", "0", "bob@example.org", "0"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--partner", "nobody"), "Partenaire inconnu"),
        (("--partner", "edf", "--mediator", "x@example.org"), "Aucun compte pour x@example.org."),
        (("--partner", "edf", "--mediator", "lead@example.org"), "Choisissez des médiateurs"),
        (("--partner", "edf"), "Aucun médiateur actif sur le site de ces dossiers."),
    ],
)
def test_assign_says_in_one_sentence_what_is_wrong(
    run: Any, session: Session, arguments: tuple[str, ...], sentence: str
) -> None:
    site = make_site(session)
    make_case(session, site=site, partner=make_partner(session, "edf"))
    make_user(session, "lead", site=site, email="lead@example.org")
    result = run("assign", *arguments)
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1
