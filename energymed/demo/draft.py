"""The year on paper: every case with its calls, acts and payments, before any row is written.

Pure: takes a seeded random source and the team, gives plain drafts that add up to the totals.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from energymed.base.clock import at_paris
from energymed.base.dates import next_working_day
from energymed.base.invented_people import Invented, invent
from energymed.calling.codes import REACHED, Channel
from energymed.mediation.codes import ActKind
from energymed.partners.codes import Closure, ResultCode

# totals of the published year that the rows add up to: DOMAIN §11, Portes de Provence, EDF, one
# year (report 2023); the debt cleared is 5 % of the debt to the cent, and the 1 061 contacts that
# are not calls are split by our own choice (P)
CASES, CASES_A_WEEK, FIRST_WEEK = 3_721, 75, 2
CALLS, CALLS_AT_MOST = 6_403, 4  # the second per case, DOMAIN §8
OTHER_CONTACTS = {Channel.EMAIL: 438, Channel.LETTER: 372, Channel.SMS: 251}
ACTS = {
    ActKind.PLAN_AGREED: 237,
    ActKind.AID_OPENED: 254,
    ActKind.REFERRAL: 356,
    ActKind.ENERGY_CHEQUE_AWARENESS: 411,
}
DEBT_CENTS = 207_935_500
CLEARED_CENTS = DEBT_CENTS * 5 // 100
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
PAID_OFF = {ActKind.PLAN_AGREED, ActKind.AID_OPENED}  # acts after which all pay
CLOSURE_OF_ACT = {
    ActKind.PLAN_AGREED: Closure.PLAN_RUNNING,
    ActKind.AID_OPENED: Closure.AID_PENDING,
    ActKind.REFERRAL: Closure.REFERRED,
}


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
    debt_cents: int
    mediator_id: int
    calls: list[CallDraft] = field(default_factory=list)
    others: list[tuple[Channel, datetime]] = field(default_factory=list)
    acts: set[ActKind] = field(default_factory=set)
    paid_cents: int = 0
    paid_on: date | None = None

    @property
    def reference(self) -> str:
        """The partner's reference."""
        return f"DEM{self.received_at:%y}{self.number:06d}"

    @property
    def reached(self) -> bool:
        """True when the last call reached the customer."""
        return self.calls[-1].result in REACHED

    @property
    def talk_at(self) -> datetime:
        """When the decisive conversation took place."""
        return self.calls[-1].at

    @property
    def closure(self) -> Closure:
        """How the case ended, from its acts and payments."""
        if not self.reached:
            return CLOSURE_OF[self.calls[-1].result]
        if self.paid_cents >= self.debt_cents:
            return Closure.SETTLED
        for act, closure in CLOSURE_OF_ACT.items():
            if act in self.acts:
                return closure
        return Closure.PROMISE if self.paid_cents else Closure.INFORMED_ONLY


def draft_year(random: Random, year: int, mediator_ids: Sequence[int]) -> list[CaseDraft]:
    """All cases of the year; their calls, contacts, acts and cents add up to the totals."""
    cases = [_new_case(random, year, number, mediator_ids) for number in range(CASES)]
    for case, amount in zip(cases, _debts(random), strict=True):
        case.debt_cents = amount
    for case, calls in zip(cases, _calls_per_case(random, cases), strict=True):
        case.calls = _calls(random, case, calls)
    _other_contacts(random, cases)
    _acts(random, cases)
    _payments(random, cases, date(year, 12, 30))
    return cases


def _new_case(random: Random, year: int, number: int, mediator_ids: Sequence[int]) -> CaseDraft:
    week = FIRST_WEEK + number // CASES_A_WEEK
    monday = date.fromisocalendar(year, week, 1)
    return CaseDraft(
        number=number,
        person=invent(random, number),
        week=week,
        received_at=at_paris(next_working_day(monday), time(8, 45)),
        debt_cents=0,
        mediator_id=mediator_ids[number % len(mediator_ids)],
    )


def _debts(random: Random) -> list[int]:
    """Amounts with the long tail of real arrears, summing exactly to the total."""
    weights = [random.lognormvariate(0, 0.75) + 0.12 for _ in range(CASES)]
    scale = DEBT_CENTS / sum(weights)
    amounts = [max(2_500, round(weight * scale)) for weight in weights]
    rest = DEBT_CENTS - sum(amounts)
    largest = max(range(len(amounts)), key=amounts.__getitem__)
    amounts[largest] += rest
    return amounts


def _calls_per_case(random: Random, cases: list[CaseDraft]) -> list[int]:
    """At least one call a case, never more than the rule allows, summing to the total."""
    counts = [1] * len(cases)
    early = [i for i, case in enumerate(cases) if case.week <= 46]
    for _ in range(CALLS - len(cases)):
        while counts[chosen := random.choice(early)] >= CALLS_AT_MOST:
            continue
        counts[chosen] += 1
    return counts


def _calls(random: Random, case: CaseDraft, count: int) -> list[CallDraft]:
    """Calls on distinct working days, morning and afternoon by turns, the last one decisive."""
    day = next_working_day(case.received_at.date() + timedelta(days=random.randint(0, 3)))
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


def _other_contacts(random: Random, cases: list[CaseDraft]) -> None:
    """E-mails, letters and text messages sent the working day after the last call."""
    for channel, total in OTHER_CONTACTS.items():
        for case in random.sample(cases, total):
            day = case.talk_at.date()
            sent = next_working_day(day + timedelta(days=1))
            day = sent if sent.year == day.year else day
            case.others.append((channel, max(_instant(random, day, False), case.talk_at)))


def _acts(random: Random, cases: list[CaseDraft]) -> None:
    reached = [case for case in cases if case.reached]
    for act, total in ACTS.items():
        for case in random.sample(reached, total):
            case.acts.add(act)


def _payments(random: Random, cases: list[CaseDraft], last_day: date) -> None:
    """Confirmed payments after the talk, never above the debt, summing exactly to the total."""
    rest = CLEARED_CENTS
    payers = [c for c in cases if c.reached and (c.acts & PAID_OFF or random.random() < 0.2)]
    random.shuffle(payers)
    for case in payers:
        if rest == 0:
            return
        whole = random.random() < 0.25
        amount = case.debt_cents if whole else round(case.debt_cents * random.uniform(0.1, 0.6))
        case.paid_cents = min(amount, rest)
        due = case.talk_at.date() + timedelta(days=random.randint(4, 40))
        case.paid_on = min(due, last_day)
        rest -= case.paid_cents
    if rest:
        raise ArithmeticError(f"{rest} cents of the year's payments found no payer")
