"""Columns that hold codes: the type, and the check that holds the database to them."""

from typing import Any

from sqlalchemy import CheckConstraint, Dialect, String
from sqlalchemy.types import TypeDecorator

from energymed.base.codes import Code


class CodeType(TypeDecorator[Code]):
    """A column of codes: text in the database, a member of its family in Python."""

    impl = String
    cache_ok = True

    def __init__(self, family: type[Code], length: int) -> None:
        super().__init__(length)
        self.family = family

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The code as plain text."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """The member that the code names."""
        return None if value is None else self.family(value)


def code_check(
    column: str, codes: Any, *, optional: bool = False, name: str | None = None
) -> CheckConstraint:
    """A check that `column` holds one of `codes`, or nothing where it is `optional`."""
    listed = ",".join(f"'{code}'" for code in codes)
    accepted = f"{column} IN ({listed})"
    return CheckConstraint(
        f"{column} IS NULL OR {accepted}" if optional else accepted, name=name or column
    )
