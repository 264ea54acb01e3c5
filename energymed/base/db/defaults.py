"""Defaults of columns that depend on the rest of their row."""

from collections.abc import Callable
from typing import Any


def given_as(column: str) -> Callable[[Any], Any]:
    """A default: what another column of the row is given (an instant noted when it happened).

    For rows that are added one by one; whoever writes many at once names every column.
    """

    def value(context: Any) -> Any:
        return context.get_current_parameters()[column]

    return value
