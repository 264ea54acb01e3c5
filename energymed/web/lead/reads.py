"""Reads of the lead's desk that narrow a room's own selects by what a page filters on."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from energymed.accounts.models import User
from energymed.accounts.scope import scoped
from energymed.base.context import Context
from energymed.base.db.list_query import ListQuery
from energymed.calling.assignment.cover import needs_cover
from energymed.calling.assignment.transfer import WITH_SOMEBODY
from energymed.cases.codes import CaseState
from energymed.cases.models import Case, Person
from energymed.cases.queries import SORTS
from energymed.cases.search import searched


def loads(ctx: Context) -> dict[int, int]:
    """{user: cases that wait for them}, of the actor's site."""
    statement = (
        scoped(select(Case.assigned_to_id, func.count()), Case, ctx.actor)
        .where(Case.assigned_to_id.is_not(None), Case.state.in_(WITH_SOMEBODY))
        .group_by(Case.assigned_to_id)
    )
    rows = ctx.session.execute(statement)
    return {user_id: count for user_id, count in rows if user_id is not None}


def holders(ctx: Context) -> list[tuple[User, int]]:
    """Whoever has cases to pass on at the actor's site, by name; closed accounts too."""
    counted = (
        scoped(select(Case.assigned_to_id, func.count().label("cases")), Case, ctx.actor)
        .where(Case.assigned_to_id.is_not(None), needs_cover())
        .group_by(Case.assigned_to_id)
        .subquery()
    )
    rows = ctx.session.execute(
        select(User, counted.c.cases)
        .join(counted, counted.c.assigned_to_id == User.id)
        .order_by(User.name, User.id)
    )
    return [(row[0], row[1]) for row in rows]


def held_cases(ctx: Context, user_id: int, text: str = "", sort: str = "") -> Select[Case]:
    """The cases that wait for this user, by next action then reference.

    Args:
        text: what is searched for in them.
        sort: another order, one of `HELD.sorts`, with a minus for descending.
    """
    statement = (
        scoped(select(Case), Case, ctx.actor)
        .join(Person, Person.id == Case.person_id)
        .where(Case.assigned_to_id == user_id, Case.state.in_(WITH_SOMEBODY))
        .options(contains_eager(Case.person), joinedload(Case.partner, innerjoin=True))
    )
    return searched(ctx, HELD.order(statement, sort), text)


HELD = ListQuery(
    sorts=SORTS,
    otherwise=(Case.next_action_at.nulls_last(), Case.reference),
    ties=(Case.id,),
)


def unassigned_count(ctx: Context) -> int:
    """How many cases of the actor's site have no mediator yet."""
    statement = scoped(select(func.count(Case.id)), Case, ctx.actor).where(
        Case.state == CaseState.TO_ASSIGN
    )
    return ctx.session.scalar(statement) or 0
