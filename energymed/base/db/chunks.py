"""Long lists in pieces that a database accepts in one statement."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

SIZE = 500


def chunks(values: Iterable[T], size: int = SIZE) -> Iterator[list[T]]:
    """The values in lists of at most `size`; nothing for nothing."""
    rest = iter(values)
    while piece := list(islice(rest, size)):
        yield piece
