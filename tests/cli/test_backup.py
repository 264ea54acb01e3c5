"""`backup`, `restore`, `backup-key`, `new-secrets` as a person calls them, and what they say."""

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from energymed.base.age.keys import public_key
from energymed.cli import backup as commands
from energymed.cli import main

pytestmark = pytest.mark.slow
Call = Callable[..., Result]
PASSPHRASE = "quatre mots pris au hasard"


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run a command on the installation of a folder, in this process."""

    def run(instance: Path, *arguments: object, typed: str = "", **given: str) -> Result:
        for name in ("DATABASE_URL", "SECRET_KEY", "ENVIRONMENT", "BACKUP_KEY", "LOG_LEVEL",
                     "BACKUP_PASSPHRASE"):  # fmt: skip
            monkeypatch.delenv(f"ENERGYMED_{name}", raising=False)
        monkeypatch.setenv("ENERGYMED_INSTANCE", str(instance))
        for name, value in given.items():
            monkeypatch.setenv(f"ENERGYMED_{name}", value)
        return CliRunner().invoke(main, [str(each) for each in arguments], input=typed)

    return run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an installation that has an account, a key, and a backup for that key."""
    folder = tmp_path_factory.mktemp("backup")
    home = folder / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ENERGYMED_INSTANCE", str(home))
        for name in ("DATABASE_URL", "SECRET_KEY", "ENVIRONMENT"):
            patch.delenv(f"ENERGYMED_{name}", raising=False)
        for arguments in (
            ["init"],
            ["site", "add", "valence", "Valence"],
            ["user", "add", "ada@example.org", "--role", "mediator", "--password-stdin"],
            ["backup-key", str(folder / "key.txt"), "--json"],
        ):
            done = CliRunner().invoke(main, arguments, input="un-mot-de-passe-long\n")
            assert done.exit_code == 0, done.output
        key = json.loads(done.stdout)["backup_key"]
        patch.setenv("ENERGYMED_BACKUP_KEY", key)
        done = CliRunner().invoke(main, ["backup", str(folder / "kept.backup"), "--json"])
        assert done.exit_code == 0, done.output
    return folder


def refused(done: Result, code: int, *words: str) -> None:
    """One sentence on stderr, in French and without a trace."""
    assert done.exit_code == code, done.output
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert all(word in done.stderr for word in words), done.stderr


def test_a_key_pair_is_made_once(made: Path, call: Call) -> None:
    path = made / "key.txt"
    content = path.read_text("utf-8")
    public = content.splitlines()[1].removeprefix("# public key: ")
    assert public_key(public)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    refused(call(made / "home", "backup-key", path), 1, "existe déjà")
    assert path.read_text("utf-8") == content
    said = call(made / "home", "backup-key", made / "second.txt").stdout
    assert 'backup_key = "age1' in said
    assert "AGE-SECRET" not in said


def test_a_backup_says_what_it_holds(made: Path, call: Call, tmp_path: Path) -> None:
    public = (made / "key.txt").read_text("utf-8").splitlines()[1].removeprefix("# public key: ")
    path = tmp_path / "new.backup"
    told = json.loads(call(made / "home", "backup", path, "--json", BACKUP_KEY=public).stdout)
    assert (told["files"], told["rows"]["user_account"]) == (["secrets.toml"], 1)
    assert told["bytes"] == path.stat().st_size
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    refused(call(made / "home", "backup", path, BACKUP_KEY=public), 1, "existe déjà")


def test_without_a_key_no_backup_is_written(made: Path, call: Call, tmp_path: Path) -> None:
    refused(call(made / "home", "backup", tmp_path / "none"), 1, "toujours chiffrée", "backup-key")
    assert list(tmp_path.iterdir()) == []


def test_a_passphrase_is_asked_for_where_somebody_is(
    made: Path, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "_somebody_is_there", lambda: True)
    path, home = tmp_path / "asked.backup", made / "home"
    refused_short = call(home, "backup", path, typed="court\ncourt\n")
    assert refused_short.exit_code == 1
    assert "au moins 12 signes" in refused_short.stderr
    done = call(home, "backup", path, typed=f"{PASSPHRASE}\n{PASSPHRASE}\n")
    assert done.exit_code == 0, done.output
    assert call(home, "restore", "--check", path, typed=f"{PASSPHRASE}\n").exit_code == 0


