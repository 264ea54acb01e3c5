"""The examinations: the quick part of every start and page, and the whole."""

from collections.abc import Callable, Sequence
from functools import partial

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from energymed.base.clock import now
from energymed.base.db.trouble import NOT_READY, database_trouble, disk_trouble
from energymed.base.errors import DomainError
from energymed.base.i18n import N_
from energymed.base.progress import Tick, untold
from energymed.config import Settings
from energymed.operations.doctor.backup_age import backup_findings
from energymed.operations.doctor.cases import case_findings
from energymed.operations.doctor.clock import clock_findings
from energymed.operations.doctor.codes import Check
from energymed.operations.doctor.constraints import constraint_findings
from energymed.operations.doctor.disk import disk_findings
from energymed.operations.doctor.files import file_findings
from energymed.operations.doctor.findings import MEGABYTE, RESTORE, Finding, good, is_well, wrong
from energymed.operations.doctor.integrity import integrity_findings
from energymed.operations.doctor.jobs import job_findings
from energymed.operations.doctor.ledger import ledger_findings
from energymed.operations.doctor.outlets import outlet_findings
from energymed.operations.doctor.patient import opened, size_of
from energymed.operations.doctor.schema import schema_findings
from energymed.operations.doctor.secret_checks import right_findings, secret_findings
from energymed.operations.doctor.setting_checks import Read
from energymed.operations.doctor.versions import version_findings

Part = tuple[Check, Callable[[], list[Finding]]]
_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def examine(read: Read, *, whole: bool, tick: Tick = untold) -> list[Finding]:
    """Examine an installation, whatever state it is in.

    The clock of `base.clock` is that of the installation: a demo's has been shifted.

    Args:
        read: its settings, and what was found on reading them.
        whole: also what takes seconds: the data, the jobs, and who answers on the network.
        tick: told how many of the examinations are done.
    """
    settings = read.settings
    parts: list[Part] = [
        (Check.RIGHTS, partial(right_findings, settings)),
        (Check.DISK, partial(disk_findings, settings)),
        (Check.BACKUP, partial(backup_findings, settings, now())),
    ]
    if whole:
        parts.append((Check.OUTLETS, partial(outlet_findings, settings)))
    found = [*read.findings, *_all(parts), *_database(settings, whole=whole, tick=tick)]
    return sorted(found, key=lambda finding: list(Check).index(finding.check))


def _database(settings: Settings, *, whole: bool, tick: Tick) -> list[Finding]:
    """What only the database tells; where it is away, that, and what can be said without it."""
    told: list[Finding] = []
    if settings.database_url:
        try:
            with opened(settings.database_url) as connection:
                return _of_database(connection, settings, whole=whole, tick=tick)
        except DomainError as error:
            check = Check.SCHEMA if error.message == NOT_READY else Check.DATABASE
            told = [wrong(check, error.message, "", **error.params)]
    parts: list[Part] = [
        (Check.SECRETS, partial(secret_findings, settings.instance, accounts=None))
    ]
    if whole:
        parts.append((Check.VERSIONS, partial(version_findings, None)))
    return told + _all(parts)


def _of_database(
    connection: Connection, settings: Settings, *, whole: bool, tick: Tick
) -> list[Finding]:
    found = _all([(Check.SCHEMA, partial(schema_findings, connection))], connection)
    parts = _of_any_schema(connection, settings, whole=whole)
    if is_well(found):
        parts += _of_this_schema(connection, settings, whole=whole)
    for done, part in enumerate(parts):
        tick(done, len(parts))
        found += _one(*part, connection)
    return found


def _of_any_schema(connection: Connection, settings: Settings, *, whole: bool) -> list[Part]:
    accounts = _has_accounts(connection)
    parts: list[Part] = [
        (Check.SECRETS, partial(secret_findings, settings.instance, accounts=accounts))
    ]
    if whole:
        parts += [
            (Check.DATABASE, partial(_size, connection)),
            (Check.VERSIONS, partial(version_findings, connection)),
            (Check.INTEGRITY, partial(integrity_findings, connection)),
        ]
    return parts


def _of_this_schema(connection: Connection, settings: Settings, *, whole: bool) -> list[Part]:
    at = now()
    parts: list[Part] = [(Check.CLOCK, partial(clock_findings, connection, at))]
    if whole:
        parts += [
            (Check.JOBS, partial(job_findings, connection, at)),
            (Check.LEDGER, partial(ledger_findings, connection)),
            (Check.CONSTRAINTS, partial(constraint_findings, connection)),
            (Check.FILES, partial(file_findings, connection, at)),
            (Check.CASES, partial(case_findings, connection, demo=settings.demo)),
        ]
    return parts


def _has_accounts(connection: Connection) -> bool | None:
    """None where the database cannot say: it has no such table, or cannot be read."""
    try:
        return connection.exec_driver_sql("SELECT 1 FROM user_account LIMIT 1").first() is not None
    except DBAPIError:
        connection.rollback()
        return None


def _size(connection: Connection) -> list[Finding]:
    told = N_("%(name)s répond ; la base prend %(size)s Mo.")
    return [
        good(
            Check.DATABASE,
            told,
            name=_NAMES[connection.dialect.name],
            size=max(size_of(connection) // MEGABYTE, 1),
        )
    ]


def _all(parts: Sequence[Part], connection: Connection | None = None) -> list[Finding]:
    """Each part's findings; one that cannot be carried out is a finding itself."""
    return [finding for check, part in parts for finding in _one(check, part, connection)]


def _one(
    check: Check, part: Callable[[], list[Finding]], connection: Connection | None
) -> list[Finding]:
    trouble: DomainError | None
    try:
        return part()
    except DomainError as error:
        trouble = error
    except DBAPIError as error:
        trouble = database_trouble(error)
    except OSError as error:
        trouble = disk_trouble(error)
    if connection is not None and not connection.invalidated:
        connection.rollback()
    if trouble is None:
        told = N_("Cet examen n'a pas pu se faire : le disque ne répond pas comme il faut.")
        return [wrong(check, told, RESTORE)]
    return [wrong(check, trouble.message, "", **trouble.params)]
