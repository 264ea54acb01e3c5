"""What was known at an instant: rows that say when they were recorded, and when taken back.

`as_of=None` means now, and asks no more than the plain column.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, true


def stands(model: Any, as_of: datetime | None = None) -> ColumnElement[bool]:
    """Condition on a table with `recorded_at` and `voided_at`: noted, and not crossed out.

    Args:
        as_of: as was known just before this instant.
    """
    if as_of is None:
        return model.voided_at.is_(None)  # type: ignore[no-any-return]  # of any table
    return and_(
        known(model.recorded_at, as_of),
        or_(model.voided_at.is_(None), model.voided_at >= as_of),
    )


def known(recorded_at: Any, as_of: datetime | None = None) -> ColumnElement[bool]:
    """Condition on when something was recorded: known just before an instant."""
    return true() if as_of is None else recorded_at < as_of
