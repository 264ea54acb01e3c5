"""Promised callbacks by day and hour, beside the hours that are still free: a week at a glance."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.actor import Actor
from energymed.accounts.scope import scoped
from energymed.base.clock import at_paris, paris, paris_date
from energymed.calling.models import FollowUp
from energymed.calling.rules import SEARCH_DAYS, callable_day, calling_hours
from energymed.cases.cutoff import scheduled_at
from energymed.cases.models import Case
from energymed.partners.rulebook import CallingRules, load_calling_rules

DAYS = 5
HALF = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Slot:
    """One hour of one day: the moment that it offers, and who promised how much in it already."""

    at: datetime
    mine: int
    team: int


@dataclass(frozen=True, slots=True)
class Agenda:
    """The next days on which calls are made; a line for each hour, None where nobody calls."""

    days: list[date]
    lines: list[tuple[int, list[Slot | None]]]


def agenda(session: Session, actor: Actor, case: Case, *, now: datetime) -> Agenda:
    """The hours at which a callback on this case may be promised, the half-hour that runs apart.

    None after the intervention that a cut-off notice is about.
    """
    rules = load_calling_rules(
        session, paris_date(now), partner_id=case.partner_id, kind=case.campaign_kind
    )
    spans = calling_hours(rules)
    over = all(at_paris(paris_date(now), end) <= now + HALF for _start, end in spans)
    first = paris_date(now) + timedelta(days=over)  # today only while there is some of it left
    days = list(_days(rules, first, case.postal_code))
    promised = _promised(session, actor, now, days[-1]) if days else []
    end = _end(case)
    lines = []
    for hour in range(24):
        slots = [_slot(day, hour, spans, promised, actor, now, end) for day in days]
        if any(slots):
            lines.append((hour, slots))
    return Agenda(days, lines)


def _days(rules: CallingRules, first: date, postal_code: str | None) -> Iterator[date]:
    found = 0
    for ahead in range(SEARCH_DAYS):
        day = first + timedelta(days=ahead)
        if callable_day(rules, day, postal_code):
            yield day
            found += 1
        if found == DAYS:
            return


def _end(case: Case) -> datetime | None:
    """When a callback has no point any more: the intervention that the mission is about."""
    if case.campaign_kind != "cutoff_notice" or case.cutoff_date is None:
        return None
    return scheduled_at(case.cutoff_date, case.cutoff_slot)


Promise = tuple[datetime, int | None]


def _promised(session: Session, actor: Actor, now: datetime, last: date) -> Sequence[Promise]:
    """When callbacks are promised, and by whom, from now to the end of the last day."""
    until = at_paris(last + timedelta(days=1), time.min)
    statement = (
        select(FollowUp.due_at, FollowUp.assigned_to_id)
        .join(Case, Case.id == FollowUp.case_id)
        .where(FollowUp.kind == "callback", FollowUp.state == "open")
        .where(FollowUp.due_at >= now - timedelta(hours=1), FollowUp.due_at < until)
    )
    rows = session.execute(scoped(statement, Case, actor)).all()
    return [(at, user_id) for at, user_id in rows]


def _slot(
    day: date,
    hour: int,
    spans: Sequence[tuple[time, time]],
    promised: Sequence[Promise],
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
