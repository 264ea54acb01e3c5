"""Errors that a person can act upon. Each carries one French sentence and its values.

The desks translate the sentence and show it; the command line prints it and exits with 1.
"""

from types import TracebackType
from typing import Self

from energymed.base.i18n import N_


class DomainError(Exception):
    """A rule was not met. `message` is a msgid with named places, `params` fill them.

    `more`: what else is wrong with what was given, where `Faults` looked on.
    """

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.params = params
        self.more: list[DomainError] = []

    def __str__(self) -> str:
        """The French sentence with its values."""
        return self.message % self.params if self.params else self.message


class NotFound(DomainError):
    """No such record, or not in the actor's site or partner (which is told the same way)."""


class Refused(DomainError):
    """A rule of the trade or of the house says no."""


class TryLater(Refused):
    """Not now: the same may be tried again in a while, and a job does."""


class Busy(TryLater):
    """Others wrote for too long; nothing was written, and the same may be tried again at once."""

    SENTENCE = N_(
        "D'autres enregistrements sont en cours (l'import d'un gros fichier, peut-être) : rien "
        "n'a été enregistré. Réessayez dans un instant."
    )

    def __init__(self) -> None:
        super().__init__(self.SENTENCE)


class Conflict(DomainError):
    """Somebody else was quicker, or the form was read before the last change."""


class BadInput(DomainError):
    """What was given (file, field, argument) cannot be understood."""


class Unusable(DomainError):
    """The installation cannot be used as it is: a setting, a secret, its database or its disk.

    Nothing that was asked for is to blame; the command line ends with 2.
    """


class Faults:
    """Checks that do not hang on one another: all that is wrong is told together.

    `with faults:` around each of them, or `faults.when(wrong, error)`, then `faults.tell()`. A
    Conflict is told at once: until it is settled, the rest is not worth mending.
    """

    def __init__(self) -> None:
        self.found: list[DomainError] = []

    def __enter__(self) -> Self:
        """Begin a check."""
        return self

    def __exit__(
        self, _kind: object, error: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        """Keep what the check refused."""
        if not isinstance(error, DomainError) or isinstance(error, Conflict):
            return False
        self.found += [error, *error.more]
        return True

    def when(self, wrong: object, error: DomainError) -> None:
        """Keep this error when something is wrong."""
        if wrong:
            self.found.append(error)

    def tell(self) -> None:
        """Raise the first error found, the others with it."""
        if self.found:
            first, *first.more = self.found
            raise first
