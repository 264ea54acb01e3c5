"""Who opened whose page: told to the audit trail once per person, user and day."""

from datetime import date

from sqlalchemy import Table, delete
from sqlalchemy.orm import Session

from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.db.adding import inserting
from energymed.cases.models import Person
from energymed.cases.person_models import PersonOpening


def note_opening(ctx: Context, person_id: int) -> bool:
    """Record that the actor reads what is known of a person, unless it was recorded today.

    Returns:
        True when it was the first time today.
    """
    user_id, day = ctx.actor.user_id, paris_date(ctx.now)
    if user_id is None or not _first_today(ctx.session, user_id, day, person_id):
        return False
    ctx.session.execute(
        delete(PersonOpening).where(PersonOpening.user_id == user_id, PersonOpening.day < day)
    )
    audit.record_of(ctx, "person.opened", Person, person_id)
    return True


def opened_today(ctx: Context, person_id: int) -> bool:
    """Whether the trail has today's opening by the actor; asked before a write is begun."""
    key = (ctx.actor.user_id, paris_date(ctx.now), person_id)
    return ctx.session.get(PersonOpening, key) is not None


def _first_today(session: Session, user_id: int, day: date, person_id: int) -> bool:
    table = PersonOpening.__table__
    assert isinstance(table, Table)
    row = {"user_id": user_id, "day": day, "person_id": person_id}
    statement = inserting(session, table).values(row).on_conflict_do_nothing()
    return session.execute(statement.returning(table.c.person_id)).first() is not None
