"""Noting when a person wishes to be called."""

from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.calling.eligibility.availability import Wishes, check_wishes
from energymed.calling.eligibility.rules import calling_hours
from energymed.calling.eligibility.same_person import everywhere
from energymed.cases.models import Case, Person
from energymed.cases.queries import get_case
from energymed.partners.rulebook import load_calling_rules


def note_wishes(ctx: Context, case_id: int, wishes: Wishes) -> bool:
    """Keep the wishes of the case's person, for whichever partner; False when they were known.

    Raises:
        BadInput: they leave no time at which calls are made; `params["field"]`.
        NotFound: not the actor's to see.
    """
    case = get_case(ctx, case_id, lock=True)
    people, after = check_note(ctx, case, wishes), wishes.kept()
    for person in people:
        before, person.wishes = person.wishes, after
        audit.record(ctx, "person.wishes", person, before=before, after=after)
    ctx.session.flush()
    return bool(people)


def check_note(ctx: Context, case: Case, wishes: Wishes) -> list[Person]:
    """Whose wishes `note_wishes` changes; refuses what it would refuse, writing nothing."""
    after = wishes.kept()
    if after is None and case.person.wishes is None:
        return []
    people = [one for one in everywhere(ctx.session, case.person) if one.wishes != after]
    if people:
        rules = load_calling_rules(
            ctx.session, paris_date(ctx.now), partner_id=case.partner_id, kind=case.campaign_kind
        )
        check_wishes(wishes, calling_hours(rules), rules.weekdays)
    return people
