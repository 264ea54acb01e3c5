"""Settings and secrets, judged at every start: each fault has its sentence, and its name in it."""

import errno
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from energymed import local_secrets
from energymed.base.errors import Unusable
from energymed.config import Settings, load_settings
from energymed.local_secrets import MISSING, UNREADABLE, has_accounts
from tests.databases import postgres_database

STRONG = "a key of a test that signs sessions"
KEY = "age165axz3x5szacyxhgh3ux22sxzqxjj6wmwjxk2278zmuxfdc9rgws68g0wf"


def read(folder: Path, **given: Any) -> Settings:
    named = {f"ENERGYMED_{name.upper()}": str(value) for name, value in given.items()}
    return load_settings({"ENERGYMED_INSTANCE": str(folder), **named})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("log_level", "loud"),
        ("log_level", "10"),
        ("environment", "staging"),
        ("trusted_proxies", "one"),
        ("trusted_proxies", "-1"),
        ("trusted_proxies", "11"),
        ("trusted_proxies", "1.5"),
        ("idle_minutes", "0"),
        ("session_hours", "ten"),
        ("database_url", "mysql://root@localhost/energymed"),
        ("database_url", "postgresql+psycopg2://localhost/energymed"),
        ("database_url", "energymed.sqlite"),
        ("database_url", "sqlite://"),
        ("database_url", "sqlite:///:memory:"),
        ("secret_key", "k" * 31),
        ("secret_key", "k" * 64),
        ("secret_key", "changeme-changeme-changeme-changeme"),
        ("backup_key", "age1nonsense"),
        ("backup_key", KEY[:-1] + "q"),
        ("backup_keep", "7"),
        ("backup_keep", "7,4,x"),
        ("backup_keep", "0,4,12"),
        ("backup_folder", "/somewhere"),
        ("metrics_token", "t" * 64),
        ("metrics_token", "0123456789abcdef0123456789abcde"),
        ("metrics_token", "0123456789abcdef 0123456789abcdef"),
        ("metrics_token", "0123456789abcdef0123456789abcdé"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(Unusable) as refusal:
        read(tmp_path, **{name: value})
    assert f"Réglage {name} : " in str(refusal.value)
    (tmp_path / "energymed.toml").write_text(f'{name} = "{value}"\n', encoding="utf-8")
    with pytest.raises(Unusable) as again:
        read(tmp_path)
    assert str(again.value) == str(refusal.value)


@pytest.mark.parametrize(
    ("name", "value", "read_as"),
    [
        ("log_level", "warning", "WARNING"),
        ("trusted_proxies", "0", 0),
        ("trusted_proxies", "10", 10),
        ("idle_minutes", "1", 1),
        ("secret_key", STRONG[:32], STRONG[:32]),
        ("backup_key", KEY, KEY),
        ("backup_keep", " 1, 0, 0 ", (1, 0, 0)),
        ("metrics_token", "0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef"),
        ("database_url", "postgres://u@h/d", "postgresql+psycopg://u@h/d"),
    ],
)
def test_a_right_setting_is_taken(
    tmp_path: Path, name: str, value: str, read_as: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_secrets, "has_accounts", lambda _url: False)
    assert getattr(read(tmp_path, **{name: value}), name) == read_as


def test_only_production_asks_for_a_strong_key(tmp_path: Path) -> None:
    assert read(tmp_path, environment="test", secret_key="short").secret_key == "short"
    assert read(tmp_path, environment="demo").secret_key
    assert read(tmp_path).secret_key is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"log_level = \xff", "n'est pas un texte en UTF-8."),
        (b'log_level = "INFO"\nsmtp_url = smtp://x\n', "energymed.toml, ligne 2."),
        (b'log_level = "INFO', "energymed.toml s'arrête au milieu d'une valeur."),
    ],
)
def test_settings_that_cannot_be_read_say_where(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "energymed.toml").write_bytes(content)
    with pytest.raises(Unusable) as caught:
        read(tmp_path)
    assert (caught.value.message % caught.value.params).endswith(said)


