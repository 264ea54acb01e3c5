"""Each sample file, read and checked, gives what expected.json says."""

import json
from pathlib import Path
from typing import Any

import pytest

from energymed.intake.checking.row_checks import check_payments, check_rows
from energymed.intake.mapping.headers import map_headers
from energymed.intake.reading.reader import read
from energymed.intake.rows import CheckResult, Sheet

SAMPLES = Path(__file__).parents[2] / "samples"
EXPECTED: dict[str, Any] = json.loads((SAMPLES / "expected.json").read_text("utf-8"))
CUSTOMER_FILES = ("edf_week", "edf_next_week", "engie", "enedis", "veolia", "suez")


def checked(name: str) -> tuple[Sheet, CheckResult]:
    expected = EXPECTED[name]
    kind = expected.get("campaign_kind", "unpaid_bill")
    sheet = read(SAMPLES / expected["file"])
    return sheet, check_rows(sheet, map_headers(sheet.headers, kind), kind)


@pytest.mark.parametrize("name", CUSTOMER_FILES)
def test_every_case_is_read_to_the_digit(name: str) -> None:
    expected = EXPECTED[name]
    sheet, result = checked(name)
    read_cases = {
        row.reference: {
            "last_name": row.last_name,
            "debt_cents": row.debt_cents,
            "phones": list(row.phones),
            "postal_code": row.postal_code,
        }
        for row in result.accepted
    }
    assert read_cases == expected["cases"]
    assert result.rows == expected["rows"]
    assert len(result.rejected) == expected["rejected"]
    assert len(result.duplicates) == expected.get("duplicates", 0)
    assert sheet.ignored == expected.get("ignored", 0)
    if "total_debt_cents" in expected:
        assert result.total_debt_cents == expected["total_debt_cents"]


def test_the_week_of_edf_has_its_problems() -> None:
    _, result = checked("edf_week")
    expected = EXPECTED["edf_week"]
    errors = [problem.code for problem in result.problems if problem.severity == "error"]
    warnings = {problem.code for problem in result.problems if problem.severity == "warning"}
    assert errors == expected["rejected_codes"]
    assert set(expected["warning_codes"]) <= warnings
    assert warnings - set(expected["warning_codes"]) == {"bad_phone", "cutoff_in_truce"}


def test_payments_are_read_to_the_cent() -> None:
    expected = EXPECTED["edf_payments"]
    sheet = read(SAMPLES / expected["file"])
    result = check_payments(sheet, map_headers(sheet.headers, "payments"))
    known = EXPECTED["edf_week"]["cases"]
    recorded = [row for row in result.accepted if row.reference in known]
    assert (result.rows, len(result.duplicates)) == (expected["rows"], expected["duplicates"])
    assert len(recorded) == expected["recorded"]
    assert sum(row.amount_cents for row in recorded) == expected["total_cents"]
    assert len(result.accepted) - len(recorded) == expected["rejected"]


def test_the_traps_are_told_truthfully() -> None:
    expected = EXPECTED["nasty"]
    sheet, result = checked("nasty")
    accepted = {row.reference: row for row in result.accepted}
    rejected = {row.reference for row in result.rejected}
    assert result.rows == expected["rows"]
    assert set(expected["must_be_created"]) <= set(accepted)
    assert rejected == set(expected["must_be_rejected"])
    for reference, cents in expected["amounts"].items():
        assert accepted[reference].debt_cents == cents
    told = {(p.reference, p.code) for p in result.problems if p.code != "cutoff_in_truce"}
    assert told == {
        ("NAS2627757203", "delivery_point_damaged"),
        ("NAS2631508204", "bad_phone"),
        ("NAS2631508204", "no_phone"),
        ("NAS2624578606", "comment_cut"),
        ("NAS2637417709", "bad_postal_code"),
        ("CON2677044300", "conflicting_duplicate"),
        ("SHO2656563000", "bad_amount"),
    }
    assert accepted["NAS2649371602"].comment == "ligne un\nligne deux; avec ; des points-virgules"
    assert sheet.rows[4].number == 7  # after the line break in quotes
