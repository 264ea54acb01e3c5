"""What stops a start: each in one French sentence, exit code 2, nothing made worse."""

import errno
import os
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from energymed.cli import server, setup
from energymed.revisions import known_revisions
from tests.cli.test_backup import Call, call, made, refused

pytestmark = pytest.mark.slow
__all__ = ["call", "made"]
SIGNING = "a key of a test that signs sessions"
NEWEST, BEFORE = known_revisions()[-1], known_revisions()[-2]


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    """A copy of an installation."""
    there = tmp_path / "home"
    there.mkdir()
    with closing(sqlite3.connect(made / "home" / "energymed.sqlite")) as source:
        source.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for name in ("energymed.sqlite", "secrets.toml"):
        (there / name).write_bytes((made / "home" / name).read_bytes())
    return there


def stamp(home: Path, revision: str) -> None:
    with closing(sqlite3.connect(home / "energymed.sqlite")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", [revision])
        connection.commit()


@pytest.mark.parametrize(
    "arguments", [["user", "list"], ["init"], ["jobs", "serve"], ["backup", "x"], ["serve"]]
)
def test_a_schema_from_the_future(home: Path, call: Call, arguments: list[str]) -> None:
    stamp(home, "9999")
    done = call(home, *arguments, SECRET_KEY=SIGNING)
    refused(done, 2, "plus récente (révision 9999)", f"(révision {NEWEST})")


def test_a_schema_of_before_is_for_upgrade_and_backup_alone(
    home: Path, call: Call, tmp_path: Path
) -> None:
    stamp(home, BEFORE)
    for arguments in (["user", "list"], ["jobs", "serve"], ["jobs", "run", "paid"], ["serve"]):
        done = call(home, *arguments, SECRET_KEY=SIGNING)
        refused(done, 2, f"antérieure (révision {BEFORE})", "energymed upgrade")
    given = {"BACKUP_PASSPHRASE": "quatre mots pris au hasard"}
    assert call(home, "backup", tmp_path / "before", **given).exit_code == 0


@pytest.mark.parametrize("arguments", [["user", "list"], ["init"], ["serve"]])
@pytest.mark.parametrize("size", [100, 5_000, 60_000])
def test_a_damaged_database(home: Path, call: Call, arguments: list[str], size: int) -> None:
    path = home / "energymed.sqlite"
    os.truncate(path, size)
    refused(call(home, *arguments, SECRET_KEY=SIGNING), 2, "abîmé ou tronqué", "energymed restore")
    assert path.stat().st_size == size


def test_a_database_of_no_bytes_was_never_made(home: Path, call: Call) -> None:
    os.truncate(home / "energymed.sqlite", 0)
    refused(call(home, "user", "list"), 1, "energymed init")


@pytest.mark.parametrize("arguments", [["user", "list"], ["init"], ["serve"], ["jobs", "serve"]])
def test_postgresql_that_is_away(home: Path, call: Call, arguments: list[str]) -> None:
    given = {"DATABASE_URL": "postgresql://a@127.0.0.1:9/energymed", "SECRET_KEY": SIGNING}
    refused(call(home, *arguments, **given), 2, "PostgreSQL ne répond pas")


@pytest.mark.parametrize(
    ("code", "said"), [(errno.EROFS, "en lecture seule"), (errno.ENOSPC, "Le disque est plein")]
)
def test_a_disk_that_takes_nothing(
    home: Path, call: Call, monkeypatch: pytest.MonkeyPatch, code: int, said: str
) -> None:
    def takes_nothing() -> None:
        raise OSError(code, os.strerror(code), "energymed.sqlite.writers")

    monkeypatch.setattr(setup, "prepare_database", takes_nothing)
    refused(call(home, "init"), 2, said, "rien n'a été écrit")


@pytest.mark.parametrize(
    ("setting", "value"),
    [("LOG_LEVEL", "loud"), ("TRUSTED_PROXIES", "x"), ("SECRET_KEY", "short"),
     ("DATABASE_URL", "oracle://x")],
)  # fmt: skip
def test_a_wrong_setting(home: Path, call: Call, setting: str, value: str) -> None:
    for arguments in (["user", "list"], ["serve"], ["jobs", "list"]):
        refused(call(home, *arguments, **{setting: value}), 2, f"Réglage {setting.lower()}")


def test_secrets_that_are_not_whole(home: Path, call: Call) -> None:
    (home / "secrets.toml").write_text('secret_key = "x"\n', encoding="utf-8")
    refused(call(home, "user", "list"), 2, "password_salt, totp_secret", "restore --secrets")


def test_a_port_that_is_taken(home: Path, call: Call) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as the server does
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for command in ("serve", "demo"):
            done = call(home, command, "--port", port, SECRET_KEY=SIGNING)
            refused(done, 2, f"Le port {port} est déjà pris sur 127.0.0.1")


def test_a_port_that_was_just_left_is_free() -> None:
    """Connections of before that end slowly are no server."""
    with socket.socket() as before, socket.socket() as client:
        before.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        before.bind(("127.0.0.1", 0))
        before.listen()
        client.connect(before.getsockname())
        before.accept()[0].close()
        port = before.getsockname()[1]
    server.refuse_taken_port("127.0.0.1", port)


@pytest.mark.parametrize(
    ("host", "said"), [("192.0.2.1", "n'est pas celle de cette machine"), ("a..b", "n'existe pas")]
)
def test_an_address_that_is_not_ours(home: Path, call: Call, host: str, said: str) -> None:
    refused(call(home, "serve", "--host", host, SECRET_KEY=SIGNING), 2, host, said)
