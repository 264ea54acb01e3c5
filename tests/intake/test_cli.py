"""`energymed import` and `undo-import`: the JSON, the sentences, the exit codes."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.base.db import db
from energymed.base.files import StoredFile
from energymed.cases.models import Case
from energymed.cli import files, main
from energymed.config import Settings
from energymed.intake.models import Batch
from tests.factories import make_partner, make_site
from tests.intake.books import LINE, csv_bytes
from tests.intake.importing.test_samples import COUNTS, EXPECTED
from tests.intake.imports import SAMPLES

KEYS = [
    "batch", "file", "kind", "sha256", "encoding", "delimiter", "mapping", "rows", "created",
    "updated", "unchanged", "rejected", "held", "duplicates", "ignored", "missing_from_file",
    "total_debt_cents", "problems", "left_out", "other_sheets", "notes", "doubts",
]  # fmt: skip


@pytest.fixture
def run(session: Session, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command on the test database, as another process would."""
    make_partner(session, "edf")
    make_site(session, "valence")
    session.commit()
    session.close()
    url = db.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("ENERGYMED_DATABASE_URL", url)
    monkeypatch.setenv("ENERGYMED_INSTANCE", str(settings.instance))

    def call(*arguments: str | Path) -> Result:
        return CliRunner().invoke(main, [str(argument) for argument in arguments])

    return call


