"""Every sample file, imported, gives what expected.json says: counts, cases, people, ledger."""

import json
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.cases import ledger
from energymed.cases.models import Case, LedgerEntry
from energymed.intake.importing.report import ImportReport
from tests.factories import make_partner
from tests.intake.imports import SAMPLES, Desk

EXPECTED: dict[str, Any] = json.loads((SAMPLES / "expected.json").read_text("utf-8"))
COUNTS = (
    "rows", "created", "updated", "unchanged", "rejected", "duplicates", "ignored",
    "missing_from_file", "total_debt_cents", "recorded", "total_cents",
)  # fmt: skip


def bring(desk: Desk, name: str) -> ImportReport:
    expected = EXPECTED[name]
    if desk.partner.code != expected["partner"]:
        desk.partner = make_partner(desk.session, expected["partner"])
        desk.session.commit()
    return desk.bring((SAMPLES / expected["file"]).read_bytes(), expected["file"])


def check(report: ImportReport, expected: dict[str, Any]) -> None:
    said = report.as_dict()
    for name in COUNTS:
        if name in expected:
            assert said[name] == expected[name], name
    errors = [one["code"] for one in said["problems"] if one["severity"] == "error"]
    assert errors == expected.get("rejected_codes", [])
    warnings = {one["code"] for one in said["problems"] if one["severity"] == "warning"}
    assert set(expected.get("warning_codes", [])) <= warnings


def check_cases(session: Session, expected: dict[str, Any]) -> None:
    for reference, wanted in expected["cases"].items():
        case = session.scalars(select(Case).where(Case.reference == reference)).one()
        assert case.person.last_name == wanted["last_name"]
        assert case.debt_cents == wanted["debt_cents"]
        assert [phone.e164 for phone in case.person.phones] == wanted["phones"]
        assert case.postal_code == wanted["postal_code"]
        assert case.campaign_kind == expected.get("campaign_kind", "unpaid_bill")
        assert case.state == "to_assign"


@pytest.mark.parametrize("name", ["edf_week", "engie", "enedis", "veolia", "suez"])
def test_a_first_file_opens_its_cases(desk: Desk, session: Session, name: str) -> None:
    check(bring(desk, name), EXPECTED[name])
    check_cases(session, EXPECTED[name])
    opened = session.scalar(
        select(func.coalesce(func.sum(LedgerEntry.amount_cents), 0)).where(
            LedgerEntry.kind == "opening"
        )
    )
    assert opened == EXPECTED[name].get("total_debt_cents", 0)


def test_the_next_week_updates_and_misses(desk: Desk, session: Session) -> None:
    bring(desk, "edf_week")
    check(bring(desk, "edf_next_week"), EXPECTED["edf_next_week"])
    check_cases(session, EXPECTED["edf_next_week"])
    missing = select(func.count()).where(Case.missing_since_batch_id.is_not(None))
    assert session.scalar(missing) == EXPECTED["edf_next_week"]["missing_from_file"]


@pytest.mark.parametrize("order", ["week-next-payments", "week-payments-next"])
def test_both_orders_end_alike(desk: Desk, session: Session, order: str) -> None:
    names = {"week": "edf_week", "next": "edf_next_week", "payments": "edf_payments"}
    for step in order.split("-"):
        report = bring(desk, names[step])
        if step == "payments":
            check(report, EXPECTED["edf_payments"])
    ends = EXPECTED["edf_next_week"]["cases"]
    repaid = 0
    for case in session.scalars(select(Case)):
        said = ledger.read_ledger(session, case)
        assert said.balance_cents == case.debt_cents
        if case.reference in ends:
            assert said.balance_cents == ends[case.reference]["debt_cents"]
        repaid += said.repaid_cents
    assert repaid == EXPECTED["edf_payments"]["total_cents"]
    mercier = session.scalars(select(Case).where(Case.reference == "EDF2645005016")).one()
    said = ledger.read_ledger(session, mercier)
    assert (said.balance_cents, said.repaid_cents) == (3959, 6599)


def test_the_traps(desk: Desk, session: Session) -> None:
    expected = EXPECTED["nasty"]
    report = bring(desk, "nasty")
    created = {case.reference: case for case in session.scalars(select(Case))}
    assert report.rows == expected["rows"]
    assert set(expected["must_be_created"]) <= created.keys()
    assert not set(expected["must_be_rejected"]) & created.keys()
    for reference, cents in expected["amounts"].items():
        assert created[reference].debt_cents == cents
