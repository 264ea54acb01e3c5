"""`upgrade` as a person calls it, on databases that earlier versions made."""

import gzip
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from energymed.cli import server
from energymed.operations import upgrade as operations
from energymed.operations.alone import only_one
from energymed.operations.doctor.codes import Check
from energymed.operations.doctor.findings import wrong
from energymed.operations.migrating import pending
from energymed.revisions import known_revisions
from tests.cli.test_backup import PASSPHRASE, Call, call, refused
from tests.operations.test_released import FOLDER

pytestmark = pytest.mark.slow
__all__ = ["call"]
NEWEST = known_revisions()[-1]
BEFORE, ODD = "0022", "0014+0019"
SECRETS = 'secret_key = "a"\npassword_salt = "b"\ntotp_secret = "c"\n'
SIGNING = "a key of a test that signs sessions"


def put(home: Path, name: str) -> Path:
    """The installation that this version left."""
    (home / "secrets.toml").write_text(SECRETS, encoding="utf-8")
    with closing(sqlite3.connect(home / "energymed.sqlite")) as connection:
        lines = gzip.decompress((FOLDER / f"{name}.sql.gz").read_bytes()).decode()
        connection.executescript(lines)
    return home


def revision(home: Path) -> str:
    with closing(sqlite3.connect(home / "energymed.sqlite")) as connection:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def test_from_a_backup_to_a_sound_database_in_its_own_process(tmp_path: Path) -> None:
    home = put(tmp_path, ODD)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ENERGYMED_")}
    given = {**kept, "ENERGYMED_INSTANCE": str(home), "ENERGYMED_BACKUP_PASSPHRASE": PASSPHRASE}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "energymed", *words],
            env=given, capture_output=True, text=True, check=False,
        )  # fmt: skip

    done = run("upgrade", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["from"], said["to"], said["faults"]) == (ODD, NEWEST, [])
    assert said["migrations"] == list(pending(ODD))
    assert [line.split(" : ")[1][:4] for line in done.stderr.splitlines()[2:]] == list(pending(ODD))
    proven = run("restore", "--check", said["backup"], "--json")
    assert json.loads(proven.stdout)["made_with"] == ODD
    assert json.loads(proven.stdout)["good"] is True
    again = run("upgrade")
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout == f"Rien à faire : la base est à la révision {NEWEST}.\n"


def test_without_a_key_it_says_what_to_do(tmp_path: Path, call: Call) -> None:
    home = put(tmp_path, BEFORE)
    refused(call(home, "upgrade"), 1, "backup-key", "--no-backup")
    assert revision(home) == BEFORE
    done = call(home, "upgrade", "--no-backup")
    assert done.exit_code == 0, done.output
    assert "Sans sauvegarde" in done.stderr
    assert f"Base à niveau : révision {NEWEST}" in done.stdout
    assert "tout est en ordre" in done.stdout
    assert not (home / "backups").exists()


def test_two_at_once(tmp_path: Path, call: Call) -> None:
    home = put(tmp_path, BEFORE)
    with only_one(f"sqlite:///{home}/energymed.sqlite"):
        refused(call(home, "upgrade", "--no-backup"), 1, "Une autre mise à niveau")
    assert revision(home) == BEFORE


def test_a_migration_that_fails(tmp_path: Path, call: Call) -> None:
    home = put(tmp_path, "0020")
    with closing(sqlite3.connect(home / "energymed.sqlite")) as connection:
        connection.execute("CREATE TABLE stored_file (id INTEGER)")
    done = call(home, "upgrade", BACKUP_PASSPHRASE=PASSPHRASE)
    assert done.exit_code == 1
    (kept,) = (home / "backups").iterdir()
    assert f"restée telle qu'elle était (révision 0020, sauvegarde : {kept})" in done.stderr
    assert "Traceback" not in done.output
    assert revision(home) == "0020"


def test_what_was_wrong_already_is_told_in_the_end(
    tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = put(tmp_path, BEFORE)
    monkeypatch.setattr(
        operations, "faults_of", lambda _: [wrong(Check.LEDGER, "Un solde est faux.", "")]
    )
    done = call(home, "upgrade", "--no-backup", "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["faults"] == ["Un solde est faux."]
    assert done.stderr.splitlines()[-1] == "Un solde est faux."
    assert revision(home) == NEWEST


def test_what_is_not_there_or_asked_wrong(tmp_path: Path, call: Call) -> None:
    refused(call(tmp_path, "upgrade"), 1, "energymed init")
    assert call(tmp_path, "upgrade", "--now").exit_code == 2


def test_init_upgrades_as_ever_and_a_demo_by_itself(
    tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = put(tmp_path, BEFORE)
    served = []
    monkeypatch.setattr(server, "run_server", lambda *place: served.append(place))
    refused(call(home, "serve", SECRET_KEY=SIGNING), 2, "energymed upgrade")
    assert served == []
    done = call(home, "serve", ENVIRONMENT="demo", SECRET_KEY=SIGNING)
    assert done.exit_code == 0, done.output
    assert (len(served), revision(home)) == (1, NEWEST)
    (home / "energymed.sqlite").unlink()
    put(home, BEFORE)
    done = call(home, "init", "--json")
    assert json.loads(done.stdout) == {"revision": NEWEST}
