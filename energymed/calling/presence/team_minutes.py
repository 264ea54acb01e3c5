"""How long a team was not there for calls on a day, by what it did. Of a team, never of a person.

A figure is told only where three people or more are in it: of fewer, one could be told apart. No
sum is told beside them, from which a figure left out could be worked out.
"""

from collections import defaultdict
from datetime import date, timedelta

from sqlalchemy import or_, select

from energymed.accounts.models import User
from energymed.accounts.scope import scoped
from energymed.base.clock import day_bounds
from energymed.base.context import Context
from energymed.calling.codes import PresenceState
from energymed.calling.models import Presence

FEWEST = 3


def team_minutes(ctx: Context, day: date) -> dict[PresenceState, int]:
    """Minutes of a day by state, of everybody of the actor's site; up to now on the day itself."""
    start, end = day_bounds(day)
    until = min(end, ctx.now)
    statement = (
        select(Presence.user_id, Presence.state, Presence.since, Presence.until)
        .join(User, User.id == Presence.user_id)
        .where(Presence.since < until)
        .where(or_(Presence.until.is_(None), Presence.until > start))
    )
    spent: dict[PresenceState, timedelta] = defaultdict(timedelta)
    who: dict[PresenceState, set[int]] = defaultdict(set)
    for user_id, state, since, ended in ctx.session.execute(scoped(statement, User, ctx.actor)):
        spent[state] += min(ended or until, until) - max(since, start)
        who[state].add(user_id)
    return {
        state: round(spent[state] / timedelta(minutes=1))
        for state in PresenceState
        if len(who[state]) >= FEWEST
    }
