"""Whom a line speaks of, and whether that may be another person than the case's own."""

from energymed.cases.holders import Home, Likeness
from energymed.cases.known_people import Identity, Known
from energymed.cases.people import People
from energymed.intake.importing.known_cases import KnownCase
from energymed.intake.rows import CleanRow


def identity(row: CleanRow) -> Identity:
    """What the line says of the person."""
    return Identity(
        last_name=row.last_name,
        first_name=row.first_name,
        civility=row.civility,
        customer_reference=row.customer_reference,
        email=row.email,
        phones=row.phones,
        phone_remarks=row.phone_remarks,
        home=Home(row.address, row.postal_code),
    )


def is_doubtful(said: Identity, person: Known, case: KnownCase, people: People) -> bool:
    """Whether a line of this case may speak of another person than its own."""
    values = person.values
    if said.last_name == values["last_name"] and said.first_name in (None, values["first_name"]):
        return False
    if said.name_key == person.name_key:
        return False
    if case.home not in person.homes:
        person.homes.append(case.home)
    return people.likeness(said, person) != Likeness.SAME
