"""`export`, `indicators`, `ledger`: the shapes that other scripts read (DESIGN, command line)."""

import csv
import errno
import json
import re
from datetime import date
from io import StringIO
from pathlib import Path
from zipfile import is_zipfile

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from energymed.base import private_files
from energymed.cases.models import Case
from energymed.cli import main
from energymed.reporting.definitions import INDICATORS, SHARES
from energymed.reporting.formats import WRITERS
from energymed.reporting.models import Delivery
from tests.cli.conftest import Run
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_case, make_partner, make_site
from tests.reporting.makers import booked, contact, plan

MONTH = ("--period", "2026-11")
EDF = ("--partner", "edf")


@pytest.fixture
def case(session: Session) -> Case:
    """EDF's case R1 of 170,75 € at Valence: reached, a plan, two payments; Suez has one too."""
    site = make_site(session, "valence")
    edf, suez = make_partner(session, "edf"), make_partner(session, "suez")
    made = make_case(session, site=site, partner=edf, reference="R1", debt_cents=17_075)
    contact(session, made, NOW, result="reached_holder")
    plan(session, made, NOW)
    booked(session, made, -2_000, date(2026, 11, 12), source="reglements.csv")
    booked(session, made, -75, date(2026, 11, 16), "reported_decrease", source="S47.csv")
    far = make_site(session, "dijon")
    contact(session, make_case(session, site=far, partner=edf, campaign_kind="appointment",
                               debt_cents=None, reference="RDV"), NOW)  # fmt: skip
    contact(session, make_case(session, site=site, partner=suez, reference="S1"), NOW)
    return made


def test_indicators_as_json(run: Run, case: Case) -> None:
    result = run("indicators", *EDF, *MONTH, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    said = json.loads(result.stdout)
    assert list(said) == [
        "period", "from", "to", "indicators", "terms", "compared_with", "before",
    ]  # fmt: skip
    assert (said["period"], said["from"], said["to"]) == ("2026-11", "2026-11-01", "2026-11-30")
    assert list(said["indicators"]) == [*INDICATORS, *SHARES]
    assert {code: value for code, value in said["indicators"].items() if value} == {
        "cases_handled": 2, "people_contacted": 2, "calls_out": 2, "contacts_out": 2,
        "cases_reached": 1, "contacts_made": 2, "plans_negotiated": 1, "debt_total_cents": 17_075,
        "payments_confirmed_cents": 2_000, "debt_cleared_cents": 2_000,
        "debt_cleared_to_date_cents": 2_000, "appointment_calls": 1, "reach_rate": 0.5,
        "cleared_share": 0.1171, "cleared_share_to_date": 0.1171,
    }  # fmt: skip
    assert said["terms"] == {
        "reach_rate": [1, 2], "action_share": [0, 2], "cleared_share": [2_000, 17_075],
        "cleared_share_to_date": [2_000, 17_075],
    }  # fmt: skip
    assert said["compared_with"].startswith("2025-11")
    assert said["before"]["calls_out"] == 0
    assert {type(said["indicators"][code]) for code in INDICATORS} == {int}


@pytest.mark.parametrize(
    ("options", "handled"),
    [
        ((), 3),
        (("--partner", "EDF", "--site", "valence"), 1),
        (("--kind", "appointment"), 1),
    ],
)
def test_indicators_are_asked_by_partner_kind_and_site(
    run: Run, case: Case, options: tuple[str, ...], handled: int
) -> None:
    said = json.loads(run("indicators", *options, *MONTH, "--json").stdout)
    assert said["indicators"]["cases_handled"] == handled


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-w01", "2025-12-29", "2026-01-04"),
        ("2026-Q4", "2026-10-01", "2026-12-31"),
        ("2026-01-15_2026-02-14", "2026-01-15", "2026-02-14"),
    ],
)
def test_a_period_is_what_people_ask_about(
    run: Run, session: Session, period: str, first: str, last: str
) -> None:
    said = json.loads(run("indicators", "--period", period, "--json").stdout)
    assert (said["period"], said["from"], said["to"]) == (period.upper(), first, last)
    assert said["indicators"]["reach_rate"] is None
    assert said["terms"]["reach_rate"] == [0, 0]


