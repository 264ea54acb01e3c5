"""New lines and what is known: households signalled again or by several, and the convention."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.base.clock import today
from energymed.base.context import SYSTEM, Context
from energymed.base.db import db
from energymed.cases.models import Case, Person
from energymed.config import Settings
from energymed.intake.batches import imports
from energymed.intake.importing.report import ImportReport
from energymed.partners.models import Campaign, Partner
from energymed.partners.rule_changes import Scope, change_rule
from tests.factories import MONDAY_MORNING, make_case, make_partner, make_person, make_site
from tests.intake.batches.test_preview import received
from tests.intake.books import csv_bytes
from tests.intake.imports import Desk

TITLES = ("Référence", "Nom", "Prénom", "Téléphone", "Montant", "PDL", "Adresse", "Code postal",
          "Date d'échéance", "Envoi")  # fmt: skip
POINT = "26123456789012"
DAY = MONDAY_MORNING.date()


def line(ref: str, amount: str = "120,50", *, point: str = "", name: str = "MOREL",
         address: str = "", due: str = "", mark: str = "") -> tuple[str, ...]:  # fmt: skip
    code = "26000" if address else ""
    return (ref, name, "Ida", "06 39 98 00 01", amount, point, address, code, due, mark)


def content(*lines: tuple[str, ...]) -> bytes:
    return csv_bytes(*lines, titles=TITLES)


def bring(desk: Desk, *lines: tuple[str, ...], **decisions: str) -> ImportReport:
    return desk.bring(content(*lines), kind="unpaid_bill", decisions=decisions)


def before(
    desk: Desk, session: Session, days: int, *, partner: Partner | None = None, **values: Any
) -> Case:
    """A case of the household, opened some days before the file."""
    partner = partner or desk.partner
    person = make_person(session, desk.site, partner, name_key="morel ida")
    at = MONDAY_MORNING - timedelta(days=days)
    case = make_case(
        session, site=desk.site, partner=partner, person=person, opened_at=at,
        delivery_point=POINT, **values,
    )  # fmt: skip
    session.commit()
    return case


def threshold(desk: Desk, session: Session, code: str, value: int) -> None:
    """A convention's threshold, from today on."""
    own = select(Campaign.id).where(
        Campaign.partner_id == desk.partner.id, Campaign.kind == "unpaid_bill"
    )
    scope = Scope(campaign_id=session.scalar(own))
    ctx = Context(session, SYSTEM, MONDAY_MORNING)
    change_rule(ctx, scope, code, value, valid_from=DAY, source="convention 2026")
    session.commit()


def notes(report: ImportReport) -> list[str]:
    return report.as_dict()["notes"]


@pytest.mark.parametrize(("days", "told"), [(183, True), (184, False)])
def test_a_household_signalled_before_is_told_as_a_number(
    desk: Desk, session: Session, days: int, told: bool
) -> None:
    before(desk, session, days)
    report = bring(desk, line("R1", point=POINT), line("R2", name="PETIT"))
    sentence = ["1 ligne concerne un foyer déjà signalé récemment."]
    assert notes(report) == (sentence if told else [])
    assert (report.created, report.problems) == (2, [])


def test_a_plan_that_ran_is_told_beside(desk: Desk, session: Session) -> None:
    before(desk, session, 20, state="closed", closure="plan_running", closed_at=MONDAY_MORNING)
    lines = [line("R1", point=POINT), line("R2", point=POINT)]
    assert notes(bring(desk, *lines)) == [
        "2 lignes concernent un foyer déjà signalé récemment.",
        "Dont 2 avec un échéancier en cours à la clôture.",
    ]


def test_lines_of_one_file_do_not_repeat_each_other(desk: Desk) -> None:
    assert notes(bring(desk, line("R1", point=POINT), line("R2", point=POINT))) == []


def test_a_known_case_that_comes_every_week_is_no_repeat(desk: Desk) -> None:
    bring(desk, line("R1", point=POINT))
    assert notes(bring(desk, line("R1", point=POINT, mark="b"))) == []


@pytest.mark.parametrize(("days", "told"), [(31, True), (32, False)])
def test_several_partners_are_told_and_never_which(
    desk: Desk, session: Session, days: int, told: bool
) -> None:
    other = make_partner(session, "veolia")
    known = before(desk, session, days, partner=other, reference="SECRET-77", debt_cents=98_765)
    report = bring(desk, line("R1", point=POINT))
    sentence = ["1 ligne concerne un foyer suivi aussi pour d'autres partenaires."]
    assert notes(report) == (sentence if told else [])
    said = json.dumps(report.as_dict()).casefold()
    assert not any(word in said for word in ("veolia", known.reference.casefold(), "98765"))


