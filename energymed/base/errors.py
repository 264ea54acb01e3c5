"""Errors that a person can act upon. Each carries one French sentence and its values.

The desks translate the sentence and show it; the command line prints it and exits with 1.
"""


class DomainError(Exception):
    """A rule was not met. `message` is a msgid with named places, `params` fill them."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.params = params

    def __str__(self) -> str:
        """The French sentence with its values."""
        return self.message % self.params if self.params else self.message


class NotFound(DomainError):
    """No such record, or not in the actor's site or partner (which is told the same way)."""


class Refused(DomainError):
    """A rule of the trade or of the house says no."""


class Conflict(DomainError):
    """Somebody else was quicker, or the form was read before the last change."""


class BadInput(DomainError):
    """What was given (file, field, argument) cannot be understood."""