def test_indicators_for_a_reader(run: Run, case: Case) -> None:
    told = run("indicators", *EDF, *MONTH).stdout.replace("\u202f", " ").replace("\xa0", " ")
    lines = {tuple(re.split(r" {2,}", line.strip())) for line in told.splitlines()}
    assert {
        ("Dossiers traités", "2", "0", "—"), ("Part apurée", "11,7 %", "—", "—"),
        ("Montant total des dettes", "170,75 €", "0,00 €", "—"),
    } <= lines  # fmt: skip
    quiet = run("indicators", "--period", "2024").stdout
    assert re.search(r"Part apurée +— +— +—$", quiet, re.MULTILINE)


@pytest.mark.parametrize("file_format", sorted(WRITERS))
def test_export_writes_the_return_and_delivers_nothing(
    run: Run, session: Session, case: Case, tmp_path: Path, file_format: str
) -> None:
    path = tmp_path / "un retour"
    result = run("export", *EDF, *MONTH, "--format", file_format, "-o", path)
    assert (result.exit_code, result.stderr) == (0, "")
    content = path.read_bytes()
    assert result.stdout == f"{path} : 2 dossiers, {len(content)} octets.\n"
    if file_format == "csv":
        text = StringIO(content.decode("utf-8-sig"), newline="")
        (first, second) = csv.DictReader(text, delimiter=";")
        assert (first["Référence dossier"], second["Référence dossier"]) == ("R1", "RDV")
        assert (first["Promis"], first["Confirmé"], first["Solde"]) == ("90,00", "20,00", "150,00")
    elif file_format == "json":
        said = json.loads(content)
        assert [each["reference"] for each in said["cases"]] == ["R1", "RDV"]
        assert said["indicators"]["cases_handled"] == 2
    else:
        assert is_zipfile(path)
    assert session.query(Delivery).count() == 0


