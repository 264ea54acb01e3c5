"""The nightly backup: whole, then some days, weeks and months are kept; and what is swept."""

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.age.keys import write_public
from energymed.base.errors import Refused, Unusable
from energymed.config import Settings
from energymed.jobs.work import JOBS
from energymed.operations import backup as making
from energymed.operations.codes import RunState
from energymed.operations.leftovers import sweep
from energymed.operations.models import JobRun
from energymed.operations.restore import check
from energymed.operations.rotation import backups, name_of, over, scheduled_backup
from tests.operations.conftest import OWN

pytestmark = pytest.mark.slow

NIGHT = datetime(2026, 11, 23, tzinfo=UTC)  # a Monday
KEY = write_public(OWN.public_key())


def nights(count: int) -> list[tuple[datetime, Path]]:
    """A backup of each of the last nights, the newest first."""
    return [
        (NIGHT - timedelta(days=n), Path(name_of(NIGHT - timedelta(days=n)))) for n in range(count)
    ]


def days_kept(found: Sequence[tuple[datetime, Path]], keep: tuple[int, int, int]) -> list[str]:
    gone = set(over(found, keep))
    return [f"{at:%Y-%m-%d}" for at, path in found if path not in gone]


@pytest.mark.parametrize(
    ("count", "keep", "kept"),
    [
        (0, (7, 4, 12), []),
        (1, (1, 0, 0), ["2026-11-23"]),
        (2, (1, 0, 0), ["2026-11-23"]),
        (3, (3, 0, 0), ["2026-11-23", "2026-11-22", "2026-11-21"]),
        (4, (3, 0, 0), ["2026-11-23", "2026-11-22", "2026-11-21"]),
        # the newest of a week is its Sunday, but for the week that has begun
        (20, (1, 3, 0), ["2026-11-23", "2026-11-22", "2026-11-15"]),
        (60, (1, 0, 3), ["2026-11-23", "2026-10-31", "2026-09-30"]),
    ],
)
def test_the_newest_of_each_period_is_kept(
    count: int, keep: tuple[int, int, int], kept: list[str]
) -> None:
    assert days_kept(nights(count), keep) == kept


def test_a_year_of_nights_is_twenty_files() -> None:
    """Kept by more than one rule, a file counts once."""
    kept = days_kept(nights(500), (7, 4, 12))
    assert kept[:7] == [f"{at:%Y-%m-%d}" for at, _ in nights(7)]
    assert len(kept) == 7 + 2 + 11
    assert kept[-1] == "2025-12-31"


def test_nights_without_a_backup_are_not_counted() -> None:
    found = [nights(40)[n] for n in (0, 10, 39)]
    assert len(days_kept(found, (3, 0, 0))) == 3


def test_two_of_a_day_are_one() -> None:
    found = [(NIGHT + timedelta(hours=5), Path("late")), (NIGHT, Path("early"))]
    assert over(found, (7, 4, 12)) == [Path("early")]


@pytest.fixture
def nightly(lived: Settings, tmp_path: Path) -> Settings:
    folder = tmp_path / "backups"
    folder.mkdir()
    return replace(lived, backup_folder=str(folder), backup_key=KEY, backup_keep=(2, 0, 0))


def test_the_job_writes_one_a_night_and_forgets_old_ones(
    nightly: Settings, session: Session
) -> None:
    folder = Path(nightly.backup_folder)
    (folder / "by-hand.backup").write_text("kept: it has another name")
    for night in range(3):
        outcome = JOBS["backup"].run(NIGHT + timedelta(days=night), nightly)
        assert (outcome.state, outcome.count) == (RunState.DONE, 1)
    assert JOBS["backup"].run(NIGHT, nightly).state == "elsewhere"
    names = sorted(path.name for path in folder.iterdir())
    assert names == [
        "by-hand.backup",
        "energymed-20261124T000000Z.backup",
        "energymed-20261125T000000Z.backup",
    ]
    assert check(nightly, backups(folder)[0][1], OWN).faults == []
    assert len(session.scalars(select(JobRun.id)).all()) == 3


def test_a_failure_is_told_and_keeps_the_old_ones(
    nightly: Settings, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = Path(nightly.backup_folder)
    for night in range(2):
        scheduled_backup(nightly, NIGHT + timedelta(days=night))
    before = sorted(folder.iterdir())

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(making.Writer, "put_table", full)
    outcome = JOBS["backup"].run(NIGHT + timedelta(days=2), nightly)
    assert (outcome.state, outcome.error) == (RunState.FAILED, "OSError")
    assert sorted(folder.iterdir()) == before


def test_a_folder_that_is_not_mounted_fails(nightly: Settings) -> None:
    gone = replace(nightly, backup_folder=str(Path(nightly.backup_folder) / "gone"))
    with pytest.raises(Unusable, match="gone"):
        scheduled_backup(gone, NIGHT)


def test_the_same_night_again_is_refused(nightly: Settings) -> None:
    scheduled_backup(nightly, NIGHT)
    with pytest.raises(Refused, match="existe déjà"):
        scheduled_backup(nightly, NIGHT)


def test_without_a_folder_nothing_happens(lived: Settings) -> None:
    assert JOBS["backup"].run(NIGHT, lived).count == 0


def test_drafts_of_the_killed_are_swept_but_not_those_on_their_way(
    settings: Settings, tmp_path: Path
) -> None:
    installed = replace(
        settings, instance=tmp_path / "instance", backup_folder=str(tmp_path / "backups")
    )
    old = datetime.now(UTC) - timedelta(hours=2)
    names = (
        "instance/.secrets.toml.ab.part", "instance/files/ab/x.part", "instance/demo.toml.1.tmp",
        "backups/.energymed-1.backup.ab.part", "instance/inbox/edf/weekly.part",
        "instance/files/ab/whole",
    )  # fmt: skip
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
        os.utime(path, (old.timestamp(), old.timestamp()))
    (tmp_path / "instance/files/ab/young.part").write_text("x")
    assert sweep(installed) == 4
    left = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {"weekly.part", "whole", "young.part"}
    assert JOBS["leftovers"].work.run(installed, NIGHT) == 0  # type: ignore[union-attr]


def test_what_killed_work_had_noted_beside_sqlite_is_swept(
    settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "data" / "some.sqlite"
    file.parent.mkdir()
    installed = replace(settings, instance=tmp_path / "instance", database_url=f"sqlite:///{file}")
    installed.instance.mkdir()
    then = (datetime.now(UTC) - timedelta(hours=2)).timestamp()
    for name in ("some.sqlite", "some.sqlite-wal", "some.sqlite.work-7", "some.sqlite.work-7.stop"):
        (file.parent / name).write_text("x")
        os.utime(file.parent / name, (then, then))
    (file.parent / "some.sqlite.work-8").write_text("x")  # noted at this moment
    assert sweep(installed) == 2
    left = {path.name for path in file.parent.iterdir()}
    assert left == {"some.sqlite", "some.sqlite-wal", "some.sqlite.work-8"}
    assert sweep(replace(installed, database_url="postgresql://localhost/x")) == 0
