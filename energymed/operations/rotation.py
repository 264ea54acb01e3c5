"""The nightly backup: into a folder, of which some days, weeks and months are kept."""

import re
from collections.abc import Hashable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from energymed.base.errors import Unusable
from energymed.base.i18n import N_
from energymed.config import Settings
from energymed.operations.backup import back_up, lock_of

_NAME = re.compile(r"energymed-(\d{8}T\d{6}Z)\.backup")
_TIME = "%Y%m%dT%H%M%SZ"


def scheduled_backup(settings: Settings, at: datetime) -> int:
    """Write the backup of this due time and remove those that are over; how many were written.

    Nothing happens where no folder is set. Old ones go only once the new one is whole.

    Raises:
        Unusable: the folder is not there, or no key is set.
        Refused: as `back_up`.
    """
    if not settings.backup_folder:
        return 0
    folder, lock = Path(settings.backup_folder), lock_of(settings)
    if lock is None or not folder.is_dir():
        raise Unusable(
            N_("Réglage backup_folder : le dossier %(folder)s n'existe pas ou n'est pas monté."),
            folder=str(folder),
        )
    back_up(settings, folder / name_of(at), lock, at)
    for path in over(backups(folder), settings.backup_keep):
        path.unlink(missing_ok=True)
    return 1


def name_of(at: datetime) -> str:
    """The name of the backup of this moment."""
    return f"energymed-{at.astimezone(UTC).strftime(_TIME)}.backup"


def backups(folder: Path) -> list[tuple[datetime, Path]]:
    """The scheduled backups of a folder, the newest first; what has another name is not ours."""
    found = []
    for path in folder.iterdir():
        if (match := _NAME.fullmatch(path.name)) and path.is_file():
            found.append((datetime.strptime(match[1], _TIME).replace(tzinfo=UTC), path))
    return sorted(found, reverse=True)


def over(found: Sequence[tuple[datetime, Path]], keep: tuple[int, int, int]) -> list[Path]:
    """The backups, newest first, that no day, week or month wants any more.

    Kept is the newest one of each of the last days, weeks and months that have any.
    """
    kept: set[Path] = set()
    for wanted, period in zip(keep, (_day, _week, _month), strict=True):
        newest: dict[Hashable, Path] = {}
        for at, path in found:
            newest.setdefault(period(at), path)
        kept.update(list(newest.values())[:wanted])
    return [path for _, path in found if path not in kept]


def _day(at: datetime) -> Hashable:
    return at.date()


def _week(at: datetime) -> Hashable:
    return at.isocalendar()[:2]


def _month(at: datetime) -> Hashable:
    return at.year, at.month
