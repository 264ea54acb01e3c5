"""From an older schema to that of this program: backed up, whole or not at all, then judged.

All migrations are one transaction on both databases: whatever fails or is killed on the way, the
database is as it was.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from energymed.base.age.seal import Lock
from energymed.base.db.trouble import NOT_READY, database_trouble
from energymed.base.errors import DomainError, Refused, Unusable
from energymed.base.i18n import N_
from energymed.config import Settings
from energymed.operations.alone import only_one, refuse_others
from energymed.operations.backup import back_up, lock_of
from energymed.operations.doctor.findings import Finding
from energymed.operations.doctor.soundness import faults_of
from energymed.operations.migrating import migrate, pending, tables_unlike_models
from energymed.operations.snapshot import own_engine, schema_of
from energymed.revisions import known_revisions

WAIT_MS = 5_000  # for others to let go of PostgreSQL's tables
PATIENCE_S = 60.0  # of a start, for another one that makes the tables at this moment
FOLDER = "backups"  # in the installation's, where none is set
NO_KEY = N_(
    "Aucune clé de sauvegarde n'est réglée : faites-en une (« energymed backup-key FICHIER »), "
    "donnez-la dans backup_key, puis recommencez ; ou donnez --no-backup si vous avez votre propre "
    "sauvegarde."
)
Progress = Callable[[str], None]  # the revision that was reached


@dataclass(frozen=True, slots=True)
class Todo:
    """What an upgrade has to do: the schema as it is, and the migrations before it."""

    schema: str
    migrations: tuple[str, ...]

    @property
    def newest(self) -> str:
        """The revision of this program."""
        return known_revisions()[-1]


def what_to_do(url: str) -> Todo:
    """What an upgrade of this database would do.

    Raises:
        Refused: it was never made.
    """
    schema = _schema(url)
    if schema is None:
        raise Refused(NOT_READY)
    return Todo(schema, pending(schema))


def lock_for_backup(settings: Settings) -> Lock:
    """What the backup of before is closed for; asked before anything is done.

    Raises:
        Refused: no key is set.
        Unusable: the folder that is set is not there.
    """
    lock = lock_of(settings)
    if lock is None:
        raise Refused(NO_KEY)
    if settings.backup_folder and not Path(settings.backup_folder).is_dir():
        raise Unusable(
            N_("Réglage backup_folder : le dossier %(folder)s n'existe pas ou n'est pas monté."),
            folder=settings.backup_folder,
        )
    return lock


def back_up_before(settings: Settings, todo: Todo, at: datetime) -> Path:
    """The backup of before, under a name that the nightly rotation does not take for its own.

    Raises:
        Refused: as `lock_for_backup` and `back_up`.
    """
    lock = lock_for_backup(settings)
    folder = Path(settings.backup_folder or settings.instance / FOLDER)
    folder.mkdir(exist_ok=True)
    moment = f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    path = folder / f"energymed-{todo.schema}-before-{todo.newest}-{moment}.backup"
    return back_up(settings, path, lock, at).path


def carry_out(
    url: str, schema: str | None, told: Progress | None = None, *, backup: Path | None = None
) -> list[Finding]:
    """Do all migrations, or none; what is wrong with the database afterwards.

    Args:
        schema: what it has now; None when it was never made.
        backup: of before, for who reads a refusal.

    Raises:
        Refused: a migration failed, or did not make the schema of this program.
    """
    reached = [schema or "—"]

    def hear(revision: str) -> None:
        reached.append(revision)
        if told is not None:
            told(revision)

    engine = own_engine(url, reading=False)
    try:
        with engine.connect() as connection, connection.begin():
            return _migrated(connection, schema, hear)
    except Exception as error:
        if schema is None:  # nothing was there that could be lost
            raise
        raise Refused(
            N_(
                "La mise à niveau a échoué après la révision %(reached)s (%(reason)s) ; la base "
                "est restée telle qu'elle était (révision %(schema)s, sauvegarde : %(backup)s)."
            ),
            reached=reached[-1], reason=_reason(error), schema=reached[0],
            backup=str(backup or "aucune"),
        ) from error  # fmt: skip
    finally:
        engine.dispose()


def bring_up_to_date(url: str) -> None:
    """Make the tables, or upgrade them where nobody works; for `init`, `setup` and starts.

    Raises:
        Refused: as `refuse_others` and `carry_out`.
    """
    if _schema(url) == known_revisions()[-1]:
        return
    with only_one(url, patience_s=PATIENCE_S):
        schema = _schema(url)
        if schema == known_revisions()[-1]:  # somebody was quicker
            return
        if schema is not None:
            refuse_others(url)
        carry_out(url, schema)


def _schema(url: str) -> str | None:
    engine = own_engine(url, reading=True)
    try:
        with engine.connect() as connection:
            return schema_of(connection)
    except DBAPIError as error:
        raise database_trouble(error) from error
    finally:
        engine.dispose()


def _reason(error: Exception) -> str:
    """Why a migration failed, without the values that a driver may tell."""
    if isinstance(error, DBAPIError):
        error = database_trouble(error)
    told = str(error) if isinstance(error, DomainError) else type(error).__name__
    return told.rstrip(". ")


def _migrated(connection: Connection, schema: str | None, hear: Progress) -> list[Finding]:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL lock_timeout = {WAIT_MS}"))
    before = _broken_references(connection)
    migrate(connection, told=hear)
    if schema is None:
        return []
    if _broken_references(connection) - before:
        raise Refused(N_("une ligne renverrait à une ligne qui n'est plus"))
    if unlike := tables_unlike_models(connection):
        raise Refused(
            N_("les tables %(tables)s ne seraient pas celles de ce programme"),
            tables=", ".join(unlike),
        )
    return faults_of(connection)


def _broken_references(connection: Connection) -> set[tuple[str, str]]:
    """(table, table) of rows that refer to rows that are gone; PostgreSQL has none."""
    if connection.dialect.name != "sqlite":
        return set()
    found = connection.execute(text("PRAGMA foreign_key_check"))
    return {(row[0], row[2]) for row in found}
