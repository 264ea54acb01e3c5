"""Secrets: whether they are there and whole; and who else on the machine may read what."""

import os
import stat
from pathlib import Path

from energymed.base.errors import Unusable
from energymed.base.i18n import N_
from energymed.base.private_files import BESIDE, PRIVATE, PRIVATE_FOLDER
from energymed.config import SETTINGS, Settings
from energymed.demo_file import NAME as DEMO_FILE
from energymed.given_settings import sqlite_file
from energymed.local_secrets import MISSING, parsed
from energymed.local_secrets import NAME as SECRETS
from energymed.operations.doctor.codes import Check
from energymed.operations.doctor.findings import Finding, good, wrong
from energymed.operations.rotation import backups


def secret_findings(instance: Path, *, accounts: bool | None) -> list[Finding]:
    """The file of the secrets.

    Args:
        accounts: whether the database has accounts; None where it could not be asked.
    """
    path = instance / SECRETS
    if not path.exists():
        if accounts:
            return [wrong(Check.SECRETS, MISSING, "", folder=str(instance))]
        told = N_("Pas encore de secrets.toml : il sera fait au premier démarrage.")
        return [good(Check.SECRETS, told)]
    try:
        parsed(path.read_bytes(), instance)
    except Unusable as error:
        return [wrong(Check.SECRETS, error.message, "", **error.params)]
    return [good(Check.SECRETS, N_("secrets.toml est là, et complet."))]


def right_findings(settings: Settings) -> list[Finding]:
    """What others than its owner may do with the files of the installation, and of its backups.

    And whose they are: a command that was run as another user leaves files that the service
    cannot open.
    """
    if os.name != "posix":
        return []
    open_ones = [path for path, most in _private(settings) if _is_open(path, most)]
    foreign = _foreign(settings)
    if not open_ones and not foreign:
        return [good(Check.RIGHTS, N_("Les fichiers ne sont lisibles que de leur propriétaire."))]
    return foreign + [
        wrong(
            Check.RIGHTS,
            N_("%(path)s : d'autres comptes de la machine peuvent le lire ou l'écrire."),
            N_("chmod go= « %(path)s » ; un démarrage d'energymed le fait pour ses fichiers."),
            path=str(path),
        )
        for path in open_ones
    ]


def _foreign(settings: Settings) -> list[Finding]:
    """Files of the installation that belong to another user than its folder."""
    folder = settings.instance
    files = [path for path, _most in _private(settings) if path.parent == folder]
    return [
        wrong(
            Check.RIGHTS,
            N_("%(path)s n'est pas au même utilisateur que son dossier : le service ne l'ouvre "
               "peut-être pas."),
            N_("chown --reference=« %(folder)s » « %(path)s », puis lancez les commandes comme "
               "l'utilisateur du service (sudo -u)."),
            path=str(path), folder=str(folder),
        )
        for path in files if owner_of(path) not in (None, owner_of(folder))
    ]  # fmt: skip


def owner_of(path: Path) -> int | None:
    """The number of the user whose it is; None when it is not there."""
    try:
        return path.stat().st_uid
    except OSError:
        return None


def _private(settings: Settings) -> list[tuple[Path, int]]:
    """Each file and folder that is its owner's alone, with the most that may be allowed."""
    instance = settings.instance
    files = [instance / name for name in (SETTINGS, SECRETS, DEMO_FILE)]
    database = sqlite_file(settings.database_url) if settings.database_url else None
    if database is not None:
        files += [database.with_name(database.name + end) for end in BESIDE]
    folder = Path(settings.backup_folder) if settings.backup_folder else None
    if folder is not None and folder.is_dir():
        files += [path for _at, path in backups(folder)]
    return [(instance, PRIVATE_FOLDER), *((path, PRIVATE) for path in files)]


def _is_open(path: Path, most: int) -> bool:
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    shared_by_all = path.is_dir() and bool(mode & stat.S_ISVTX)
    return not shared_by_all and bool(mode & 0o777 & ~most)
