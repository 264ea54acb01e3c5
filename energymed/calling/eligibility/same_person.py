"""When two rows of people are one person, and whose phone rings at the same time."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true, union
from sqlalchemy.orm import Session, aliased

from energymed.accounts.models import User
from energymed.cases.codes import CaseState
from energymed.cases.models import Case, Person, Phone


def same_people(people: ColumnElement[bool]) -> Any:
    """Pairs (`one`, `other`) of ids: every row that is the person of the rows that are asked for.

    One name, and a home or a number shared: the second also at another site, where homes differ.
    A number of many strangers tells nothing (`cases.silent_numbers`). A select, to be made a
    subquery; each half goes by indexes of its own.
    """
    other, mine, theirs = aliased(Person), aliased(Phone), aliased(Phone)
    pairs = select(Person.id.label("one"), other.id.label("other")).where(people)
    at_home = pairs.join(other, other.household_id == Person.household_id)
    by_number = (
        pairs.join(mine, and_(mine.person_id == Person.id, mine.links))
        .join(theirs, theirs.e164 == mine.e164)
        .join(other, other.id == theirs.person_id)
    )
    namesake = other.name_key == Person.name_key
    return union(at_home.where(namesake), by_number.where(namesake))


def everywhere(session: Session, person: Person) -> Sequence[Person]:
    """All rows of this person, at every site and partner: one name, and a home or number shared.

    For what must hold everywhere at once; never to show one partner's or site's data to another.
    """
    numbers = [phone.e164 for phone in person.phones if phone.links]
    shares = exists().where(Phone.person_id == Person.id, Phone.e164.in_(numbers))
    statement = (
        select(Person)
        .where(Person.name_key == person.name_key)
        .where(or_(Person.household_id == person.household_id, shares))
        .order_by(Person.id)
    )
    return session.scalars(statement).all()


def person_is_busy(household_id: Any, person_id: Any, case_id: Any) -> ColumnElement[bool]:
    """Whether somebody of the household, or of a number of the person, is on the phone.

    About another case than this one; the person of a number may be known to another site. Also by
    a number of many strangers: it rings at one place.
    """
    person, mine, theirs = aliased(Person), aliased(Phone), aliased(Phone)
    at_home, by_number = aliased(Case), aliased(Case)
    return or_(
        exists().where(_in_call(household_id, person, at_home), at_home.id != case_id),
        exists().where(
            mine.person_id == person_id,
            theirs.e164 == mine.e164,
            by_number.person_id == theirs.person_id,
            by_number.state == CaseState.IN_CALL,
            by_number.id != case_id,
        ),
    )


def who_talks_with(session: Session, household_id: int) -> str | None:
    """The name of whoever has somebody of the household in call at this moment."""
    return session.scalar(
        select(User.name)
        .join(Case, Case.claimed_by_id == User.id)
        .join(Person, Person.id == Case.person_id)
        .where(_in_call(household_id, Person, Case))
        .limit(1)
    )


def _in_call(household_id: Any, person: Any, case: Any) -> ColumnElement[bool]:
    """That case is in call, and its person of the household."""
    return and_(
        person.household_id == household_id,
        case.person_id == person.id,
        case.state == CaseState.IN_CALL,
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
