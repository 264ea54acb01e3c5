"""A folder that other people write into: no link is followed, and nothing outside it is touched.

Each step names a file relative to the open folder, so that a folder exchanged for a link in the
meantime leads nowhere. Windows has no such calls: there a path is looked at before it is used.
"""

import errno
import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

_BY_HANDLE = os.open in os.supports_dir_fd and os.rename in os.supports_dir_fd
_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | _NO_LINK
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | _NO_LINK
_LONGEST_NAME = 200  # bytes: room is left for what we put around a name


@dataclass(frozen=True, slots=True)
class FileState:
    """What tells one state of a file from the next: its size in bytes, last write and identity."""

    size: int
    written_ns: int
    inode: int


def open_folder(path: Path) -> "Folder":
    """The folder at a path that the installation chose: here, and only here, a link may lead on."""
    return Folder(path, os.open(path, _FOLDER) if _BY_HANDLE else None)


class Folder:
    """An open folder; close it by `with`."""

    def __init__(self, path: Path, handle: int | None) -> None:
        self.path = path
        self._handle = handle

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the folder go. Safe to repeat."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def child(self, name: str, *, create: bool = False) -> "Folder | None":
        """The folder `name` in this one; None when it is missing, a link, or no folder."""
        if create:
            with suppress(FileExistsError):
                os.mkdir(self._place(name), 0o770, dir_fd=self._handle)
        if not self._is_folder(name):
            return None
        handle = self._open(name, _FOLDER | _NO_LINK) if _BY_HANDLE else None
        return None if _BY_HANDLE and handle is None else Folder(self.path / name, handle)

    def names(self) -> list[str]:
        """Whatever lies in the folder, by name."""
        return sorted(os.listdir(self.path if self._handle is None else self._handle))

    def changed(self, name: str) -> datetime | None:
        """When a file was last written, moved or renamed; None when it is no plain file.

        By the clock of the system, which a sender cannot set; a time of writing that a sender
        kept from its own machine only counts where the system notes nothing better.
        """
        found = self._stat(name)
        if found is None or not _plain(found):
            return None
        moment = found.st_ctime if _BY_HANDLE else max(found.st_ctime, found.st_mtime)
        return datetime.fromtimestamp(moment, UTC)

    def state(self, name: str) -> FileState | None:
        """The state of a file; None when it is no plain file, or has a second name elsewhere."""
        found = self._stat(name)
        return _state(found) if found is not None and _plain(found) else None

    def has(self, name: str) -> bool:
        """Whether anything, a link too, has this name."""
        return self._stat(name) is not None

    def read(self, name: str, limit: int) -> bytes | None:
        """At most `limit` bytes of a file; None when it is gone, or was written meanwhile."""
        handle = self._open(name, _READ)
        if handle is None:
            return None
        with os.fdopen(handle, "rb") as file:
            before = os.fstat(handle)
            if not _plain(before):
                return None
            content = file.read(limit)
            return content if _state(os.fstat(handle)) == _state(before) else None

    def write(self, name: str, text: str) -> None:
        """Write a small text under a new name."""
        handle = os.open(self._place(name), _WRITE, 0o640, dir_fd=self._handle)
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace", newline="\n") as file:
            file.write(text)

    def move(self, name: str, to: "Folder", new_name: str) -> bool:
        """Move a file in one step; False when somebody else took it."""
        try:
            os.replace(
                self._place(name), to._place(new_name), src_dir_fd=self._handle,
                dst_dir_fd=to._handle,
            )  # fmt: skip
        except FileNotFoundError:
            return False
        return True

    def remove(self, name: str) -> None:
        """Remove a file or a link (never what it points to); nothing when it is gone."""
        with suppress(FileNotFoundError):
            os.unlink(self._place(name), dir_fd=self._handle)

    def _place(self, name: str) -> str:
        if os.path.basename(name) != name or name in ("", ".", ".."):
            raise ValueError("a name in the folder was expected, not a path")
        return name if self._handle is not None else str(self.path / name)

    def _open(self, name: str, flags: int) -> int | None:
        """A handle; None when nothing is there any more, or a link has taken its place."""
        try:
            return os.open(self._place(name), flags, dir_fd=self._handle)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
                return None
            raise

    def _stat(self, name: str) -> os.stat_result | None:
        try:
            return os.stat(self._place(name), dir_fd=self._handle, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def _is_folder(self, name: str) -> bool:
        found = self._stat(name)
        return (
            found is not None
            and stat.S_ISDIR(found.st_mode)
            and not getattr(found, "st_reparse_tag", 0)
        )


def short_name(name: str) -> str:
    """The end of a long file name, so that something can be put before it."""
    return os.fsdecode(os.fsencode(name)[-_LONGEST_NAME:])


def _plain(found: os.stat_result) -> bool:
    return stat.S_ISREG(found.st_mode) and found.st_nlink <= 1


def _state(found: os.stat_result) -> FileState:
    return FileState(found.st_size, found.st_mtime_ns, found.st_ino)
