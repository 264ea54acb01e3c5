"""Promised callbacks by day and hour, beside the hours that are still free: a week at a glance."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.scope import scoped
from energymed.base.clock import at_paris, paris, paris_date
from energymed.base.context import Actor, Context
from energymed.calling.eligibility.availability import Span
from energymed.calling.eligibility.next_slot import rules_of
from energymed.calling.eligibility.rules import NOON, callable_day, calling_hours
from energymed.calling.follow_ups.callbacks import OPEN_CALLBACK
from energymed.calling.models import FollowUp
from energymed.cases.cutoff import scheduled_at
from energymed.cases.models import Case
from energymed.partners.codes import CampaignKind

DAYS, AHEAD = 5, 60
HALF = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Slot:
    """One hour of one day: the moment that it offers, and who promised how much in it already."""

    at: datetime
    mine: int
    team: int


@dataclass(frozen=True, slots=True)
class CallbackWeek:
    """The next days on which calls are made; a line for each hour, None where nobody calls."""

    days: list[date]
    lines: list[tuple[int, list[Slot | None]]]


def callback_week(ctx: Context, case: Case) -> CallbackWeek:
    """The hours at which a callback on this case may be promised, the half-hour that runs apart.

    None after the intervention that a cut-off notice is about.
    """
    hours = dict(islice(_days(ctx.session, case, ctx.now), DAYS))
    promised = _promised(ctx, max(hours)) if hours else []
    end = _end(case)
    lines = []
    for hour in range(24):
        slots = [_slot(day, hour, hours[day], promised, ctx.actor, ctx.now, end) for day in hours]
        if any(slots):
            lines.append((hour, slots))
    return CallbackWeek(list(hours), lines)


def _days(session: Session, case: Case, now: datetime) -> Iterator[tuple[date, Sequence[Span]]]:
    """Days on which calls are made, by the rules of each; today while some of it is left."""
    today = paris_date(now)
    for ahead in range(AHEAD):
        day = today + timedelta(days=ahead)
        rules = rules_of(session, case.campaign, at_paris(day, NOON))
        spans = calling_hours(rules)
        over = day == today and all(at_paris(day, end) <= now + HALF for _start, end in spans)
        if callable_day(rules, day, case.postal_code) and not over:
            yield day, spans


def _end(case: Case) -> datetime | None:
    """When a callback has no point any more: the intervention that the mission is about."""
    if case.campaign_kind != CampaignKind.CUTOFF_NOTICE or case.cutoff_date is None:
        return None
    return scheduled_at(case.cutoff_date, case.cutoff_slot)


Callback = tuple[datetime, int | None]  # when, and by whom


def _promised(ctx: Context, last: date) -> Sequence[Callback]:
    """When callbacks are promised, and by whom, from now to the end of the last day."""
    until = at_paris(last + timedelta(days=1), time.min)
    statement = (
        select(FollowUp.due_at, FollowUp.assigned_to_id)
        .join(Case, Case.id == FollowUp.case_id)
        .where(OPEN_CALLBACK)
        .where(FollowUp.due_at >= ctx.now - timedelta(hours=1), FollowUp.due_at < until)
    )
    rows = ctx.session.execute(scoped(statement, Case, ctx.actor)).all()
    return [(at, user_id) for at, user_id in rows]


def _slot(
    day: date,
    hour: int,
    spans: Sequence[tuple[time, time]],
    promised: Sequence[Callback],
    actor: Actor,
    now: datetime,
    end: datetime | None,
) -> Slot | None:
    """The free half of an hour, or the one with fewer promises; None outside the hours."""
    halves = [
        at_paris(day, start)
        for start in (time(hour), time(hour, 30))
        if any(begins <= start < ends for begins, ends in spans)
    ]
    halves = [at for at in halves if at >= now and (end is None or at < end)]
    if not halves:
        return None
    within = [
        (at, user_id)
        for at, user_id in promised
        if paris(at).date() == day and paris(at).hour == hour
    ]
    taken = Counter(paris(at).minute >= 30 for at, user_id in within if user_id == actor.user_id)
    at = min(halves, key=lambda half: (taken[paris(half).minute >= 30], half))
    return Slot(at, sum(taken.values()), len(within))
