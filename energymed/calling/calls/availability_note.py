"""Noting when a person wishes to be called."""

from energymed.base import audit
from energymed.base.context import Context
from energymed.calling.eligibility.availability import Availability, check_availability
from energymed.calling.eligibility.next_slot import rules_of
from energymed.calling.eligibility.rules import calling_hours
from energymed.calling.eligibility.same_person import everywhere
from energymed.cases.models import Case, Person
from energymed.cases.queries import get_case


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