def test_settings_of_another_user_end_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, **_how: object) -> str:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(Unusable, match="ne s'ouvre pas pour cet utilisateur"):
        read(tmp_path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(Unusable, match="file/instance"):
        read(tmp_path / "file" / "instance")


def test_secrets_are_made_once(tmp_path: Path) -> None:
    first = read(tmp_path)
    assert len({first.password_salt, first.totp_secret}) == 2
    assert read(tmp_path).password_salt == first.password_salt
    assert stat.S_IMODE((tmp_path / "secrets.toml").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("content", "names"),
    [
        (b"", "secret_key, password_salt, totp_secret"),
        (b'secret_key = "a"\npassword_salt = "b"\n', "totp_secret"),
        (b'secret_key = "a"\npassword_salt = ""\ntotp_secret = 3\n', "password_salt, totp_secret"),
        (b'secret_key = "a', "secret_key, password_salt, totp_secret"),
        (b"\xff\xfe", "secret_key, password_salt, totp_secret"),
    ],
)
def test_secrets_that_are_not_whole_are_told(tmp_path: Path, content: bytes, names: str) -> None:
    path = tmp_path / "secrets.toml"
    path.write_bytes(content)
    with pytest.raises(Unusable) as refusal:
        read(tmp_path)
    assert refusal.value.message == UNREADABLE
    assert refusal.value.params["names"] == names
    assert path.read_bytes() == content


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("accounts", [0, 1])
def test_secrets_are_not_made_anew_beside_accounts(
    tmp_path: Path, worker_id: str, kind: str, accounts: int
) -> None:
    url = f"sqlite:///{tmp_path}/some.sqlite"
    if kind == "postgresql":
        url = postgres_database(f"secrets_{worker_id}")
    assert not has_accounts(url)
    assert not (tmp_path / "some.sqlite").exists()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE user_account (id INTEGER)"))
        for number in range(accounts):
            connection.execute(text("INSERT INTO user_account VALUES (:id)"), {"id": number})
    engine.dispose()
    if not accounts:
        assert read(tmp_path, database_url=url).password_salt
        return
    with pytest.raises(Unusable) as refusal:
        read(tmp_path, database_url=url)
    assert refusal.value.message == MISSING
    assert not (tmp_path / "secrets.toml").exists()
    assert load_settings(
        {"ENERGYMED_INSTANCE": str(tmp_path), "ENERGYMED_DATABASE_URL": url}, with_secrets=False
    ).password_salt == ""  # fmt: skip


def test_a_database_that_is_away_is_not_taken_for_empty(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="PostgreSQL ne répond pas"):
        read(tmp_path, database_url="postgresql://a@127.0.0.1:9/some")
    assert not (tmp_path / "secrets.toml").exists()


def test_an_open_installation_is_tightened_at_the_start(tmp_path: Path) -> None:
    before = os.umask(0o022)
    instance, elsewhere = tmp_path / "instance", tmp_path / "data"
    elsewhere.mkdir()
    instance.mkdir()
    read(instance)
    ours = [instance / name for name in ("secrets.toml", "energymed.toml", "demo.toml")]
    ours += [elsewhere / f"some.sqlite{end}" for end in ("", "-wal", "-shm", ".writers")]
    others = [instance / "notes.txt", elsewhere / "notes.txt"]
    for path in (*ours[1:], *others):
        path.touch()
    for path in (*ours, *others, instance, elsewhere):
        path.chmod(path.stat().st_mode | 0o044)
    os.umask(before)
    read(instance, database_url=f"sqlite:///{elsewhere}/some.sqlite")
    assert {stat.S_IMODE(path.stat().st_mode) for path in ours} == {0o600}
    assert stat.S_IMODE(instance.stat().st_mode) == 0o700
    assert all(path.stat().st_mode & 0o044 for path in (*others, elsewhere))
