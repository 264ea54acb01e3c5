"""Pages of a list: one shape for every desk."""

from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: its items, its number (from 1), and how many there are in all."""

    items: list[Any]
    number: int
    size: int
    total: int

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
        return min(self.number * self.size, self.total)


def page_number() -> int:
    """The page asked for in the address; 1 when it is missing or makes no sense."""
    return max(1, request.args.get("page", 1, type=int))


def count(session: Session, statement: Select[Any]) -> int:
    """How many rows a select of one entity has."""
    counted = select(func.count()).select_from(statement.order_by(None).subquery())
    return session.scalar(counted) or 0


def paginate(
    session: Session, statement: Select[Any], number: int, *, size: int = PAGE_SIZE
) -> Page:
    """The page `number` of an ordered select of one entity, in two queries."""
    total = count(session, statement)
    number = min(number, max(1, -(-total // size)))
    rows = session.scalars(statement.limit(size).offset((number - 1) * size))
    return Page(list(rows.unique()), number, size, total)
