"""A backup: one file with all that an installation needs to live again, secrets included.

It is always closed: for a public key, so that the server that writes it cannot read it, or for a
passphrase.
"""

import hashlib
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from energymed.base.age.keys import public_key
from energymed.base.age.seal import Lock, Passphrase
from energymed.base.errors import Refused
from energymed.base.i18n import N_
from energymed.base.private_files import new_file
from energymed.config import SETTINGS, Settings
from energymed.local_secrets import NAME as SECRETS
from energymed.odd_schemas import NAMES
from energymed.operations.archive import PRODUCT, Writer
from energymed.operations.snapshot import snapshot
from energymed.revisions import known_revisions

KEPT_FILES = (SECRETS, SETTINGS)


@dataclass(frozen=True, slots=True)
class Written:
    """A backup that was made: `rows` of each table, `sha256` of the file as it lies there."""

    path: Path
    revision: str
    rows: Mapping[str, int]
    files: tuple[str, ...]
    size: int
    sha256: str


def lock_of(settings: Settings) -> Lock | None:
    """What backups are closed for by the settings: the key before the passphrase."""
    if settings.backup_key:
        return public_key(settings.backup_key)
    return Passphrase(settings.backup_passphrase) if settings.backup_passphrase else None


def back_up(settings: Settings, path: Path, lock: Lock, at: datetime) -> Written:
    """Write a backup of the installation as it is at this moment; people may go on working.

    Raises:
        Refused: a file of that name is there, or the database was never made.
    """
    try:
        with new_file(path) as file, snapshot(settings.database_url) as moment:
            if moment.revision not in (*known_revisions(), *NAMES):
                raise Refused(N_("La base n'a pas encore de version : rien à sauvegarder."))
            head = {
                "version": version(PRODUCT),
                "revision": moment.revision,
                "created_at": at.isoformat(),
            }
            writer = Writer(file, lock, head)
            kept = [name for name in KEPT_FILES if (settings.instance / name).exists()]
            for name in kept:
                writer.put_file(name, (settings.instance / name).read_bytes())
            for shape in moment.shapes:
                with closing(moment.rows(shape)) as rows:  # also where the disk is full
                    writer.put_table(shape, rows)
            writer.end(moment.counters())
    except FileExistsError as error:
        raise Refused(
            N_("%(file)s existe déjà : une sauvegarde n'en remplace jamais une autre."),
            file=str(path),
        ) from error
    return Written(
        path, str(moment.revision), writer.counts, tuple(kept), path.stat().st_size, _sum_of(path)
    )


def _sum_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
