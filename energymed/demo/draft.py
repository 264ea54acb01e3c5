"""The past on paper: every case with its calls, acts and payments, before any row is written.

Pure: takes a seeded random source and the team, gives plain drafts that add up to the totals.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from energymed.base.clock import at_paris, paris_date
from energymed.base.dates import next_working_day
from energymed.base.invented_people import Invented, Place, invent
from energymed.calling.codes import REACHED, Channel
from energymed.demo.stretches import WEEKS, Stretch
from energymed.mediation.codes import ActKind
from energymed.partners.codes import CampaignKind, Closure, ResultCode

CALLS_AT_MOST = 4  # per case, DOMAIN §8
UNREACHED = (
    ResultCode.NO_ANSWER, ResultCode.NO_ANSWER, ResultCode.VOICEMAIL_NONE,
    ResultCode.VOICEMAIL_LEFT, ResultCode.BUSY, ResultCode.THIRD_PARTY,
)  # fmt: skip
ENDINGS = {
    ResultCode.REACHED_HOLDER: 70,
    ResultCode.REACHED_MANDATED: 6,
    ResultCode.NO_ANSWER: 9,
    ResultCode.WRONG_NUMBER: 6,
    ResultCode.REFUSED: 3,
    ResultCode.MOVED: 2,
    ResultCode.NOT_CUSTOMER: 2,
    ResultCode.HUNG_UP: 2,
}
CLOSURE_OF = {
    ResultCode.NO_ANSWER: Closure.UNREACHABLE,
    ResultCode.WRONG_NUMBER: Closure.WRONG_DATA,
    ResultCode.REFUSED: Closure.REFUSED,
    ResultCode.MOVED: Closure.MOVED,
    ResultCode.NOT_CUSTOMER: Closure.NOT_CUSTOMER,
    ResultCode.HUNG_UP: Closure.REFUSED,
}
CLOSURE_OF_KIND = {
    CampaignKind.CUTOFF_NOTICE: Closure.TOO_LATE,
    CampaignKind.APPOINTMENT: Closure.UNREACHABLE,
}
PREFIXES = {
    CampaignKind.UNPAID_BILL: "DEM",
    CampaignKind.CUTOFF_NOTICE: "DPI",
    CampaignKind.APPOINTMENT: "RDV",
}
PAID_OFF = {ActKind.PLAN_AGREED, ActKind.AID_OPENED}  # acts after which all pay
CLOSURE_OF_ACT = {
    ActKind.PLAN_AGREED: Closure.PLAN_RUNNING,
    ActKind.AID_OPENED: Closure.AID_PENDING,
    ActKind.REFERRAL: Closure.REFERRED,
}


@dataclass(frozen=True, slots=True)
class Totals:
    """What the rows of a year add up to; `calls` and `others` are contacts, of all cases."""

    cases: int
    cases_a_week: int
    calls: int
    others: Mapping[Channel, int]
    acts: Mapping[ActKind, int]
    debt_cents: int
    cleared_cents: int

    def of(self, stretch: Stretch) -> "Totals":
        """The same of a stretch: of a part of a year, as much as of that part of the whole."""
        if stretch.whole:
            return self
        cases = self.cases_a_week * len(stretch.weeks)
        part, more = cases / self.cases, _more_calls(stretch.weeks) / _more_calls(WEEKS)
        return Totals(
            cases=cases,
            cases_a_week=self.cases_a_week,
            calls=cases + int((self.calls - self.cases) * more),
            others={channel: int(count * part) for channel, count in self.others.items()},
            acts={act: int(count * part) for act, count in self.acts.items()},
            debt_cents=int(self.debt_cents * part),
            cleared_cents=int(self.cleared_cents * part),
        )


@dataclass(slots=True)
class CallDraft:
    """One outbound call: when it began, how long it lasted in seconds, its result."""

    at: datetime
    seconds: int
    result: ResultCode


@dataclass(slots=True)
class CaseDraft:
    """One case of the year with everything that happened to it."""

    number: int
    person: Invented
    week: int
    received_at: datetime
    mediator_id: int
    debt_cents: int = 0
    calls: list[CallDraft] = field(default_factory=list)
    others: list[tuple[Channel, datetime]] = field(default_factory=list)
    acts: set[ActKind] = field(default_factory=set)
    paid_cents: int = 0
    paid_on: date | None = None

    # of a network's mission
    delivery_point: str | None = None
    cutoff_on: date | None = None
    appointment_at: datetime | None = None
    kind: CampaignKind = CampaignKind.UNPAID_BILL

    @property
    def reference(self) -> str:
        """The partner's reference."""
        return f"{PREFIXES[self.kind]}{self.received_at.year % 100}{self.number:06d}"

    @property
    def result(self) -> ResultCode | None:
        """How the last call ended; None where nobody called."""
        return self.calls[-1].result if self.calls else None

    @property
    def reached(self) -> bool:
        """True when the last call reached the customer."""
        return self.result in REACHED

    @property
    def talk_at(self) -> datetime:
        """When the decisive conversation took place."""
        return self.calls[-1].at if self.calls else self.others[-1][1]

    @property
    def closure(self) -> Closure:
        """How the case ended, from its acts and payments."""
        if self.kind != CampaignKind.UNPAID_BILL:
            told = self.acts or self.reached
            return Closure.INFORMED_ONLY if told else CLOSURE_OF_KIND[self.kind]
        if self.result not in REACHED:
            return CLOSURE_OF[self.calls[-1].result]
        if self.paid_cents >= self.debt_cents:
            return Closure.SETTLED
        for act, closure in CLOSURE_OF_ACT.items():
            if act in self.acts:
                return closure
        return Closure.PROMISE if self.paid_cents else Closure.INFORMED_ONLY


