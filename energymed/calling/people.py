"""When two rows of people are one person."""

from sqlalchemy import ColumnElement, and_

from energymed.cases.models import Person

Row = type[Person]


def same_human(one: Row, other: Row) -> ColumnElement[bool]:
    """Whether two rows of people are one person: one household, one name."""
    return and_(one.household_id == other.household_id, one.name_key == other.name_key)
