"""When two rows of people are one person."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from energymed.cases.models import Person, Phone

Row = type[Person]


def same_human(one: Row, other: Row) -> ColumnElement[bool]:
    """Whether two rows of people are one person: one household, one name."""
    return and_(one.household_id == other.household_id, one.name_key == other.name_key)


def everywhere(session: Session, person: Person) -> Sequence[Person]:
    """All rows of this person, at every site and partner: one name, and a home or number shared.

    For what must hold everywhere at once; never to show one partner's or site's data to another.
    """
    numbers = [phone.e164 for phone in person.phones]
    shares = exists().where(Phone.person_id == Person.id, Phone.e164.in_(numbers))
    statement = (
        select(Person)
        .where(Person.name_key == person.name_key)
        .where(or_(Person.household_id == person.household_id, shares))
        .order_by(Person.id)
    )
    return session.scalars(statement).all()
