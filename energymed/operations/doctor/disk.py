"""Whether the disks that are written to have room left."""

import os
import shutil
from pathlib import Path

from energymed.base.i18n import N_
from energymed.config import Settings
from energymed.given_settings import sqlite_file
from energymed.operations.doctor.codes import Check
from energymed.operations.doctor.findings import MEGABYTE, Finding, good, warning, wrong

# An import of 50 000 lines writes some 150 MB into the log of writes before it is taken over.
TOO_LITTLE = 300 * MEGABYTE
# A week of such imports, with the backups of a week beside them.
LITTLE = 2_000 * MEGABYTE
# A disk this full soon has no room, but for a large one.
LITTLE_SHARE, PLENTY = 0.05, 20_000 * MEGABYTE
_FREE = N_("%(folder)s : %(free)s Mo libres sur %(total)s.")
_MAKE_ROOM = N_("Libérez de la place ou agrandissez le disque : sans place, rien ne s'enregistre.")


def disk_findings(settings: Settings) -> list[Finding]:
    """The room on each disk: that of the installation, of its database, of its backups."""
    folders = [settings.instance]
    if (file := sqlite_file(settings.database_url)) is not None:
        folders.append(file.absolute().parent)
    if settings.backup_folder:
        folders.append(Path(settings.backup_folder))
    return [_room(folder) for folder in _one_for_each_disk(folders)]


def _one_for_each_disk(folders: list[Path]) -> list[Path]:
    """The first folder of each disk; one that is not there stands for itself."""
    seen: dict[object, Path] = {}
    for folder in folders:
        try:
            disk: object = folder.stat().st_dev
        except OSError:
            disk = folder
        seen.setdefault(disk, folder)
    return list(seen.values())


def _room(folder: Path) -> Finding:
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return wrong(
            Check.DISK,
            N_("Le dossier %(folder)s n'existe pas, ou son disque n'est pas monté."),
            N_("Montez ce disque ou corrigez le réglage."),
            folder=str(folder),
        )
    if not os.access(folder, os.W_OK):
        return wrong(
            Check.DISK,
            N_("%(folder)s ne peut pas être écrit par cet utilisateur, ou est en lecture seule."),
            N_("Rendez-le inscriptible : rien ne peut s'enregistrer."),
            folder=str(folder),
        )
    told = {
        "folder": str(folder),
        "free": usage.free // MEGABYTE,
        "total": usage.total // MEGABYTE,
    }
    if usage.free < TOO_LITTLE:
        return wrong(Check.DISK, _FREE, _MAKE_ROOM, **told)
    nearly_full = usage.free < LITTLE_SHARE * usage.total and usage.free < PLENTY
    if usage.free < LITTLE or nearly_full:
        return warning(Check.DISK, _FREE, _MAKE_ROOM, **told)
    return good(Check.DISK, _FREE, **told)
