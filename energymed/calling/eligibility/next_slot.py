"""Moments to come, by the rules of the day on which they fall: a rule may change before then."""

from datetime import datetime

from sqlalchemy.orm import Session

from energymed.base.clock import paris_date
from energymed.calling.eligibility.rules import Callee, next_allowed
from energymed.partners.rulebook import CallingRules, load_calling_rules

TRIES = 10  # changes of rules on the way
Campaign = tuple[int, str]  # partner and mission


def rules_of_day(session: Session, campaign: Campaign, at: datetime) -> CallingRules:
    """The rules of a campaign that hold on the day of `at`."""
    partner_id, kind = campaign
    return load_calling_rules(session, paris_date(at), partner_id=partner_id, kind=kind)


def next_in_its_rules(
    session: Session, campaign: Campaign, callee: Callee, after: datetime | None
) -> datetime | None:
    """The first moment from `after` on that the rules of its own day allow; None: never."""
    at = after
    for _change in range(TRIES):
        if at is None:
            return None
        found = next_allowed(rules_of_day(session, campaign, at), callee, at)
        if found == at:
            return at
        at = found
    return at
