"""What a call tells of a person and their numbers: noted wherever they stand, and taken back.

Every mark of a person names the call that made it (`cases.stops`), also where a file brought the
person later. What a call that is taken back made is replaced by what the list of stops still says:
another call may have said the same meanwhile.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, select, union
from sqlalchemy.orm import Session, selectinload

from energymed.base import audit
from energymed.base.context import Context
from energymed.calling.eligibility.availability import Availability, check_availability
from energymed.calling.eligibility.next_slot import rules_of
from energymed.calling.eligibility.rules import calling_hours
from energymed.calling.eligibility.same_person import everywhere
from energymed.calling.models import Contact
from energymed.cases.codes import PhoneStatus
from energymed.cases.models import Case, Person, Phone
from energymed.cases.queries import get_case
from energymed.cases.stops import MARKS, Found, Newcomer, lift_stops, look_up, note_numbers
from energymed.partners.codes import ResultCode


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
    """A permanent stop on the person's numbers, whoever else has them; strangers' are left alone.

    A number that many share is not kept as opposed: the person is, by name (`note_person`).
    """
    numbers = [phone.e164 for phone in person.phones if phone.links]
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


def speaks(ctx: Context, person: Person, call: Contact | None) -> None:
    """Note the language that this call says; no call says none.

    The trail names the call only: what somebody speaks is told in free words, which it never holds.
    """
    person.language = call.details.get("language") if call else None
    said_by = {"contact": call.id} if call else None
    audit.record(ctx, "person.language", person, after=said_by)


def speaks_as_before(ctx: Context, person: Person, corrected: Contact) -> None:
    """Note what the last other call said, unless it is another language by now."""
    if corrected.result != ResultCode.LANGUAGE_BARRIER or person.language != corrected.details.get(
        "language"
    ):
        return
    others = (
        select(Contact)
        .where(Contact.person_id == person.id, Contact.result == ResultCode.LANGUAGE_BARRIER)
        .where(Contact.id != corrected.id, Contact.voided_at.is_(None))
        .order_by(Contact.id.desc())
    )
    speaks(ctx, person, ctx.session.scalar(others.limit(1)))


def note_availability(ctx: Context, case_id: int, availability: Availability) -> bool:
    """Keep when the case's person may be called, for whichever partner; False when it was known.

    Raises:
        BadInput: it leaves no time at which calls are made; `params["field"]`.
        NotFound: not the actor's to see.
    """
    case = get_case(ctx, case_id, lock=True)
    people, after = check_note(ctx, case, availability), availability.kept()
    for person in people:
        before, person.availability = person.availability, after
        audit.record(ctx, "person.wishes", person, before=before, after=after)
    ctx.session.flush()
    return bool(people)


def check_note(ctx: Context, case: Case, availability: Availability) -> list[Person]:
    """Whom `note_availability` changes; refuses what it would refuse, writing nothing."""
    after = availability.kept()
    if after is None and case.person.availability is None:
        return []
    people = [row for row in everywhere(ctx.session, case.person) if row.availability != after]
    if people:
        rules = rules_of(ctx.session, case.campaign, ctx.now)
        check_availability(availability, calling_hours(rules), rules.weekdays)
    return people


def lift_marks(ctx: Context, person: Person, contact_id: int) -> None:
    """Forget what a call said of a person and their numbers, wherever they stand by now."""
    numbers = [phone.e164 for phone in person.phones]
    people = _whom_it_concerns(ctx.session, person, numbers)
    asked = [
        Newcomer(each.name_key, each.partner_id, each.customer_reference, numbers)
        for each in people
    ]
    silent = [phone.e164 for phone in person.phones if not phone.links]
    before = look_up(ctx.session, asked, now=ctx.now, silent=silent)
    lift_stops(ctx.session, contact_id)
    after = look_up(ctx.session, asked, now=ctx.now, silent=silent)
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
