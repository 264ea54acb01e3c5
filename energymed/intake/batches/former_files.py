"""Raw files of the time when they lay in the instance folder: they become rows, once.

Each is committed before it is deleted: whoever is stopped halfway, or does it twice, loses none.
"""

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from energymed.base.db import transaction
from energymed.base.logs import Log
from energymed.config import Settings
from energymed.intake.batches.uploads import keep_raw

UNFINISHED = ".part"
log = Log("energymed.intake")


@dataclass(slots=True)
class TakenIn:
    """How many files became rows, and how many are not what their name says and stay."""

    taken: int = 0
    left: int = 0


def take_in_former_files(settings: Settings) -> TakenIn:
    """Move the raw files of the instance folder into the database; told in one line of the log.

    They are kept for as long as a raw file is, from the day on which they came.
    """
    done = TakenIn()
    for path in _files(settings.files):
        if path.suffix == UNFINISHED:
            path.unlink(missing_ok=True)
        elif _take_in(path):
            done.taken += 1
        else:
            done.left += 1
    _remove_empty(settings.files)
    shutil.rmtree(settings.instance / "progress", ignore_errors=True)  # of work long over
    if done != TakenIn():
        log.info("raw_files_taken_in", taken=done.taken, left=done.left)
    return done


def _take_in(path: Path) -> bool:
    """Keep one file as a row; False when its content is not the one that it is named by."""
    try:
        content, came = path.read_bytes(), path.stat().st_mtime
    except FileNotFoundError:  # another process was quicker
        return True
    if hashlib.sha256(content).hexdigest() != path.name:
        return False
    at = datetime.fromtimestamp(came, UTC)
    with transaction() as session:
        keep_raw(session, content, at)
    path.unlink(missing_ok=True)
    return True


def _files(folder: Path) -> Iterator[Path]:
    """The plain files below, no link."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


def _remove_empty(folder: Path) -> None:
    """Remove the folders in which nothing is left."""
    for path in (*sorted(folder.rglob("*"), reverse=True), folder):
        if path.is_dir() and not path.is_symlink() and not any(path.iterdir()):
            path.rmdir()
