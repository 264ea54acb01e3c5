"""Every operation where the disk or the database takes nothing: refused, then done after all.

Whoever asked is told in one sentence, nothing half-written is left, and the same goes through once
the hindrance is over.
"""

import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.databases import Database, Postgresql, Sqlite
from benchmarks.survival.children import Child, Tell, answer
from benchmarks.survival.installation import Installation, NotDone, until
from benchmarks.survival.kills import OPERATIONS
from benchmarks.survival.operations import Fate, HalfWritten, Operation, Token
from benchmarks.survival.soundness import wrong_with
from benchmarks.survival.with_files import first_import
from energymed.base.db import db
from energymed.cli.failures import told
from tests.databases import start_postgres

MEGABYTES = {"sqlite": 64, "postgresql": 220}
ROOM_KB = (0, 16, 64, 256)  # that is left on a full disk
_OUT_OF_ROOM = (
    "disque", "PostgreSQL ne répond pas", "La base de données ne répond pas",
    "La base de données ne peut plus être écrite",
)  # fmt: skip
Hindrance = Callable[[], AbstractContextManager[None]]


@dataclass
class Tries:
    """What came of each try."""

    words: tuple[str, ...]  # one of them is in each sentence that tells what stands in the way
    counts: Counter[str] = field(default_factory=Counter)
    sentences: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        """For whoever reads the figures."""
        return {
            **self.counts, "told": dict(self.sentences), "violations": len(self.wrong),
            **({"wrong": self.wrong[:8]} if self.wrong else {}),
        }  # fmt: skip


def full_disk(kind: str, folder: Path) -> dict[str, Any]:
    """Fill the disk to the last byte, and again with a little room, so that it fails elsewhere."""
    tries = Tries(_OUT_OF_ROOM)
    with small_disk(folder / "small", MEGABYTES[kind]) as disk:
        installation = _installation(kind, disk)
        for turn, room in enumerate(ROOM_KB, 1):
            _hinder_all(installation, turn, partial(_filled, installation, room), tries)
    return tries.told()


def read_only(kind: str, folder: Path) -> dict[str, Any]:
    """The disk of a SQLite file can only be read; PostgreSQL takes no writing transaction."""
    tries = Tries(("lecture seule", "ne peut plus être écrite"))
    with small_disk(folder / "fixed", MEGABYTES[kind]) as disk:
        installation = _installation(kind, disk)
        database = installation.database
        hindrance: Hindrance = partial(only_read, disk)
        if isinstance(database, Postgresql):
            hindrance = partial(no_writing, database)
        _hinder_all(installation, 1, hindrance, tries)
    return tries.told()


@contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[Path]:
    """A disk of its own; only root may mount one."""
    place.mkdir()
    _run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "tmpfs", str(place))
    try:
        yield place
    finally:
        _run("umount", "--lazy", str(place))


@contextmanager
def filled(folder: Path, kilobytes: int) -> Iterator[None]:
    """Leave so much room on the disk of a folder."""
    filler, disk = folder / "filler", os.statvfs(folder)
    size = disk.f_bavail * disk.f_frsize - kilobytes * 1024
    with filler.open("wb") as file:
        if size > 0:
            os.posix_fallocate(file.fileno(), 0, size)
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def _filled(installation: Installation, kilobytes: int) -> Iterator[None]:
    database = installation.database
    with filled(installation.folder, kilobytes):
        yield
    if isinstance(database, Postgresql):  # it ends by itself, and begins anew
        until(partial(_answers, database), within=60, every=0.2)


def _answers(database: Postgresql) -> bool:
    try:
        with psycopg.connect(database.server.get_uri(database.base.name), autocommit=True) as one:
            one.execute("CREATE TEMP TABLE t AS SELECT 1")
    except psycopg.Error:
        return False
    return True


@contextmanager
def only_read(disk: Path) -> Iterator[None]:
    """Let nobody write on a disk; nobody may have a file open for that."""
    _run("mount", "-o", "remount,ro", str(disk))
    try:
        yield
    finally:
        _run("mount", "-o", "remount,rw", str(disk))


@contextmanager
def no_writing(database: Postgresql) -> Iterator[None]:
    """Let no new connection write, as a standby does."""
    setting = f"ALTER DATABASE {database.base.name} SET default_transaction_read_only"
    with psycopg.connect(database.server.get_uri(), autocommit=True) as server:
        server.execute(f"{setting} = on")
        try:
            yield
        finally:
            server.execute(f"{setting} = off")


def _run(*command: str) -> None:
    program = shutil.which(command[0]) or command[0]
    subprocess.run([program, *command[1:]], check=True)


def _installation(kind: str, disk: Path) -> Installation:
    database: Database = Sqlite(disk)
    if kind == "postgresql":
        database = Postgresql(disk, start_postgres(disk / "data"))
    installation = Installation(database, cases=300, mediators=24)
    first_import(installation)
    return installation


def _hinder_all(installation: Installation, turn: int, hindrance: Hindrance, tries: Tries) -> None:
    for kind in OPERATIONS:
        operation = kind(installation, turn)
        found: dict[str, Any] = {"refused": None, "left": None}
        child = Child(partial(_in_vain_and_again, operation, hindrance))
        while (line := child.told()) is not None:
            found |= line
        child.end()
        _judge(operation, found, tries)
        installation.release_all()


def _judge(operation: Operation, found: dict[str, Any], tries: Tries) -> None:
    refused = found["refused"]
    tries.counts["refused" if refused else "went_through"] += 1
    if refused:
        tries.sentences[refused] += 1
        if "\n" in refused or not any(word in refused for word in tries.words):
            tries.wrong.append(f"{operation.name}: {refused}")
    if found["left"]:
        tries.wrong.append(f"{operation.name}: {found['left']}")
    with operation.installation.looked_at() as connection:
        try:
            if operation.fate(connection, found["token"], found["said"]) != Fate.WHOLE:
                tries.wrong.append(f"{operation.name}: not done once it could be")
        except HalfWritten as error:
            tries.wrong.append(f"{operation.name}: {error}")
        tries.wrong += wrong_with(connection)


def _in_vain_and_again(operation: Operation, hindrance: Hindrance, tell: Tell) -> None:
    """Prepare, try while it is hindered, look what is left, and try again afterwards."""
    token = operation.prepare(0)
    tell(token=token)
    _let_go(operation)
    with hindrance():
        said, refused = _tried(operation, token)
    tell(refused=refused, said=said)
    _let_go(operation)
    if refused is not None:
        tell(left=answer(lambda _tell: _left(operation, token)))
        said, refused = _tried(operation, token)
        tell(said=said, **({"left": f"refused again: {refused}"} if refused else {}))


def _let_go(operation: Operation) -> None:
    """Close what this process has open."""
    with operation.installation.app.app_context():
        db.session.remove()
        db.engine.dispose()


def _tried(operation: Operation, token: Token) -> tuple[Any, str | None]:
    """(what was told at its end, the sentence of a refusal)."""
    try:
        return operation.do(token), None
    except NotDone as refusal:
        return None, refusal.sentence
    except Exception as error:
        return None, told(error, operation.name)[0]


def _left(operation: Operation, token: Token) -> str | None:
    """What is wrong with what a refused operation left."""
    with operation.installation.looked_at() as connection:
        try:
            found = operation.fate(connection, token, None)
        except HalfWritten as error:
            return str(error)
        return None if found == Fate.ABSENT else "refused, and there"
