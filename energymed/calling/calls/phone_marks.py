"""Marking numbers that are not dialled any more, at once and in files to come."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select

from energymed.base import audit
from energymed.base.context import Context
from energymed.cases.codes import PhoneStatus
from energymed.cases.models import Person, Phone
from energymed.cases.stops import note_numbers


def not_theirs(ctx: Context, person: Person, phone: Phone) -> None:
    """That number is never dialled for this person again, in whichever file they are."""
    named = select(Person.id).where(Person.name_key == person.name_key)
    theirs = (Phone.person_id.in_(named), Phone.status == PhoneStatus.OK)
    _mark(ctx, PhoneStatus.WRONG, person, [phone.e164], *theirs)


def out_of_service(ctx: Context, person: Person, phone: Phone) -> None:
    """That number is dialled for nobody; it says more than a wrong one, as in a later file."""
    less = Phone.status.in_((PhoneStatus.OK, PhoneStatus.WRONG))
    _mark(ctx, PhoneStatus.INVALID, person, [phone.e164], less)


def never_again(ctx: Context, person: Person) -> None:
    """A permanent stop on the person's numbers, whoever else has them."""
    numbers = [phone.e164 for phone in person.phones]
    _mark(ctx, PhoneStatus.OPPOSED, person, numbers, Phone.status != PhoneStatus.OPPOSED)


def _mark(
    ctx: Context,
    status: PhoneStatus,
    person: Person,
    numbers: Sequence[str],
    *which: ColumnElement[bool],
) -> None:
    """Give these numbers a status, on whomever `which` holds."""
    same = select(Phone).where(Phone.e164.in_(numbers), *which).order_by(Phone.id)
    for phone in ctx.session.scalars(same).all():
        before, phone.status = phone.status, status
        audit.record(
            ctx, "phone.marked", phone, before={"status": before}, after={"status": status}
        )
    note_numbers(ctx, status, person, numbers)
