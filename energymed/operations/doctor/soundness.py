"""Whether a database that was just written as a whole goes together."""

from sqlalchemy import Connection

from energymed.operations.doctor.findings import Finding, is_well
from energymed.operations.doctor.integrity import integrity_findings
from energymed.operations.doctor.ledger import ledger_findings


def faults_of(connection: Connection) -> list[Finding]:
    """What is wrong with a restored or upgraded database: its references, and then its sums."""
    for check in (integrity_findings, ledger_findings):
        if not is_well(found := check(connection)):
            return found
    return []
