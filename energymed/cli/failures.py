"""What stops a command, in one sentence and an exit code."""

import click
from sqlalchemy import create_engine
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, InterfaceError
from sqlalchemy.pool import NullPool

from energymed.base.db.trouble import database_trouble, disk_trouble
from energymed.base.errors import DomainError, Unusable
from energymed.config import load_settings
from energymed.given_settings import sqlite_file
from energymed.operations.codes import FailureSource
from energymed.operations.failures import note_failure


def told(error: Exception, command: str) -> tuple[str, int]:
    """(sentence, exit code): 1 when it is about what was asked, 2 when nothing can be used.

    A fault of the program is counted, under the name of the command.

    Raises:
        Exception: the error itself, when it is a fault of the program: its place is wanted.
    """
    trouble: DomainError | str
    if isinstance(error, DomainError):
        trouble = error
    elif isinstance(error, click.Abort):
        trouble = "Interrompu : rien n'est fait."
    elif isinstance(error, UnicodeEncodeError | DataError):
        trouble = "Un texte a des signes qui ne peuvent pas être gardés : écrivez-le en UTF-8."
    elif isinstance(error, DatabaseError | InterfaceError) and not isinstance(
        error, IntegrityError
    ):
        trouble = database_trouble(error)
    elif isinstance(error, OSError):
        trouble = disk_trouble(error) or f"{error.strerror or error} : {error.filename or ''}"
    else:
        _note(command, error)
        raise error
    return str(trouble).rstrip(" :"), 2 if isinstance(trouble, Unusable) else 1


def _note(command: str, error: Exception) -> None:
    """Count a fault of the program, where there is a database to count in."""
    try:
        url = load_settings().database_url
    except Unusable:
        return
    file = sqlite_file(url)
    if file is not None and not file.exists():
        return
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    note_failure(engine, FailureSource.COMMAND, command, error)
    engine.dispose()
