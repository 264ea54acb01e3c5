"""Whether the database itself is whole: its file and references, or its indexes and constraints."""

import re
from collections.abc import Sequence

from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError, DBAPIError

from energymed.base.db.trouble import CORRUPT, database_trouble
from energymed.base.i18n import N_
from energymed.operations.doctor.codes import Check
from energymed.operations.doctor.findings import BY_HAND, RESTORE, Finding, good, wrong

_MOST = 100  # faults that SQLite names before it stops
_ROW_FAULT = re.compile(r"NULL value in (\w+)\.(\w+)")


def integrity_findings(connection: Connection) -> list[Finding]:
    """What the database says of itself."""
    if connection.dialect.name == "sqlite":
        found = _file_faults(connection) or _broken_references(connection)
        whole = N_("Le fichier de la base est entier, et chaque renvoi mène à une ligne.")
    else:
        found = _indexes(connection) + _constraints(connection) + _pages(connection)
        whole = N_("Les index et les contraintes de la base sont valides.")
    return found or [good(Check.INTEGRITY, whole)]


def _file_faults(connection: Connection) -> list[Finding]:
    """Pages, records and indexes of the file. CHECKs have a check of their own."""
    said = _said_of_the_file(connection)
    missing = {found.groups() for line in said if (found := _ROW_FAULT.match(line))}
    if missing and len(missing) == len(set(said)):
        return [
            wrong(
                Check.INTEGRITY,
                N_("Des lignes de la table %(table)s n'ont rien dans la colonne %(column)s."),
                BY_HAND,
                table=table,
                column=column,
            )
            for table, column in sorted(missing)
        ]
    if list(said) == ["ok"]:
        return []
    return [wrong(Check.INTEGRITY, N_("Le fichier de la base est abîmé."), RESTORE)]


def _said_of_the_file(connection: Connection) -> Sequence[str]:
    """What SQLite says, "ok" or a line for each fault; it may even stumble over one."""
    checked = connection.exec_driver_sql("PRAGMA ignore_check_constraints").scalar()
    connection.exec_driver_sql("PRAGMA ignore_check_constraints=ON")
    try:
        return connection.exec_driver_sql(f"PRAGMA integrity_check({_MOST})").scalars().all()
    except DatabaseError as error:
        trouble = database_trouble(error)
        if trouble.message != CORRUPT:
            raise
        return [str(trouble)]
    finally:
        connection.exec_driver_sql(f"PRAGMA ignore_check_constraints={int(checked or 0)}")


def _broken_references(connection: Connection) -> list[Finding]:
    broken = connection.execute(text("PRAGMA foreign_key_check")).all()
    pairs = sorted({(row[0], row[2]) for row in broken})
    return [
        wrong(
            Check.INTEGRITY,
            N_("Une ligne de la table %(table)s renvoie à une ligne de %(parent)s qui n'est plus."),
            N_("Une ligne a été effacée à la main : restaurez une sauvegarde d'avant."),
            table=table,
            parent=parent,
        )
        for table, parent in pairs
    ]


def _indexes(connection: Connection) -> list[Finding]:
    asked = text(
        "SELECT i.indexrelid::regclass::text FROM pg_index i"
        " JOIN pg_class c ON c.oid = i.indexrelid"
        " JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE NOT (i.indisvalid AND i.indisready) AND n.nspname = ANY (current_schemas(false))"
        " ORDER BY 1"
    )
    return [
        wrong(
            Check.INTEGRITY,
            N_("L'index %(index)s de la base n'est pas valide."),
            N_("Refaites-le : REINDEX INDEX CONCURRENTLY %(index)s;"),
            index=name,
        )
        for name in connection.scalars(asked)
    ]


def _constraints(connection: Connection) -> list[Finding]:
    asked = text(
        "SELECT c.conrelid::regclass::text, c.conname FROM pg_constraint c"
        " JOIN pg_namespace n ON n.oid = c.connamespace"
        " WHERE NOT c.convalidated AND n.nspname = ANY (current_schemas(false)) ORDER BY 1, 2"
    )
    return [
        wrong(
            Check.INTEGRITY,
            N_("La contrainte %(constraint)s de la table %(table)s n'est pas vérifiée."),
            N_("Vérifiez-la : ALTER TABLE %(table)s VALIDATE CONSTRAINT %(constraint)s;"),
            table=table,
            constraint=name,
        )
        for table, name in connection.execute(asked).all()
    ]


def _pages(connection: Connection) -> list[Finding]:
    """What the server counted of pages whose checksum is wrong, and amcheck where it is there."""
    counted = text(
        "SELECT checksum_failures FROM pg_stat_database WHERE datname = current_database()"
    )
    found = []
    if count := connection.scalar(counted):
        told = N_("Pages abîmées que PostgreSQL a lues : %(count)s.")
        found.append(wrong(Check.INTEGRITY, told, RESTORE, count=count))
    installed = text("SELECT 1 FROM pg_extension WHERE extname = 'amcheck'")
    if connection.scalar(installed):
        found += _amcheck(connection)
    return found


def _amcheck(connection: Connection) -> list[Finding]:
    """Each B-tree looked through; whoever may not run it is told nothing."""
    asked = text(
        "SELECT count(bt_index_check(index => c.oid)) FROM pg_index i"
        " JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam"
        " JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE a.amname = 'btree' AND i.indisvalid AND i.indisready AND c.relpersistence = 'p'"
        " AND n.nspname = ANY (current_schemas(false))"
    )
    try:
        with connection.begin_nested():
            connection.execute(asked)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") == "42501":  # no right to
            return []
        told = N_("Un index de la base est abîmé (amcheck).")
        return [wrong(Check.INTEGRITY, told, N_("REINDEX DATABASE, puis refaites cet examen."))]
    return []
