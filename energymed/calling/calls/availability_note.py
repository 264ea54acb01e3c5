"""Noting when a person wishes to be called."""

from datetime import datetime

from sqlalchemy.orm import Session

from energymed.accounts.actor import Actor
from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.calling.eligibility.availability import Wishes, check_wishes
from energymed.calling.eligibility.rules import calling_hours
from energymed.calling.eligibility.same_person import everywhere
from energymed.cases.queries import get_case
from energymed.partners.rulebook import load_calling_rules


def note_wishes(
    session: Session, actor: Actor, case_id: int, wishes: Wishes, *, now: datetime
) -> bool:
    """Keep the wishes of the case's person, for whichever partner; False when they were known.

    Raises:
        BadInput: they leave no time at which calls are made; `params["field"]`.
        NotFound: not the actor's to see.
    """
    case = get_case(session, actor, case_id, lock=True)
    after = wishes.kept()
    if after is None and case.person.wishes is None:
        return False
    others = [one for one in everywhere(session, case.person) if one.wishes != after]
    if not others:
        return False
    rules = load_calling_rules(
        session, paris_date(now), partner_id=case.partner_id, kind=case.campaign_kind
    )
    check_wishes(wishes, calling_hours(rules), rules.weekdays)
    for person in others:
        before, person.wishes = person.wishes, after
        audit.record(session, actor, "person.wishes", person, now=now, before=before, after=after)
    session.flush()
    return True