class Terminal(StringIO):
    """A stderr that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_how_far_an_import_is_shows_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    with files.shown_progress() as tick:
        tick(50, 200)
        tick(200, 200)
    shown = sys.stderr.getvalue()
    assert "50/200" in shown
    assert "200/200" in shown
    assert "lignes/s" in shown


def test_nothing_is_drawn_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", StringIO())
    with files.shown_progress() as tick:
        tick(50, 200)
    assert sys.stderr.getvalue() == ""


def test_ctrl_c_leaves_nothing_and_says_so(
    run: Any, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_given: object, **_more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("energymed.intake.batches.imports.mark_missing", interrupted)
    file = tmp_path / "f.csv"
    file.write_bytes(csv_bytes(LINE))
    result = run("import", file, "--partner", "edf")
    assert (result.exit_code, result.stderr.strip()) == (
        1, "Interrompu à votre demande : rien n'a été écrit.",
    )  # fmt: skip
    assert session.scalar(select(func.count(Case.id))) == 0
    assert session.scalar(select(func.count(Batch.id))) == 0


def test_every_sample_by_the_command_line(run: Any, session: Session) -> None:
    for code in ("engie", "enedis", "veolia", "suez"):
        make_partner(session, code)
    session.commit()
    order = ("edf_week", "edf_next_week", "edf_payments", "engie", "enedis", "veolia", "suez")
    for name in order:
        expected = EXPECTED[name]
        path = SAMPLES / expected["file"]
        result = run("import", path, "--partner", expected["partner"], "--json")
        assert result.exit_code == 0, result.output
        said = json.loads(result.stdout)
        for count in COUNTS:
            if count in expected:
                assert said[count] == expected[count], (name, count)


def test_the_json_is_what_scripts_expect(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "semaine 46.csv"
    path.write_bytes(csv_bytes(LINE, ("R9", "NOM", "Léa", "123", "abc"), encoding="cp1252"))
    said = json.loads(run("import", path, "--partner", "EDF", "--json").stdout)
    assert list(said) == KEYS
    assert said["mapping"]["amount"] == "Montant"
    assert (said["encoding"], said["delimiter"]) == ("cp1252", ";")
    assert said["problems"][0] == {
        "row": 3,
        "reference": "R9",
        "severity": "error",
        "code": "bad_amount",
        "column": "Montant",
        "message": "Le montant « abc » ne peut pas être lu.",
    }


def test_a_dry_run_says_the_same_and_writes_nothing(
    run: Any, session: Session, settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(csv_bytes(LINE, ("DRY", "RUN", "", "", "1,00")))
    dry = json.loads(run("import", path, "--partner", "edf", "--dry-run", "--json").stdout)
    assert session.scalar(select(func.count(Case.id))) == 0
    assert session.scalar(select(func.count(Batch.id))) == 0
    assert session.scalar(select(func.count(StoredFile.id))) == 0
    session.close()
    real = json.loads(run("import", path, "--partner", "edf", "--json").stdout)
    assert dry == {**real, "batch": None}


def test_the_same_bytes_need_again(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(csv_bytes(LINE))
    first = json.loads(run("import", path, "--partner", "edf", "--json").stdout)
    for extra in ([], ["--dry-run"]):
        refused = run("import", path, "--partner", "edf", "--json", *extra)
        assert refused.exit_code == 1
        assert refused.stdout == ""
        assert f"lot {first['batch']}" in refused.stderr
        assert refused.stderr.count("\n") == 1
    again = json.loads(run("import", path, "--partner", "edf", "--again", "--json").stdout)
    assert again == {**first, "created": 0, "unchanged": 1}


def test_undo_then_import_again(run: Any, session: Session, tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(csv_bytes(LINE))
    first = json.loads(run("import", path, "--partner", "edf", "--json").stdout)
    undone = run("undo-import", str(first["batch"]), "--json")
    assert json.loads(undone.stdout) == {
        "batch": first["batch"], "file": "f.csv", "state": "undone",
    }  # fmt: skip
    assert session.scalar(select(func.count(Case.id))) == 0
    session.close()
    assert run("undo-import", str(first["batch"])).exit_code == 1
    assert json.loads(run("import", path, "--partner", "edf", "--json").stdout)["created"] == 1


def test_a_person_reads_a_summary(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(csv_bytes(LINE, ("R9", "NOM", "Léa", "123", "abc")))
    told = run("import", path, "--partner", "edf").stdout
    assert "f.csv : 2 lignes — 1 dossiers créés" in told
    assert "ligne 3 (R9), rejet : Le montant « abc » ne peut pas être lu." in told
    assert "Lot " in told


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--partner", "nobody"], 1, "Partenaires connus : edf"),
        (["--partner", "edf", "--site", "nowhere"], 1, "Sites connus : valence"),
        (["--partner", "edf", "--week", "demain"], 1, "Semaine incorrecte"),
        (["--partner", "edf", "--kind", "holiday"], 2, "--kind"),
        ([], 2, "--partner"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    run: Any, tmp_path: Path, arguments: list[str], code: int, sentence: str
) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(csv_bytes(LINE))
    result = run("import", path, *arguments, "--json")
    assert (result.exit_code, result.stdout) == (code, "")
    assert sentence in result.stderr


def test_several_sites_need_a_choice(run: Any, session: Session, tmp_path: Path) -> None:
    make_site(session, "dijon")
    session.commit()
    path = tmp_path / "f.csv"
    path.write_bytes(csv_bytes(LINE))
    result = run("import", path, "--partner", "edf")
    assert result.exit_code == 1
    assert "Sites connus : dijon, valence" in result.stderr
    assert run("import", path, "--partner", "edf", "--site", "dijon").exit_code == 0


def test_a_file_that_is_not_there(run: Any, tmp_path: Path) -> None:
    result = run("import", tmp_path / "absent.csv", "--partner", "edf")
    assert result.exit_code == 1
    assert "ne peut pas être lu" in result.stderr


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 ...", b"\x00\x01\x02binary", b"Nom;Tel\r\n"])
def test_a_file_that_is_no_table(run: Any, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(content)
    result = run("import", path, "--partner", "edf")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1


@pytest.mark.slow
def test_a_process_of_its_own_knows_every_table_that_may_refer_to_a_case(
    run: Any, tmp_path: Path
) -> None:
    """Nothing but the command has loaded them: it died before, or would have deleted too much."""
    path = tmp_path / "impayes.csv"
    path.write_bytes(csv_bytes(LINE))
    done = json.loads(run("import", path, "--partner", "edf", "--json").stdout)
    command = [sys.executable, "-m", "energymed", "undo-import", str(done["batch"]), "--json"]
    undone = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (undone.returncode, undone.stderr) == (0, "")
    assert json.loads(undone.stdout)["state"] == "undone"
