"""The language that a person speaks: what the last call said that found no words in common.

Nothing else says it, so that the calls on file tell what it was before. The trail names the call
only: what somebody speaks is told in free words, which it never holds.
"""

from sqlalchemy import select

from energymed.base import audit
from energymed.base.context import Context
from energymed.calling.models import Contact
from energymed.cases.models import Person

RESULT = "language_barrier"


def speaks(ctx: Context, person: Person, call: Contact | None) -> None:
    """Note the language that this call says; no call says none."""
    person.language = call.details.get("language") if call else None
    said_by = {"contact": call.id} if call else None
    audit.record(ctx, "person.language", person, after=said_by)


def speaks_as_before(ctx: Context, person: Person, corrected: Contact) -> None:
    """Note what the last other call said, unless it is another language by now."""
    if corrected.result != RESULT or person.language != corrected.details.get("language"):
        return
    others = (
        select(Contact)
        .where(Contact.person_id == person.id, Contact.result == RESULT)
        .where(Contact.id != corrected.id, Contact.voided_at.is_(None))
        .order_by(Contact.id.desc())
    )
    speaks(ctx, person, ctx.session.scalar(others.limit(1)))
