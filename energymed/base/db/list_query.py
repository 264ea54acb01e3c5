"""What a list may be filtered and sorted by, declared once for each list.

What was asked for is any object with an attribute for each filter, and `sort`: the code of a
column, with a minus for descending. Whoever has a `text` to search for adds that condition.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, SQLColumnExpression

Rows = TypeVar("Rows", bound=Select[Any])
Condition = Callable[[Any], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class ListQuery:
    """One list: {code: column} to sort by, {attribute: condition} to filter by.

    `usual` is the sort unless another is asked for; "" is that of the columns `otherwise`. `ties`
    settle what is equal, so that every line is on one page and on one only; with `turning` they run
    the way of the sort, so that one index gives both ways. `filled`: the codes of columns without
    an empty cell, of which none is put last: PostgreSQL would not go by their index.
    """

    sorts: Mapping[str, SQLColumnExpression[Any]]
    ties: Sequence[SQLColumnExpression[Any]]
    usual: str = ""
    otherwise: Sequence[SQLColumnExpression[Any]] = ()
    turning: bool = False
    filled: Collection[str] = ()
    filters: Mapping[str, Condition] = field(default_factory=dict)

    def apply(self, statement: Rows, asked: object) -> Rows:
        """The select narrowed and sorted as asked; an empty value asks nothing."""
        for name, condition in self.filters.items():
            value = getattr(asked, name)
            if value is not None and value != "":
                statement = statement.where(condition(value))
        return self.order(statement, getattr(asked, "sort", self.usual))

    def order(self, statement: Rows, sort: str) -> Rows:
        """The select in this order, empty cells last, in place of any that it had."""
        sort = self.known_sort(sort)
        code, down = sort.removeprefix("-"), sort.startswith("-")
        column = self.sorts.get(code)
        ties = [tie.desc() for tie in self.ties] if self.turning and down else self.ties
        if column is None:
            return statement.order_by(None).order_by(*self.otherwise, *ties)
        chosen = column.desc() if down else column.asc()
        chosen = chosen if code in self.filled else chosen.nulls_last()
        return statement.order_by(None).order_by(chosen, *ties)

    def known_sort(self, text: str | None) -> str:
        """The sort that a text names, the usual one when it names none."""
        return text if text and text.removeprefix("-") in self.sorts else self.usual