def test_export_of_one_site(run: Run, case: Case, tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    run("export", *EDF, *MONTH, "--format", "json", "--site", "dijon", "--output", path)
    assert [each["reference"] for each in json.loads(path.read_bytes())["cases"]] == ["RDV"]


def test_export_agrees_with_indicators(run: Run, case: Case, tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    run("export", *EDF, *MONTH, "--format", "json", "-o", path)
    exported = json.loads(path.read_bytes())["indicators"]
    asked = json.loads(run("indicators", *EDF, *MONTH, "--json").stdout)["indicators"]
    rounded = {code: value and round(value, 4) for code, value in exported.items()}
    assert rounded == asked


def test_ledger_as_json(run: Run, case: Case) -> None:
    result = run("ledger", *EDF, "--reference", "R1", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    told = json.loads(result.stdout)
    ids = [entry.pop("id") for entry in told["entries"]]
    assert ids == sorted(set(ids))
    assert told == {
        "balance_cents": 15_000,
        "repaid_cents": 2_000,
        "entries": [
            {"date": "2026-11-23", "kind": "opening", "amount_cents": 17_075, "source": "fixture"},
            {"date": "2026-11-12", "kind": "payment", "amount_cents": -2_000,
             "source": "reglements.csv"},
            {"date": "2026-11-16", "kind": "reported_decrease", "amount_cents": -75,
             "source": "S47.csv"},
        ],
    }  # fmt: skip


def test_a_payment_is_reversed(run: Run, case: Case) -> None:
    ledger = json.loads(run("ledger", *EDF, "--reference", "R1", "--json").stdout)
    payment = next(each["id"] for each in ledger["entries"] if each["kind"] == "payment")
    result = run("reverse-payment", payment, "--reason", "Rejet de la banque", "--json")
    assert json.loads(result.stdout) == {
        "reference": "R1", "balance_cents": 17_000, "repaid_cents": 0,
    }  # fmt: skip
    again = run("reverse-payment", payment, "--reason", "Rejet de la banque")
    assert (again.exit_code, again.stderr) == (1, "Cette écriture est déjà annulée.\n")
    late = run("reverse-payment", 10**6, "--reason", "x", "--on", "2026-11-20")
    assert late.exit_code == 1


def test_a_mission_without_a_debt_has_no_balance(run: Run, case: Case) -> None:
    said = json.loads(run("ledger", *EDF, "--reference", " RDV ", "--json").stdout)
    assert said == {"balance_cents": None, "repaid_cents": 0, "entries": []}


def test_a_reference_that_came_back_shows_its_last_case(run: Run, case: Case) -> None:
    session = Session.object_session(case)
    assert session is not None
    case.state, case.closure, case.closed_at = "closed", "settled", NOW
    session.flush()
    make_case(session, site=case.site, partner=case.partner, reference="R1", debt_cents=4_200,
              opened_at=NOW.replace(hour=18))  # fmt: skip
    said = json.loads(run("ledger", *EDF, "--reference", "R1", "--json").stdout)
    assert (said["balance_cents"], len(said["entries"])) == (4_200, 1)


def test_ledger_for_a_reader(run: Run, case: Case) -> None:
    told = run("ledger", *EDF, "--reference", "R1").stdout
    assert "2026-11-12  Paiement confirmé" in told
    assert "-20,00" in told


NOBODY = ("--partner", "nobody")
ELSEWHERE = ("--site", "nowhere")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("indicators", *NOBODY, *MONTH), "Partenaires connus : edf, suez"),
        (("indicators", *ELSEWHERE, *MONTH), "Sites connus : dijon, valence"),
        (("indicators", "--period", "hier"), "Période incorrecte : hier."),
        (("indicators", "--period", "2026-13"), "Écrivez 2026-W47, 2026-11, 2026-T4, 2026 ou"),
        (("indicators", "--period", "9999"), "Période incorrecte : 9999."),
        (("export", *NOBODY, *MONTH, "--format", "csv"), "Partenaires connus : edf, suez"),
        (("export", *EDF, *ELSEWHERE, *MONTH, "--format", "csv"), "Sites connus"),
        (("export", *EDF, "--period", "", "--format", "csv"), "Période incorrecte"),
        (("export", *EDF, *MONTH, "--format", "docx"), "Format inconnu : docx"),
        (("export", *EDF, *MONTH, "--format", "pdf"), "Le rapport PDF n'est pas encore disponible"),
        (("ledger", *NOBODY, "--reference", "R1"), "Partenaires connus : edf, suez"),
        (("ledger", *EDF, "--reference", "S1"), "Aucun dossier ne porte la référence S1."),
    ],
)
def test_what_cannot_be_answered_is_one_sentence(
    run: Run, case: Case, tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    path = tmp_path / "out"
    extra = ("-o", path) if arguments[0] == "export" else ("--json",)
    result = run(*arguments, *extra)
    assert (result.exit_code, result.stdout) == (1, "")
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1
    assert not path.exists()


def test_an_export_that_cannot_be_written_is_one_sentence(
    run: Run, case: Case, tmp_path: Path
) -> None:
    for path in (tmp_path / "absent" / "r.csv", tmp_path):
        result = run("export", *EDF, *MONTH, "--format", "csv", "-o", path)
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr == f"« {path} » ne peut pas être écrit.\n"


def test_an_export_on_a_full_disk_leaves_what_was_there(
    run: Run, case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    path = tmp_path / "r.csv"
    path.write_text("of last month", encoding="utf-8")
    monkeypatch.setattr(private_files.os, "fsync", full)
    result = run("export", *EDF, *MONTH, "--format", "csv", "-o", path)
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert result.stderr.startswith("Le disque est plein")
    assert path.read_text("utf-8") == "of last month"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [
        (("indicators", "--json"), "--period"),
        (("indicators", *MONTH, "--kind", "holiday"), "--kind"),
        (("export", *EDF, *MONTH, "--format", "csv"), "--output"),
        (("export", *EDF, *MONTH, "-o", "r.csv"), "--format"),
        (("export", *MONTH, "--format", "csv", "-o", "r.csv"), "--partner"),
        (("ledger", *EDF), "--reference"),
        (("ledger", "--reference", "R1"), "--partner"),
    ],
)
def test_wrong_use_exits_with_two(run: Run, arguments: tuple[str, ...], missing: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert missing in result.stderr


def test_without_a_database_the_sentence_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ENERGYMED_DATABASE_URL", "ENERGYMED_SECRET_KEY", "ENERGYMED_ENVIRONMENT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ENERGYMED_INSTANCE", str(tmp_path / "fresh"))
    result = CliRunner().invoke(main, ["indicators", "--period", "2026"])
    assert (result.exit_code, result.stdout) == (1, "")
    assert "lancez « energymed init »" in result.stderr
    assert result.stderr.count("\n") == 1