def test_a_dry_run_says_the_same(desk: Desk, session: Session) -> None:
    before(desk, session, 20)
    upload = desk.upload(content(line("R1", point=POINT)), kind="unpaid_bill")
    dry = imports.dry_run(Context(session, SYSTEM, desk.now), upload)
    session.rollback()
    assert notes(dry) == notes(bring(desk, line("R1", point=POINT)))
    assert len(notes(dry)) == 1


def test_the_preview_counts_them_and_opens_their_lines(desk: Desk, session: Session) -> None:
    before(desk, session, 20, state="closed", closure="plan_running", closed_at=MONDAY_MORNING)
    before(desk, session, 5, partner=make_partner(session, "veolia"))
    both = content(line("R1", point=POINT), line("R2", name="PETIT"))
    summary = desk.checked(received(desk, both, kind="unpaid_bill").id).summary
    assert summary is not None
    assert summary.concerned == {"repeat": 1, "repeat_with_plan": 1, "several": 1}
    assert summary.notes == []


@pytest.mark.parametrize(("amount", "told"), [("49,99", True), ("50,00", False)])
def test_a_debt_below_the_convention_is_imported_and_told(
    desk: Desk, session: Session, amount: str, told: bool
) -> None:
    threshold(desk, session, "least_debt_cents", 5_000)
    report = bring(desk, line("R1", amount))
    assert report.created == 1
    said = [(one.code, one.severity, one.column, str(one)) for one in report.problems]
    sentence = "Le montant, 49,99 €, est sous le seuil de la convention (50,00 €)."
    expected = [("below_amount", "warning", "Montant", sentence)] if told else []
    assert [tuple(str(part).replace("\u202f", " ").replace("\xa0", " ") for part in one)
            for one in said] == expected  # fmt: skip


@pytest.mark.parametrize(("age", "told"), [(29, True), (30, False), (-5, True)])
def test_a_debt_too_recent_is_imported_and_told(
    desk: Desk, session: Session, age: int, told: bool
) -> None:
    threshold(desk, session, "least_age_days", 30)
    due = (DAY - timedelta(days=age)).strftime("%d/%m/%Y")
    report = bring(desk, line("R1", due=due), line("R2", name="PETIT"))
    assert report.created == 2
    expected = [("too_recent", "Date d'échéance", {"days": max(age, 0), "least": 30})]
    found = [(one.code, one.column, one.params) for one in report.problems]
    assert found == (expected if told else [])


def test_a_line_outside_is_held_where_that_is_decided(desk: Desk, session: Session) -> None:
    threshold(desk, session, "least_debt_cents", 5_000)
    lines = [line("R1", "49,99"), line("R2", "50,00", name="PETIT")]
    report = bring(desk, *lines, below_amount="hold")
    assert (report.created, report.held, report.rejected, report.rows) == (1, 1, 0, 2)
    assert session.scalars(select(Case.reference)).all() == ["R2"]
    assert session.scalar(select(func.count(Person.id))) == 1  # nothing of the line is written


def test_a_known_case_may_fall_below(desk: Desk, session: Session) -> None:
    threshold(desk, session, "least_debt_cents", 5_000)
    bring(desk, line("R1", "60,00"))
    report = bring(desk, line("R1", "20,00"), below_amount="hold")
    assert (report.updated, report.held, report.problems) == (1, 0, [])


def test_another_partner_has_no_such_threshold(desk: Desk, session: Session) -> None:
    threshold(desk, session, "least_debt_cents", 5_000)
    desk.partner = make_partner(session, "veolia")
    session.commit()
    assert bring(desk, line("R1", "1,00")).problems == []


@pytest.mark.slow
def test_the_command_line_decides_in_a_process_of_its_own(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    partner, _site = make_partner(session, "edf"), make_site(session, "valence")
    own = select(Campaign.id).where(
        Campaign.partner_id == partner.id, Campaign.kind == "unpaid_bill"
    )
    change_rule(
        Context(session, SYSTEM), Scope(campaign_id=session.scalar(own)), "least_debt_cents", 5_000,
        valid_from=today(), source="convention",
    )  # fmt: skip
    session.commit()
    session.close()
    file = tmp_path / "f.csv"
    file.write_bytes(content(line("R1", "49,99"), line("R2", "50,00", name="PETIT")))
    environment = {
        **os.environ,
        "ENERGYMED_DATABASE_URL": db.engine.url.render_as_string(hide_password=False),
        "ENERGYMED_INSTANCE": str(settings.instance),
    }

    def run(*more: str) -> dict[str, Any]:
        command = [sys.executable, "-m", "energymed", "import", str(file), "--partner", "edf"]
        done = subprocess.run(
            [*command, "--kind", "unpaid_bill", "--json", *more],
            env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    kept = run("--dry-run")
    assert [(one["code"], one["severity"]) for one in kept["problems"]] == [
        ("below_amount", "warning")
    ]
    assert (kept["created"], kept["held"]) == (2, 0)
    held = run("--decide", "below_amount=hold")
    assert (held["created"], held["held"]) == (1, 1)
