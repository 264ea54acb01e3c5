"""Files that nobody else on the machine reads, and files that appear whole or not at all."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

PRIVATE, PRIVATE_FOLDER = 0o600, 0o700
DRAFTS = (".part", ".tmp")
# what SQLite puts beside its file, and what our writers wait at (`base.db.writer_queue`)
BESIDE = ("", "-wal", "-shm", "-journal", ".writers")
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP}  # a stick's file system may have none


def keep_to_owner() -> None:
    """Whatever this process and its children make from now on is their owner's alone."""
    os.umask(0o077)


def tighten_folder(folder: Path) -> None:
    """Take away what others may do with this folder; a folder that all share is left alone."""
    mode = _mode(folder)
    if mode is not None and not mode & stat.S_ISVTX:
        _tighten(folder, mode, PRIVATE_FOLDER)


def tighten_file(path: Path) -> None:
    """Take away what others may do with this file, if it is there and ours."""
    mode = _mode(path)
    if mode is not None and stat.S_ISREG(mode):
        _tighten(path, mode, PRIVATE)


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write, for its owner alone, which has its name once all of it is on the disk.

    Raises:
        FileExistsError: something has that name, before or meanwhile; it is left as it is.
    """
    if os.path.lexists(path):
        raise _exists(path)
    with _drafted(path) as (file, draft):
        yield file
        _sync(file)
        _give_name(draft, path)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, in the place of one that is there.

    What is no file (a pipe, a terminal) is written to as it is.
    """
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    path = path.resolve()  # where a link leads
    with _drafted(path) as (file, draft):
        file.write(content)
        _sync(file)
        os.replace(draft, path)


@contextmanager
def _drafted(path: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """A file beside `path` that is gone at the end, unless it took that name."""
    draft = path.with_name(f".{path.name}.{token_hex(4)}{DRAFTS[0]}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file, draft
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(path.parent)


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Let the names in a folder survive a power cut."""
    with suppress(OSError):  # Windows opens no folders
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sweep_drafts(folder: Path, before: datetime, *, below: bool = True) -> int:
    """Remove the drafts in a folder (and below) that nobody has written to since; how many.

    A process that is killed cannot remove its own.
    """
    removed = 0
    for place, _folders, names in os.walk(folder):
        for path in (Path(place, name) for name in names if name.endswith(DRAFTS)):
            with suppress(FileNotFoundError):
                if path.lstat().st_mtime < before.timestamp():
                    path.unlink()
                    removed += 1
        if not below:
            break
    return removed


def _give_name(draft: Path, path: Path) -> None:
    try:
        os.link(draft, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if os.path.lexists(path):
            raise _exists(path) from error
        os.rename(draft, path)


def _exists(path: Path) -> FileExistsError:
    return FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))


def _mode(path: Path) -> int | None:
    try:
        return path.lstat().st_mode
    except OSError:
        return None


def _tighten(path: Path, mode: int, wanted: int) -> None:
    if os.name == "posix" and mode & 0o777 & ~wanted:
        with suppress(PermissionError):  # its owner's own affair
            path.chmod(stat.S_IMODE(mode) & wanted)
