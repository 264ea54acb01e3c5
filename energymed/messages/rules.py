"""When a person may be written to (DOMAIN §8). Pure: rules, instants and history in, verdict out.

Definitions where DOMAIN leaves room (P):

- A text message rings: it keeps to the bounds of calls, and not on Sundays nor public holidays.
  An e-mail does not, and may leave at any hour.
- One neutral message per person and gap, whatever the channel and whoever sent it. One that
  waits, or of which nobody knows whether it left, counts as well.
- A stop of calls is one of messages (`calling.eligibility.stopped`); numbers apart. So is the word
  of a person that no message is safe (`cases.needs`).
- A closed case is written to only when it was closed because nobody could be reached.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from energymed.base.clock import paris_date
from energymed.base.dates import is_public_holiday
from energymed.base.zones import at_local, local, local_date
from energymed.calling.codes import NoCallReason
from energymed.calling.eligibility.stopped import NO_STOPS, Stops
from energymed.messages.codes import MessageChannel, NoMessageReason
from energymed.partners.codes import Closure
from energymed.partners.rulebook import MessageRules

SUNDAY = 6
SEARCH_DAYS = 14
REACHABLE_CLOSURES = (Closure.UNREACHABLE, Closure.LOST_AFTER_CONTACT, Closure.WRONG_DATA)
RETRY_GAPS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
EXPIRES = timedelta(hours=24)

Reason = NoCallReason | NoMessageReason


@dataclass(frozen=True, slots=True)
class Addressee:
    """What the rules need to know of a person; `waiting` is pending or unsure, or None."""

    stops: Stops = NO_STOPS
    closure: Closure | None = None
    postal_code: str | None = None
    waiting: NoMessageReason | None = None
    last_written_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Allowed now when `reason` is None; otherwise why not, and from when (None: not foreseen)."""

    reason: Reason | None = None
    opens_at: datetime | None = None


def may_write(rules: MessageRules, to: Addressee, channel: MessageChannel, at: datetime) -> Verdict:
    """May this person be sent a message by this channel at `at`?"""
    stop = stopped(to, at)
    if stop:
        return Verdict(stop)
    if to.waiting:
        return Verdict(to.waiting)
    gap = timedelta(days=rules.gap_days)
    if to.last_written_at and at < to.last_written_at + gap:
        return Verdict(NoMessageReason.RECENT, to.last_written_at + gap)
    if channel == MessageChannel.SMS and not in_hours(rules, at, to.postal_code):
        opens_at = next_opening(rules, at, to.postal_code)
        return Verdict(NoMessageReason.OUTSIDE_HOURS, opens_at)
    return Verdict()


def stopped(to: Addressee, at: datetime) -> Reason | None:
    """What forbids to write to this person at all, if anything does."""
    if to.stops.for_good is None and to.closure and to.closure not in REACHABLE_CLOSURES:
        return NoMessageReason.CLOSED
    day = paris_date(at)  # a rest ends with the day that it was given
    if to.stops.for_good is None and to.stops.no_message_on(day):
        return NoMessageReason.NOT_SAFE
    return to.stops.contact_reason(day)


def in_hours(rules: MessageRules, at: datetime, postal_code: str | None) -> bool:
    """True when a phone may ring with a text message."""
    there = local(at, postal_code)
    return _ringing_day(there.date(), postal_code) and (
        rules.earliest <= there.time() < rules.latest
    )


def next_opening(rules: MessageRules, after: datetime, postal_code: str | None) -> datetime | None:
    """The first instant from `after` on at which a text message may leave."""
    if in_hours(rules, after, postal_code):
        return after
    day = local_date(after, postal_code)
    for _ in range(SEARCH_DAYS):
        opens = at_local(day, rules.earliest, postal_code)
        if opens > after and _ringing_day(day, postal_code):
            return opens
        day += timedelta(days=1)
    return None


def next_try(attempts: int, at: datetime) -> datetime | None:
    """When to try again after so many attempts; None when it was the last one."""
    return at + RETRY_GAPS[attempts - 1] if attempts <= len(RETRY_GAPS) else None


def _ringing_day(day: date, postal_code: str | None) -> bool:
    return day.weekday() != SUNDAY and not is_public_holiday(day, postal_code)
