"""What a call is, and what an attempt to reach somebody is: two notions, said once each.

A *call* is an outbound call that was made: any result but a technical incident (DOMAIN §11,
`calls_out`). An *attempt* is a call that counts towards the limits of §8: a wrong or dead number
tells nothing of the person. The results say which they are (`partners.result_rules`, `counts`).

What is crossed out is neither, nor is a part of a conversation about several cases of a person
(`Contact.call_of_id`): that conversation is one call, on the case that was dialled.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, Select, and_, bindparam, select
from sqlalchemy.orm import Session

from energymed.base.db import UTCDateTime, read_rows
from energymed.base.db.as_of import stands
from energymed.calling.codes import Channel
from energymed.calling.eligibility.rules import Attempt
from energymed.calling.eligibility.same_person import same_people
from energymed.calling.models import Contact
from energymed.cases.models import Person
from energymed.partners.codes import ResultCode
from energymed.partners.result_rules import RESULT_RULES

LOOK_BACK = 366  # days; longer than any period or gap of the rules
COUNTED = tuple(ResultCode(code) for code, rule in RESULT_RULES.items() if rule.counts)


def took_place(as_of: datetime | None = None) -> ColumnElement[bool]:
    """Condition on `Contact`, any channel: not crossed out, and no technical incident.

    Args:
        as_of: as was known at this instant.
    """
    return and_(stands(Contact, as_of), Contact.result.is_distinct_from(ResultCode.TECHNICAL))


def is_call(as_of: datetime | None = None) -> ColumnElement[bool]:
    """Condition on `Contact`: an outbound call that was made."""
    return and_(
        took_place(as_of), Contact.channel == Channel.CALL_OUT, Contact.call_of_id.is_(None)
    )


def is_attempt() -> ColumnElement[bool]:
    """Condition on `Contact`: a call that counts as an attempt to reach the person."""
    return and_(is_call(), Contact.result.in_(COUNTED))


def recent_attempts(
    session: Session, person_ids: Iterable[int], now: datetime, *, days: int = LOOK_BACK
) -> dict[int, tuple[Attempt, ...]]:
    """The attempts to reach the given people, oldest first, in one query.

    Those about another partner's case, or from another site, count too: it is the same person whose
    phone rings.
    """
    found: dict[int, list[Attempt]] = {}
    values = {"people": list(person_ids), "since": now - timedelta(days=days)}
    for person_id, at, result in read_rows(session, _recent_attempts(), values):
        found.setdefault(person_id, []).append(Attempt(at, result))
    return {person_id: tuple(attempts) for person_id, attempts in found.items()}


@cache
def _recent_attempts() -> Select[int, datetime, ResultCode | None]:
    same = same_people(Person.id.in_(bindparam("people", expanding=True))).subquery()
    return (
        select(same.c.one, Contact.started_at, Contact.result)
        .join(Contact, Contact.person_id == same.c.other)
        .where(is_attempt())
        .where(Contact.started_at > bindparam("since", type_=UTCDateTime()))
        .order_by(Contact.started_at)
    )
