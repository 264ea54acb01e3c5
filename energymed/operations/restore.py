"""A backup lives again: in an empty place, whole or not at all; or aside, to prove that it would.

On SQLite it is written into a file beside the one of the installation, which has the name once all
is there and judged; on PostgreSQL it is one transaction.
"""

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from sqlalchemy import Connection, TextClause, inspect, text
from sqlalchemy.exc import DBAPIError

from energymed.base.age.seal import Key
from energymed.base.db.trouble import CORRUPT, database_trouble
from energymed.base.errors import Refused
from energymed.base.i18n import N_
from energymed.base.private_files import BESIDE, DRAFTS, new_file, sync_folder
from energymed.config import SETTINGS, Settings
from energymed.given_settings import sqlite_file
from energymed.local_secrets import NAME as SECRETS
from energymed.local_secrets import parsed
from energymed.operations.archive import Reader
from energymed.operations.doctor.findings import Finding, is_well
from energymed.operations.doctor.integrity import integrity_findings
from energymed.operations.doctor.ledger import ledger_findings
from energymed.operations.loading import load, refuse_unknown_revision
from energymed.operations.snapshot import VERSION_TABLE, own_engine, reflected
from energymed.revisions import known_revisions

WAIT_MS = 5_000  # for others to let go of PostgreSQL's tables
SET_ASIDE = f"{SETTINGS}.from-backup"
_OF_SOMEBODY = ("user_account", "site", "case_file")
IN_USE = N_(
    "La base de cette installation est ouverte par un autre programme : arrêtez energymed, puis "
    "recommencez."
)


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, or would be. `rows`: of each table, in the schema `made_with`."""

    version: str
    created_at: str
    made_with: str
    revision: str
    rows: Mapping[str, int]
    files: tuple[str, ...]
    faults: list[Finding]


def restore(settings: Settings, path: Path, key: Key) -> Restored:
    """Put a backup into an empty place.

    Raises:
        Refused: the place is not empty, or the backup is no good; nothing was done then.
    """
    _refuse_taken_place(settings)
    with path.open("rb") as file:
        backup = Reader(file, key, path.name)
        refuse_unknown_revision(backup, path.name)
        with _files_put_back(settings, backup.files()) as files:
            database = sqlite_file(settings.database_url)
            if database is not None:
                return _into_sqlite(database, backup, path.name, files)
            return _into_postgresql(settings.database_url, backup, path.name, files)


def check(settings: Settings, path: Path, key: Key) -> Restored:
    """Restore a backup aside, look whether all is well (`faults`), and remove it.

    Raises:
        Refused: it cannot be restored.
    """
    with path.open("rb") as file:
        backup = Reader(file, key, path.name)
        files = backup.files()
        parsed(files.get(SECRETS, b""), Path(path.name))
        with _draft(settings.instance / "restore-check.sqlite") as draft:
            return _filled(draft, backup, path.name, tuple(files))


def restore_secrets(settings: Settings, path: Path, key: Key) -> None:
    """Put the secrets alone back, beside a database that is there.

    Raises:
        Refused: there are some already, or the backup is no good.
    """
    with path.open("rb") as file:
        backup = Reader(file, key, path.name)
        found = backup.files().get(SECRETS, b"")
        for _shape, rows in backup.tables():  # to its end, where the whole is judged
            for _some in rows:
                pass
    parsed(found, Path(path.name))
    _refuse_other_secrets(settings, found)
    _put_secrets(settings, found)


def _refuse_taken_place(settings: Settings) -> None:
    file = sqlite_file(settings.database_url)
    if file is not None and not file.exists():
        return
    engine = own_engine(settings.database_url, reading=True)
    try:
        with engine.connect() as connection:
            taken = any(connection.scalar(question) for question in _questions(connection))
    except DBAPIError as error:
        trouble = database_trouble(error)
        if trouble.message != CORRUPT:
            raise trouble from error
        raise Refused(
            N_(
                "Un fichier de base abîmé est à cette place : rangez-le ailleurs (gardez-le), puis "
                "recommencez."
            )
        ) from error
    finally:
        engine.dispose()
    if taken:
        raise Refused(
            N_(
                "Cette installation n'est pas vide (elle a des comptes, des sites ou des "
                "dossiers) : rien n'a été touché. Choisissez un autre dossier avec "
                "ENERGYMED_INSTANCE, ou une base vide avec ENERGYMED_DATABASE_URL."
            )
        )


def _questions(connection: Connection) -> Iterator[TextClause]:
    tables = inspect(connection).get_table_names()
    for name in _OF_SOMEBODY:
        if name in tables:
            yield text(f"SELECT count(*) FROM {name}")  # noqa: S608  # our own names


def _refuse_other_secrets(settings: Settings, secrets: bytes) -> None:
    path = settings.instance / SECRETS
    if path.exists() and path.read_bytes() not in (secrets, b""):
        raise Refused(
            N_(
                "Ce dossier a déjà un secrets.toml, qui n'est pas celui de la sauvegarde : rien "
                "n'a été touché. S'il ne sert plus à aucune base, rangez-le ailleurs, puis "
                "recommencez."
            )
        )


@contextmanager
def _files_put_back(settings: Settings, files: Mapping[str, bytes]) -> Iterator[tuple[str, ...]]:
    """The files of the folder; taken away again when what is inside fails.

    Settings that name a database are of the former place: they are set aside for a person to read.
    """
    secrets = files.get(SECRETS, b"")
    parsed(secrets, settings.instance)
    _refuse_other_secrets(settings, secrets)
    made = [_put_secrets(settings, secrets)]
    try:
        given = files.get(SETTINGS)
        if given is not None:
            aside = (settings.instance / SETTINGS).exists() or b"database_url" in given
            made.append(_put(settings.instance / (SET_ASIDE if aside else SETTINGS), given))
        yield tuple(path.name for path in made if path)
    except BaseException:
        for path in made:
            if path:
                path.unlink(missing_ok=True)
        raise


def _put_secrets(settings: Settings, content: bytes) -> Path | None:
    path = settings.instance / SECRETS
    if path.exists() and not path.stat().st_size:
        path.unlink()
    return _put(path, content)


def _put(path: Path, content: bytes) -> Path | None:
    """Write a file; None when it is there already."""
    if path.exists():
        return None
    with new_file(path) as file:
        file.write(content)
    return path


def _into_sqlite(database: Path, backup: Reader, name: str, files: tuple[str, ...]) -> Restored:
    _refuse_open(database)
    with _draft(database) as draft:
        done = _filled(draft, backup, name, files)
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        _refuse_open(database)
        os.replace(draft, database)
    sync_folder(database.parent)
    return done


def _into_postgresql(url: str, backup: Reader, name: str, files: tuple[str, ...]) -> Restored:
    engine = own_engine(url, reading=False)
    try:
        with engine.begin() as connection:
            connection.execute(text(f"SET LOCAL lock_timeout = {WAIT_MS}"))
            reflected(connection).drop_all(connection)
            connection.execute(text(f"DROP TABLE IF EXISTS {VERSION_TABLE}"))
            return _loaded(connection, backup, name, files)
    finally:
        engine.dispose()


def _filled(draft: Path, backup: Reader, name: str, files: tuple[str, ...]) -> Restored:
    """Load a backup into a new SQLite file, of which nothing is kept should it fail."""
    engine = own_engine(f"sqlite:///{draft.as_posix()}", reading=False)
    try:
        with engine.connect() as connection:
            driver = connection.connection.cursor()
            driver.execute("PRAGMA synchronous=OFF")
            driver.close()
            with connection.begin():
                return _loaded(connection, backup, name, files)
    finally:
        engine.dispose()


def _loaded(connection: Connection, backup: Reader, name: str, files: tuple[str, ...]) -> Restored:
    rows = load(connection, backup, name)
    head = backup.head
    return Restored(
        version=str(head["version"]),
        created_at=str(head["created_at"]),
        made_with=str(head["revision"]),
        revision=known_revisions()[-1],
        rows=rows,
        files=files,
        faults=_faults(connection),
    )


def _faults(connection: Connection) -> list[Finding]:
    """What is wrong with what was put back: its references, and then its sums."""
    for check in (integrity_findings, ledger_findings):
        if not is_well(found := check(connection)):
            return found
    return []


@contextmanager
def _draft(database: Path) -> Iterator[Path]:
    """A SQLite file to be filled, gone at the end but for what took another name."""
    draft = database.with_name(f".{database.name}.{token_hex(4)}{DRAFTS[0]}")
    try:
        yield draft
    finally:
        for end in BESIDE:
            draft.with_name(draft.name + end).unlink(missing_ok=True)


def _refuse_open(database: Path) -> None:
    """Have an empty database's file to ourselves, with nothing beside it.

    To leave the mode with a log of writes, SQLite wants to be alone.
    """
    if not database.exists():
        return
    with closing(sqlite3.connect(database, timeout=1)) as alone:
        try:
            alone.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError as error:
            raise Refused(IN_USE) from error
