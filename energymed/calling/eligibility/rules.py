"""When a person may be called (DOMAIN §8). Pure: rules, instants and history in, verdict out.

Definitions where DOMAIN leaves room (P):

- Hours, days and holidays are those of the place of the person, by postal code (DOMAIN §8).
- A half-day is the morning or the afternoon of the place, split at 13:00. When all attempts of a
  period but the last fell in one of them, the last one falls in the other. Where a campaign calls
  in one half-day only, that cannot be asked.
- A period of 30 days is today and the 29 days before.
- A result whose rule says so (a busy line) allows one more try the same day, some minutes later;
  both are attempts.
- A result that tells nothing of the person (a wrong number, an incident) is not an attempt.
- The availability of the person narrows the hours; a callback that was agreed is above them.
- A callback that the person asked for is allowed within the hours, whatever the count of
  attempts, and counts as one itself. It never passes over a stop or a rest.
- A campaign may narrow the hours, never widen them beyond the bounds, nor to Sundays or holidays.
- The limit on voicemails is one on leaving a message, not on calling.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from energymed.base.dates import is_public_holiday
from energymed.base.zones import at_local, local, local_date
from energymed.calling.codes import NoCallReason
from energymed.calling.eligibility.availability import Availability
from energymed.calling.eligibility.stopped import NO_STOPS, Stops
from energymed.partners.codes import Again, ResultCode
from energymed.partners.rulebook import CallingRules

NOON = time(13, 0)
SUNDAY = 6
SEARCH_DAYS = 400
# it is not the hour or the day, for anybody
FOR_NOBODY_NOW = (NoCallReason.OUTSIDE_HOURS, NoCallReason.PUBLIC_HOLIDAY)


@dataclass(frozen=True, slots=True)
class Attempt:
    """An outbound call that counts: when, and its result."""

    at: datetime
    result: str


@dataclass(frozen=True, slots=True)
class Callee:
    """What the rules need to know of a person; `attempts` in order of time."""

    stops: Stops = NO_STOPS
    postal_code: str | None = None
    attempts: tuple[Attempt, ...] = ()
    callback_due: bool = False
    availability: Availability | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Allowed now when `reason` is None; otherwise why not, and from when (None: never)."""

    reason: NoCallReason | None = None
    opens_at: datetime | None = None

    @property
    def allowed(self) -> bool:
        """True when a call may be made now."""
        return self.reason is None


def may_call(rules: CallingRules, callee: Callee, at: datetime) -> Verdict:
    """May this person be called at `at`?"""
    today = local_date(at, callee.postal_code)
    stop = callee.stops.reason(today)
    if stop is not None:
        rests_until = callee.stops.rests_until if stop == NoCallReason.RESTING else None
        return Verdict(stop, _opening(rules, callee, rests_until) if rests_until else None)
    if not callee.callback_due:
        limited = _limited(rules, callee, at, today)
        if limited is not None:
            return limited
    availability = None if callee.callback_due else callee.availability
    if not in_hours(rules, at, callee.postal_code):
        holiday = is_public_holiday(today, callee.postal_code)
        reason = NoCallReason.PUBLIC_HOLIDAY if holiday else NoCallReason.OUTSIDE_HOURS
        return Verdict(reason, next_opening(rules, at, callee.postal_code, availability))
    if not in_hours(rules, at, callee.postal_code, availability):
        return Verdict(
            NoCallReason.AVAILABILITY, next_opening(rules, at, callee.postal_code, availability)
        )
    return Verdict()


def next_allowed(rules: CallingRules, callee: Callee, after: datetime) -> datetime | None:
    """The first instant from `after` on at which this person may be called; None: never."""
    at: datetime | None = after
    for _step in range(SEARCH_DAYS):
        if at is None:
            return None
        verdict = may_call(rules, callee, at)
        if verdict.allowed:
            return at
        at = verdict.opens_at
    return None


def _limited(rules: CallingRules, callee: Callee, at: datetime, today: date) -> Verdict | None:
    """Too many attempts today, in the period, or in one half-day?"""
    return _limited_today(rules, callee, at, today) or _limited_in_period(rules, callee, at, today)


def _limited_today(
    rules: CallingRules, callee: Callee, at: datetime, today: date
) -> Verdict | None:
    of_today = [
        a for a in counted(rules, callee.attempts) if local_date(a.at, callee.postal_code) == today
    ]
    if len(of_today) < rules.attempts_per_day:
        return None
    again = of_today[-1].at + timedelta(minutes=rules.same_day_minutes)
    once_more = rules.results[of_today[-1].result].again == Again.SAME_DAY
    if len(of_today) > rules.attempts_per_day or not once_more:
        return Verdict(
            NoCallReason.ATTEMPTED_TODAY, _opening(rules, callee, today + timedelta(days=1))
        )
    if at < again:
        opens = next_opening(rules, again, callee.postal_code, callee.availability)
        return Verdict(NoCallReason.ATTEMPTED_TODAY, opens)
    return None


def _limited_in_period(
    rules: CallingRules, callee: Callee, at: datetime, today: date
) -> Verdict | None:
    recent = attempts_in_period(rules, callee.attempts, today, callee.postal_code)
    if len(recent) >= rules.attempts_per_period:
        leaves = recent[-rules.attempts_per_period]
        day = local_date(leaves.at, callee.postal_code) + timedelta(days=rules.period_days)
        return Verdict(NoCallReason.ATTEMPTS_EXHAUSTED, _opening(rules, callee, day))
    if len(recent) == rules.attempts_per_period - 1 and recent:
        tried = {is_morning(attempt.at, callee.postal_code) for attempt in recent}
        offered = {start < NOON for start, _end in calling_hours(rules, callee.availability)}
        if (
            len(tried) < min(rules.half_days, len(offered))
            and is_morning(at, callee.postal_code) in tried
        ):
            opens = other_half(rules, at, callee.postal_code, callee.availability)
            return Verdict(NoCallReason.OTHER_HALF_DAY, opens)
    return None


