"""The next moment at which somebody may be called, by the rules of the day on which it falls.

Rules are rows with dates: they may change before then.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from energymed.base.clock import paris_date
from energymed.calling.eligibility.rules import Callee, next_allowed
from energymed.partners.rulebook import CallingRules, load_calling_rules

MOST_CHANGES = 10  # of the rules, on the way
Campaign = tuple[int, str]  # partner and mission: `Case.campaign`


def rules_of(session: Session, campaign: Campaign, at: datetime) -> CallingRules:
    """The calling rules of a campaign on the day of `at`."""
    partner_id, kind = campaign
    return load_calling_rules(session, paris_date(at), partner_id=partner_id, kind=kind)


def next_slot(
    session: Session, campaign: Campaign, callee: Callee, after: datetime | None
) -> datetime | None:
    """The first moment from `after` on that the rules of its own day allow; None: never."""
    at = after
    for _change in range(MOST_CHANGES):
        if at is None:
            return None
        allowed = next_allowed(rules_of(session, campaign, at), callee, at)
        if allowed == at:
            return at
        at = allowed
    return at
