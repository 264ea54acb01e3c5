"""The schema that this program knows, and whether a database has it: asked at every start."""

from functools import cache

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from energymed.base.db.trouble import NOT_READY, database_trouble
from energymed.base.errors import Unusable
from energymed.base.i18n import N_
from energymed.config import ROOT

FOLDER = ROOT / "energymed" / "migrations"


@cache
def known_revisions() -> tuple[str, ...]:
    """The number of each migration, the oldest first."""
    names = (path.name for path in (FOLDER / "versions").glob("[0-9]*_*.py"))
    return tuple(sorted(name.partition("_")[0] for name in names))


def revision_of(connection: Connection) -> str | None:
    """The revision of a database; None before `init`, or where nothing tells.

    Raises:
        Unusable: the database does not answer.
    """
    try:
        found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    except DBAPIError as error:
        connection.rollback()
        trouble = database_trouble(error)
        if trouble.message == NOT_READY:
            return None
        raise trouble from error
    return None if found is None else str(found)


def judge_schema(connection: Connection, *, upgrades: bool) -> None:
    """Let nobody work on a schema of another version.

    Args:
        upgrades: whether the command brings an older schema up to date, or can do without.

    Raises:
        Unusable: it is newer than this program, or older.
    """
    found, newest = revision_of(connection), known_revisions()[-1]
    if found is None or found == newest:
        return
    if found not in known_revisions():
        raise Unusable(
            N_(
                "La base est d'une version plus récente (révision %(found)s) que ce programme "
                "(révision %(newest)s) : lancez la version du programme qui l'a écrite."
            ),
            found=found, newest=newest,
        )  # fmt: skip
    if not upgrades:
        raise Unusable(
            N_(
                "La base est d'une version antérieure (révision %(found)s) à ce programme "
                "(révision %(newest)s) : arrêtez energymed, puis lancez « energymed upgrade », qui "
                "la sauvegarde d'abord."
            ),
            found=found, newest=newest,
        )  # fmt: skip