def counted(rules: CallingRules, attempts: Sequence[Attempt]) -> list[Attempt]:
    """Those that were attempts to reach the person."""
    return [attempt for attempt in attempts if rules.counts(attempt.result)]


def attempts_in_period(
    rules: CallingRules, attempts: Sequence[Attempt], today: date, postal_code: str | None
) -> list[Attempt]:
    """Those of the attempts that count towards the limit of the period that ends today."""
    start = today - timedelta(days=rules.period_days)
    counting = counted(rules, attempts)
    return [attempt for attempt in counting if local_date(attempt.at, postal_code) > start]


def may_leave_voicemail(rules: CallingRules, attempts: Sequence[Attempt], at: datetime) -> bool:
    """At most one neutral message per gap (7 days by default)."""
    since = at - timedelta(days=rules.voicemail_gap_days)
    return not any(a.result == ResultCode.VOICEMAIL_LEFT and a.at > since for a in attempts)


def is_morning(at: datetime, postal_code: str | None) -> bool:
    """Which half-day of the place an instant lies in."""
    return local(at, postal_code).time() < NOON


def calling_hours(
    rules: CallingRules, availability: Availability | None = None
) -> list[tuple[time, time]]:
    """The windows of a day, kept inside the bounds and cut where one half-day ends."""
    hours = []
    for start, end in rules.windows:
        begins, ends = max(start, rules.earliest), min(end, rules.latest)
        hours += [(begins, min(ends, NOON)), (max(begins, NOON), ends)]
    spans = [(begins, ends) for begins, ends in hours if begins < ends]
    return list(availability.narrowed(spans)) if availability else spans


def callable_day(
    rules: CallingRules,
    day: date,
    postal_code: str | None,
    availability: Availability | None = None,
) -> bool:
    """True on a day of the week and of the year on which calls are made."""
    if day.weekday() == SUNDAY or day.weekday() not in rules.weekdays:
        return False
    if availability and not availability.allows(day.weekday()):
        return False
    return not is_public_holiday(day, postal_code)


def in_hours(
    rules: CallingRules,
    at: datetime,
    postal_code: str | None = None,
    availability: Availability | None = None,
) -> bool:
    """True inside a calling window of a callable day."""
    there = local(at, postal_code)
    return callable_day(rules, there.date(), postal_code, availability) and any(
        start <= there.time() < end for start, end in calling_hours(rules, availability)
    )


def next_opening(
    rules: CallingRules,
    after: datetime,
    postal_code: str | None = None,
    availability: Availability | None = None,
) -> datetime | None:
    """The first instant from `after` on at which calls are made; None within a year: never."""
    if in_hours(rules, after, postal_code, availability):
        return after
    return _search(rules, after, postal_code, availability, lambda _start: True)


def other_half(
    rules: CallingRules,
    after: datetime,
    postal_code: str | None = None,
    availability: Availability | None = None,
) -> datetime | None:
    """The first opening after `after` that lies in the other half-day."""
    morning = is_morning(after, postal_code)
    return _search(rules, after, postal_code, availability, lambda start: (start < NOON) != morning)


def retry_at(
    rules: CallingRules, at: datetime, result: str, callee: Callee | None = None
) -> datetime | None:
    """When to try again after an attempt at `at`, as the rule of its result says (`Again`).

    The same day, where it is allowed and still possible; after some hours; else in the other
    half-day of a later day, or at any opening of a later day where calls are made in one only.
    """
    who = callee or Callee()
    rule = rules.results[result]
    today = local_date(at, who.postal_code)
    that_day = [
        a for a in counted(rules, who.attempts) if local_date(a.at, who.postal_code) == today
    ]
    if rule.again == Again.SAME_DAY and len(that_day) <= rules.attempts_per_day:
        soon = at + timedelta(minutes=rules.same_day_minutes)
        later = next_opening(rules, soon, who.postal_code, who.availability)
        if later is not None and local_date(later, who.postal_code) == today:
            return later
    if rule.again == Again.HOURS:
        return next_opening(
            rules, at + timedelta(hours=rule.hours), who.postal_code, who.availability
        )
    tomorrow = at_local(today + timedelta(days=1), time.min, who.postal_code)
    morning = is_morning(at, who.postal_code)
    other = _search(
        rules, tomorrow, who.postal_code, who.availability, lambda start: (start < NOON) != morning
    )
    return other or next_opening(rules, tomorrow, who.postal_code, who.availability)


def _opening(rules: CallingRules, callee: Callee, day: date) -> datetime | None:
    midnight = at_local(day, time.min, callee.postal_code)
    return next_opening(rules, midnight, callee.postal_code, callee.availability)


def _search(
    rules: CallingRules,
    after: datetime,
    postal_code: str | None,
    availability: Availability | None,
    suits: Callable[[time], bool],
) -> datetime | None:
    """The first window that opens after `after` and suits."""
    day = local_date(after, postal_code)
    hours = calling_hours(rules, availability)
    for _ in range(SEARCH_DAYS):
        if callable_day(rules, day, postal_code, availability):
            for start, _end in hours:
                opens = at_local(day, start, postal_code)
                if opens > after and suits(start):
                    return opens
        day += timedelta(days=1)
    return None
