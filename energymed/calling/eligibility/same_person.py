"""When two rows of people are one person, and whose phone rings at the same time."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, true, union
from sqlalchemy.orm import Session, aliased

from energymed.cases.models import Case, Person, Phone


def same_people(people: ColumnElement[bool]) -> Any:
    """Pairs (`one`, `other`) of ids: every row that is the person of the rows that are asked for.

    One name, and a home or a number shared: the second also at another site, where homes differ.
    A select, to be made a subquery; each half goes by indexes of its own.
    """
    other, mine, theirs = aliased(Person), aliased(Phone), aliased(Phone)
    pairs = select(Person.id.label("one"), other.id.label("other")).where(people)
    at_home = pairs.join(other, other.household_id == Person.household_id)
    by_number = (
        pairs.join(mine, mine.person_id == Person.id)
        .join(theirs, theirs.e164 == mine.e164)
        .join(other, other.id == theirs.person_id)
    )
    named: list[Select[int, int]] = [
        each.where(other.name_key == Person.name_key) for each in (at_home, by_number)
    ]
    return union(*named)


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


def phone_is_busy(person_id: Any, case_id: Any) -> ColumnElement[bool]:
    """Whether somebody has another case in call whose person has a number of this one."""
    mine, theirs, talks = aliased(Phone), aliased(Phone), aliased(Case)
    return exists().where(
        mine.person_id == person_id,
        theirs.e164 == mine.e164,
        talks.person_id == theirs.person_id,
        talks.state == "in_call",
        talks.id != case_id,
    )


def numbers_taken(case_id: Any) -> ColumnElement[bool]:
    """Lock the numbers of a case's person until the transaction ends; false when one is locked.

    PostgreSQL only. A key of the number is locked and not its rows: each person has one of their
    own, and SKIP LOCKED would leave out those that are locked without a word.
    """
    got = select(
        func.bool_and(func.pg_try_advisory_xact_lock(func.hashtextextended(Phone.e164, 0)))
    )
    of_person = got.join(Case, Case.person_id == Phone.person_id).where(Case.id == case_id)
    return func.coalesce(of_person.scalar_subquery(), true())  # no number, none to share
