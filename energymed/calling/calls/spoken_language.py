"""The language that a person speaks: what the last call said that found no words in common.

Nothing else says it, so that the calls on file tell what it was before. The trail names the call
only: what somebody speaks is told in free words, which it never holds.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.actor import Actor
from energymed.base import audit
from energymed.calling.models import Contact
from energymed.cases.models import Person

RESULT = "language_barrier"


def speaks(
    session: Session, actor: Actor, person: Person, call: Contact | None, *, now: datetime
) -> None:
    """Note the language that this call says; no call says none."""
    person.language = call.details.get("language") if call else None
    said_by = {"contact": call.id} if call else None
    audit.record(session, actor, "person.language", person, now=now, after=said_by)


def speaks_as_before(
    session: Session, actor: Actor, person: Person, corrected: Contact, *, now: datetime
) -> None:
    """Note what the last other call said, unless it is another language by now."""
    if corrected.result != RESULT or person.language != corrected.details.get("language"):
        return
    others = (
        select(Contact)
        .where(Contact.person_id == person.id, Contact.result == RESULT)
        .where(Contact.id != corrected.id, Contact.voided_at.is_(None))
        .order_by(Contact.id.desc())
    )
    speaks(session, actor, person, session.scalar(others.limit(1)), now=now)