def draft_unpaid(
    random: Random,
    year: Totals,
    stretch: Stretch,
    place: Place,
    mediator_ids: Sequence[int],
    first_number: int,
) -> list[CaseDraft]:
    """All cases of the stretch; their calls, contacts, acts and cents add up to its totals."""
    totals = year.of(stretch)
    cases = [
        CaseDraft(
            number=first_number + position,
            person=invent(random, first_number + position, place),
            week=stretch.weeks[position // totals.cases_a_week],
            received_at=received_at(stretch, position // totals.cases_a_week),
            mediator_id=mediator_ids[position % len(mediator_ids)],
        )
        for position in range(totals.cases)
    ]
    for case, amount in zip(cases, _debts(random, totals), strict=True):
        case.debt_cents = amount
    for case, calls in zip(cases, _calls_per_case(random, cases, totals, stretch), strict=True):
        case.calls = _calls(random, case, calls)
    _other_contacts(random, cases, totals, stretch.last_day)
    _acts(random, cases, totals)
    _payments(random, cases, totals, stretch)
    return cases


def received_at(stretch: Stretch, position: int) -> datetime:
    """When the file of the nth week came: in the morning."""
    return at_paris(stretch.received_on(stretch.weeks[position]), time(8, 45))


def _debts(random: Random, totals: Totals) -> list[int]:
    """Amounts with the long tail of real arrears, summing exactly to the total."""
    weights = [random.lognormvariate(0, 0.75) + 0.12 for _ in range(totals.cases)]
    scale = totals.debt_cents / sum(weights) if weights else 0
    amounts = [max(2_500, round(weight * scale)) for weight in weights]
    if amounts:
        largest = max(range(len(amounts)), key=amounts.__getitem__)
        amounts[largest] += totals.debt_cents - sum(amounts)
    return amounts


def calls_at_most(week: int, weeks: range) -> int:
    """How many calls a case of that week can have had: each takes up to ten days, feasts included.

    They end in the week after the last one of `weeks`.
    """
    return min(CALLS_AT_MOST, 1 + (7 * (weeks.stop - week) - 2) // 10)


def _more_calls(weeks: range) -> int:
    """Of one case a week, the calls beyond the first that there can be."""
    return sum(calls_at_most(week, weeks) - 1 for week in weeks)


def _calls_per_case(
    random: Random, cases: list[CaseDraft], totals: Totals, stretch: Stretch
) -> list[int]:
    """At least one call a case, never more than rule and time allow, summing to the total."""
    counts = [1] * len(cases)
    for _ in range(totals.calls - len(cases)):
        while True:
            chosen = random.randrange(len(cases))
            if counts[chosen] < calls_at_most(cases[chosen].week, stretch.weeks):
                break
        counts[chosen] += 1
    return counts


def _calls(random: Random, case: CaseDraft, count: int) -> list[CallDraft]:
    """Calls on distinct working days, morning and afternoon by turns, the last one decisive."""
    day = next_working_day(paris_date(case.received_at) + timedelta(days=random.randint(0, 3)))
    morning = random.random() < 0.5
    calls = []
    for position in range(count):
        last = position == count - 1
        result = _ending(random, count) if last else random.choice(UNREACHED)
        calls.append(CallDraft(_instant(random, day, morning), _seconds(random, result), result))
        day = next_working_day(day + timedelta(days=random.randint(1, 6)))
        morning = not morning
    return calls


def _ending(random: Random, count: int) -> ResultCode:
    weights = dict(ENDINGS)
    if count < 3:  # nobody is given up as unreachable after so few calls
        weights[ResultCode.NO_ANSWER] = 0
    return random.choices(tuple(weights), tuple(weights.values()))[0]


def _instant(random: Random, day: date, morning: bool) -> datetime:
    start, minutes = (time(9, 0), 200) if morning else (time(13, 30), 310)
    return at_paris(day, start) + timedelta(minutes=random.randint(0, minutes))


def _seconds(random: Random, result: ResultCode) -> int:
    return random.randint(240, 1_300) if result in REACHED else random.randint(20, 90)


def _other_contacts(random: Random, cases: list[CaseDraft], totals: Totals, last_day: date) -> None:
    """E-mails, letters and text messages sent the working day after the last call."""
    for channel, total in totals.others.items():
        for case in random.sample(cases, total):
            day = paris_date(case.talk_at)
            sent = next_working_day(day + timedelta(days=1))
            day = sent if sent <= last_day else day
            case.others.append((channel, max(_instant(random, day, False), case.talk_at)))


def _acts(random: Random, cases: list[CaseDraft], totals: Totals) -> None:
    reached = [case for case in cases if case.reached]
    for act, total in totals.acts.items():
        for case in random.sample(reached, total):
            case.acts.add(act)


def _payments(random: Random, cases: list[CaseDraft], totals: Totals, stretch: Stretch) -> None:
    """Confirmed payments after the talk, never above the debt.

    Those of a whole year sum exactly to its total, its last ones by its last day. Of a year that
    runs, some have not come yet.
    """
    rest = totals.cleared_cents
    payers = [c for c in cases if c.reached and (c.acts & PAID_OFF or random.random() < 0.2)]
    random.shuffle(payers)
    for case in payers:
        if rest == 0:
            return
        whole = random.random() < 0.25
        amount = case.debt_cents if whole else round(case.debt_cents * random.uniform(0.1, 0.6))
        due = paris_date(case.talk_at) + timedelta(days=random.randint(4, 40))
        amount, late = min(amount, rest), due > stretch.last_day
        if not late or stretch.whole:
            case.paid_cents, case.paid_on = amount, min(due, stretch.last_day)
        rest -= amount
    if rest and stretch.whole:
        raise ArithmeticError(f"{rest} cents of the year's payments found no payer")


@dataclass(frozen=True, slots=True)
class Talk:
    """One case's decisive conversation, where its acts took place."""

    draft: CaseDraft
    case_id: int
    contact_id: int | None

    @property
    def day(self) -> date:
        """The civil day of the conversation."""
        return paris_date(self.draft.talk_at)
