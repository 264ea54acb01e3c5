"""`energymed doctor`: a table or JSON, exit 1 when something is wrong, and it never gives up."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from energymed.cli import doctor as command
from energymed.cli import main
from energymed.operations.doctor.codes import Check, Health
from energymed.operations.doctor.findings import Finding, good, warning, wrong
from energymed.operations.failures import last_failures

FINE = good(Check.DISK, "%(free)s Mo libres.", free=9)
WATCH = warning(Check.BACKUP, "Aucune sauvegarde.", "Réglez backup_folder.")
BAD = wrong(Check.LEDGER, "Des soldes sont faux.", "Signalez-le.")
COMMAND = ("user", "list")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("ENERGYMED_INSTANCE", str(tmp_path))
    monkeypatch.setenv("ENERGYMED_SECRET_KEY", "une-cle-de-signature-0123456789-au-hasard")
    return CliRunner()


def doctor(run: CliRunner, *arguments: str) -> Result:
    return run.invoke(main, ["doctor", *arguments])


@pytest.mark.once
@pytest.mark.parametrize(("found", "code"), [([FINE], 0), ([FINE, WATCH], 0), ([WATCH, BAD], 1)])
def test_only_what_is_wrong_ends_with_one(
    run: CliRunner, monkeypatch: pytest.MonkeyPatch, found: list[Finding], code: int
) -> None:
    monkeypatch.setattr(command, "examine", lambda _read, whole: found if whole else [])
    result = doctor(run, "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["ok"]) == (code, code == 0)
    assert [one["state"] for one in told["findings"]] == [one.health for one in found]
    assert set(told["findings"][0]) == {"check", "state", "message", "advice"}
    assert doctor(run).exit_code == code


@pytest.mark.once
def test_the_table_has_a_word_a_sentence_and_what_to_do(
    run: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "examine", lambda _read, whole: [FINE, BAD])
    lines = [re.split(r"\s{2,}", line.strip()) for line in doctor(run).stdout.splitlines()]
    assert lines == [
        ["bon", "Disque", "9 Mo libres."],
        ["à corriger", "Soldes des dossiers", "Des soldes sont faux."],
        ["→ Signalez-le."],
    ]


@pytest.mark.once
@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("energymed.toml", "[[[", "Réglages illisibles"),
        ("energymed.toml", "log_level = 'LOUD'", "LOUD"),
        ("secrets.toml", "", "vide, incomplet"),
        ("energymed.sqlite", "no database" * 999, "abîmé ou tronqué"),
    ],
)
def test_what_stops_other_commands_is_a_finding_here(
    run: CliRunner, tmp_path: Path, name: str, content: str, said: str
) -> None:
    (tmp_path / name).write_text(content)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert run.invoke(main, COMMAND).exit_code == 2
    for path in set(tmp_path.iterdir()) - set(before):  # the other command may make secrets
        path.unlink()
    result = doctor(run, "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)["findings"]
    assert any(said in one["message"] and one["state"] == Health.WRONG for one in found)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.once
def test_a_start_tells_what_is_to_be_watched(
    run: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "examine", lambda _read, whole: [] if whole else [FINE, WATCH])
    assert command.quick_part() == ["Sauvegardes : Aucune sauvegarde. Réglez backup_folder."]


def test_a_fault_of_the_program_is_counted_under_its_command(
    app: object, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    from energymed.base.db import db

    url = db.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("ENERGYMED_DATABASE_URL", url)
    monkeypatch.setenv("ENERGYMED_INSTANCE", str(settings.instance))  # type: ignore[attr-defined]

    def broken(*_given: object, **_more: object) -> None:
        raise LookupError("x")

    monkeypatch.setattr("energymed.cli.common.judge_schema", broken)
    result = CliRunner().invoke(main, COMMAND)
    assert isinstance(result.exception, LookupError)
    (counted,) = last_failures(db.session())
    assert (counted.source, counted.place, counted.kind) == ("command", "user", "LookupError")
