"""Which confirmed payments cover which instalments of a plan (DOMAIN §7). Pure.

Every euro is used once: payments fill the oldest instalment first, each in the order of its own
day, whatever file told of it first. A negative payment takes back what came last before it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from energymed.base.money import Cents
from energymed.mediation.codes import InstalmentState, InstalmentWord, PlanState

# of each instalment: when it was settled as was known before, and as is known now
Moved = Sequence[tuple[date | None, date | None]]


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How late, in days, and how short, in cents, a payment still settles an instalment."""

    days: int
    cents: Cents


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that the partner confirms for a day; negative cents take a payment back."""

    on: date
    cents: Cents


@dataclass(frozen=True, slots=True)
class Expected:
    """An instalment; `told_on` is the day on which the partner said that it was paid."""

    due_on: date
    cents: Cents
    tolerance: Tolerance
    told_on: date | None = None

    @property
    def last_day(self) -> date:
        """The last day on which a payment is in time."""
        return self.due_on + timedelta(days=self.tolerance.days)


@dataclass(frozen=True, slots=True)
class Cover:
    """What confirms an instalment: cents of payments, and the day since which it is settled."""

    cents: Cents
    settled_on: date | None


@dataclass(slots=True)
class _Filling:
    """An instalment while it is filled."""

    expected: Expected
    cents: Cents = 0
    settled_on: date | None = None

    def takes(self, on: date) -> bool:
        """Whether money of that day is for it: not once it is settled.

        What the partner told of is settled already. The payment that was meant comes with a file
        later: money of about that day is it, and settles nothing else.
        """
        told = self.expected.told_on
        if told is None:
            return self.settled_on is None
        return on <= told + timedelta(days=self.expected.tolerance.days)

    def take(self, payment: Payment) -> Cents:
        """Take what there is room for; returns how much."""
        taken = min(payment.cents, self.expected.cents - self.cents)
        self.cents += taken
        short = self.expected.cents - self.cents
        if taken and self.settled_on is None and short <= self.expected.tolerance.cents:
            self.settled_on = payment.on
        return taken


def cover(expected: Sequence[Expected], payments: Iterable[Payment]) -> list[Cover]:
    """What covers each instalment, in their order, the oldest first."""
    filling = [_Filling(one, settled_on=one.told_on) for one in expected]
    for on, cents in _standing(payments):
        left = cents
        for one in filling:
            if left and one.takes(on):
                left -= one.take(Payment(on, left))
    return [Cover(one.cents, one.settled_on) for one in filling]


def state_of(
    expected: Expected,
    covered: Cover,
    said: InstalmentWord | None,
    today: date,
    known_until: date | None,
) -> InstalmentState:
    """What became of an instalment on a day.

    Missed is what was to be paid by now and is known not to be: a payments file of a later day
    does not name it, or the person says so. Without either nobody knows.

    Args:
        known_until: the day of the partner's latest payments file.
    """
    if covered.settled_on is not None:
        return InstalmentState.CONFIRMED
    absent = known_until is not None and known_until > expected.last_day
    if today > expected.last_day and (absent or said == InstalmentWord.UNPAID):
        return InstalmentState.MISSED
    said_paid = said == InstalmentWord.PAID
    return InstalmentState.DECLARED_PAID if said_paid else InstalmentState.DUE


def plan_state_of(
    before: PlanState,
    states: Collection[InstalmentState],
    *,
    late: bool,
    confirmed: bool,
    replaced: bool,
) -> PlanState:
    """Where a plan stands that the household agreed to and nobody cancelled.

    Args:
        late: an instalment that was to be paid by now is not confirmed.
        confirmed: the supplier confirmed the plan.
        replaced: another plan was agreed since: a broken one does not run again beside it.
    """
    if all(state == InstalmentState.CONFIRMED for state in states):
        return PlanState.COMPLETED
    if InstalmentState.MISSED in states or (replaced and before == PlanState.BROKEN):
        return PlanState.BROKEN
    if InstalmentState.CONFIRMED in states and not late:
        return PlanState.KEPT
    return PlanState.CONFIRMED if confirmed else PlanState.AGREED


def holds_from(state: PlanState, moved: Moved, today: date) -> date:
    """From which day on a plan is in a state to which its instalments have led.

    The day of the latest payment that came to be known. Where payments were taken back, the day
    of the earliest of them, so that what they led to never was. What no payment led to, and a
    broken plan, is so from today on.
    """
    gone = [was for was, now in moved if was is not None and (now is None or now > was)]
    if gone:
        return min(*gone, today)
    come = [now for was, now in moved if was is None and now is not None]
    if not come or state == PlanState.BROKEN:
        return today
    return min(max(come), today)


def _standing(payments: Iterable[Payment]) -> list[tuple[date, Cents]]:
    """(day, cents > 0) of what was not taken back, the oldest first."""
    of_day: dict[date, Cents] = defaultdict(int)
    for payment in payments:
        of_day[payment.on] += payment.cents
    standing: list[tuple[date, Cents]] = []
    owing = 0  # taken back before it came
    for on, net in sorted(of_day.items()):
        rest = net - owing
        owing = 0
        while rest < 0 and standing:
            day, cents = standing.pop()
            rest += cents
            if rest > 0:
                standing.append((day, rest))
                rest = 0
        if rest > 0:
            standing.append((on, rest))
        elif rest < 0:
            owing = -rest
    return standing
