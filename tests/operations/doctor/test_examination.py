"""An installation in every state: the examination goes on, tells, and writes nothing."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from energymed.base.db import db, transaction
from energymed.config import Settings
from energymed.operations.doctor import disk, examination, secret_checks
from energymed.operations.doctor.backup_age import backup_findings
from energymed.operations.doctor.codes import Check, Health
from energymed.operations.doctor.examination import examine
from energymed.operations.doctor.findings import Finding, good, is_well
from energymed.operations.doctor.kept import checkup, forget_old_examinations, last_examined
from energymed.operations.doctor.secret_checks import (
    owner_of,
    right_findings,
    secret_findings,
)
from energymed.operations.doctor.setting_checks import Read, read_settings, running_with
from energymed.operations.rotation import name_of
from energymed.operations.snapshot import VERSION_TABLE
from tests.factories import MONDAY_MORNING as NOW

KEY = "une-cle-de-signature-0123456789-au-hasard"
WHOLE = 'secret_key = "a"\npassword_salt = "b"\ntotp_secret = "c"\n'


@pytest.fixture
def roomy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk of the tests' machine is nobody's business."""
    fine = [good(Check.DISK, "")]
    monkeypatch.setattr(examination, "disk_findings", lambda _settings: fine)
    monkeypatch.setattr(disk, "disk_findings", lambda _settings: fine)


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    folder = tmp_path / "instance"
    folder.mkdir(mode=0o700)
    return folder


def read_in(instance: Path, **environ: str) -> Read:
    named = {f"ENERGYMED_{name.upper()}": value for name, value in environ.items()}
    return read_settings({"ENERGYMED_INSTANCE": str(instance), **named})


def of(found: list[Finding], check: Check) -> list[Finding]:
    return [finding for finding in found if finding.check == check]


# settings and secrets


@pytest.mark.once
@pytest.mark.parametrize(
    ("given", "health", "said"),
    [
        ({}, Health.OK, "rien à redire"),
        ({"secret_key": ""}, Health.WRONG, "clé secrète manque"),
        ({"secret_key": "changeme"}, Health.WRONG, "trop courte ou trop simple"),
        ({"log_level": "LOUD"}, Health.WRONG, "LOUD"),
        ({"database_url": "mysql://x"}, Health.WRONG, "database_url"),
        ({"smpt_url": "smtp://x"}, Health.WARNING, "ENERGYMED_SMPT_URL : inconnu"),
        ({"smtp_url": "smtp://x"}, Health.WARNING, "sans mail_from"),
        ({"public_url": "http://x.example"}, Health.WARNING, "en clair"),
    ],
)
def test_settings_are_judged_and_the_rest_goes_on(
    instance: Path, given: dict[str, str], health: Health, said: str
) -> None:
    (found,) = read_in(instance, **{"secret_key": KEY, **given}).findings
    assert found.health == health
    assert said in str(found)


@pytest.mark.once
def test_every_wrong_setting_is_told_and_a_mistyped_one_with_what_it_may_mean(
    instance: Path,
) -> None:
    (instance / "energymed.toml").write_text('idle_minutes = 0\nbackup_foldr = "/x"\n')
    found = read_in(instance, secret_key=KEY, trusted_proxies="many").findings
    assert [finding.health for finding in found] == [Health.WRONG, Health.WRONG, Health.WARNING]
    assert "backup_folder ?" in found[-1].advised


@pytest.mark.once
def test_a_settings_file_that_cannot_be_read_is_told(instance: Path) -> None:
    (instance / "energymed.toml").write_text("[[[")
    assert "illisibles" in str(read_in(instance, secret_key=KEY).findings[0])


@pytest.mark.once
@pytest.mark.parametrize(
    ("content", "accounts", "health", "said"),
    [
        (WHOLE, True, Health.OK, "complet"),
        (None, False, Health.OK, "premier démarrage"),
        (None, None, Health.OK, "premier démarrage"),
        (None, True, Health.WRONG, "manque"),
        ('secret_key = "a"\n', True, Health.WRONG, "password_salt, totp_secret"),
        ("", False, Health.WRONG, "vide, incomplet"),
    ],
)
def test_secrets_are_whole_or_told(
    instance: Path, content: str | None, accounts: bool | None, health: Health, said: str
) -> None:
    if content is not None:
        (instance / "secrets.toml").write_text(content)
    (found,) = secret_findings(instance, accounts=accounts)
    assert found.health == health
    assert said in str(found)


@pytest.mark.once
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o602])
def test_what_others_may_read_is_named(instance: Path, mode: int) -> None:
    (instance / "secrets.toml").write_text(WHOLE)
    (instance / "secrets.toml").chmod(mode)
    (found,) = right_findings(Settings(instance, ""))
    assert (found.health == Health.OK) == (mode == 0o600)
    assert ("secrets.toml" in str(found)) == (mode != 0o600)


def test_files_of_another_user_than_the_folder_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o700)
    for name in ("secrets.toml", "energymed.sqlite", "energymed.sqlite-wal"):
        (tmp_path / name).touch(0o600)
    settings = Settings(tmp_path, f"sqlite:///{tmp_path / 'energymed.sqlite'}")
    (found,) = right_findings(settings)
    assert found.health == Health.OK
    theirs = owner_of(tmp_path / "secrets.toml")
    assert theirs is not None
    stranger = {tmp_path / "energymed.sqlite-wal": theirs + 1}  # root's, run without sudo -u
    monkeypatch.setattr(secret_checks, "owner_of", lambda path: stranger.get(path, owner_of(path)))
    (found,) = right_findings(settings)
    assert found.health == Health.WRONG
    assert found.params["path"].endswith("energymed.sqlite-wal")
    assert "chown" in found.advice


