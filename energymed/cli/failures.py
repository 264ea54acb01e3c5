"""What stops a command, in one sentence and an exit code."""

import click
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, InterfaceError

from energymed.base.db.trouble import database_trouble, disk_trouble
from energymed.base.errors import DomainError, Unusable


def told(error: Exception) -> tuple[str, int]:
    """(sentence, exit code): 1 when it is about what was asked, 2 when nothing can be used.

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
        raise error
    return str(trouble).rstrip(" :"), 2 if isinstance(trouble, Unusable) else 1
