"""Moments to come, by the rules of the day on which they fall: a rule may change before then."""

from datetime import datetime

from sqlalchemy.orm import Session

from energymed.base.clock import paris_date
from energymed.calling.rules import Callee, next_allowed
from energymed.cases.models import Case
from energymed.partners.rulebook import CallingRules, load_calling_rules

TRIES = 10  # changes of rules on the way


def rules_of_day(session: Session, case: Case, at: datetime) -> CallingRules:
    """The rules of the case's campaign that hold on the day of `at`."""
    return load_calling_rules(
        session, paris_date(at), partner_id=case.partner_id, kind=case.campaign_kind
    )


def next_in_its_rules(
    session: Session, case: Case, callee: Callee, after: datetime | None
) -> datetime | None:
    """The first moment from `after` on that the rules of its own day allow; None: never."""
    at = after
    for _change in range(TRIES):
        if at is None:
            return None
        found = next_allowed(rules_of_day(session, case, at), callee, at)
        if found == at:
            return at
        at = found
    return at
