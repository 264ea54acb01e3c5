"""What still stands of people and of numbers once a call is taken back.

Every mark of a person names the call that made it (`cases.stops`), also where a file brought the
person later. What it made is replaced by what the list of stops still says: another call may have
said the same meanwhile.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, union
from sqlalchemy.orm import Session, selectinload

from energymed.base import audit
from energymed.base.context import Context
from energymed.cases.codes import PhoneStatus
from energymed.cases.models import Person, Phone
from energymed.cases.stops import MARKS, Found, Newcomer, lift_stops, look_up


def lift_marks(ctx: Context, person: Person, contact_id: int) -> None:
    """Forget what a call said of a person and their numbers, wherever they stand by now."""
    numbers = [phone.e164 for phone in person.phones]
    people = _whom_it_concerns(ctx.session, person, numbers)
    asked = [
        Newcomer(each.name_key, each.partner_id, each.customer_reference, numbers)
        for each in people
    ]
    before = look_up(ctx.session, asked, now=ctx.now)
    lift_stops(ctx.session, contact_id)
    after = look_up(ctx.session, asked, now=ctx.now)
    for each, was, stands in zip(people, before, after, strict=True):
        _mark_person(ctx, each, contact_id, stands)
        _mark_phones(ctx, each, was, stands)


def _whom_it_concerns(session: Session, person: Person, numbers: list[str]) -> Sequence[Person]:
    """Whoever has one of the numbers, the name in the same home, or the customer's reference.

    Locked: two calls of one person that are corrected at once see each other's stops lifted.
    """
    at_home = Person.household_id == person.household_id
    # a list, since nobody's reference equals none
    customer = Person.customer_reference.in_([person.customer_reference])
    ids = union(
        select(Phone.person_id).where(Phone.e164.in_(numbers)),
        select(Person.id).where(at_home, Person.name_key == person.name_key),
        select(Person.id).where(customer, Person.partner_id == person.partner_id),
    )
    statement = (
        select(Person)
        .where(Person.id.in_(ids))
        .options(selectinload(Person.phones))
        .order_by(Person.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return session.scalars(statement).all()


def _mark_person(ctx: Context, person: Person, contact_id: int, stands: Found) -> None:
    """What this call did not say of the person stays."""
    former: dict[str, Any] = {}
    left: dict[str, Any] = {}
    marks = stands.marks()
    for name, by in MARKS.items():
        if getattr(person, by) == contact_id:
            former[name] = getattr(person, name).isoformat()
            left[name] = marks[name] and marks[name].isoformat()
            setattr(person, name, marks[name])
            setattr(person, by, marks[by])
    if former:
        audit.record(ctx, "person.stops_lifted", person, before=former, after=left)


def _mark_phones(ctx: Context, person: Person, was: Found, stands: Found) -> None:
    for phone in person.phones:
        before, after = phone.status, stands.numbers.get(phone.e164, PhoneStatus.OK)
        if before == was.numbers.get(phone.e164) != after:
            phone.status = after
            audit.record(
                ctx, "phone.marked", phone, before={"status": before}, after={"status": after}
            )
