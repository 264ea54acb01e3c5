"""The CHECKs of the models asked again of every row: some may have come in by another door."""

from collections.abc import Sequence

from sqlalchemy import CheckConstraint, Connection, Table, literal_column, select

from energymed.base.db import Model
from energymed.base.i18n import N_
from energymed.operations.doctor.codes import Check
from energymed.operations.doctor.findings import BY_HAND, Finding, good, wrong


def constraint_findings(connection: Connection) -> list[Finding]:
    """Each CHECK that rows break; one reading of each table."""
    tables = [(table, _checks(table)) for table in Model.metadata.sorted_tables]
    found = [
        wrong(
            Check.CONSTRAINTS,
            N_("Table %(table)s, règle %(rule)s : lignes qui ne la respectent pas : %(count)s."),
            BY_HAND,
            table=table.name,
            rule=name,
            count=count,
        )
        for table, checks in tables
        if checks
        for name, count in _broken(connection, table, checks)
    ]
    told = N_("Les %(count)s règles de la base tiennent pour chaque ligne.")
    every = sum(len(checks) for _table, checks in tables)
    return found or [good(Check.CONSTRAINTS, told, count=every)]


def _checks(table: Table) -> dict[str, str]:
    """{name: SQL} of the checks of a table."""
    return {
        str(check.name): str(check.sqltext)
        for check in table.constraints
        if isinstance(check, CheckConstraint)
    }


def _broken(connection: Connection, table: Table, checks: dict[str, str]) -> list[tuple[str, int]]:
    """What is neither true nor unknown, as the database itself would refuse it."""
    counts = (f"sum(CASE WHEN NOT ({sql}) THEN 1 ELSE 0 END)" for sql in checks.values())
    row: Sequence[int | None] = connection.execute(
        select(*map(literal_column, counts)).select_from(table)
    ).one()
    return [(name, count) for name, count in zip(checks, row, strict=True) if count]
