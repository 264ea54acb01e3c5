"""Half-written files of a process that was killed: nobody will end them."""

import glob
from datetime import UTC, datetime, timedelta
from pathlib import Path

from energymed.base.private_files import sweep_drafts
from energymed.base.progress_notes import NAMED
from energymed.config import Settings
from energymed.given_settings import sqlite_file

ABANDONED = timedelta(hours=1)  # since the last byte; no file of ours takes as long between two


def sweep(settings: Settings) -> int:
    """Remove the drafts of the installation's folder and of the backups'; how many.

    What lies in the watched folder is not ours: there, such a name is a file on its way.
    """
    before = datetime.now(UTC) - ABANDONED  # the machine's own time, by which files are dated
    own = [path for path in settings.instance.iterdir() if path != settings.inbox]
    folders = [path for path in own if path.is_dir() and not path.is_symlink()]
    if settings.backup_folder:
        folders.append(Path(settings.backup_folder))
    swept = sum(sweep_drafts(folder, before) for folder in folders)
    swept += _sweep_notes(settings, before)
    return swept + sweep_drafts(settings.instance, before, below=False)


def _sweep_notes(settings: Settings, before: datetime) -> int:
    """What work that was killed had noted beside an SQLite database."""
    file = sqlite_file(settings.database_url)
    if file is None:
        return 0
    notes = [path for path in file.parent.glob(f"{glob.escape(file.name)}{NAMED}*")
             if path.stat().st_mtime < before.timestamp()]  # fmt: skip
    for path in notes:
        path.unlink(missing_ok=True)
    return len(notes)
