"""What is looked at: an operation, and what became of it when its process was killed or refused.

An operation is prepared, then done; what it is told by (`Token`) is known before it begins, so that
its traces are found by it whether it came to its end or not.
"""

from abc import ABC, abstractmethod
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from benchmarks.survival.installation import Installation, one

Token = list[Any]


class Fate(StrEnum):
    """What is found of an operation afterwards."""

    WHOLE = "whole"
    ABSENT = "absent"


class HalfWritten(Exception):
    """Some of an operation is there, and some is not."""


class Operation(ABC):
    """One thing that people or jobs do; `turn` is another number at each kill."""

    name: str

    def __init__(self, installation: Installation, turn: int) -> None:
        self.installation, self.turn = installation, turn

    @abstractmethod
    def prepare(self, number: int) -> Token:
        """Get ready for the `number`-th time in this process; what it will be told by."""

    @abstractmethod
    def do(self, token: Token) -> Any:
        """Do it; what whoever asked is told.

        Raises:
            NotDone: it was refused.
        """

    @abstractmethod
    def fate(self, connection: Connection, token: Token, said: Any) -> Fate:
        """What is there of it; `said` is what was told at its end, None if it was not.

        Raises:
            HalfWritten: neither all nor nothing.
        """


def all_or_nothing(parts: dict[str, tuple[int, int]]) -> Fate:
    """The fate of what has these parts: {name: (how many there are, of how many)}.

    Raises:
        HalfWritten: some are there, and some are not.
    """
    if all(found == wanted for found, wanted in parts.values()):
        return Fate.WHOLE
    if not any(found for found, _wanted in parts.values()):
        return Fate.ABSENT
    raise HalfWritten(str(parts))


def events(connection: Connection, action: str, entity_id: int | None) -> int:
    """How many audit events tell that this was done to a record."""
    query = "SELECT count(*) FROM audit_event WHERE action = :action AND entity_id = :id"
    return int(one(connection, query, action=action, id=entity_id))
