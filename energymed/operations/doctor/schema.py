"""Whether the database has the schema of this program."""

from sqlalchemy import Connection

from energymed.base.db.trouble import NOT_READY
from energymed.base.errors import Unusable
from energymed.base.i18n import N_
from energymed.operations.doctor.codes import Check
from energymed.operations.doctor.findings import Finding, good, wrong
from energymed.revisions import judge_schema, revision_of


def schema_findings(connection: Connection) -> list[Finding]:
    """The revision of the database against that of the program.

    Raises:
        Unusable: the database does not answer.
    """
    found = revision_of(connection)
    if found is None:
        return [wrong(Check.SCHEMA, NOT_READY, "")]
    try:
        judge_schema(connection, upgrades=False)
    except Unusable as error:
        return [wrong(Check.SCHEMA, error.message, "", **error.params)]
    told = N_("La base est à la révision %(found)s, celle de ce programme.")
    return [good(Check.SCHEMA, told, found=found)]