def test_a_passphrase_may_be_a_setting(made: Path, call: Call, tmp_path: Path) -> None:
    path, home = tmp_path / "set.backup", made / "home"
    assert call(home, "backup", path, BACKUP_PASSPHRASE=PASSPHRASE).exit_code == 0
    assert call(home, "restore", "--check", path, BACKUP_PASSPHRASE=PASSPHRASE).exit_code == 0
    from_stdin = ("restore", "--check", "--passphrase-stdin", path)
    assert call(home, *from_stdin, typed=f"{PASSPHRASE}\n").exit_code == 0
    refused(call(home, *from_stdin, typed="autre\n"), 1, "n'ouvre pas set.backup")
    refused(call(home, "restore", "--check", path), 1, "--passphrase-stdin")


def test_a_good_backup_is_said_to_be_good(made: Path, call: Call) -> None:
    check = ("restore", "--check", "--key", made / "key.txt", made / "kept.backup")
    said = call(made / "home", *check).stdout
    assert said.endswith("Cette sauvegarde est bonne.\n")
    assert "user_account                     1\n" in said
    told = json.loads(call(made / "home", *check, "--json").stdout)
    assert (told["good"], told["faults"]) == (True, [])


def test_a_backup_that_is_not_good_ends_with_one(made: Path, call: Call, tmp_path: Path) -> None:
    home, key = made / "home", made / "key.txt"
    cut = tmp_path / "cut.backup"
    cut.write_bytes((made / "kept.backup").read_bytes()[:-1])
    refused(call(home, "restore", "--check", "--key", key, cut), 1, "abîmé ou tronqué")
    cut.write_text("autre chose")
    refused(call(home, "restore", "--check", "--key", key, cut), 1, "n'est pas une sauvegarde")
    cut.write_bytes(b"age-encryption.org/v1\n->\n")
    refused(call(home, "restore", "--check", "--key", key, cut), 1, "abîmé ou tronqué")


def test_the_right_key_is_needed(made: Path, call: Call, tmp_path: Path) -> None:
    home, kept = made / "home", made / "kept.backup"
    refused(call(home, "restore", "--check", kept), 1, "donnez --key FICHIER")
    call(home, "backup-key", tmp_path / "other.txt")
    refused(call(home, "restore", "--check", "--key", tmp_path / "other.txt", kept), 1, "n'ouvre")
    refused(call(home, "restore", "--check", "--key", kept, kept), 1, "n'est pas une clé secrète")
    both = call(home, "restore", "--check", "--secrets", "--key", made / "key.txt", kept)
    assert (both.exit_code, "s'excluent" in both.stderr) == (2, True)


def test_an_installation_lives_again_elsewhere(made: Path, call: Call, tmp_path: Path) -> None:
    there, restore = tmp_path / "there", ("restore", "--key", made / "key.txt")
    done = call(there, *restore, made / "kept.backup")
    assert done.exit_code == 0, done.output
    assert "Remis : secrets.toml." in done.stdout
    assert "ada@example.org" in call(there, "user", "list").stdout
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in there.iterdir()}
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(there.stat().st_mode) == 0o700
    refused(call(there, *restore, made / "kept.backup"), 1, "n'est pas vide")


def test_lost_secrets_stop_every_command_until_they_are_back(
    made: Path, call: Call, tmp_path: Path
) -> None:
    there, key = tmp_path / "there", ("--key", made / "key.txt")
    call(there, "restore", *key, made / "kept.backup")
    (there / "secrets.toml").unlink()
    for arguments in (["init"], ["user", "list"], ["serve"], ["jobs", "serve"], ["demo"],
                      ["backup", tmp_path / "x"]):  # fmt: skip
        done = call(there, *arguments)
        refused(done, 2, "secrets.toml manque", "restore --secrets", "new-secrets")
    assert not (there / "secrets.toml").exists()
    done = call(there, "restore", "--secrets", *key, made / "kept.backup", "--json")
    assert json.loads(done.stdout) == {"files": ["secrets.toml"]}
    assert call(there, "user", "list").exit_code == 0


def test_new_secrets_say_what_they_cost_first(made: Path, call: Call, tmp_path: Path) -> None:
    there = tmp_path / "there"
    call(there, "restore", "--key", made / "key.txt", made / "kept.backup")
    refused(call(there, "new-secrets", "--forget"), 1, "rien n'a été touché")
    former = (there / "secrets.toml").read_text("utf-8")
    (there / "secrets.toml").unlink()
    refused(call(there, "new-secrets"), 1, "tous les mots de passe", "oppositions", "--forget")
    assert not (there / "secrets.toml").exists()
    done = call(there, "new-secrets", "--forget", "--json")
    assert json.loads(done.stdout) == {"accounts": 1}
    assert (there / "secrets.toml").read_text("utf-8") != former
    link = json.loads(call(there, "user", "reset", "ada@example.org", "--json").stdout)["link"]
    assert link
