"""What order and rules need to know of cases, and what the rules say of each.

Statements that every claim sends are put together once: that costs more than sending them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import IntEnum
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from energymed.base.clock import paris_date
from energymed.calling.codes import NoCallReason
from energymed.calling.eligibility.attempts import recent_attempts
from energymed.calling.eligibility.availability import availability_of
from energymed.calling.eligibility.next_slot import next_slot
from energymed.calling.eligibility.rules import Attempt, Callee, Verdict, may_call
from energymed.calling.eligibility.same_person import person_is_busy
from energymed.calling.eligibility.stopped import Stops, stop_columns
from energymed.calling.follow_ups.callbacks import callback_at
from energymed.cases.codes import CaseState, QueueReason, WaitingReason
from energymed.cases.cutoff import past_cutoff, scheduled_at
from energymed.cases.models import Case, Person
from energymed.partners.campaign_rules import load_calling_rules_of
from energymed.partners.codes import CampaignKind
from energymed.partners.rulebook import CallingRules

FAR = date.max
FAR_OFF = datetime.max.replace(tzinfo=UTC)
Attempts = dict[int, tuple[Attempt, ...]]  # by person


class Place(IntEnum):
    """What comes first in the calling order, before dates settle it."""

    CALLBACK, CUTOFF, INSTALMENT, OTHER = range(4)


class CaseRow(NamedTuple):
    """A case with its person, as order and rules need them; the columns of `case_rows`.

    `household_busy`: somebody of the household or of one of the numbers is on the phone about
    another case. `callback_at`: when the person was promised a call.
    """

    id: int
    person_id: int
    household_id: int
    partner_id: int
    campaign_kind: CampaignKind
    state: CaseState
    version: int
    assigned_to_id: int | None
    queue_reason: QueueReason | None
    waiting_reason: WaitingReason | None
    cutoff_date: date | None
    cutoff_slot: str | None
    due_date: date | None
    opened_at: datetime
    postal_code: str | None
    availability: dict[str, Any] | None
    household_busy: bool
    callback_at: datetime | None
    bereaved: bool
    opposed: bool
    dialable: bool
    rests_until: date | None

    @property
    def campaign(self) -> tuple[int, str]:
        """Partner and mission: whose rules hold for it."""
        return self.partner_id, self.campaign_kind

    @property
    def stops(self) -> Stops:
        """What stands against calling the person."""
        return Stops(self.bereaved, self.opposed, self.dialable, self.rests_until)

    @property
    def reason(self) -> QueueReason:
        """Why the case is in the queue."""
        return QueueReason(self.queue_reason or self.waiting_reason or QueueReason.NEW)


@dataclass(frozen=True, slots=True)
class Assessed:
    """A case, what the rules say of it now, and the rules themselves."""

    case: CaseRow
    verdict: Verdict
    rules: CallingRules


def verdict_on(session: Session, case_id: int, now: datetime) -> Verdict:
    """Do the rules allow a call on this case at `now`, whatever its state?"""
    return assess_one(session, case_id, now).verdict


def assess_one(session: Session, case_id: int, now: datetime) -> Assessed:
    """One case as the rules see it at `now`, whatever its state.

    A case in call does not stand in its own way; another of its household does. When it opens,
    nothing else stands in the way any more.
    """
    row = CaseRow._make(session.execute(case_rows().where(Case.id == case_id)).one())
    attempts, rules = _attempts_and_rules(session, [row], now)
    of_case = rules[row.campaign]
    verdict = _verdict(row, of_case, attempts, now)
    if not verdict.allowed and verdict.opens_at is not None:
        callee = _callee(row, attempts, now)
        opens_at = next_slot(session, row.campaign, callee, verdict.opens_at)
        verdict = replace(verdict, opens_at=opens_at)
    return Assessed(row, verdict, of_case)


def assess(session: Session, rows: Sequence[CaseRow], now: datetime) -> Iterator[Assessed]:
    """The cases with verdicts, in calling order; attempts and rules are read for all at once."""
    attempts, rules = _attempts_and_rules(session, rows, now)
    for row in sorted(rows, key=lambda row: calling_order(row, now)):
        of_case = rules[row.campaign]
        yield Assessed(row, _verdict(row, of_case, attempts, now), of_case)


@cache
def case_rows() -> Select[*tuple[Any, ...]]:
    """Select of `CaseRow`, one row a case."""
    return select(
        Case.id, Case.person_id, Person.household_id, Case.partner_id, Case.campaign_kind,
        Case.state, Case.version, Case.assigned_to_id, Case.queue_reason, Case.waiting_reason,
        Case.cutoff_date, Case.cutoff_slot, Case.due_date, Case.opened_at, Case.postal_code,
        Person.availability,
        person_is_busy(Person.household_id, Person.id, Case.id).label("household_busy"),
        callback_at(Case.id).label("callback_at"),
        *stop_columns(),
    ).join(Person, Person.id == Case.person_id)  # fmt: skip


def _attempts_and_rules(
    session: Session, rows: Sequence[CaseRow], now: datetime
) -> tuple[Attempts, dict[tuple[int, str], CallingRules]]:
    """Attempts by person and rules by campaign, for all rows at once."""
    campaigns = {row.campaign for row in rows}
    rules = load_calling_rules_of(session, paris_date(now), campaigns)
    return recent_attempts(session, {row.person_id for row in rows}, now), rules


def _verdict(row: CaseRow, rules: CallingRules, attempts: Attempts, now: datetime) -> Verdict:
    if row.stops.for_good is not None:
        return Verdict(row.stops.for_good)
    if row.household_busy:
        return Verdict(NoCallReason.HOUSEHOLD_IN_CALL)
    if past_cutoff(row, now):
        return Verdict(NoCallReason.TOO_LATE)
    return may_call(rules, _callee(row, attempts, now), now)


def _callee(row: CaseRow, attempts: Attempts, now: datetime) -> Callee:
    promised = row.reason == QueueReason.CALLBACK
    return Callee(
        stops=row.stops,
        postal_code=row.postal_code,
        attempts=attempts.get(row.person_id, ()),
        callback_due=promised and (row.callback_at or FAR_OFF) <= now,
        availability=availability_of(row.availability),
    )


def place_of(row: CaseRow, now: datetime) -> Place:
    """A promised call first, then an intervention to come, then a missed instalment."""
    if row.reason == QueueReason.CALLBACK:
        return Place.CALLBACK
    if row.cutoff_date is not None and row.cutoff_date >= paris_date(now):
        return Place.CUTOFF
    return Place.INSTALMENT if row.reason == QueueReason.INSTALMENT else Place.OTHER


def calling_order(row: CaseRow, now: datetime) -> tuple[object, ...]:
    """Callback due; cut-off soonest; missed instalment; then by deadline, then by age."""
    place = place_of(row, now)
    first: object = row.due_date or FAR
    if place == Place.CALLBACK:
        first = row.callback_at or now
    elif place == Place.CUTOFF and row.cutoff_date is not None:
        first = scheduled_at(row.cutoff_date, row.cutoff_slot, row.postal_code)
    return place, first, row.opened_at, row.id
