"""A disk that is full at each operation: a small tmpfs with the installation and its database.

Whoever asked is told in one sentence, nothing half-written is left, and the same goes through once
there is room. The disk is filled to the last byte, and again with a little room left, so that it
fails at other places.
"""

import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.databases import Database, Postgresql, Sqlite
from benchmarks.survival.children import Child, Tell, answer
from benchmarks.survival.installation import Installation, NotDone
from benchmarks.survival.kills import OPERATIONS
from benchmarks.survival.operations import Fate, HalfWritten, Operation, Token
from benchmarks.survival.soundness import wrong_with
from benchmarks.survival.with_files import first_file, take_in
from energymed.cli.failures import told
from tests.databases import start_postgres

MEGABYTE = 1_000_000
SIZES_MB = {"sqlite": 64, "postgresql": 220}
ROOM_KB = (0, 16, 64, 256)  # that is left
OUT_OF_ROOM = ("disque", "PostgreSQL ne répond pas", "La base de données ne répond pas")


def fill_disk(kind: str, folder: Path) -> dict[str, Any]:
    """Every operation on a disk that is full; what was told, and what was wrong."""
    with small_disk(folder / "small", SIZES_MB[kind]) as disk:
        installation = Installation(_database(kind, disk), cases=300, mediators=24)
        answer(lambda _tell: take_in(first_file(disk)))
        seen, wrong, sentences = Counter[str](), list[str](), Counter[str]()
        for operation in OPERATIONS:
            for turn, room in enumerate(ROOM_KB):
                _one(operation(installation, turn + 1), room, seen, wrong, sentences)
    return {
        "tries": len(OPERATIONS) * len(ROOM_KB), **seen, "told": dict(sentences),
        "violations": len(wrong), **({"wrong": wrong[:8]} if wrong else {}),
    }  # fmt: skip


@contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[Path]:
    """A disk of its own; only root may mount one."""
    place.mkdir()
    place.chmod(0o755)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "tmpfs", str(place)]
    subprocess.run(mount, check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def _database(kind: str, disk: Path) -> Database:
    if kind == "sqlite":
        return Sqlite(disk)
    return Postgresql(disk, start_postgres(disk / "data"))


def _one(
    operation: Operation,
    room: int,
    seen: Counter[str],
    wrong: list[str],
    sentences: Counter[str],
) -> None:
    child = Child(lambda tell: _in_vain_and_again(operation, room, tell))
    found: dict[str, Any] = {}
    while (line := child.told()) is not None:
        found |= line
    child.end()
    refused, token = found["refused"], found["token"]
    if refused is None:
        seen["went_through"] += 1
    else:
        seen["refused"] += 1
        sentences[refused] += 1
        if "\n" in refused or not any(word in refused for word in OUT_OF_ROOM):
            wrong.append(f"{operation.name}, {room} KB: {refused}")
    if found.get("left") is not None:
        wrong.append(f"{operation.name}, {room} KB: {found['left']}")
    with operation.installation.looked_at() as connection:
        try:
            if operation.fate(connection, token, found["said"]) != Fate.WHOLE:
                wrong.append(f"{operation.name}, {room} KB: not done once there was room")
        except HalfWritten as error:
            wrong.append(f"{operation.name}, {room} KB: {error}")
        wrong += wrong_with(connection)
    operation.installation.release_all()


def _in_vain_and_again(operation: Operation, room: int, tell: Tell) -> None:
    """Prepare, try on a full disk, look what is left, and try again once there is room."""
    token = operation.prepare(0)
    tell(token=token, refused=None)
    with filled(operation.installation.folder, room):
        said, refused = _tried(operation, token)
    tell(refused=refused, said=said)
    if refused is not None:
        tell(left=answer(lambda _tell: _left(operation, token)))
        said, refused = _tried(operation, token)
        tell(said=said, **({"left": f"refused again: {refused}"} if refused else {}))


def _tried(operation: Operation, token: Token) -> tuple[Any, str | None]:
    """(what was told at its end, the sentence of a refusal)."""
    try:
        return operation.do(token), None
    except NotDone as refusal:
        return None, refusal.sentence
    except Exception as error:
        return None, told(error)[0]


def _left(operation: Operation, token: Token) -> str | None:
    """What is wrong with what a refused operation left."""
    with operation.installation.looked_at() as connection:
        try:
            found = operation.fate(connection, token, None)
        except HalfWritten as error:
            return str(error)
        return None if found == Fate.ABSENT else "refused, and there"


@contextmanager
def filled(folder: Path, kilobytes: int) -> Iterator[None]:
    """Leave so much room on the disk of a folder."""
    filler = folder / "filler"
    disk = os.statvfs(folder)
    with filler.open("wb") as file:
        size = disk.f_bavail * disk.f_frsize - kilobytes * 1024
        if size > 0:
            os.posix_fallocate(file.fileno(), 0, size)
    try:
        yield
    finally:
        filler.unlink()
