"""The room on the disks; their size is invented."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from energymed.config import Settings
from energymed.operations.doctor.codes import Health
from energymed.operations.doctor.disk import disk_findings
from energymed.operations.doctor.findings import MEGABYTE

pytestmark = pytest.mark.once


def settings_in(folder: Path) -> Settings:
    return Settings(folder, f"sqlite:///{folder}/energymed.sqlite")


@pytest.mark.parametrize(
    ("free", "total", "health"),
    [
        (299, 10_000, Health.WRONG),
        (300, 10_000, Health.WARNING),
        (1_999, 10_000, Health.WARNING),
        (2_000, 10_000, Health.OK),
        (4_999, 100_000, Health.WARNING),
        (5_000, 100_000, Health.OK),
        (19_999, 2_000_000, Health.WARNING),
        (20_000, 2_000_000, Health.OK),
    ],
)
def test_the_room_left_is_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, total: int, health: Health
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=free * MEGABYTE, total=total * MEGABYTE)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage)
    (found,) = disk_findings(settings_in(tmp_path))
    assert found.health == health
    assert f"{free} Mo libres sur {total}" in str(found)
    assert bool(found.advised) == (health != Health.OK)


def test_a_folder_that_is_not_mounted_is_told_beside_the_others(tmp_path: Path) -> None:
    settings = replace(settings_in(tmp_path), backup_folder=str(tmp_path / "usb"))
    own, backups = disk_findings(settings)
    assert str(tmp_path) in str(own)
    assert backups.health == Health.WRONG
    assert "usb n'existe pas" in str(backups)


def test_a_folder_that_cannot_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    (found,) = disk_findings(settings_in(tmp_path))
    assert (found.health, "lecture seule" in str(found)) == (Health.WRONG, True)
