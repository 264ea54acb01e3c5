"""Pages of a list: one shape for every desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import request
from sqlalchemy import Select, func, inspect, select
from sqlalchemy.orm import Session

PAGE_SIZE = 25
HIGHEST = 1_000_000
COUNTED = 1000  # beyond, to count costs more than the page
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list: its items, its number (from 1), and how many there are in all.

    `capped`: there are more than `total`, nobody counted how many. `followed`: by another page.
    """

    items: list[Item]
    number: int
    size: int
    total: int
    capped: bool = False
    followed: bool = False

    @property
    def last(self) -> int:
        """Number of the last page; 1 for an empty list."""
        return max(1, -(-self.total // self.size))

    @property
    def first_index(self) -> int:
        """Position of the first item shown, from 1; 0 for an empty list."""
        return (self.number - 1) * self.size + 1 if self.total else 0

    @property
    def last_index(self) -> int:
        """Position of the last item shown."""
        return (self.number - 1) * self.size + len(self.items)


def page_number() -> int:
    """The page asked for in the address; 1 when it is missing or makes no sense."""
    return min(max(1, request.args.get("page", 1, type=int)), HIGHEST)


def count(session: Session, statement: Select[Item]) -> int:
    """How many rows a select has; of a whole record its key alone is asked for."""
    rows, (listed, *_more) = statement.order_by(None), statement.column_descriptions
    if listed["entity"] is not None and listed["expr"] is listed["entity"]:
        rows = rows.with_only_columns(*inspect(listed["entity"]).primary_key)
    return session.scalar(select(func.count()).select_from(rows.subquery())) or 0


def paginate(
    session: Session,
    statement: Select[Item],
    number: int,
    *,
    size: int = PAGE_SIZE,
    exact: bool = False,
) -> Page[Item]:
    """The page `number` of an ordered select of one entity, in two queries.

    A page beyond the last one is the last that was counted.

    Args:
        exact: count all of them: something is done to as many as the page says.
    """
    total = count(session, statement if exact else statement.limit(COUNTED + 1))
    capped = not exact and total > COUNTED
    total = COUNTED if capped else total
    last = max(1, -(-total // size))
    number = number if capped else min(number, last)
    rows = _rows(session, statement, number, size)
    if not rows and number > last:
        number, rows = last, _rows(session, statement, last, size)
    return Page(rows[:size], number, size, total, capped, len(rows) > size)


def page_of(items: Sequence[Item], number: int, *, size: int = PAGE_SIZE) -> Page[Item]:
    """The page `number` of a list that is known as a whole; beyond the last one, the last."""
    number = min(number, max(1, -(-len(items) // size)))
    first = (number - 1) * size
    shown = list(items[first : first + size])
    return Page(shown, number, size, len(items), followed=first + size < len(items))


def _rows(session: Session, statement: Select[Item], number: int, size: int) -> list[Item]:
    """The rows of a page, and the first of the next."""
    found = session.scalars(statement.limit(size + 1).offset((number - 1) * size))
    return list(found.unique())
