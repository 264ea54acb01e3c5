"""What still stands of people and of numbers once a call is taken back.

Every mark is what the list of stops says (`cases.stops`), whether a call made it or a file that
named the person later. So the list is asked again, rather than what this one call did: another
call may have said the same meanwhile, and a file may have brought rows that the call never saw.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select, union
from sqlalchemy.orm import Session, selectinload

from energymed.base import audit
from energymed.base.context import Context
from energymed.cases.codes import PhoneStatus
from energymed.cases.models import Person, Phone
from energymed.cases.stops import Found, Newcomer, lift_stops, look_up

MARKS = ("opposed_at", "deceased_at", "rests_until")


def take_back_stops(
    ctx: Context, person: Person, contact_id: int, said: Collection[date]
) -> list[Person]:
    """Forget what a call said of a person and their numbers, wherever they stand by now.

    Args:
        said: what the call itself wrote on people: an instant, the end of a rest.

    Returns:
        Those who were never to be called and may be called again.
    """
    numbers = [phone.e164 for phone in person.phones]
    people = _whom_it_concerns(ctx.session, person, numbers)
    asked = [
        Newcomer(each.name_key, each.partner_id, each.customer_reference, numbers)
        for each in people
    ]
    before = look_up(ctx.session, asked, now=ctx.now)
    lift_stops(ctx.session, contact_id)
    after = look_up(ctx.session, asked, now=ctx.now)
    freed = []
    for each, was, stands in zip(people, before, after, strict=True):
        stopped = each.opposed_at or each.deceased_at
        _mark_person(ctx, each, was, stands, said)
        _mark_phones(ctx, each, was, stands)
        if stopped and not (each.opposed_at or each.deceased_at):
            freed.append(each)
    return freed


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


def _mark_person(
    ctx: Context, person: Person, was: Found, stands: Found, said: Collection[date]
) -> None:
    """What neither the list nor this call said of the person stays."""
    former: dict[str, Any] = {}
    for name in MARKS:
        mark, value = getattr(person, name), getattr(stands, name)
        if mark != value and mark in (getattr(was, name), *said):
            former[name] = mark.isoformat()
            setattr(person, name, value)
    if former:
        left = {name: getattr(person, name) for name in former}
        audit.record(
            ctx,
            "person.stops_lifted",
            person,
            before=former,
            after={name: value and value.isoformat() for name, value in left.items()},
        )


def _mark_phones(ctx: Context, person: Person, was: Found, stands: Found) -> None:
    for phone in person.phones:
        before, after = phone.status, stands.numbers.get(phone.e164, "ok")
        if before == was.numbers.get(phone.e164) != after:
            phone.status = PhoneStatus(after)
            audit.record(
                ctx, "phone.marked", phone, before={"status": before}, after={"status": after}
            )
