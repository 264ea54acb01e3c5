"""Reads of the lead's desk that narrow a room's own selects by what a page filters on."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from energymed.accounts.actor import Actor
from energymed.accounts.models import User
from energymed.accounts.scope import scoped
from energymed.calling.giving import WITH_SOMEBODY
from energymed.cases.models import Case


def loads(session: Session, actor: Actor) -> dict[int, int]:
    """{user: cases that wait for them}, of the actor's site."""
    return {user.id: count for user, count in holders(session, actor)}


def holders(session: Session, actor: Actor) -> list[tuple[User, int]]:
    """Whoever holds waiting cases of the actor's site, by name; closed accounts too."""
    counted = (
        scoped(select(Case.assigned_to_id, func.count().label("cases")), Case, actor)
        .where(Case.assigned_to_id.is_not(None), Case.state.in_(WITH_SOMEBODY))
        .group_by(Case.assigned_to_id)
        .subquery()
    )
    rows = session.execute(
        select(User, counted.c.cases)
        .join(counted, counted.c.assigned_to_id == User.id)
        .order_by(User.name, User.id)
    )
    return [(row[0], row[1]) for row in rows]


def held_cases(actor: Actor, user_id: int) -> Select[Case]:
    """The cases that wait for this user, by next action then reference."""
    return (
        scoped(select(Case), Case, actor)
        .where(Case.assigned_to_id == user_id, Case.state.in_(WITH_SOMEBODY))
        .options(joinedload(Case.person, innerjoin=True), joinedload(Case.partner, innerjoin=True))
        .order_by(Case.next_action_at.is_(None), Case.next_action_at, Case.reference, Case.id)
    )


def unassigned_count(session: Session, actor: Actor) -> int:
    """How many cases of the actor's site have no mediator yet."""
    statement = scoped(select(func.count(Case.id)), Case, actor).where(Case.state == "to_assign")
    return session.scalar(statement) or 0
