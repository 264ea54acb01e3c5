"""Promised callbacks by day and hour, beside the hours that are still free: a week at a glance."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.scope import scoped
from energymed.base.context import Context
from energymed.base.zones import at_local, local, local_date
from energymed.calling.eligibility.availability import Span
from energymed.calling.eligibility.next_slot import rules_of
from energymed.calling.eligibility.rules import NOON, callable_day, calling_hours
from energymed.calling.follow_ups.callbacks import OPEN_CALLBACK
from energymed.calling.models import FollowUp
from energymed.cases.cutoff import intervention_at
from energymed.cases.models import Case

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

    Days and hours are those of the person's place, by postal code.

    None after the intervention that a cut-off notice is about.
    """
    hours = dict(islice(_days(ctx.session, case, ctx.now), DAYS))
    promised = _promised(ctx, max(hours), case.postal_code) if hours else []
    slots_of = _Slots(ctx, case.postal_code, promised, intervention_at(case))
    lines = []
    for hour in range(24):
        slots = [slots_of.slot(day, hour, hours[day]) for day in hours]
        if any(slots):
            lines.append((hour, slots))
    return CallbackWeek(list(hours), lines)


def _days(session: Session, case: Case, now: datetime) -> Iterator[tuple[date, Sequence[Span]]]:
    """Days on which calls are made, by the rules of each; today while some of it is left."""
    code = case.postal_code
    today = local_date(now, code)
    for ahead in range(AHEAD):
        day = today + timedelta(days=ahead)
        rules = rules_of(session, case.campaign, at_local(day, NOON, code))
        spans = calling_hours(rules)
        over = day == today and all(at_local(day, end, code) <= now + HALF for _start, end in spans)
        if callable_day(rules, day, code) and not over:
            yield day, spans


Callback = tuple[datetime, int | None]  # when, and by whom


def _promised(ctx: Context, last: date, postal_code: str | None) -> Sequence[Callback]:
    """When callbacks are promised, and by whom, from now to the end of the last day."""
    until = at_local(last + timedelta(days=1), time.min, postal_code)
    statement = (
        select(FollowUp.due_at, FollowUp.assigned_to_id)
        .join(Case, Case.id == FollowUp.case_id)
        .where(OPEN_CALLBACK)
        .where(FollowUp.due_at >= ctx.now - timedelta(hours=1), FollowUp.due_at < until)
    )
    rows = ctx.session.execute(scoped(statement, Case, ctx.actor)).all()
    return [(at, user_id) for at, user_id in rows]


@dataclass(frozen=True, slots=True)
class _Slots:
    """The slots of a week at one place; `end` is when a callback has no point any more."""

    ctx: Context
    postal_code: str | None
    promised: Sequence[Callback]
    end: datetime | None

    def slot(self, day: date, hour: int, spans: Sequence[Span]) -> Slot | None:
        """The free half of an hour, or the one with fewer promises; None outside the hours."""
        halves = [
            at_local(day, start, self.postal_code)
            for start in (time(hour), time(hour, 30))
            if any(begins <= start < ends for begins, ends in spans)
        ]
        halves = [at for at in halves if at >= self.ctx.now and (not self.end or at < self.end)]
        if not halves:
            return None
        clocks = [(local(at, self.postal_code), user_id) for at, user_id in self.promised]
        within = [(at, who) for at, who in clocks if at.date() == day and at.hour == hour]
        taken = Counter(at.minute >= 30 for at, who in within if who == self.ctx.actor.user_id)
        at = min(halves, key=lambda half: (taken[half.minute >= 30], half))
        return Slot(at, sum(taken.values()), len(within))