# backups


@pytest.mark.once
@pytest.mark.parametrize(
    ("hours", "health"),
    [(26, Health.OK), (26.1, Health.WARNING), (72, Health.WARNING), (72.1, Health.WRONG)],
)
def test_the_age_of_the_newest_backup_is_judged(
    instance: Path, tmp_path: Path, hours: float, health: Health
) -> None:
    (tmp_path / name_of(NOW - timedelta(hours=hours))).write_bytes(b"x")
    (tmp_path / name_of(NOW - timedelta(days=9))).write_bytes(b"x")
    (found,) = backup_findings(Settings(instance, "", backup_folder=str(tmp_path)), NOW)
    assert found.health == health


@pytest.mark.once
def test_no_backup_no_folder_and_no_setting_are_each_told(instance: Path) -> None:
    usb = Settings(instance, "", backup_folder=str(instance / "usb"))
    empty = Settings(instance, f"sqlite:///{instance}/e.sqlite", backup_folder=str(instance))
    (instance / "e.sqlite").touch()
    (missing,), found = backup_findings(usb, NOW), backup_findings(empty, NOW)
    assert (missing.health, [one.health for one in found]) == (Health.WRONG, [Health.WARNING] * 2)
    assert "même disque" in str(found[1])
    (unset,) = backup_findings(Settings(instance, ""), NOW)
    assert (unset.health, "backup_folder" in unset.advised) == (Health.WARNING, True)
    (demo,) = backup_findings(Settings(instance, "", environment="demo"), NOW)
    assert demo.health == Health.OK


# the whole


@pytest.mark.usefixtures("cases", "roomy", "stamped")
def test_a_healthy_installation_has_nothing_above_warnings_of_what_is_not_set(
    settings: Settings,
) -> None:
    found = examine(running_with(settings), whole=True)
    above = {finding.check for finding in found if finding.health != Health.OK}
    assert above <= {Check.BACKUP, Check.JOBS, Check.RIGHTS}
    assert {finding.check for finding in found} == set(Check)
    assert [finding.check for finding in found] == sorted(
        (finding.check for finding in found), key=list(Check).index
    )


@pytest.mark.usefixtures("roomy")
def test_of_another_schema_only_what_needs_none_is_looked_at(
    stamped: Flask, settings: Settings
) -> None:
    with db.engine.begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    found = examine(running_with(settings), whole=True)
    assert "plus récente" in str(of(found, Check.SCHEMA)[0])
    assert of(found, Check.INTEGRITY)[0].health == Health.OK
    assert not of(found, Check.CASES)


@pytest.mark.once
@pytest.mark.usefixtures("roomy")
@pytest.mark.parametrize(
    ("make", "check", "said"),
    [
        (lambda _file: None, Check.SCHEMA, "energymed init"),
        (lambda file: file.write_bytes(b"no database" * 400), Check.DATABASE, "abîmé ou tronqué"),
        (lambda file: file.mkdir(), Check.DATABASE, "ne se lit"),
    ],
    ids=["none", "corrupt", "folder"],
)
def test_a_database_that_cannot_be_used_is_a_finding(
    instance: Path, make: Callable[[Path], object], check: Check, said: str
) -> None:
    make(instance / "energymed.sqlite")
    before = sorted(os.listdir(instance))
    found = examine(read_in(instance, secret_key=KEY), whole=True)
    (told,) = of(found, check)
    assert (told.health, said in str(told)) == (Health.WRONG, True)
    assert of(found, Check.VERSIONS)
    assert sorted(os.listdir(instance)) == before


@pytest.mark.once
@pytest.mark.usefixtures("roomy")
def test_a_server_that_is_away_is_a_finding(instance: Path) -> None:
    away = "postgresql://nobody@127.0.0.1:1/none"
    found = examine(read_in(instance, secret_key=KEY, database_url=away), whole=True)
    assert "PostgreSQL ne répond pas" in str(of(found, Check.DATABASE)[0])
    assert not is_well(found)


@pytest.mark.once
@pytest.mark.usefixtures("roomy")
def test_a_wrong_address_leaves_the_database_alone(instance: Path) -> None:
    found = examine(read_in(instance, secret_key=KEY, database_url="mysql://x"), whole=False)
    assert not of(found, Check.DATABASE) + of(found, Check.SCHEMA)
    assert of(found, Check.SECRETS)


@pytest.mark.usefixtures("roomy", "stamped")
def test_an_examination_is_kept_as_it_was_and_forgotten_after_a_month(
    settings: Settings, session: Session
) -> None:
    checkup(settings)
    session.expire_all()
    kept = last_examined(session)
    assert kept is not None
    assert kept.wrong == sum(one.health == Health.WRONG for one in kept.findings)
    now = {(one.check, one.message) for one in examine(running_with(settings), whole=True)}
    assert {(one.check, one.message) for one in kept.findings} == now
    assert "l'horloge montre le" in " ".join(map(str, kept.findings)).lower()
    with transaction() as writing:
        assert forget_old_examinations(writing, kept.at + timedelta(days=30)) == 0
        assert forget_old_examinations(writing, kept.at + timedelta(days=30, seconds=1)) == 1
